-- A guardian who is set aside may be nobody of the record: a father who lives apart, a 成年後見人 from outside. Then they are known by
-- name. The same table with either of the two; the column of the person is no longer obliged.
CREATE TABLE guardian_set_aside_of (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    guardian_id UUID,
    -- What they are called, and the key by which a name typed is compared; both empty for somebody of the record.
    guardian_name TEXT NOT NULL DEFAULT '',
    guardian_key TEXT NOT NULL DEFAULT '',
    desk_id UUID NOT NULL,
    author_id UUID,
    reason TEXT NOT NULL,
    article TEXT NOT NULL,
    set_at TEXT NOT NULL,
    ended_at TEXT,
    ended_by UUID,
    ended_command_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (guardian_id IS NULL OR person_id <> guardian_id),
    CHECK ((guardian_id IS NULL) = (guardian_name <> '')),
    CHECK ((guardian_name <> '') = (guardian_key <> '')),
    CHECK ((ended_at IS NULL) = (ended_command_id IS NULL)),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, guardian_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, ended_command_id) REFERENCES command (municipality_id, id)
);
INSERT INTO guardian_set_aside_of (municipality_id, id, person_id, guardian_id, desk_id, author_id, reason, article, set_at,
    ended_at, ended_by, ended_command_id, command_id)
    SELECT municipality_id, id, person_id, guardian_id, desk_id, author_id, reason, article, set_at, ended_at, ended_by,
    ended_command_id, command_id FROM guardian_set_aside;
DROP TABLE guardian_set_aside;
ALTER TABLE guardian_set_aside_of RENAME TO guardian_set_aside;
CREATE UNIQUE INDEX guardian_set_aside_in_force ON guardian_set_aside (municipality_id, person_id, guardian_id)
    WHERE ended_at IS NULL;
CREATE UNIQUE INDEX guardian_set_aside_by_name ON guardian_set_aside (municipality_id, person_id, guardian_key)
    WHERE ended_at IS NULL AND guardian_key <> '';
