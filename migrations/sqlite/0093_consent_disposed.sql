-- The terms of a consent still never change, with one exception: when whoever gave it, or the case it was given in, has been
-- disposed of, its words and names (who gave it, before whom, on what) are blanked with them. Differs from postgres only in how
-- triggers are written.

DROP TRIGGER consent_terms_stand;
CREATE TRIGGER consent_terms_stand BEFORE UPDATE OF municipality_id, id, person_id, given_by, given_by_name, form, witness,
    categories, purposes, from_day, until_day, given_at, desk_id, case_id, command_id, relation, evidence, giver_id, complete
ON consent WHEN OLD.complete AND NOT (NEW.municipality_id = OLD.municipality_id AND NEW.id = OLD.id AND NEW.person_id = OLD.person_id
    AND NEW.given_by = OLD.given_by AND NEW.form = OLD.form AND NEW.categories = OLD.categories
    AND NEW.purposes = OLD.purposes AND NEW.from_day = OLD.from_day
    AND NEW.until_day IS NOT DISTINCT FROM OLD.until_day AND NEW.given_at = OLD.given_at
    AND NEW.desk_id = OLD.desk_id AND NEW.case_id IS NOT DISTINCT FROM OLD.case_id
    AND NEW.command_id = OLD.command_id AND NEW.giver_id IS NOT DISTINCT FROM OLD.giver_id
    AND NEW.complete = OLD.complete AND NEW.given_by_name = '' AND NEW.witness = '' AND NEW.relation = ''
    AND NEW.evidence = '' AND (EXISTS (SELECT 1 FROM person p WHERE p.municipality_id = OLD.municipality_id
    AND p.id = OLD.person_id AND p.disposed_at IS NOT NULL) OR EXISTS (SELECT 1 FROM case_file c
    WHERE c.municipality_id = OLD.municipality_id AND c.id = OLD.case_id AND c.disposed_at IS NOT NULL)))
BEGIN SELECT RAISE(ABORT, 'the terms of a consent never change'); END;
