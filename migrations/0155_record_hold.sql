-- 保全 of a consultation or a connecting sheet that became no case. The note is a file number.
CREATE TABLE record_hold (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    consultation_id UUID,
    sheet_id UUID,
    reason TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    set_at TEXT NOT NULL,
    set_by UUID NOT NULL,
    lifted_at TEXT,
    lifted_by UUID,
    lifted_command_id UUID,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    CHECK ((consultation_id IS NULL) <> (sheet_id IS NULL)),
    CHECK (reason IN ('lawsuit', 'disclosure_request', 'audit', 'complaint', 'incident', 'other')),
    CHECK ((lifted_at IS NULL) = (lifted_command_id IS NULL)),
    FOREIGN KEY (municipality_id, consultation_id) REFERENCES consultation (municipality_id, id),
    FOREIGN KEY (municipality_id, sheet_id) REFERENCES connecting_sheet (municipality_id, id),
    FOREIGN KEY (municipality_id, set_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, lifted_by) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id),
    FOREIGN KEY (municipality_id, lifted_command_id) REFERENCES command (municipality_id, id)
);
CREATE UNIQUE INDEX record_hold_consultation ON record_hold (municipality_id, consultation_id) WHERE lifted_at IS NULL;
CREATE UNIQUE INDEX record_hold_sheet ON record_hold (municipality_id, sheet_id) WHERE lifted_at IS NULL;
