-- Two agencies, one household, and no basis lets either know of the other: only the coordinator is told that a confidential
-- conference is worth a thought (disclosure rule 13: desks and case numbers). Told once for each pair, and remembered.

CREATE TABLE overlap_notice (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    household_a UUID NOT NULL,
    household_b UUID NOT NULL,
    desk_a UUID NOT NULL,
    desk_b UUID NOT NULL,
    coordinator_desk_id UUID NOT NULL,
    found_at TEXT NOT NULL,
    -- matter: a conference was opened; dismissed: with a reason.
    state TEXT NOT NULL DEFAULT 'open',
    reason TEXT NOT NULL DEFAULT '',
    decided_at TEXT,
    decided_by UUID,
    matter_id UUID,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (household_a < household_b),
    CHECK (state IN ('open', 'matter', 'dismissed')),
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK (state <> 'dismissed' OR reason <> ''),
    FOREIGN KEY (municipality_id, household_a) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, household_b) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_a) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_b) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, coordinator_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE UNIQUE INDEX overlap_once ON overlap_notice (municipality_id, household_a, household_b);
CREATE INDEX overlap_by_desk ON overlap_notice (municipality_id, coordinator_desk_id, state);

-- How far people have been looked through: each round takes the next ones, and begins again at the end.
CREATE TABLE overlap_mark (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    -- The newest looked at, and where the round is.
    newest_person_id UUID NOT NULL,
    round_person_id UUID NOT NULL,
    PRIMARY KEY (municipality_id)
);
