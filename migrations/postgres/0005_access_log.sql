-- The access log and its seal. Differs from sqlite only in how the append-only triggers are written.

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

CREATE FUNCTION access_log_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the access log is append-only'; END $$;
CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log
FOR EACH STATEMENT EXECUTE FUNCTION access_log_append_only();
CREATE TRIGGER access_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_seal
FOR EACH STATEMENT EXECUTE FUNCTION access_log_append_only();
