-- How one person likes to work: saved filters, columns left out, keys switched off. Never a word about anybody.
CREATE TABLE habit (
    municipality_id UUID NOT NULL,
    user_id UUID NOT NULL,
    -- filter, hidden, keys_off.
    kind TEXT NOT NULL,
    list TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    value TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (municipality_id, user_id, kind, list, name),
    CHECK (kind IN ('filter', 'hidden', 'keys_off')),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id)
);
