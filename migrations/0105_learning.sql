-- ふりかえりと事例集 (R-160, R-161, R-168, R-216). The words of a reflection are entries of its case. A case of the library has nobody in it:
-- its texts are checked for personal data before they are stored, and somebody else approves it.

CREATE TABLE reflection (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    author_id UUID,
    written_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX reflection_by_case ON reflection (municipality_id, case_id);
CREATE INDEX reflection_by_day ON reflection (municipality_id, written_at);

CREATE TABLE reflection_text (
    municipality_id UUID NOT NULL,
    reflection_id UUID NOT NULL,
    part TEXT NOT NULL,
    entry_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, reflection_id, part),
    CHECK (part IN ('well', 'hard', 'next')),
    FOREIGN KEY (municipality_id, reflection_id) REFERENCES reflection (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id)
);

CREATE TABLE reflection_cause (
    municipality_id UUID NOT NULL,
    reflection_id UUID NOT NULL,
    cause TEXT NOT NULL,
    PRIMARY KEY (municipality_id, reflection_id, cause),
    CHECK (cause IN ('person', 'organisation', 'system', 'resource')),
    FOREIGN KEY (municipality_id, reflection_id) REFERENCES reflection (municipality_id, id)
);

CREATE TABLE lesson (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    -- Where it came from, known to the desk that wrote it alone; nothing once that record is disposed of.
    reflection_id UUID,
    desk_id UUID NOT NULL,
    author_id UUID,
    title TEXT NOT NULL,
    situation TEXT NOT NULL,
    done TEXT NOT NULL,
    learned TEXT NOT NULL,
    -- Codes of problem areas, and words to find it by, each separated by a blank.
    topics TEXT NOT NULL,
    tags TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'sent',
    sent_at TEXT NOT NULL,
    decided_at TEXT,
    decided_by UUID,
    answer TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('sent', 'published', 'returned', 'withdrawn')),
    -- Nobody approves their own.
    CHECK (decided_by IS NULL OR author_id IS NULL OR decided_by <> author_id OR state = 'withdrawn'),
    FOREIGN KEY (municipality_id, reflection_id) REFERENCES reflection (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX lesson_by_state ON lesson (municipality_id, state, sent_at);

-- まず自分の考え、それから助言 (R-168).
ALTER TABLE advice ADD COLUMN own_view TEXT NOT NULL DEFAULT '';
