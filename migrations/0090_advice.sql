-- 支援者支援: a question to a colleague of another desk without a person in it (R-107, R-198). The texts are checked for personal data
-- before they are stored; they belong to no household and no case.

CREATE TABLE advice (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    from_desk_id UUID NOT NULL,
    from_user_id UUID,
    to_desk_id UUID NOT NULL,
    topic TEXT NOT NULL,
    question TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    -- advised, not_us, withdrawn.
    answer TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT '',
    answered_at TEXT,
    answered_by UUID,
    thanks TEXT NOT NULL DEFAULT '',
    helpful TEXT NOT NULL DEFAULT '',
    closed_at TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (from_desk_id <> to_desk_id),
    CHECK (outcome IN ('', 'advised', 'not_us', 'withdrawn')),
    CHECK (outcome = 'withdrawn' OR (outcome = '') = (answered_at IS NULL)),
    CHECK (helpful IN ('', 'yes', 'partly', 'no')),
    FOREIGN KEY (municipality_id, from_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, to_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX advice_by_sender ON advice (municipality_id, from_desk_id, asked_at);
CREATE INDEX advice_by_receiver ON advice (municipality_id, to_desk_id, asked_at);
CREATE INDEX advice_by_day ON advice (municipality_id, asked_at);
