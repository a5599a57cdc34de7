-- スキルと経験 (R-168): what somebody says of themself, and who of their leads confirmed it. No free text, nobody's household.
CREATE TABLE skill_of (
    municipality_id UUID NOT NULL,
    user_id UUID NOT NULL,
    skill TEXT NOT NULL,
    level TEXT NOT NULL,
    said_at TEXT NOT NULL,
    -- A lead or coordinator who is somebody else; empty again when the level changes.
    confirmed_by UUID,
    confirmed_at TEXT,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, user_id, skill),
    CHECK (level IN ('learning', 'does', 'teaches')),
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK (confirmed_by IS NULL OR confirmed_by <> user_id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- 事例を会議で扱う (R-161): a case of the library that a general item of an agenda is about.
CREATE TABLE agenda_lesson (
    municipality_id UUID NOT NULL,
    item_id UUID NOT NULL,
    lesson_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, item_id),
    FOREIGN KEY (municipality_id, item_id) REFERENCES agenda_item (municipality_id, id),
    FOREIGN KEY (municipality_id, lesson_id) REFERENCES lesson (municipality_id, id)
);
CREATE INDEX agenda_lesson_by_lesson ON agenda_lesson (municipality_id, lesson_id);
