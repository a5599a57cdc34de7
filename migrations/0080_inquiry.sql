-- 照会・回答 (R-117, R-149 to R-151; domain section 4.4). A question from one desk to another about somebody, with its purpose, its
-- lawful basis and the day the answer is due. What is asked and what is answered are entries like any other text; the row
-- here holds desks, state and dates only.

CREATE TABLE inquiry (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    state TEXT NOT NULL,
    -- Where it was asked from: a consultation, or a case. One of them.
    consultation_id UUID,
    case_id UUID,
    household_id UUID NOT NULL,
    from_desk_id UUID NOT NULL,
    from_user_id UUID,
    to_desk_id UUID NOT NULL,
    purpose TEXT NOT NULL,
    urgent BOOLEAN NOT NULL,
    -- consent or lawful_provision: nobody is asked about without one of them.
    basis TEXT NOT NULL,
    article TEXT NOT NULL DEFAULT '',
    categories BIGINT NOT NULL,
    -- How many questions there are, and which of them stay open: numbers only.
    questions BIGINT NOT NULL,
    open_questions TEXT NOT NULL DEFAULT '',
    sent_at TEXT NOT NULL,
    due_at TEXT NOT NULL,
    -- The first answer, part answer or refusal.
    answered_at TEXT,
    ended_at TEXT,
    -- Why it ended or stays open, as a code; of a refusal also the article and who decided it (R-150).
    reason TEXT NOT NULL DEFAULT '',
    refusal_article TEXT NOT NULL DEFAULT '',
    decider_name TEXT NOT NULL DEFAULT '',
    decider_post TEXT NOT NULL DEFAULT '',
    -- 支援会議に上げた: by which desk, when, and which coordinator's desk sees to it.
    raised_at TEXT,
    raised_by UUID,
    raised_desk_id UUID,
    -- When whoever asked was told that the consent it rests on is gone.
    basis_gone_at TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('sent', 'partly_answered', 'answered', 'refused', 'raised', 'withdrawn', 'entered_in_error')),
    CHECK ((consultation_id IS NULL) <> (case_id IS NULL)),
    CHECK (from_desk_id <> to_desk_id),
    CHECK (basis = 'consent' OR (basis = 'lawful_provision' AND article <> '')),
    -- 「個人情報だから」 alone is no refusal: a reason, an article and somebody who decided.
    CHECK (state <> 'refused' OR (reason <> '' AND refusal_article <> '' AND decider_name <> '' AND decider_post <> '')),
    CHECK (state <> 'partly_answered' OR (reason <> '' AND open_questions <> '')),
    CHECK (state <> 'raised' OR (raised_at IS NOT NULL AND raised_desk_id IS NOT NULL)),
    FOREIGN KEY (municipality_id, consultation_id) REFERENCES consultation (municipality_id, id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, from_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, to_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, raised_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX inquiry_by_sender ON inquiry (municipality_id, from_desk_id, sent_at, id);
CREATE INDEX inquiry_by_receiver ON inquiry (municipality_id, to_desk_id, sent_at, id);
CREATE INDEX inquiry_by_case ON inquiry (municipality_id, case_id);
CREATE INDEX inquiry_by_consultation ON inquiry (municipality_id, consultation_id);
CREATE INDEX inquiry_by_state ON inquiry (municipality_id, state, sent_at);
CREATE INDEX inquiry_by_sent ON inquiry (municipality_id, sent_at);
CREATE INDEX inquiry_raised ON inquiry (municipality_id, raised_desk_id) WHERE raised_desk_id IS NOT NULL;

-- About whom.
CREATE TABLE inquiry_subject (
    municipality_id UUID NOT NULL,
    inquiry_id UUID NOT NULL,
    person_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, inquiry_id, person_id),
    FOREIGN KEY (municipality_id, inquiry_id) REFERENCES inquiry (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id)
);

-- Its texts: why it is asked, the questions (one a line), and what was answered or said to a refusal.
CREATE TABLE inquiry_entry (
    municipality_id UUID NOT NULL,
    inquiry_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (municipality_id, inquiry_id, entry_id),
    CHECK (role IN ('lead', 'questions', 'answer', 'part', 'refusal')),
    FOREIGN KEY (municipality_id, inquiry_id) REFERENCES inquiry (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id)
);

-- Every step, who took it, and by which way it was told when the partner has no login.
CREATE TABLE inquiry_event (
    municipality_id UUID NOT NULL,
    inquiry_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    step TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID,
    reason TEXT NOT NULL DEFAULT '',
    told_by TEXT NOT NULL DEFAULT '',
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, inquiry_id, seq),
    FOREIGN KEY (municipality_id, inquiry_id) REFERENCES inquiry (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- The promises of an inquiry.
ALTER TABLE task ADD COLUMN inquiry_id UUID;
CREATE INDEX task_by_inquiry ON task (municipality_id, inquiry_id) WHERE inquiry_id IS NOT NULL;
