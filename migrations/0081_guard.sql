-- What takes away from every basis (disclosure rule 4): a sheltered address (支援措置), a secret inside the household; and what
-- opens a case in an emergency (basis urgent_protection). Rows are ended, never changed: who set them, when, and what
-- they said then, stays.

CREATE TABLE shelter (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    author_id UUID,
    reason TEXT NOT NULL,
    set_at TEXT NOT NULL,
    -- When the desk looks through it again. It never ends by itself: an address that shows because a date passed is
    -- an address given away.
    review_on TEXT NOT NULL,
    ended_at TEXT,
    ended_by UUID,
    ended_command_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (reason IN ('dv', 'stalking', 'child', 'elder', 'other')),
    CHECK ((ended_at IS NULL) = (ended_command_id IS NULL)),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, ended_command_id) REFERENCES command (municipality_id, id)
);
CREATE UNIQUE INDEX shelter_in_force ON shelter (municipality_id, person_id) WHERE ended_at IS NULL;

CREATE TABLE shelter_desk (
    municipality_id UUID NOT NULL,
    shelter_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, shelter_id, desk_id),
    FOREIGN KEY (municipality_id, shelter_id) REFERENCES shelter (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id)
);

CREATE TABLE secret (
    municipality_id UUID NOT NULL,
    record_kind TEXT NOT NULL,
    record_id UUID NOT NULL,
    -- From whom it is kept.
    person_id UUID NOT NULL,
    set_at TEXT NOT NULL,
    lifted_at TEXT,
    lifted_command_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, record_kind, record_id, person_id, command_id),
    CHECK ((lifted_at IS NULL) = (lifted_command_id IS NULL)),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, lifted_command_id) REFERENCES command (municipality_id, id)
);
CREATE UNIQUE INDEX secret_in_force ON secret (municipality_id, person_id, record_kind, record_id)
    WHERE lifted_at IS NULL;
