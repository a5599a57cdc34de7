-- Consultations from files (form services' exports). The file itself is kept in parts only as long as it is needed:
-- it holds personal content that nobody but who brought it may see. What is kept longer holds line numbers, ids and
-- hashes.
CREATE TABLE import (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    -- The desk it is brought in for, and who brings it.
    desk_id UUID NOT NULL,
    user_id UUID NOT NULL,
    state TEXT NOT NULL,
    file_name TEXT NOT NULL,
    -- utf8, utf8_bom, cp932, or empty: whatever the reader finds.
    encoding TEXT NOT NULL DEFAULT '',
    sheet TEXT NOT NULL DEFAULT '',
    -- JSON: for each column its field, empty for left out; and what holds for lines that do not say.
    mapping TEXT NOT NULL DEFAULT '[]',
    standing TEXT NOT NULL DEFAULT '{}',
    -- What to do with lines about people who may be recorded already: new, join or leave.
    alike TEXT NOT NULL DEFAULT 'new',
    lines BIGINT NOT NULL DEFAULT 0,
    -- Lines that the present step has done.
    done BIGINT NOT NULL DEFAULT 0,
    good BIGINT NOT NULL DEFAULT 0,
    broken BIGINT NOT NULL DEFAULT 0,
    already BIGINT NOT NULL DEFAULT 0,
    alike_lines BIGINT NOT NULL DEFAULT 0,
    written BIGINT NOT NULL DEFAULT 0,
    left_out BIGINT NOT NULL DEFAULT 0,
    -- Why it stopped or was taken back, as a key or in words.
    reason TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    touched_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('mapping', 'checking', 'checked', 'importing', 'done', 'stopped', 'undoing', 'undone', 'dropped')),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX import_by_user ON import (municipality_id, user_id, created_at);
CREATE INDEX import_by_state ON import (municipality_id, state);

CREATE TABLE import_file (
    municipality_id UUID NOT NULL,
    import_id UUID NOT NULL,
    part BIGINT NOT NULL,
    -- Hexadecimal.
    content TEXT NOT NULL,
    PRIMARY KEY (municipality_id, import_id, part),
    FOREIGN KEY (municipality_id, import_id) REFERENCES import (municipality_id, id)
);

-- Lines about which there is something to say: broken, there already, or about somebody who may be recorded.
CREATE TABLE import_line (
    municipality_id UUID NOT NULL,
    import_id UUID NOT NULL,
    line BIGINT NOT NULL,
    state TEXT NOT NULL,
    -- JSON: columns, keys of sentences and what they fill in; never what stood in a cell.
    problems TEXT NOT NULL DEFAULT '[]',
    person_id UUID,
    -- Whether birth date or phone say the same as the name.
    sure BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (municipality_id, import_id, line),
    FOREIGN KEY (municipality_id, import_id) REFERENCES import (municipality_id, id)
);

-- Each line of a desk is accepted once: by the number the form service gave it, otherwise by a hash of its cells.
CREATE TABLE import_accepted (
    municipality_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    identity TEXT NOT NULL,
    import_id UUID NOT NULL,
    line BIGINT NOT NULL,
    consultation_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, desk_id, identity),
    FOREIGN KEY (municipality_id, import_id) REFERENCES import (municipality_id, id),
    FOREIGN KEY (municipality_id, consultation_id) REFERENCES consultation (municipality_id, id)
);
CREATE INDEX import_accepted_by_import ON import_accepted (municipality_id, import_id, line);

-- Which header meant which field the last time, for each desk.
CREATE TABLE import_mapping (
    municipality_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    header TEXT NOT NULL,
    field TEXT NOT NULL,
    PRIMARY KEY (municipality_id, desk_id, header),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id)
);

-- Hints for thousands of lines look people up by name.
CREATE INDEX person_by_name ON person (municipality_id, name_key, desk_id);
