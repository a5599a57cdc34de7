-- The access log and its seal. Differs from postgres only in how the append-only triggers are written.

CREATE TABLE access_log (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    at TEXT NOT NULL,
    user_id UUID,
    appointment_id UUID,
    channel TEXT NOT NULL,
    action TEXT NOT NULL,
    record_kind TEXT NOT NULL,
    record_id UUID NOT NULL,
    categories BIGINT NOT NULL,
    basis TEXT NOT NULL,
    source_id UUID,
    PRIMARY KEY (municipality_id, id)
);
CREATE INDEX access_log_by_record ON access_log (municipality_id, record_id);
CREATE INDEX access_log_by_user ON access_log (municipality_id, user_id, at);

-- One chain per municipality: hash = SHA-256(previous hash, row). Written by the single sealer.
CREATE TABLE access_seal (
    municipality_id UUID NOT NULL,
    seq BIGINT NOT NULL,
    log_id UUID NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (municipality_id, seq),
    UNIQUE (municipality_id, log_id)
);

CREATE TRIGGER access_log_no_update BEFORE UPDATE ON access_log
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
CREATE TRIGGER access_log_no_delete BEFORE DELETE ON access_log
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
CREATE TRIGGER access_seal_no_update BEFORE UPDATE ON access_seal
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
CREATE TRIGGER access_seal_no_delete BEFORE DELETE ON access_seal
BEGIN SELECT RAISE(ABORT, 'the access log is append-only'); END;
