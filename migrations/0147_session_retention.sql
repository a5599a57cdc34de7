-- Keeping and disposing of what a session kept about nobody: its minutes, comments, what went round, materials, homework and questions of
-- general subjects. That it took place, who was invited and how they came stay. What is about a case is kept and goes with the case.

ALTER TABLE meeting ADD COLUMN disposed_at TEXT;

-- One kind more has periods of its own.
CREATE TABLE retention_period_of_kind (
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
    CHECK (kind IN ('case', 'consultation', 'sheet', 'session')),
    CHECK (years BETWEEN 1 AND 100),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
INSERT INTO retention_period_of_kind (municipality_id, kind, valid_from, seq, years, rule, verified, recorded_at, command_id)
    SELECT municipality_id, kind, valid_from, seq, years, rule, verified, recorded_at, command_id FROM retention_period;
DROP TABLE retention_period;
ALTER TABLE retention_period_of_kind RENAME TO retention_period;

-- 保全 of what a session kept. The note is a file number.
CREATE TABLE meeting_hold (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    meeting_id UUID NOT NULL,
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
    FOREIGN KEY (municipality_id, meeting_id) REFERENCES meeting (municipality_id, id),
    FOREIGN KEY (municipality_id, set_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, lifted_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, lifted_command_id) REFERENCES command (municipality_id, id)
);
CREATE UNIQUE INDEX meeting_hold_in_force ON meeting_hold (municipality_id, meeting_id) WHERE lifted_at IS NULL;
