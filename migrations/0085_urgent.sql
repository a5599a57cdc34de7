-- 緊急の閲覧 (basis urgent_protection; docs/disclosure.md section 2). The reason comes first and is kept apart from the log, so that
-- it can be disposed of with the record; every attempt is counted, also those that found nothing; what was typed to
-- find somebody is kept nowhere.

CREATE TABLE urgent_ask (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    reason TEXT NOT NULL,
    stated_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (reason IN ('life', 'body', 'property')),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX urgent_ask_by_user ON urgent_ask (municipality_id, user_id, stated_at);

-- Words of reasons and of reviews.
CREATE TABLE urgent_words (
    municipality_id UUID NOT NULL,
    -- The ask or the review they belong to.
    of_id UUID NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (municipality_id, of_id)
);

-- Every look-up. hit: a case was opened. own: only records of the own desk, which need no urgent look. miss: nothing that may
-- be seen; whether there is nothing, or nothing for this person, is the same here as on the page.
CREATE TABLE urgent_try (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    ask_id UUID NOT NULL,
    user_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    at TEXT NOT NULL,
    outcome TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (outcome IN ('hit', 'own', 'miss')),
    FOREIGN KEY (municipality_id, ask_id) REFERENCES urgent_ask (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX urgent_try_by_user ON urgent_try (municipality_id, user_id, at);
CREATE INDEX urgent_try_by_desk ON urgent_try (municipality_id, desk_id, at);

CREATE TABLE urgent_look (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    ask_id UUID NOT NULL,
    user_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    case_id UUID NOT NULL,
    from_at TEXT NOT NULL,
    -- The first moment at which it no longer holds. No job has to run for it to end.
    until_at TEXT NOT NULL,
    -- When it was ended before that.
    ended_at TEXT,
    review_state TEXT NOT NULL DEFAULT 'open',
    -- Whose review it is: the auditor's, or whom it fell to because there is none.
    review_role TEXT NOT NULL,
    review_task_id UUID NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (from_at < until_at),
    CHECK (review_state IN ('open', 'talk', 'justified', 'not_justified')),
    CHECK (review_role IN ('privacy_auditor', 'coordinator', 'agency_lead')),
    FOREIGN KEY (municipality_id, ask_id) REFERENCES urgent_ask (municipality_id, id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, review_task_id) REFERENCES task (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX urgent_look_by_user ON urgent_look (municipality_id, user_id, until_at);
CREATE INDEX urgent_look_by_case ON urgent_look (municipality_id, case_id);
CREATE INDEX urgent_look_by_review ON urgent_look (municipality_id, review_state, from_at);

-- The desks told at once: a task each. The task's desk is where the notice is now, also after an office has ended.
CREATE TABLE urgent_notice (
    municipality_id UUID NOT NULL,
    look_id UUID NOT NULL,
    task_id UUID NOT NULL,
    -- understood, doubtful; empty until somebody has answered.
    answer TEXT NOT NULL DEFAULT '',
    answered_at TEXT,
    answered_by UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, look_id, task_id),
    CHECK (answer IN ('', 'understood', 'doubtful')),
    CHECK ((answer = '') = (answered_at IS NULL)),
    FOREIGN KEY (municipality_id, look_id) REFERENCES urgent_look (municipality_id, id),
    FOREIGN KEY (municipality_id, task_id) REFERENCES task (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- Reviews, the newest last: none is ever changed.
CREATE TABLE urgent_review (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    look_id UUID NOT NULL,
    outcome TEXT NOT NULL,
    by_user_id UUID NOT NULL,
    at TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (outcome IN ('justified', 'not_justified', 'talk')),
    FOREIGN KEY (municipality_id, look_id) REFERENCES urgent_look (municipality_id, id),
    FOREIGN KEY (municipality_id, by_user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX urgent_review_by_look ON urgent_review (municipality_id, look_id, at);

-- Whoever is looked up by name is looked for under the birth date or the address: never under the name.
CREATE INDEX person_by_birth ON person (municipality_id, birth);
CREATE INDEX person_by_address ON person (municipality_id, address_key);
