-- わかったこと: what a desk in charge has learnt since about somebody whose card another desk wrote (decision 0045). The words are an entry
-- of that desk (field 'learnt'); here stands what the pages go by: which of the things that happen to people it is, on which day, and where
-- to, under which number, by which name. It is read with its entry, sealed with it, and goes with it.
CREATE TABLE learnt (
    municipality_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    kind TEXT NOT NULL,
    -- The day as it was written: 2026, 2026-11 or 2026-11-21; empty where none was known.
    day TEXT NOT NULL,
    -- The new address, the new number, the new name; empty where it is not known.
    what TEXT NOT NULL,
    -- The command that wrote it first, also where the text was corrected since: the reviews it made point to the same one.
    command_id UUID NOT NULL,
    -- The command that took it back.
    ended_command_id UUID,
    PRIMARY KEY (municipality_id, entry_id),
    CHECK (kind IN ('died', 'left', 'moved', 'contact', 'name', 'other')),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, ended_command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX learnt_by_command ON learnt (municipality_id, command_id);
CREATE INDEX learnt_by_end ON learnt (municipality_id, ended_command_id) WHERE ended_command_id IS NOT NULL;
