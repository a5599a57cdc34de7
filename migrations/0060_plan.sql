-- The implementation plan as a living register (R-027 to R-037). Replaces `agency_programme`, which had one line per
-- sub-item, no days and no versions.
--
-- States are only ever added. In force on a day is, of the states that begin by then, the one that begins last; of
-- several that begin on the same day the newest version. So a change of an April 1 is loaded ahead, a correction
-- replaces what it corrects, and what was once written stays.

-- What a row's part in the programme is, in words: one text for several rows, printed as one merged cell (R-032).
CREATE TABLE role_text (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (municipality_id, id)
);

CREATE TABLE role_text_state (
    municipality_id UUID NOT NULL,
    role_text_id UUID NOT NULL,
    version BIGINT NOT NULL,
    valid_from TEXT NOT NULL,
    wording TEXT NOT NULL,
    -- Null for what came from before this table.
    command_id UUID,
    PRIMARY KEY (municipality_id, role_text_id, version),
    FOREIGN KEY (municipality_id, role_text_id) REFERENCES role_text (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);

-- A row of one of the five tables; its programme never changes.
CREATE TABLE plan_row (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    id UUID NOT NULL,
    programme TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (municipality_id, id)
);

CREATE TABLE plan_row_state (
    municipality_id UUID NOT NULL,
    row_id UUID NOT NULL,
    version BIGINT NOT NULL,
    valid_from TEXT NOT NULL,
    -- From `valid_from` on the row is no longer in the plan; the rest says what it was.
    ended BOOLEAN NOT NULL DEFAULT FALSE,
    row_no BIGINT NOT NULL,
    -- Whether a new table with its own head begins here: the printed plan breaks its long tables.
    starts_block BOOLEAN NOT NULL DEFAULT FALSE,
    agency_id UUID,
    -- As printed; empty: the agency's name of the day, so that a rename is followed.
    name TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    excludes TEXT NOT NULL DEFAULT '',
    asked_by TEXT NOT NULL DEFAULT 'anyone',
    sections TEXT NOT NULL DEFAULT '',
    contractor TEXT NOT NULL DEFAULT '',
    delivery TEXT NOT NULL DEFAULT '',
    position TEXT NOT NULL,
    role_text_id UUID,
    -- The programme all of whose rows this row stands for; empty for a row of its own (R-035).
    set_of TEXT NOT NULL DEFAULT '',
    command_id UUID,
    PRIMARY KEY (municipality_id, row_id, version),
    CHECK (agency_id IS NOT NULL OR name <> ''),
    FOREIGN KEY (municipality_id, row_id) REFERENCES plan_row (municipality_id, id),
    FOREIGN KEY (municipality_id, agency_id) REFERENCES agency (municipality_id, id),
    FOREIGN KEY (municipality_id, role_text_id) REFERENCES role_text (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX plan_row_state_by_agency ON plan_row_state (municipality_id, agency_id);

-- Sub-items with count and unit (R-029, R-030). A row without sub-items has one without a name.
CREATE TABLE plan_row_item (
    municipality_id UUID NOT NULL,
    row_id UUID NOT NULL,
    version BIGINT NOT NULL,
    sub_no BIGINT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    count BIGINT,
    unit TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    statutory TEXT NOT NULL,
    -- Code of the statutory programme it belongs to (R-036), which tells the line of the grant.
    base TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (municipality_id, row_id, version, sub_no),
    FOREIGN KEY (municipality_id, row_id, version) REFERENCES plan_row_state (municipality_id, row_id, version)
);

-- The rows a set leaves out (R-035).
CREATE TABLE plan_row_except (
    municipality_id UUID NOT NULL,
    row_id UUID NOT NULL,
    version BIGINT NOT NULL,
    except_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, row_id, version, except_id),
    FOREIGN KEY (municipality_id, row_id, version) REFERENCES plan_row_state (municipality_id, row_id, version),
    FOREIGN KEY (municipality_id, except_id) REFERENCES plan_row (municipality_id, id)
);

-- The plan as it was made public: frozen, whatever the register becomes.
CREATE TABLE plan_publication (
    municipality_id UUID NOT NULL REFERENCES municipality (municipality_id),
    id UUID NOT NULL,
    title TEXT NOT NULL,
    published_on TEXT NOT NULL,
    -- The day whose state of the register it shows.
    as_of TEXT NOT NULL,
    -- The tables as they were shown, as JSON.
    content TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX plan_publication_by_day ON plan_publication (municipality_id, published_on);

-- What was there. A row is known by its first line; a text by the first line that has it.
INSERT INTO role_text (municipality_id, id, version)
SELECT municipality_id, id, 1 FROM (
    SELECT municipality_id, id, ROW_NUMBER() OVER (
        PARTITION BY municipality_id, role_text ORDER BY programme, row_no, sub_no) AS nth
    FROM agency_programme WHERE role_text <> '') AS texts
WHERE nth = 1;

INSERT INTO role_text_state (municipality_id, role_text_id, version, valid_from, wording)
SELECT t.municipality_id, t.id, 1, g.valid_from, p.role_text FROM role_text t
JOIN agency_programme p ON p.municipality_id = t.municipality_id AND p.id = t.id
JOIN agency g ON g.municipality_id = p.municipality_id AND g.id = p.agency_id;

INSERT INTO plan_row (municipality_id, id, programme, version)
SELECT municipality_id, id, programme, 1 FROM agency_programme p
WHERE sub_no = (SELECT MIN(f.sub_no) FROM agency_programme f WHERE f.municipality_id = p.municipality_id
    AND f.programme = p.programme AND f.row_no = p.row_no);

INSERT INTO plan_row_state (municipality_id, row_id, version, valid_from, row_no, agency_id, note, sections, contractor,
    delivery, position, role_text_id, set_of)
SELECT p.municipality_id, p.id, 1, g.valid_from, p.row_no, p.agency_id,
    CASE WHEN p.note LIKE 'all_of:%' OR p.sub_no > 0 THEN '' ELSE p.note END,
    p.sections, p.contractor, p.delivery, p.position,
    (SELECT s.role_text_id FROM role_text_state s WHERE s.municipality_id = p.municipality_id AND s.wording = p.role_text),
    CASE WHEN p.note LIKE 'all_of:comprehensive_consultation%' THEN 'comprehensive_consultation'
         WHEN p.note LIKE 'all_of:participation%' THEN 'participation'
         WHEN p.note LIKE 'all_of:community_building%' THEN 'community_building'
         WHEN p.note LIKE 'all_of:outreach%' THEN 'outreach'
         WHEN p.note LIKE 'all_of:multi_agency%' THEN 'multi_agency'
         ELSE '' END
FROM plan_row r
JOIN agency_programme p ON p.municipality_id = r.municipality_id AND p.id = r.id
JOIN agency g ON g.municipality_id = p.municipality_id AND g.id = p.agency_id;

INSERT INTO plan_row_item (municipality_id, row_id, version, sub_no, name, count, unit, note, statutory)
SELECT p.municipality_id, f.id, 1, p.sub_no, p.item, p.count, p.unit,
    CASE WHEN p.sub_no > 0 THEN p.note ELSE '' END, p.statutory
FROM agency_programme p
JOIN agency_programme f ON f.municipality_id = p.municipality_id AND f.programme = p.programme
    AND f.row_no = p.row_no
JOIN plan_row r ON r.municipality_id = f.municipality_id AND r.id = f.id;

-- `except:NAME` names an agency that has a row of its own.
INSERT INTO plan_row_except (municipality_id, row_id, version, except_id)
SELECT DISTINCT s.municipality_id, s.row_id, 1, o.row_id
FROM plan_row_state s
JOIN agency_programme p ON p.municipality_id = s.municipality_id AND p.id = s.row_id
JOIN plan_row r ON r.municipality_id = s.municipality_id AND r.programme = s.set_of
JOIN plan_row_state o ON o.municipality_id = r.municipality_id AND o.row_id = r.id
JOIN agency_name n ON n.municipality_id = o.municipality_id AND n.agency_id = o.agency_id AND n.kind = 'official'
WHERE s.set_of <> '' AND p.note || ';' LIKE '%;except:' || n.name || ';%';

DROP TABLE agency_programme;
