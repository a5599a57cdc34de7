-- What was consented to stands: with whatever statement, no term of a consent changes once it is whole, no recipient is
-- added, and no step leads back to "given". Differs from sqlite only in how triggers are written.

CREATE FUNCTION consent_stands() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'what was consented to never changes'; END $$;
CREATE FUNCTION consent_whole() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
IF (SELECT complete FROM consent WHERE municipality_id = NEW.municipality_id AND id = NEW.consent_id) THEN
    RAISE EXCEPTION 'whom a consent names never changes';
END IF;
RETURN NEW;
END $$;

CREATE TRIGGER consent_terms_stand BEFORE UPDATE OF municipality_id, id, person_id, given_by, given_by_name, form, witness,
    categories, purposes, from_day, until_day, given_at, desk_id, case_id, command_id, relation, evidence, giver_id, complete
ON consent FOR EACH ROW WHEN (OLD.complete) EXECUTE FUNCTION consent_stands();

CREATE TRIGGER consent_state_goes_on BEFORE UPDATE OF state ON consent FOR EACH ROW
WHEN (NOT (OLD.state = NEW.state OR OLD.state = 'given' OR NEW.state = 'entered_in_error'))
EXECUTE FUNCTION consent_stands();

CREATE TRIGGER consent_recipient_is_not_added BEFORE INSERT ON consent_recipient
FOR EACH ROW EXECUTE FUNCTION consent_whole();
CREATE TRIGGER consent_recipient_stands BEFORE UPDATE OF municipality_id, consent_id, kind, recipient_id, referral_id
ON consent_recipient FOR EACH ROW EXECUTE FUNCTION consent_stands();

CREATE TRIGGER consent_field_is_not_added BEFORE INSERT ON consent_field
FOR EACH ROW EXECUTE FUNCTION consent_whole();
CREATE TRIGGER consent_field_stands BEFORE UPDATE OF municipality_id, consent_id, field, later ON consent_field
FOR EACH ROW EXECUTE FUNCTION consent_stands();

CREATE TRIGGER consent_field_agency_is_not_added BEFORE INSERT ON consent_field_agency
FOR EACH ROW EXECUTE FUNCTION consent_whole();
CREATE TRIGGER consent_field_agency_stands BEFORE UPDATE ON consent_field_agency
FOR EACH ROW EXECUTE FUNCTION consent_stands();

-- An article as it was written down: a new wording is a new row with its own days.
CREATE FUNCTION legal_basis_stands() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'an article as it was written down never changes'; END $$;
CREATE TRIGGER legal_basis_stands BEFORE UPDATE OF municipality_id, code, name, note, valid_from ON legal_basis
FOR EACH ROW EXECUTE FUNCTION legal_basis_stands();
