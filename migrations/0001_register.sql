-- Who is who: municipality, areas, legal entities, agencies, programmes, contracts, desks, posts, appointments.

CREATE TABLE municipality (
    municipality_id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    reading TEXT NOT NULL DEFAULT ''
);

-- 全国地方公共団体コード changes at mergers: dated, never a key.
CREATE TABLE municipality_code (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    code TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    PRIMARY KEY (municipality_id, code, valid_from)
);

CREATE TABLE setting (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (municipality_id, key)
);

CREATE TABLE area_system (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (municipality_id, id),
    UNIQUE (municipality_id, name)
);

CREATE TABLE area (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    system_id UUID NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (municipality_id, id),
    UNIQUE (municipality_id, system_id, code),
    FOREIGN KEY (municipality_id, system_id) REFERENCES area_system (municipality_id, id)
);

-- 町字 → area of each system, dated.
CREATE TABLE town_area (
    municipality_id UUID NOT NULL,
    town TEXT NOT NULL,
    area_id UUID NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    PRIMARY KEY (municipality_id, town, area_id, valid_from),
    FOREIGN KEY (municipality_id, area_id) REFERENCES area (municipality_id, id)
);

CREATE TABLE legal_entity (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (municipality_id, id),
    UNIQUE (municipality_id, name)
);

CREATE TABLE agency (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    legal_entity_id UUID NOT NULL,
    parent_id UUID,
    field TEXT NOT NULL,
    area_id UUID,
    phone TEXT NOT NULL DEFAULT '',
    place TEXT NOT NULL DEFAULT '',
    has_login BOOLEAN NOT NULL,
    consultable_by TEXT NOT NULL DEFAULT 'anyone',
    -- Seven 0/1, Monday first.
    opening TEXT NOT NULL DEFAULT '1111100',
    open_on_holidays BOOLEAN NOT NULL DEFAULT FALSE,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, legal_entity_id) REFERENCES legal_entity (municipality_id, id),
    FOREIGN KEY (municipality_id, parent_id) REFERENCES agency (municipality_id, id),
    FOREIGN KEY (municipality_id, area_id) REFERENCES area (municipality_id, id)
);

-- A rename adds a row and ends one: history keeps the old name. Aliases and slips are for finding (Q3).
CREATE TABLE agency_name (
    municipality_id UUID NOT NULL,
    agency_id UUID NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    PRIMARY KEY (municipality_id, agency_id, kind, name, valid_from),
    FOREIGN KEY (municipality_id, agency_id) REFERENCES agency (municipality_id, id)
);
CREATE INDEX agency_name_by_key ON agency_name (municipality_id, name_key);

CREATE TABLE agency_successor (
    municipality_id UUID NOT NULL,
    agency_id UUID NOT NULL,
    successor_id UUID NOT NULL,
    kind TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    PRIMARY KEY (municipality_id, agency_id, successor_id),
    FOREIGN KEY (municipality_id, agency_id) REFERENCES agency (municipality_id, id),
    FOREIGN KEY (municipality_id, successor_id) REFERENCES agency (municipality_id, id)
);

-- The rows of the implementation plan's five tables (R-027 to R-035).
CREATE TABLE agency_programme (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    programme TEXT NOT NULL,
    row_no BIGINT NOT NULL,
    sub_no BIGINT NOT NULL,
    agency_id UUID NOT NULL,
    item TEXT NOT NULL DEFAULT '',
    count BIGINT,
    unit TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    sections TEXT NOT NULL DEFAULT '',
    contractor TEXT NOT NULL DEFAULT '',
    delivery TEXT NOT NULL DEFAULT '',
    statutory TEXT NOT NULL,
    position TEXT NOT NULL,
    role_text TEXT NOT NULL,
    PRIMARY KEY (municipality_id, id),
    UNIQUE (municipality_id, programme, row_no, sub_no),
    FOREIGN KEY (municipality_id, agency_id) REFERENCES agency (municipality_id, id)
);

CREATE TABLE contract (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    title TEXT NOT NULL,
    contractor_id UUID NOT NULL,
    commissioner_id UUID NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, contractor_id) REFERENCES agency (municipality_id, id),
    FOREIGN KEY (municipality_id, commissioner_id) REFERENCES agency (municipality_id, id)
);

CREATE TABLE contract_programme (
    municipality_id UUID NOT NULL,
    contract_id UUID NOT NULL,
    programme TEXT NOT NULL,
    PRIMARY KEY (municipality_id, contract_id, programme),
    FOREIGN KEY (municipality_id, contract_id) REFERENCES contract (municipality_id, id)
);

