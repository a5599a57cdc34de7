-- 同意 as a record (R-114): asked for, given, renewed, carried over, and what it was given on. What was given stands: the triggers
-- of 0083 see to it. And files that belong to a record.

-- How whoever gave it stands to the person, what shows that they may, and who they are when they are recorded too.
ALTER TABLE consent ADD COLUMN relation TEXT NOT NULL DEFAULT '';
ALTER TABLE consent ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
ALTER TABLE consent ADD COLUMN giver_id UUID;
-- Its terms are whole: from here on nothing of them is changed and no recipient is added (0083).
ALTER TABLE consent ADD COLUMN complete BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE consent SET complete = TRUE;

-- A category of agencies as a recipient (docs/decisions/0018). The agencies it stood for are named in
-- consent_field_agency; one that joins the category later counts only where the person said so.
CREATE TABLE consent_field (
    municipality_id UUID NOT NULL,
    consent_id UUID NOT NULL,
    field TEXT NOT NULL,
    later BOOLEAN NOT NULL,
    effective_from TEXT,
    PRIMARY KEY (municipality_id, consent_id, field),
    FOREIGN KEY (municipality_id, consent_id) REFERENCES consent (municipality_id, id)
);
CREATE TABLE consent_field_agency (
    municipality_id UUID NOT NULL,
    consent_id UUID NOT NULL,
    field TEXT NOT NULL,
    agency_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, consent_id, field, agency_id),
    FOREIGN KEY (municipality_id, consent_id, field) REFERENCES consent_field (municipality_id, consent_id, field),
    FOREIGN KEY (municipality_id, agency_id) REFERENCES agency (municipality_id, id)
);

-- A consent that took the place of an earlier one: renewed as it was, changed, or carried over to a successor. Carried over
-- it says who confirmed it with the person, when and how.
CREATE TABLE consent_follow (
    municipality_id UUID NOT NULL,
    consent_id UUID NOT NULL,
    before_id UUID NOT NULL,
    how TEXT NOT NULL,
    confirmed_on TEXT,
    confirmed_by UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, consent_id),
    UNIQUE (municipality_id, before_id),
    CHECK (consent_id <> before_id),
    CHECK (how IN ('renewed', 'changed', 'carried_over')),
    CHECK (how <> 'carried_over' OR (confirmed_on IS NOT NULL AND confirmed_by IS NOT NULL)),
    FOREIGN KEY (municipality_id, consent_id) REFERENCES consent (municipality_id, id),
    FOREIGN KEY (municipality_id, before_id) REFERENCES consent (municipality_id, id),
    FOREIGN KEY (municipality_id, confirmed_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- Asked for, and what became of it. What was asked stands as codes and ids (`asked`): no name and no word about anybody.
CREATE TABLE consent_request (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    state TEXT NOT NULL,
    person_id UUID NOT NULL,
    case_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    author_id UUID,
    asked TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    answered_at TEXT,
    -- Who said no (self, guardian, representative), who that is when recorded, and why, as codes.
    told_by TEXT NOT NULL DEFAULT '',
    teller_id UUID,
    reason TEXT NOT NULL DEFAULT '',
    consent_id UUID,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (state IN ('requested', 'given', 'refused', 'dropped')),
    CHECK ((state = 'requested') = (answered_at IS NULL)),
    CHECK ((state = 'given') = (consent_id IS NOT NULL)),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, consent_id) REFERENCES consent (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX consent_request_by_case ON consent_request (municipality_id, case_id, asked_at);
CREATE INDEX consent_request_by_person ON consent_request (municipality_id, person_id);

-- A guardian whose interests are against the person's: what they agreed to for the person does not count while it stands,
-- and neither does their no. Ended, never changed.
CREATE TABLE guardian_set_aside (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    guardian_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    author_id UUID,
    reason TEXT NOT NULL,
    article TEXT NOT NULL,
    set_at TEXT NOT NULL,
    ended_at TEXT,
    ended_by UUID,
    ended_command_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (person_id <> guardian_id),
    CHECK ((ended_at IS NULL) = (ended_command_id IS NULL)),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, guardian_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, ended_command_id) REFERENCES command (municipality_id, id)
);
CREATE UNIQUE INDEX guardian_set_aside_in_force ON guardian_set_aside (municipality_id, person_id, guardian_id)
    WHERE ended_at IS NULL;

-- Which consent a task is about, and why: it ends soon, the person comes of age, a recipient has ended. One of each.
CREATE TABLE consent_task (
    municipality_id UUID NOT NULL,
    consent_id UUID NOT NULL,
    why TEXT NOT NULL,
    task_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, consent_id, why),
    CHECK (why IN ('expiry', 'coming_of_age', 'recipient_ended')),
    FOREIGN KEY (municipality_id, consent_id) REFERENCES consent (municipality_id, id),
    FOREIGN KEY (municipality_id, task_id) REFERENCES task (municipality_id, id)
);
CREATE INDEX consent_by_until ON consent (municipality_id, until_day) WHERE until_day IS NOT NULL;

-- Who saw what under one consent, before it is withdrawn.
CREATE INDEX access_log_by_source ON access_log (municipality_id, source_id) WHERE source_id IS NOT NULL;

-- A file that belongs to a record: what it is about decides who may fetch it, as for a text.
CREATE TABLE attachment (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    -- What it belongs to.
    of_kind TEXT NOT NULL,
    of_id UUID NOT NULL,
    household_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    author_id UUID,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    categories BIGINT NOT NULL,
    recorded_at TEXT NOT NULL,
    voided_at TEXT,
    voided_command_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (media_type IN ('application/pdf', 'image/jpeg', 'image/png')),
    CHECK ((voided_at IS NULL) = (voided_command_id IS NULL)),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, voided_command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX attachment_by_record ON attachment (municipality_id, of_id);
-- About whom; none: the whole household.
CREATE TABLE attachment_subject (
    municipality_id UUID NOT NULL,
    attachment_id UUID NOT NULL,
    person_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, attachment_id, person_id),
    FOREIGN KEY (municipality_id, attachment_id) REFERENCES attachment (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id)
);
-- The file in parts, hexadecimal.
CREATE TABLE attachment_part (
    municipality_id UUID NOT NULL,
    attachment_id UUID NOT NULL,
    part BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (municipality_id, attachment_id, part),
    FOREIGN KEY (municipality_id, attachment_id) REFERENCES attachment (municipality_id, id)
);
