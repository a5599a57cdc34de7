-- What lies between people, and between a household and the world around it: dated, recorded by a desk, corrected by another
-- row, never rewritten (domain section 2.1). Personal words of it are short names; sentences are entries.
CREATE TABLE tie (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    author_id UUID,
    -- parent, spouse, sibling …; outside: to an agency, a person, a place.
    kind TEXT NOT NULL,
    -- NULL: the household as a whole.
    a_id UUID,
    -- NULL: nobody (a key person), or what is outside.
    b_id UUID,
    agency_id UUID,
    outside TEXT NOT NULL DEFAULT '',
    outside_kind TEXT NOT NULL DEFAULT '',
    strength TEXT NOT NULL DEFAULT '',
    direction TEXT NOT NULL DEFAULT '',
    -- 2026, 2026-11 or 2026-11-21; NULL: not known, or not ended.
    from_day TEXT,
    until_day TEXT,
    categories BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'valid',
    corrects_id UUID,
    recorded_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    disposed_at TEXT,
    PRIMARY KEY (municipality_id, id),
    CHECK (a_id IS NOT NULL OR kind = 'outside'),
    CHECK (a_id IS NULL OR b_id IS NULL OR a_id <> b_id),
    CHECK (state IN ('valid', 'corrected', 'entered_in_error')),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, a_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, b_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, agency_id) REFERENCES agency (municipality_id, id),
    FOREIGN KEY (municipality_id, corrects_id) REFERENCES tie (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX tie_by_household ON tie (municipality_id, household_id, state);
CREATE INDEX tie_by_corrected ON tie (municipality_id, corrects_id);

-- 前の名前 (旧姓など): until when somebody was called so. A wrong one is taken back and kept.
CREATE TABLE former_name (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    name TEXT NOT NULL,
    reading TEXT NOT NULL DEFAULT '',
    until_day TEXT,
    author_id UUID,
    recorded_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    removed_at TEXT,
    removed_by UUID,
    removed_command_id UUID,
    PRIMARY KEY (municipality_id, id),
    CHECK ((removed_at IS NULL) = (removed_command_id IS NULL)),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, removed_command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX former_name_by_person ON former_name (municipality_id, person_id);

-- More happens to a member than leaving: coming, living apart, living together again. The list of kinds is the program's.
CREATE TABLE person_event_new (
    municipality_id UUID NOT NULL,
    person_id UUID NOT NULL,
    kind TEXT NOT NULL,
    -- The day as it was written: 2026, 2026-11 or 2026-11-21.
    day TEXT NOT NULL,
    -- NULL: written before events were kept.
    author_id UUID,
    recorded_at TEXT,
    -- The command that wrote it: the tasks it made point to the same one.
    command_id UUID NOT NULL,
    corrected_at TEXT,
    corrected_by UUID,
    corrected_command_id UUID,
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (municipality_id, person_id, kind, command_id),
    CHECK ((corrected_at IS NULL) = (reason = '')),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, corrected_command_id) REFERENCES command (municipality_id, id)
);
INSERT INTO person_event_new (municipality_id, person_id, kind, day, author_id, recorded_at, command_id, corrected_at,
    corrected_by, corrected_command_id, reason)
SELECT municipality_id, person_id, kind, day, author_id, recorded_at, command_id, corrected_at,
    corrected_by, corrected_command_id, reason FROM person_event;
DROP TABLE person_event;
ALTER TABLE person_event_new RENAME TO person_event;
