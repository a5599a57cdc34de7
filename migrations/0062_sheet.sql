-- Sheets as data (domain section 3): definitions and code tables in versions, filled sheets, and the answers, each of
-- which is one entry: one mechanism guards answers and free text alike (disclosure rule 3).

-- What ships with the program is version 1 of a sheet and has no row here; a town's own versions follow it.
CREATE TABLE sheet_definition (
    municipality_id UUID NOT NULL,
    key TEXT NOT NULL,
    version BIGINT NOT NULL,
    -- draft, published, retired. A published version never changes.
    state TEXT NOT NULL,
    -- First day new sheets are written under it; set when it is published.
    valid_from TEXT,
    definition TEXT NOT NULL,
    -- Counts the changes of a draft: two people editing it must not overwrite one another.
    edit BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, key, version),
    CHECK (state IN ('draft', 'published', 'retired')),
    CHECK (state = 'draft' OR valid_from IS NOT NULL),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- Every version is kept: an old answer is read with the tables of its day.
CREATE TABLE code_table (
    municipality_id UUID NOT NULL,
    key TEXT NOT NULL,
    version BIGINT NOT NULL,
    since TEXT NOT NULL,
    codes TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, key, version),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

CREATE TABLE filled_sheet (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    definition_key TEXT NOT NULL,
    definition_version BIGINT NOT NULL,
    desk_id UUID NOT NULL,
    author_id UUID,
    case_id UUID,
    consultation_id UUID,
    sheet_id UUID,
    household_id UUID,
    -- Whose sheet it is, when it is one person's.
    person_id UUID,
    occurred_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, consultation_id) REFERENCES consultation (municipality_id, id),
    FOREIGN KEY (municipality_id, sheet_id) REFERENCES connecting_sheet (municipality_id, id),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX filled_sheet_by_case ON filled_sheet (municipality_id, case_id);
CREATE INDEX filled_sheet_by_consultation ON filled_sheet (municipality_id, consultation_id);
CREATE INDEX filled_sheet_by_connecting ON filled_sheet (municipality_id, sheet_id);

-- An answer: the item it answers, the filled sheet, and the canonical text of the value. `body` holds it in words.
ALTER TABLE entry ADD COLUMN filled_id UUID;
ALTER TABLE entry ADD COLUMN item TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN answer TEXT NOT NULL DEFAULT '';
CREATE INDEX entry_by_filled ON entry (municipality_id, filled_id);

-- 多機関協働で参加支援が決まった (R-078): recorded by the coordinator until meetings are kept here themselves.
CREATE TABLE participation_decision (
    municipality_id UUID NOT NULL,
    case_id UUID NOT NULL,
    decided_on TEXT NOT NULL,
    -- consent_conference, confidential_conference, other_meeting.
    decided_by TEXT NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID,
    recorded_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, case_id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- 地域課題 (R-079): never personal data, so it is no entry of any household.
CREATE TABLE community_issue (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    definition_version BIGINT NOT NULL,
    answers TEXT NOT NULL,
    desk_id UUID NOT NULL,
    author_id UUID,
    noticed_on TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX community_issue_by_time ON community_issue (municipality_id, recorded_at, id);
