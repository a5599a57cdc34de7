-- 秘密を守る会議 (支援会議, 要対協, 地域ケア会議 …): each matter is a compartment with its members, their pledges and its materials
-- (R-052, R-071, R-108, R-182, R-240; domain section 4.7; disclosure basis confidential_conference, rules 8 and 9). Rows are ended
-- or marked, never changed: who was a member, pledged and released what, and when, stays.

-- On what a legal position rests: on consent, or on a duty of secrecy. Data with days of validity, as the laws change.
CREATE TABLE conference_position (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    rests_on TEXT NOT NULL,
    -- The provision it is held under, and the one that obliges its members to secrecy.
    article TEXT NOT NULL,
    secrecy_article TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    -- Whether somebody has compared it with the text of the law.
    verified BOOLEAN NOT NULL,
    -- What a member accepts before anything is shown (disclosure rule 8).
    pledge TEXT NOT NULL DEFAULT '',
    pledge_version BIGINT NOT NULL DEFAULT 1,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    PRIMARY KEY (municipality_id, code, valid_from),
    CHECK (rests_on IN ('consent', 'secrecy')),
    CHECK (rests_on = 'consent' OR (pledge <> '' AND secrecy_article <> ''))
);

-- 事案: what one conference looks at. It holds no content: whose it is, in which position, who sees to it.
CREATE TABLE matter (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    position TEXT NOT NULL,
    -- As the table said on the day it was opened.
    rests_on TEXT NOT NULL,
    article TEXT NOT NULL,
    case_id UUID,
    consultation_id UUID,
    household_id UUID NOT NULL,
    -- Who brought it, who is its secretariat, and who takes the initiative (R-182).
    initiator_desk_id UUID NOT NULL,
    secretariat_desk_id UUID NOT NULL,
    lead_desk_id UUID NOT NULL,
    inquiry_id UUID,
    -- The matter it goes on from: a conference without consent that got it, with the same case and number (R-108).
    follows_id UUID,
    opened_at TEXT NOT NULL,
    closed_at TEXT,
    outcome TEXT NOT NULL DEFAULT '',
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (rests_on IN ('consent', 'secrecy')),
    CHECK ((closed_at IS NULL) = (outcome = '')),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, consultation_id) REFERENCES consultation (municipality_id, id),
    FOREIGN KEY (municipality_id, household_id) REFERENCES household (municipality_id, id),
    FOREIGN KEY (municipality_id, initiator_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, secretariat_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, lead_desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, inquiry_id) REFERENCES inquiry (municipality_id, id),
    FOREIGN KEY (municipality_id, follows_id) REFERENCES matter (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX matter_by_secretariat ON matter (municipality_id, secretariat_desk_id, closed_at);
CREATE INDEX matter_by_household ON matter (municipality_id, household_id);
CREATE INDEX matter_by_inquiry ON matter (municipality_id, inquiry_id) WHERE inquiry_id IS NOT NULL;

-- A member is a person under one appointment; of a partner without a login, a name and a desk.
CREATE TABLE matter_member (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    matter_id UUID NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID,
    appointment_id UUID,
    name TEXT NOT NULL DEFAULT '',
    from_at TEXT NOT NULL,
    until_at TEXT,
    left_why TEXT NOT NULL DEFAULT '',
    replaced_by UUID,
    -- The pledge, in the words that were accepted, and how it was told when somebody else wrote it down.
    pledged_at TEXT,
    pledge TEXT NOT NULL DEFAULT '',
    pledge_version BIGINT,
    pledge_told_by TEXT NOT NULL DEFAULT '',
    pledge_command_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK ((user_id IS NULL) = (appointment_id IS NULL)),
    CHECK (user_id IS NOT NULL OR name <> ''),
    CHECK ((pledged_at IS NULL) = (pledge = '')),
    CHECK ((until_at IS NULL) = (left_why = '')),
    FOREIGN KEY (municipality_id, matter_id) REFERENCES matter (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, appointment_id) REFERENCES appointment (municipality_id, id),
    FOREIGN KEY (municipality_id, replaced_by) REFERENCES matter_member (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, pledge_command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX matter_member_by_matter ON matter_member (municipality_id, matter_id);
CREATE INDEX matter_member_by_user ON matter_member (municipality_id, user_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX matter_member_once ON matter_member (municipality_id, matter_id, appointment_id)
    WHERE until_at IS NULL AND appointment_id IS NOT NULL;

-- Who was there, on which day, in which way.
CREATE TABLE matter_presence (
    municipality_id UUID NOT NULL,
    member_id UUID NOT NULL,
    on_day TEXT NOT NULL,
    way TEXT NOT NULL,
    told_by TEXT NOT NULL DEFAULT '',
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, member_id, on_day),
    FOREIGN KEY (municipality_id, member_id) REFERENCES matter_member (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- What lies before the members: records released by the desk that wrote them, and what is asked and said in the matter itself.
CREATE TABLE matter_material (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    matter_id UUID NOT NULL,
    record_kind TEXT NOT NULL,
    record_id UUID NOT NULL,
    categories BIGINT NOT NULL,
    role TEXT NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID,
    released_at TEXT NOT NULL,
    recalled_at TEXT,
    recalled_command_id UUID,
    -- 持ち帰り可: from when it may be taken back.
    take_back_at TEXT,
    take_back_command_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (record_kind IN ('entry', 'person')),
    CHECK (role IN ('question', 'word', 'material', 'minutes')),
    FOREIGN KEY (municipality_id, matter_id) REFERENCES matter (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, recalled_command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, take_back_command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX matter_material_by_matter ON matter_material (municipality_id, matter_id);
CREATE INDEX matter_material_by_record ON matter_material (municipality_id, record_id);
CREATE UNIQUE INDEX matter_material_once ON matter_material (municipality_id, matter_id, record_kind, record_id)
    WHERE recalled_at IS NULL;

-- Every step, who took it, and by which way it was told when somebody else wrote it down.
CREATE TABLE matter_event (
    municipality_id UUID NOT NULL,
    matter_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    step TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    desk_id UUID NOT NULL,
    user_id UUID,
    -- Whom or what it is about: a member, a material.
    thing_id UUID,
    told_by TEXT NOT NULL DEFAULT '',
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, matter_id, seq),
    FOREIGN KEY (municipality_id, matter_id) REFERENCES matter (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- What is said in a matter is read there only.
ALTER TABLE entry ADD COLUMN matter_id UUID;
CREATE INDEX entry_by_matter ON entry (municipality_id, matter_id) WHERE matter_id IS NOT NULL;

-- What a promise of another concept is about; its kind says which.
ALTER TABLE task ADD COLUMN thing_id UUID;
CREATE INDEX task_by_thing ON task (municipality_id, thing_id) WHERE thing_id IS NOT NULL;
