-- 会議体と会議の回 (R-042 to R-057, R-149, R-152, R-155, R-236, R-239, R-240, R-248, R-260; domain section 4.7). The table `session` is
-- signing in; a session of a body is a `meeting` here. Nothing here is about anybody: bodies, days, desks, and the ids of matters and cases.
-- Titles and subjects are checked for personal data before they are stored; what is asked and said stays with the matter.

-- 会議体.
CREATE TABLE body (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    legal_form TEXT NOT NULL,
    secretariat_desk_id UUID NOT NULL,
    parent_id UUID,
    purpose TEXT NOT NULL DEFAULT '',
    -- 対象: whom or what it is for, on the comparison card.
    about TEXT NOT NULL DEFAULT '',
    rhythm TEXT NOT NULL,
    rhythm_words TEXT NOT NULL DEFAULT '',
    -- Cases one session can take (R-048); nothing: not limited.
    capacity BIGINT,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    -- 発展的解消: who goes on with its queue and its sessions.
    successor_id UUID,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (legal_form IN ('statutory', 'guideline', 'voluntary')),
    CHECK (rhythm IN ('monthly', 'regular', 'as_needed', 'both')),
    CHECK (capacity IS NULL OR capacity > 0),
    CHECK (valid_to IS NULL OR valid_from <= valid_to),
    CHECK (successor_id IS NULL OR successor_id <> id),
    FOREIGN KEY (municipality_id, secretariat_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, parent_id) REFERENCES body (municipality_id, id),
    FOREIGN KEY (municipality_id, successor_id) REFERENCES body (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- 位置づけ: in which legal positions it may be held (R-055).
CREATE TABLE body_position (
    municipality_id UUID NOT NULL,
    body_id UUID NOT NULL,
    position TEXT NOT NULL,
    PRIMARY KEY (municipality_id, body_id, position),
    FOREIGN KEY (municipality_id, body_id) REFERENCES body (municipality_id, id)
);

-- 固定メンバー: a person under one appointment, or of a partner without a login a name and a desk; with a term.
CREATE TABLE body_member (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    body_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID,
    appointment_id UUID,
    name TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL,
    from_day TEXT NOT NULL,
    until_day TEXT,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (title IN ('chair', 'vice_chair', 'member')),
    CHECK ((user_id IS NULL) = (appointment_id IS NULL)),
    CHECK (user_id IS NOT NULL OR name <> ''),
    FOREIGN KEY (municipality_id, body_id) REFERENCES body (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, appointment_id) REFERENCES appointment (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX body_member_by_body ON body_member (municipality_id, body_id);
CREATE INDEX body_member_by_user ON body_member (municipality_id, user_id) WHERE user_id IS NOT NULL;

-- 会議の回: of a body, or held once (body_id empty).
CREATE TABLE meeting (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    body_id UUID,
    desk_id UUID NOT NULL,
    title TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    place TEXT NOT NULL DEFAULT '',
    online BOOLEAN NOT NULL DEFAULT FALSE,
    -- 書面会議: nobody meets, each member answers by the day.
    in_writing BOOLEAN NOT NULL DEFAULT FALSE,
    answer_by TEXT NOT NULL,
    capacity BIGINT,
    state TEXT NOT NULL DEFAULT 'planned',
    invited_at TEXT,
    next_id UUID,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('planned', 'held', 'cancelled')),
    CHECK (starts_at <= ends_at),
    CHECK (capacity IS NULL OR capacity > 0),
    FOREIGN KEY (municipality_id, body_id) REFERENCES body (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, next_id) REFERENCES meeting (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX meeting_by_body ON meeting (municipality_id, body_id, starts_at);
CREATE INDEX meeting_by_desk ON meeting (municipality_id, desk_id, starts_at);

-- 議題: a matter or a case in a legal position of its own, or a general subject without anybody in it. Without a meeting it waits in
-- the queue of its body.
CREATE TABLE agenda_item (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    body_id UUID,
    meeting_id UUID,
    matter_id UUID,
    case_id UUID,
    subject TEXT NOT NULL DEFAULT '',
    position TEXT NOT NULL DEFAULT '',
    confidential BOOLEAN NOT NULL DEFAULT FALSE,
    state TEXT NOT NULL DEFAULT 'proposed',
    -- R-182: who takes the initiative; obligatory for a confidential one.
    initiator_desk_id UUID,
    priority TEXT NOT NULL DEFAULT 'normal',
    ordinal BIGINT NOT NULL DEFAULT 0,
    dropped_why TEXT NOT NULL DEFAULT '',
    -- 次回送り: the item it goes on from.
    carried_from UUID,
    proposed_desk_id UUID NOT NULL,
    proposed_by UUID,
    proposed_at TEXT NOT NULL,
    -- Why it is brought up, and who decided it (R-094, R-196): codes separated by a comma.
    escalation TEXT NOT NULL DEFAULT '',
    decided_by UUID,
    decided_on TEXT,
    ended_at TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('proposed', 'scheduled', 'in_session', 'concluded', 'carried_over', 'dropped')),
    CHECK (priority IN ('urgent', 'carried', 'normal', 'when_room')),
    CHECK ((subject <> '') = (matter_id IS NULL AND case_id IS NULL)),
    CHECK ((subject <> '') = (position = '')),
    CHECK (NOT confidential OR (matter_id IS NOT NULL AND initiator_desk_id IS NOT NULL)),
    CHECK ((state = 'proposed') = (meeting_id IS NULL) OR state = 'dropped'),
    CHECK (state <> 'proposed' OR body_id IS NOT NULL),
    CHECK ((state = 'dropped') = (dropped_why <> '')),
    FOREIGN KEY (municipality_id, body_id) REFERENCES body (municipality_id, id),
    FOREIGN KEY (municipality_id, meeting_id) REFERENCES meeting (municipality_id, id),
    FOREIGN KEY (municipality_id, matter_id) REFERENCES matter (municipality_id, id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, initiator_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, proposed_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, carried_from) REFERENCES agenda_item (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX agenda_item_by_meeting ON agenda_item (municipality_id, meeting_id, ordinal);
CREATE INDEX agenda_item_by_body ON agenda_item (municipality_id, body_id, state);
CREATE INDEX agenda_item_by_matter ON agenda_item (municipality_id, matter_id) WHERE matter_id IS NOT NULL;
CREATE INDEX agenda_item_by_case ON agenda_item (municipality_id, case_id) WHERE case_id IS NOT NULL;

-- The desks that have to be there for an item, and why (R-045, R-149).
CREATE TABLE agenda_party (
    municipality_id UUID NOT NULL,
    item_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (municipality_id, item_id, desk_id),
    CHECK (why IN ('municipality', 'provider', 'section')),
    FOREIGN KEY (municipality_id, item_id) REFERENCES agenda_item (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id)
);

-- Who is invited to a session, as a desk or a person of it; what they answered, and how they were there (R-236).
CREATE TABLE invitee (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    -- Empty: to the whole session.
    item_id UUID,
    desk_id UUID NOT NULL,
    user_id UUID,
    name TEXT NOT NULL DEFAULT '',
    why TEXT NOT NULL,
    obligatory BOOLEAN NOT NULL,
    answer TEXT NOT NULL DEFAULT '',
    substitute TEXT NOT NULL DEFAULT '',
    answered_at TEXT,
    answered_by UUID,
    told_by TEXT NOT NULL DEFAULT '',
    attendance TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (why IN ('municipality', 'provider', 'section', 'matter', 'core', 'observer', 'guest')),
    CHECK (answer IN ('', 'attends', 'online', 'substitute', 'absent', 'writing')),
    CHECK ((answer = 'substitute') = (substitute <> '')),
    CHECK ((answer = '') = (answered_at IS NULL)),
    CHECK (attendance IN ('', 'room', 'online', 'substitute', 'late', 'left_early', 'absent', 'writing', 'observer', 'public')),
    FOREIGN KEY (municipality_id, meeting_id) REFERENCES meeting (municipality_id, id),
    FOREIGN KEY (municipality_id, item_id) REFERENCES agenda_item (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX invitee_by_meeting ON invitee (municipality_id, meeting_id);
CREATE INDEX invitee_by_desk ON invitee (municipality_id, desk_id);
CREATE INDEX invitee_by_user ON invitee (municipality_id, user_id) WHERE user_id IS NOT NULL;

-- 書面会議: what each member says to each item.
CREATE TABLE written_answer (
    municipality_id UUID NOT NULL,
    item_id UUID NOT NULL,
    invitee_id UUID NOT NULL,
    answer TEXT NOT NULL,
    -- To a general subject only, checked for personal data; about a matter one writes in the matter.
    comment TEXT NOT NULL DEFAULT '',
    answered_at TEXT NOT NULL,
    told_by TEXT NOT NULL DEFAULT '',
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, item_id, invitee_id),
    CHECK (answer IN ('approve', 'object', 'remark', 'abstain')),
    FOREIGN KEY (municipality_id, item_id) REFERENCES agenda_item (municipality_id, id),
    FOREIGN KEY (municipality_id, invitee_id) REFERENCES invitee (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- Case conferences of others, noted lightly (R-057): what was decided is an entry of the case.
CREATE TABLE outside_conference (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    held_on TEXT NOT NULL,
    host_desk_id UUID,
    host TEXT NOT NULL DEFAULT '',
    decision_entry_id UUID NOT NULL,
    next_on TEXT,
    desk_id UUID NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK ((host_desk_id IS NULL) = (host <> '')),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, host_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, decision_entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX outside_conference_by_case ON outside_conference (municipality_id, case_id);
