-- Keeping and disposing of records (保存期間・廃棄). What is disposed of stays as a row without content: foreign keys, case
-- numbers without gaps and figures hold, and whoever loads a record passes over it.

ALTER TABLE case_file ADD COLUMN disposed_at TEXT;
ALTER TABLE consultation ADD COLUMN disposed_at TEXT;
ALTER TABLE connecting_sheet ADD COLUMN disposed_at TEXT;
ALTER TABLE filled_sheet ADD COLUMN disposed_at TEXT;
ALTER TABLE entry ADD COLUMN disposed_at TEXT;
ALTER TABLE person ADD COLUMN disposed_at TEXT;

-- How long a kind of record is kept: years, counted from the April 1 after the fiscal year in which it ended. The newest
-- row that has begun holds; a row never changes. Where there is none, the program's own default holds, unverified.
CREATE TABLE retention_period (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    kind TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    seq BIGINT NOT NULL,
    years BIGINT NOT NULL,
    -- The article or rule of the municipality (文書管理規則 …), and whether somebody has compared it.
    rule TEXT NOT NULL DEFAULT '',
    verified BOOLEAN NOT NULL,
    recorded_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, kind, valid_from, seq),
    CHECK (kind IN ('case', 'consultation', 'sheet')),
    CHECK (years BETWEEN 1 AND 100),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- 保全: a case that must not be disposed of. The note is a file number, no words about anybody.
CREATE TABLE legal_hold (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    reason TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    set_at TEXT NOT NULL,
    set_by UUID NOT NULL,
    lifted_at TEXT,
    lifted_by UUID,
    lifted_command_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK (reason IN ('lawsuit', 'disclosure_request', 'audit', 'complaint', 'incident', 'other')),
    CHECK ((lifted_at IS NULL) = (lifted_command_id IS NULL)),
    FOREIGN KEY (municipality_id, case_id) REFERENCES case_file (municipality_id, id),
    FOREIGN KEY (municipality_id, set_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, lifted_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, lifted_command_id) REFERENCES command (municipality_id, id)
);
CREATE UNIQUE INDEX legal_hold_in_force ON legal_hold (municipality_id, case_id) WHERE lifted_at IS NULL;

CREATE TABLE disposal_list (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    -- Records whose time was over on this day.
    up_to TEXT NOT NULL,
    made_at TEXT NOT NULL,
    made_by UUID NOT NULL,
    -- The privacy auditor's approval; those of the desks stand beside the items.
    approved_at TEXT,
    approved_by UUID,
    executed_at TEXT,
    executed_by UUID,
    -- SHA-256 of the certificate's lines.
    hash TEXT NOT NULL DEFAULT '',
    cancelled_at TEXT,
    cancelled_by UUID,
    version BIGINT NOT NULL DEFAULT 1,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK ((approved_at IS NULL) = (approved_by IS NULL)),
    CHECK ((executed_at IS NULL) = (hash = '')),
    CHECK (executed_at IS NULL OR (approved_at IS NOT NULL AND cancelled_at IS NULL)),
    FOREIGN KEY (municipality_id, made_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, approved_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, executed_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, cancelled_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

CREATE TABLE disposal_item (
    municipality_id UUID NOT NULL,
    list_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    record_id UUID NOT NULL,
    -- For exclusions: an id, no content.
    household_id UUID,
    -- Of a case; empty otherwise.
    number TEXT NOT NULL DEFAULT '',
    desk_id UUID NOT NULL,
    ended_on TEXT NOT NULL,
    kept_until TEXT NOT NULL,
    years BIGINT NOT NULL,
    rule TEXT NOT NULL DEFAULT '',
    -- Why it cannot go now, as codes joined by commas; empty when nothing holds it.
    held TEXT NOT NULL DEFAULT '',
    approved_at TEXT,
    approved_by UUID,
    refused_at TEXT,
    refused_by UUID,
    refusal TEXT NOT NULL DEFAULT '',
    disposed_at TEXT,
    PRIMARY KEY (municipality_id, list_id, seq),
    UNIQUE (municipality_id, list_id, kind, record_id),
    CHECK ((approved_at IS NULL) = (approved_by IS NULL)),
    CHECK ((refused_at IS NULL) = (refusal = '')),
    -- Nothing goes that is held, refused or approved by nobody.
    CHECK (disposed_at IS NULL OR (held = '' AND refusal = '' AND approved_at IS NOT NULL)),
    FOREIGN KEY (municipality_id, list_id) REFERENCES disposal_list (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, approved_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, refused_by) REFERENCES app_user (municipality_id, id)
);
CREATE INDEX disposal_item_by_desk ON disposal_item (municipality_id, desk_id, list_id);
CREATE INDEX disposal_item_by_record ON disposal_item (municipality_id, record_id);
