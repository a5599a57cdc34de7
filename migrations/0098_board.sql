-- 役割分担の表 (R-098, R-156, R-191): what a household needs, who stands for it, and who takes which part until when. The words are
-- entries like any other text; the rows here hold areas, desks, states and dates only. Each part that is taken is a task.

CREATE TABLE need (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    -- The words of the need as they were first written; a correction of that entry is followed.
    entry_id UUID NOT NULL,
    area TEXT NOT NULL,
    -- The section that stands for it (R-191): every need has one.
    owner_desk_id UUID NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    reason TEXT NOT NULL DEFAULT '',
    -- What became of it, in words.
    outcome_entry_id UUID,
    desk_id UUID NOT NULL,
    opened_at TEXT NOT NULL,
    ended_at TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('open', 'met', 'unmet', 'not_needed', 'mistaken')),
    CHECK ((state = 'open') = (ended_at IS NULL)),
    -- An unmet need says why: that is what the town learns from (domain section 2.5).
    CHECK (state NOT IN ('unmet', 'not_needed') OR reason <> ''),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, outcome_entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, owner_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX need_by_case ON need (municipality_id, case_id, opened_at);
CREATE INDEX need_by_owner ON need (municipality_id, owner_desk_id, state);
CREATE INDEX need_by_state ON need (municipality_id, state, area);

-- Who takes which part: its promise is the task, with desk, person in charge, day and state.
CREATE TABLE need_part (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    need_id UUID NOT NULL,
    -- Who took it then. Where nobody can sign in, the task is the desk's that hears from them.
    desk_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    task_id UUID NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, need_id) REFERENCES need (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, task_id) REFERENCES task (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX need_part_by_need ON need_part (municipality_id, need_id);
