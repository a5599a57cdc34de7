-- その後 (R-106, R-183): what happened to an item after its session, told to each participant; and what participants ask. Nothing here is
-- about anybody: codes, days and ids. An answer about a case or a matter is an entry.

CREATE TABLE item_notice (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    item_id UUID NOT NULL,
    -- The participant, as they were invited.
    invitee_id UUID NOT NULL,
    what TEXT NOT NULL,
    -- The homework, decision, case or question it is about.
    of_id UUID NOT NULL,
    happened_at TEXT NOT NULL,
    made_at TEXT NOT NULL,
    read_at TEXT,
    -- How a partner without a login was told, when somebody wrote it down.
    told_by TEXT NOT NULL DEFAULT '',
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    UNIQUE (municipality_id, invitee_id, item_id, what, of_id),
    CHECK (what IN ('decided', 'done', 'overdue', 'ended', 'answered')),
    FOREIGN KEY (municipality_id, item_id) REFERENCES agenda_item (municipality_id, id),
    FOREIGN KEY (municipality_id, invitee_id) REFERENCES invitee (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX item_notice_by_item ON item_notice (municipality_id, item_id);

CREATE TABLE item_question (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    item_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID NOT NULL,
    to_desk_id UUID NOT NULL,
    asked_at TEXT NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    answer_entry_id UUID,
    answered_at TEXT,
    answered_by UUID,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (answer = '' OR answer_entry_id IS NULL),
    CHECK ((answered_at IS NULL) = (answer = '' AND answer_entry_id IS NULL)),
    FOREIGN KEY (municipality_id, item_id) REFERENCES agenda_item (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, to_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, answered_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, answer_entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX item_question_by_item ON item_question (municipality_id, item_id);
