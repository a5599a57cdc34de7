-- 一時的な主担当 (R-100): another desk answers for a case for a while, and gives it back. Both desks say so, each by an act of its own; who was
-- accountable when stays in case_accountable. Why, and until what, are words like any other: the code of the reason is shown with them only.

CREATE TABLE temporary_lead (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    -- To whom it returns: who was accountable when it was proposed.
    home_desk_id UUID NOT NULL,
    taker_desk_id UUID NOT NULL,
    -- Which of the two proposed it.
    by_desk_id UUID NOT NULL,
    reason TEXT NOT NULL,
    why_entry_id UUID NOT NULL,
    until_entry_id UUID NOT NULL,
    -- When it is looked at whether it can return.
    check_on TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'proposed',
    -- Where it went in the end: the desk it returned to; where it stays, whoever keeps it.
    to_desk_id UUID,
    -- Why it stays, in words.
    kept_entry_id UUID,
    proposed_at TEXT NOT NULL,
    answered_at TEXT,
    ended_at TEXT,
    acknowledged_at TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('proposed', 'declined', 'withdrawn', 'lent', 'returned', 'kept')),
    CHECK (home_desk_id <> taker_desk_id),
    CHECK ((state IN ('returned', 'kept')) = (ended_at IS NOT NULL)),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, home_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, taker_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, by_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, to_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, why_entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, until_entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, kept_entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX temporary_lead_by_case ON temporary_lead (municipality_id, case_id);
CREATE UNIQUE INDEX temporary_lead_open ON temporary_lead (municipality_id, case_id) WHERE state IN ('proposed', 'lent');

-- Each step of it: who took it, when, and the day it is looked at again.
CREATE TABLE temporary_lead_step (
    municipality_id UUID NOT NULL,
    lead_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    step TEXT NOT NULL,
    at TEXT NOT NULL,
    desk_id UUID,
    author_id UUID,
    check_on TEXT,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, lead_id, seq),
    FOREIGN KEY (municipality_id, lead_id) REFERENCES temporary_lead (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, author_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
