-- Households and persons as each desk recorded them; consultations, cases, referrals; and the promises that
-- hold them. Guards: an open consultation or case cannot be committed without an accountable desk and an open
-- task (deferred foreign keys on the task's state; domain section 2.2).

CREATE TABLE household (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    desk_id UUID NOT NULL,
    area_id UUID,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, area_id) REFERENCES area (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX household_by_desk ON household (municipality_id, desk_id);

CREATE TABLE person (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    author_id UUID,
    name TEXT NOT NULL DEFAULT '',
    reading TEXT NOT NULL DEFAULT '',
    alias TEXT NOT NULL DEFAULT '',
    name_key TEXT NOT NULL DEFAULT '',
    reading_key TEXT NOT NULL DEFAULT '',
    -- 1958, 1958-05 or 1958-05-12.
    birth TEXT,
    died TEXT,
    gender TEXT NOT NULL DEFAULT '',
    how_to_address TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    interpreter BOOLEAN NOT NULL DEFAULT FALSE,
    address TEXT NOT NULL DEFAULT '',
    address_key TEXT NOT NULL DEFAULT '',
    phone TEXT NOT NULL DEFAULT '',
    phone_key TEXT NOT NULL DEFAULT '',
    contact_wish TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX person_by_household ON person (municipality_id, household_id);

-- Members come and go: dated. `relation` is to the person first recorded (本人).
CREATE TABLE household_member (
    municipality_id UUID NOT NULL,
    household_id UUID NOT NULL,
    person_id UUID NOT NULL,
    relation TEXT NOT NULL,
    lives_together BOOLEAN NOT NULL DEFAULT TRUE,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, household_id, person_id, valid_from),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX household_member_by_person ON household_member (municipality_id, person_id);

CREATE TABLE case_counter (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    fiscal_year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (municipality_id, fiscal_year)
);

CREATE TABLE case_file (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    fiscal_year BIGINT NOT NULL,
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    household_id UUID NOT NULL,
    accountable_desk_id UUID,
    opened_at TEXT NOT NULL,
    ended_at TEXT,
    end_reason TEXT NOT NULL DEFAULT '',
    guard_task_id UUID,
    guard_task_state TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    UNIQUE (municipality_id, fiscal_year, number),
    CHECK (state IN ('open', 'closed', 'interrupted')),
    CHECK (state <> 'open' OR (accountable_desk_id IS NOT NULL AND guard_task_id IS NOT NULL
        AND guard_task_state = 'open')),
    FOREIGN KEY (municipality_id, guard_task_id, guard_task_state, id)
        REFERENCES task (municipality_id, id, state, case_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (municipality_id, accountable_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX case_by_accountable ON case_file (municipality_id, accountable_desk_id, state, opened_at);
CREATE INDEX case_by_household ON case_file (municipality_id, household_id);

CREATE TABLE consultation (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    state TEXT NOT NULL,
    -- The desk that wrote it, and who.
    desk_id UUID NOT NULL,
    author_id UUID,
    accountable_desk_id UUID NOT NULL,
    occurred_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    channel TEXT NOT NULL,
    route TEXT NOT NULL,
    -- Who came, in words: 本人, 長女, 隣の人. Shown only with the consultation's content.
    came_as TEXT NOT NULL DEFAULT '',
    place TEXT NOT NULL DEFAULT '',
    anonymous BOOLEAN NOT NULL,
    third_party BOOLEAN NOT NULL,
    household_id UUID,
    person_id UUID,
    urgency TEXT NOT NULL,
    area_id UUID,
    age_band TEXT NOT NULL DEFAULT '',
    disposition TEXT,
    case_id UUID,
    sheet_id UUID,
    guard_task_id UUID,
    guard_task_state TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('open', 'answered', 'became_case', 'passed_on', 'entered_in_error')),
    CHECK (state <> 'open' OR (guard_task_id IS NOT NULL AND guard_task_state = 'open')),
    FOREIGN KEY (municipality_id, guard_task_id, guard_task_state, id)
        REFERENCES task (municipality_id, id, state, consultation_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, accountable_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, area_id) REFERENCES area (municipality_id, id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX consultation_by_desk ON consultation (municipality_id, desk_id, occurred_at, id);
CREATE INDEX consultation_open ON consultation (municipality_id, state, accountable_desk_id);
CREATE INDEX consultation_by_household ON consultation (municipality_id, household_id);
CREATE INDEX consultation_by_case ON consultation (municipality_id, case_id);

CREATE TABLE consultation_topic (
    municipality_id UUID NOT NULL,
    consultation_id UUID NOT NULL,
    topic TEXT NOT NULL,
    main BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (municipality_id, consultation_id, topic),
    FOREIGN KEY (municipality_id, consultation_id) REFERENCES consultation (municipality_id, id)
);

-- つなぐシート. Without consent it has no household, no person and no text: only what cannot name anyone.
CREATE TABLE connecting_sheet (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    state TEXT NOT NULL,
    desk_id UUID NOT NULL,
    author_id UUID NOT NULL,
    provider_desk_id UUID NOT NULL,
    consented BOOLEAN NOT NULL,
    occurred_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    household_id UUID,
    person_id UUID,
    urgency TEXT NOT NULL,
    area_id UUID,
    age_band TEXT NOT NULL DEFAULT '',
    topics TEXT NOT NULL DEFAULT '',
    case_id UUID,
    consultation_id UUID,
    guard_task_id UUID,
    guard_task_state TEXT,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('sent', 'taken', 'answered', 'entered_in_error')),
    CHECK (consented OR (household_id IS NULL AND person_id IS NULL)),
    CHECK (state <> 'sent' OR (guard_task_id IS NOT NULL AND guard_task_state = 'open')),
    FOREIGN KEY (municipality_id, guard_task_id, guard_task_state, id)
        REFERENCES task (municipality_id, id, state, sheet_id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, provider_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, area_id) REFERENCES area (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX sheet_by_author ON connecting_sheet (municipality_id, author_id, occurred_at);
CREATE INDEX sheet_by_provider ON connecting_sheet (municipality_id, provider_desk_id, state, occurred_at);
CREATE INDEX sheet_by_household ON connecting_sheet (municipality_id, household_id);

-- Desks with a part in a case: accountable once, recorded in it, or with an accepted referral. Gives the
-- header, never the content of others.
CREATE TABLE case_desk (
    municipality_id UUID NOT NULL,
    case_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    since TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (municipality_id, desk_id, case_id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id)
);
CREATE INDEX case_desk_by_case ON case_desk (municipality_id, case_id);

-- Who was accountable when: moved only by an accepted hand-over or hand-back, or by an office's end.
CREATE TABLE case_accountable (
    municipality_id UUID NOT NULL,
    case_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    desk_id UUID NOT NULL,
    since TEXT NOT NULL,
    why TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, case_id, seq),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- 関わり段階 per person (R-211), as each desk sees it.
CREATE TABLE engagement (
    municipality_id UUID NOT NULL,
    case_id UUID NOT NULL,
    person_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    stage TEXT NOT NULL,
    since TEXT NOT NULL,
    desk_id UUID NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, case_id, person_id, seq),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

CREATE TABLE exclusion (
    municipality_id UUID NOT NULL,
    case_id UUID NOT NULL,
    user_id UUID NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, case_id, user_id, since),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX exclusion_by_user ON exclusion (municipality_id, user_id);

CREATE TABLE draft (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    author_id UUID NOT NULL,
    kind TEXT NOT NULL,
    -- What it is a draft about (a case, a referral), if anything.
    about_id UUID,
    body TEXT NOT NULL,
    version BIGINT NOT NULL,
    saved_at TEXT NOT NULL,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, author_id) REFERENCES app_user (municipality_id, id)
);
CREATE INDEX draft_by_author ON draft (municipality_id, author_id, saved_at);

-- 同意. Terms never change once given: a change is a new consent.
CREATE TABLE consent (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    state TEXT NOT NULL,
    -- Whose facts it covers.
    person_id UUID NOT NULL,
    -- self, guardian, representative.
    given_by TEXT NOT NULL,
    given_by_name TEXT NOT NULL DEFAULT '',
    form TEXT NOT NULL,
    witness TEXT NOT NULL DEFAULT '',
    categories BIGINT NOT NULL,
    purposes TEXT NOT NULL,
    from_day TEXT NOT NULL,
    until_day TEXT,
    given_at TEXT NOT NULL,
    withdrawn_at TEXT,
    withdrawn_told_by TEXT NOT NULL DEFAULT '',
    desk_id UUID NOT NULL,
    case_id UUID,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('given', 'withdrawn', 'superseded', 'entered_in_error')),
    CHECK (state <> 'withdrawn' OR withdrawn_at IS NOT NULL),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX consent_by_person ON consent (municipality_id, person_id);

CREATE TABLE consent_recipient (
    municipality_id UUID NOT NULL,
    consent_id UUID NOT NULL,
    -- desk or agency.
    kind TEXT NOT NULL,
    recipient_id UUID NOT NULL,
    -- When given for a referral, it takes effect with that referral's acceptance.
    referral_id UUID,
    effective_from TEXT,
    PRIMARY KEY (municipality_id, consent_id, kind, recipient_id),
    CHECK (kind IN ('desk', 'agency')),
    FOREIGN KEY (municipality_id, consent_id) REFERENCES consent (municipality_id, id)
);
CREATE INDEX consent_recipient_by_recipient ON consent_recipient (municipality_id, recipient_id);
CREATE INDEX consent_recipient_by_referral ON consent_recipient (municipality_id, referral_id);

-- 法令に基づく提供: one row per record handed over by one sharing act.
CREATE TABLE provision (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    act_kind TEXT NOT NULL,
    act_id UUID NOT NULL,
    record_kind TEXT NOT NULL,
    record_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID,
    categories BIGINT NOT NULL,
    article TEXT NOT NULL,
    effective_from TEXT,
    ended_at TEXT,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX provision_by_record ON provision (municipality_id, record_id, desk_id);
CREATE INDEX provision_by_act ON provision (municipality_id, act_id);

-- The articles a sharing act can rest on: data with validity, never typed into code.
CREATE TABLE legal_basis (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    verified BOOLEAN NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    PRIMARY KEY (municipality_id, code, valid_from)
);

CREATE TABLE referral (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    -- Re-routes of the same request share it.
    request_id UUID NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    case_id UUID NOT NULL,
    from_desk_id UUID NOT NULL,
    from_user_id UUID,
    to_desk_id UUID NOT NULL,
    -- The responsible section in copy: sees that it exists, not what it says (R-095, R-165).
    copy_desk_id UUID,
    person_id UUID NOT NULL,
    household_id UUID NOT NULL,
    -- Preview before acceptance: no identity.
    need TEXT NOT NULL,
    urgency TEXT NOT NULL,
    area_id UUID,
    age_band TEXT NOT NULL DEFAULT '',
    -- consent, lawful_provision, or none (the receiver learns only the preview).
    basis TEXT NOT NULL,
    consent_id UUID,
    article TEXT NOT NULL DEFAULT '',
    categories BIGINT NOT NULL,
    sent_at TEXT,
    received_at TEXT,
    answer_due_at TEXT,
    ended_at TEXT,
    reason TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('draft', 'sent', 'accepted', 'in_progress', 'on_hold', 'completed', 'failed', 'refused',
        'declined_by_person', 'withdrawn', 'entered_in_error')),
    CHECK (kind IN ('hand_over', 'join', 'coordination_request', 'hand_back', 'information')),
    CHECK (from_desk_id <> to_desk_id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, from_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, to_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, copy_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, area_id) REFERENCES area (municipality_id, id),
    FOREIGN KEY (municipality_id, consent_id) REFERENCES consent (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX referral_by_sender ON referral (municipality_id, from_desk_id, sent_at, id);
CREATE INDEX referral_by_receiver ON referral (municipality_id, to_desk_id, sent_at, id);
CREATE INDEX referral_by_copy ON referral (municipality_id, copy_desk_id, sent_at, id);
CREATE INDEX referral_by_case ON referral (municipality_id, case_id);
CREATE INDEX referral_by_state ON referral (municipality_id, state);

-- Every step, who took it, and by which way it was told when the partner has no login.
CREATE TABLE referral_event (
    municipality_id UUID NOT NULL,
    referral_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    state TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID,
    reason TEXT NOT NULL DEFAULT '',
    told_by TEXT NOT NULL DEFAULT '',
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, referral_id, seq),
    FOREIGN KEY (municipality_id, referral_id) REFERENCES referral (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- 記載: every piece of text, wherever it was written, with its subjects and categories. One table, so that
-- one mechanism guards all free text (disclosure rule 3).
CREATE TABLE entry (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    -- words, facts, possibilities, consideration, response, support, summary, answer, feedback, ending …
    field TEXT NOT NULL,
    -- For a support record: phone, visit, office, letter, attempt, meeting.
    form TEXT NOT NULL DEFAULT '',
    desk_id UUID NOT NULL,
    author_id UUID,
    household_id UUID,
    -- Whole household: every member is a subject, also those who join later. Otherwise see entry_subject.
    whole_household BOOLEAN NOT NULL,
    categories BIGINT NOT NULL,
    body TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    told_by TEXT NOT NULL DEFAULT '',
    told_agency_id UUID,
    consultation_id UUID,
    sheet_id UUID,
    case_id UUID,
    referral_id UUID,
    -- A correction keeps the original: the new entry names the one it replaces.
    corrects_id UUID,
    state TEXT NOT NULL DEFAULT 'valid',
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('valid', 'corrected', 'entered_in_error')),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, told_agency_id) REFERENCES agency (municipality_id, id),
    FOREIGN KEY (municipality_id, consultation_id) REFERENCES consultation (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (municipality_id, sheet_id) REFERENCES connecting_sheet (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (municipality_id, referral_id) REFERENCES referral (municipality_id, id)
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (municipality_id, corrects_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX entry_by_consultation ON entry (municipality_id, consultation_id);
CREATE INDEX entry_by_sheet ON entry (municipality_id, sheet_id);
CREATE INDEX entry_by_case ON entry (municipality_id, case_id, occurred_at, id);
CREATE INDEX entry_by_referral ON entry (municipality_id, referral_id);

CREATE TABLE entry_subject (
    municipality_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    person_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, entry_id, person_id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id)
);

-- その後: owed to the sender and to the first noticer until given.
CREATE TABLE feedback (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    referral_id UUID,
    sheet_id UUID,
    from_desk_id UUID NOT NULL,
    to_desk_id UUID NOT NULL,
    to_user_id UUID,
    task_id UUID NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    entry_id UUID,
    given_at TEXT,
    read_at TEXT,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (referral_id IS NOT NULL OR sheet_id IS NOT NULL),
    FOREIGN KEY (municipality_id, referral_id) REFERENCES referral (municipality_id, id),
    FOREIGN KEY (municipality_id, sheet_id) REFERENCES connecting_sheet (municipality_id, id),
    FOREIGN KEY (municipality_id, from_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, to_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, to_user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, task_id) REFERENCES task (municipality_id, id),
    FOREIGN KEY (municipality_id, entry_id) REFERENCES entry (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX feedback_by_receiver ON feedback (municipality_id, to_desk_id, given_at);
CREATE INDEX feedback_by_referral ON feedback (municipality_id, referral_id);
CREATE INDEX feedback_by_sheet ON feedback (municipality_id, sheet_id);
CREATE INDEX feedback_by_task ON feedback (municipality_id, task_id);