-- 窓口: agency × programme. A desk that ends names the heir its records and work pass to on the next day:
-- the commissioning section's or the successor's desk.
CREATE TABLE desk (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    -- Short number for search tokens; see ground/engine/src/search.rs.
    seq BIGINT NOT NULL,
    agency_id UUID NOT NULL,
    programme TEXT NOT NULL,
    contract_id UUID,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    heir_id UUID,
    PRIMARY KEY (municipality_id, id),
    UNIQUE (municipality_id, seq),
    UNIQUE (municipality_id, agency_id, programme, valid_from),
    CHECK (valid_to IS NULL OR heir_id IS NOT NULL),
    CHECK (heir_id IS NULL OR heir_id <> id),
    FOREIGN KEY (municipality_id, agency_id) REFERENCES agency (municipality_id, id),
    FOREIGN KEY (municipality_id, contract_id) REFERENCES contract (municipality_id, id),
    FOREIGN KEY (municipality_id, heir_id) REFERENCES desk (municipality_id, id)
);

-- Who is responsible for this district and this matter (R-013, R-173, R-204). No area: the whole town.
CREATE TABLE responsibility (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    desk_id UUID NOT NULL,
    area_id UUID,
    matter TEXT NOT NULL,
    contact TEXT NOT NULL DEFAULT '',
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    confirmed_on TEXT,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id),
    FOREIGN KEY (municipality_id, area_id) REFERENCES area (municipality_id, id)
);
CREATE INDEX responsibility_by_matter ON responsibility (municipality_id, matter, area_id);

CREATE TABLE post (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    desk_id UUID NOT NULL,
    role TEXT NOT NULL,
    title TEXT NOT NULL,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id)
);
CREATE INDEX post_by_desk ON post (municipality_id, desk_id);

CREATE TABLE app_user (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    id UUID NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    reading TEXT NOT NULL DEFAULT '',
    -- One line for the sign-in page of a demonstration; empty otherwise.
    demo_line TEXT NOT NULL DEFAULT '',
    password_hash TEXT NOT NULL DEFAULT '',
    totp_secret TEXT,
    totp_last_step BIGINT,
    failed_count BIGINT NOT NULL DEFAULT 0,
    locked_until TEXT,
    disabled_at TEXT,
    PRIMARY KEY (municipality_id, id),
    UNIQUE (municipality_id, login)
);

-- 任命・委嘱: permissions come from here, never from the account.
CREATE TABLE appointment (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    post_id UUID NOT NULL,
    area_id UUID,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    instrument TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (municipality_id, id),
    CHECK (valid_to IS NULL OR valid_from <= valid_to),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, post_id) REFERENCES post (municipality_id, id),
    FOREIGN KEY (municipality_id, area_id) REFERENCES area (municipality_id, id)
);
CREATE INDEX appointment_by_user ON appointment (municipality_id, user_id);
CREATE INDEX appointment_by_post ON appointment (municipality_id, post_id);

CREATE TABLE session (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    token_hash TEXT NOT NULL,
    user_id UUID NOT NULL,
    appointment_id UUID,
    csrf TEXT NOT NULL,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    ended_at TEXT,
    PRIMARY KEY (municipality_id, id),
    UNIQUE (token_hash),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, appointment_id) REFERENCES appointment (municipality_id, id)
);

-- Who has signed in on this shared PC, for fast switching. The device is known by a hash of its own cookie.
CREATE TABLE device_user (
    municipality_id UUID NOT NULL,
    device_hash TEXT NOT NULL,
    user_id UUID NOT NULL,
    last_at TEXT NOT NULL,
    PRIMARY KEY (municipality_id, device_hash, user_id),
    FOREIGN KEY (municipality_id, user_id) REFERENCES app_user (municipality_id, id)
);

-- Every write is a command: accepted once however often it arrives. Also the provenance of every record.
CREATE TABLE command (
    municipality_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    -- Null for a named system actor, which is then in `actor`.
    author_id UUID,
    actor TEXT NOT NULL DEFAULT '',
    appointment_id UUID,
    desk_id UUID,
    programme TEXT NOT NULL DEFAULT '',
    base_version BIGINT,
    origin TEXT NOT NULL,
    issued_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    -- SHA-256 of the body. The body itself is what it wrote; personal data is not kept twice.
    body_hash TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id) REFERENCES municipality (municipality_id),
    FOREIGN KEY (municipality_id, author_id) REFERENCES app_user (municipality_id, id),
    FOREIGN KEY (municipality_id, appointment_id) REFERENCES appointment (municipality_id, id),
    FOREIGN KEY (municipality_id, desk_id) REFERENCES desk (municipality_id, id)
);
