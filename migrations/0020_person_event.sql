-- What happened to a person and was written down once: a death, a departure. A wrong one is corrected and kept: who
-- wrote it and when, who took it back, when and why. Deaths and departures written before this step have no row.
CREATE TABLE person_event (
    municipality_id UUID NOT NULL,
    person_id UUID NOT NULL,
    kind TEXT NOT NULL,
    -- The day as it was written: 2026, 2026-11 or 2026-11-21.
    day TEXT NOT NULL,
    -- NULL: written before this step.
    author_id UUID,
    recorded_at TEXT,
    -- The command that wrote it: the tasks it made point to the same one.
    command_id UUID NOT NULL,
    corrected_at TEXT,
    corrected_by UUID,
    corrected_command_id UUID,
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (municipality_id, person_id, kind, command_id),
    CHECK (kind IN ('died', 'left')),
    CHECK ((corrected_at IS NULL) = (reason = '')),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, corrected_command_id) REFERENCES command (municipality_id, id)
);
