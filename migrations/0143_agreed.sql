-- Whom a matter is about (R-046, domain section 4.7): a conference that rests on consent needs the consent of each of them who lives and
-- is of the household. Of a matter opened without consent: the whole household.
CREATE TABLE matter_person (
    municipality_id UUID NOT NULL,
    matter_id UUID NOT NULL,
    person_id UUID NOT NULL,
    command_id UUID NOT NULL,
    PRIMARY KEY (municipality_id, matter_id, person_id),
    FOREIGN KEY (municipality_id, matter_id) REFERENCES matter (municipality_id, id),
    FOREIGN KEY (municipality_id, person_id) REFERENCES person (municipality_id, id),
    FOREIGN KEY (municipality_id, command_id) REFERENCES command (municipality_id, id)
);
CREATE INDEX matter_person_by_person ON matter_person (municipality_id, person_id);

-- Matters of before: whoever's consent carried them when they were opened.
INSERT INTO matter_person (municipality_id, matter_id, person_id, command_id)
SELECT DISTINCT m.municipality_id, m.id, h.person_id, m.command_id FROM matter m
JOIN household_member h ON h.municipality_id = m.municipality_id AND h.household_id = m.household_id
WHERE (h.valid_to IS NULL OR h.valid_to >= SUBSTR(m.opened_at, 1, 10)) AND (m.rests_on = 'secrecy' OR EXISTS (
    SELECT 1 FROM consent c WHERE c.municipality_id = h.municipality_id AND c.person_id = h.person_id
    AND c.state <> 'entered_in_error' AND (c.purposes LIKE '%conference%' OR c.purposes LIKE '%cooperation%')
    AND c.given_at <= m.opened_at AND (c.withdrawn_at IS NULL OR c.withdrawn_at > m.opened_at)
    AND c.from_day <= SUBSTR(m.opened_at, 1, 10)
    AND (c.until_day IS NULL OR c.until_day >= SUBSTR(m.opened_at, 1, 10))))
ON CONFLICT DO NOTHING;
