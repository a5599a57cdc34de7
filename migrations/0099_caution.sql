-- 訪問時の注意 (R-237): what whoever goes there must know. The words are an entry; it has a day on which it is looked at again, so
-- that nobody is warned of for ever, and is ended with a reason. It stays on screens: never on paper, never in a file.

CREATE TABLE caution (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    kind TEXT NOT NULL,
    entry_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    author_id UUID,
    set_at TEXT NOT NULL,
    review_on TEXT NOT NULL,
    -- Since when its review is a task of the desk that answers for the case.
    told_at TEXT,
    ended_at TEXT,
    end_reason TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK ((ended_at IS NULL) = (end_reason = '')),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, author_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX caution_by_case ON caution (municipality_id, case_id, set_at);
CREATE INDEX caution_by_review ON caution (municipality_id, review_on) WHERE ended_at IS NULL;

-- テーマ (R-169): what a desk said to a hint: confirmed, or set aside with a reason. Rows are replaced by later ones, never changed.
CREATE TABLE theme_mark (
    municipality_id UUID NOT NULL,
    case_id UUID NOT NULL,
    theme TEXT NOT NULL,
    seq BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    desk_id UUID NOT NULL,
    author_id UUID,
    set_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, case_id, theme, seq),
    CHECK (state IN ('confirmed', 'set_aside', 'open')),
    CHECK (state <> 'set_aside' OR reason <> ''),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, author_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
