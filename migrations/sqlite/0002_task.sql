-- Promises (domain section 2.2). Differs: SQLite can only declare the links to tables that come later here,
-- PostgreSQL only after those tables exist (0004_task_links.sql).

-- Every promise has an owner and a date. The unique key is what the guards below point to.
CREATE TABLE task (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    desk_id UUID NOT NULL,
    assignee_id UUID,
    case_id UUID,
    consultation_id UUID,
    referral_id UUID,
    sheet_id UUID,
    -- What was promised, in words: a text like any other, sealed with its subjects and categories.
    entry_id UUID,
    due_at TEXT NOT NULL,
    -- The moments at which agency lead and coordinator were told (escalation ladder).
    lead_told_at TEXT,
    coordinator_told_at TEXT,
    ended_at TEXT,
    reason TEXT NOT NULL DEFAULT '',
    moved_to UUID,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    UNIQUE (municipality_id, id, state, case_id),
    UNIQUE (municipality_id, id, state, consultation_id),
    UNIQUE (municipality_id, id, state, sheet_id),
    CHECK (state IN ('open', 'done', 'cancelled', 'moved')),
    CHECK (state = 'open' OR ended_at IS NOT NULL),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, assignee_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (municipality_id, consultation_id) REFERENCES consultation (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (municipality_id, sheet_id) REFERENCES connecting_sheet (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (municipality_id, referral_id) REFERENCES referral (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX task_by_desk ON task (municipality_id, desk_id, state, due_at);
CREATE INDEX task_by_case ON task (municipality_id, case_id, state);
CREATE INDEX task_by_consultation ON task (municipality_id, consultation_id, state);
CREATE INDEX task_by_referral ON task (municipality_id, referral_id, state);
CREATE INDEX task_by_sheet ON task (municipality_id, sheet_id, state);
CREATE INDEX task_by_state ON task (municipality_id, state, due_at);

