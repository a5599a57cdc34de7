-- 会議録 (R-071, R-072, R-248, R-249, R-260; domain section 4.7). One set of minutes for each session. What is said about nobody (a
-- general subject, 開会, 閉会) stands here and is checked for personal data before it is stored; what is said about a case is an entry: of the
-- matter where the conference is confidential, of the case where it rests on consent. No text is changed: each is written anew.

CREATE TABLE minutes (
    municipality_id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    state TEXT NOT NULL DEFAULT 'draft',
    -- How often they were approved: corrected minutes are approved again.
    edition BIGINT NOT NULL DEFAULT 0,
    -- Members comment until this day.
    comment_until TEXT,
    -- Members whose term has ended look until this day (R-249).
    review_until TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, meeting_id),
    CHECK (state IN ('draft', 'comment', 'approved', 'correcting')),
    CHECK ((state IN ('approved', 'correcting')) = (edition > 0)),
    CHECK (state <> 'comment' OR comment_until IS NOT NULL),
    FOREIGN KEY (municipality_id, meeting_id) REFERENCES meeting (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

CREATE TABLE minutes_section (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    part TEXT NOT NULL,
    item_id UUID,
    -- The text that stands: minutes_text of this version.
    version BIGINT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (part IN ('opening', 'item', 'closing')),
    CHECK ((part = 'item') = (item_id IS NOT NULL)),
    FOREIGN KEY (municipality_id, meeting_id) REFERENCES meeting (municipality_id, id),
    FOREIGN KEY (municipality_id, item_id) REFERENCES agenda_item (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE UNIQUE INDEX minutes_section_item ON minutes_section (municipality_id, meeting_id, item_id) WHERE item_id IS NOT NULL;
CREATE UNIQUE INDEX minutes_section_part ON minutes_section (municipality_id, meeting_id, part) WHERE item_id IS NULL;
CREATE INDEX minutes_section_meeting ON minutes_section (municipality_id, meeting_id);

-- Every text of a section, the newest last.
CREATE TABLE minutes_text (
    municipality_id UUID NOT NULL,
    section_id UUID NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL DEFAULT '',
    entry_id UUID,
    written_at TEXT NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, section_id, version),
    CHECK (entry_id IS NULL OR body = ''),
    FOREIGN KEY (municipality_id, section_id) REFERENCES minutes_section (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- 承認: each time, how and on which day, and which texts it was said of.
CREATE TABLE minutes_edition (
    municipality_id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    edition BIGINT NOT NULL,
    approved_on TEXT NOT NULL,
    how TEXT NOT NULL,
    -- How it was told, when whoever approved it has no login.
    told_by TEXT NOT NULL DEFAULT '',
    -- What was corrected; about nobody. The first one corrects nothing.
    note TEXT NOT NULL DEFAULT '',
    recorded_at TEXT NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID NOT NULL,
    -- 公開: when the public version was given out, and when it was taken back.
    public_at TEXT,
    withdrawn_at TEXT,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, meeting_id, edition),
    CHECK (how IN ('chair', 'session', 'writing', 'members')),
    CHECK (withdrawn_at IS NULL OR public_at IS NOT NULL),
    FOREIGN KEY (municipality_id, meeting_id) REFERENCES minutes (municipality_id, meeting_id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE TABLE minutes_edition_text (
    municipality_id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    edition BIGINT NOT NULL,
    section_id UUID NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (municipality_id, meeting_id, edition, section_id),
    FOREIGN KEY (municipality_id, meeting_id, edition) REFERENCES minutes_edition (municipality_id, meeting_id, edition),
    FOREIGN KEY (municipality_id, section_id, version) REFERENCES minutes_text (municipality_id, section_id, version)
);

-- 確認の意見, and what became of it. Words about a case are entries, like the minutes themselves.
CREATE TABLE minutes_comment (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    section_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID,
    -- Of a partner without a login, and by which way it was told.
    name TEXT NOT NULL DEFAULT '',
    told_by TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL DEFAULT '',
    entry_id UUID,
    said_at TEXT NOT NULL,
    taken TEXT NOT NULL DEFAULT '',
    answer TEXT NOT NULL DEFAULT '',
    answer_entry_id UUID,
    answered_at TEXT,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (taken IN ('', 'yes', 'partly', 'no')),
    CHECK ((taken = '') = (answered_at IS NULL)),
    CHECK (entry_id IS NULL OR body = ''),
    CHECK (answer_entry_id IS NULL OR answer = ''),
    FOREIGN KEY (municipality_id, meeting_id) REFERENCES minutes (municipality_id, meeting_id),
    FOREIGN KEY (municipality_id, section_id) REFERENCES minutes_section (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, answer_entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX minutes_comment_meeting ON minutes_comment (municipality_id, meeting_id, said_at);

-- How the minutes of a body are laid out.
CREATE TABLE minutes_style (
    municipality_id UUID NOT NULL,
    body_id UUID NOT NULL,
    style TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, body_id),
    CHECK (style IN ('speakers', 'marks')),
    FOREIGN KEY (municipality_id, body_id) REFERENCES body (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- Words that are written otherwise here (他機関協働 → 多機関協働).
CREATE TABLE minutes_term (
    municipality_id UUID NOT NULL,
    wrong TEXT NOT NULL,
    instead TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, wrong),
    CHECK (wrong <> '' AND instead <> ''),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
