-- 回覧 (R-152): after a session its minutes, or a notice, go round the members of the sections that were invited: who has read it, and
-- whether whoever sat there has told it at their desk. It shows nobody an item they may not know: who reads is decided as everywhere.

CREATE TABLE circulation (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    -- minutes: the approved ones. notice: words of the secretariat, about nobody.
    what TEXT NOT NULL,
    words TEXT NOT NULL DEFAULT '',
    due_on TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID NOT NULL,
    ended_at TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (what IN ('minutes', 'notice')),
    CHECK (what = 'minutes' OR words <> ''),
    FOREIGN KEY (municipality_id, meeting_id) REFERENCES meeting (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX circulation_meeting ON circulation (municipality_id, meeting_id, sent_at);

-- Each section: whether what was talked over was told there, by whom; of a partner without a login, when it was brought and how.
CREATE TABLE circulation_desk (
    municipality_id UUID NOT NULL,
    circulation_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    reported_at TEXT,
    reported_by UUID,
    -- Of a partner: how it was brought; of a report: how it was told when the secretariat wrote it down.
    told_by TEXT NOT NULL DEFAULT '',
    brought_at TEXT,
    task_id UUID,
    PRIMARY KEY (municipality_id, circulation_id, desk_id),
    FOREIGN KEY (municipality_id, circulation_id) REFERENCES circulation (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id)
);

CREATE TABLE circulation_reader (
    municipality_id UUID NOT NULL,
    circulation_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID NOT NULL,
    read_at TEXT,
    task_id UUID,
    PRIMARY KEY (municipality_id, circulation_id, desk_id, user_id),
    FOREIGN KEY (municipality_id, circulation_id, desk_id) REFERENCES circulation_desk (municipality_id, circulation_id, desk_id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id)
);
CREATE INDEX circulation_reader_user ON circulation_reader (municipality_id, user_id);
