-- 前の住所: where somebody lived before, kept when they move or written down by hand. Shown like the address of now: to whoever may
-- know where they live. A wrong one is taken back and kept.
CREATE TABLE former_address (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    address TEXT NOT NULL,
    -- 2026, 2026-11 or 2026-11-21; NULL: not known.
    from_day TEXT,
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
CREATE INDEX former_address_by_person ON former_address (municipality_id, person_id);
