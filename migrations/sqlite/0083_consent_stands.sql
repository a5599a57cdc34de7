-- What was consented to stands: with whatever statement, no term of a consent changes once it is whole, no recipient is
-- added, and no step leads back to "given". Differs from postgres only in how triggers are written.

CREATE TRIGGER consent_terms_stand BEFORE UPDATE OF municipality_id, id, person_id, given_by, given_by_name, form, witness,
    categories, purposes, from_day, until_day, given_at, desk_id, case_id, command_id, relation, evidence, giver_id, complete
ON consent WHEN OLD.complete
BEGIN SELECT RAISE(ABORT, 'the terms of a consent never change'); END;

CREATE TRIGGER consent_state_goes_on BEFORE UPDATE OF state ON consent
WHEN NOT (OLD.state = NEW.state OR OLD.state = 'given' OR NEW.state = 'entered_in_error')
BEGIN SELECT RAISE(ABORT, 'a consent that has ended does not come back'); END;

CREATE TRIGGER consent_recipient_is_not_added BEFORE INSERT ON consent_recipient
WHEN (SELECT complete FROM consent WHERE municipality_id = NEW.municipality_id AND id = NEW.consent_id)
BEGIN SELECT RAISE(ABORT, 'whom a consent names never changes'); END;

CREATE TRIGGER consent_recipient_stands BEFORE UPDATE OF municipality_id, consent_id, kind, recipient_id, referral_id
ON consent_recipient
BEGIN SELECT RAISE(ABORT, 'whom a consent names never changes'); END;

CREATE TRIGGER consent_field_is_not_added BEFORE INSERT ON consent_field
WHEN (SELECT complete FROM consent WHERE municipality_id = NEW.municipality_id AND id = NEW.consent_id)
BEGIN SELECT RAISE(ABORT, 'whom a consent names never changes'); END;

CREATE TRIGGER consent_field_stands BEFORE UPDATE OF municipality_id, consent_id, field, later ON consent_field
BEGIN SELECT RAISE(ABORT, 'whom a consent names never changes'); END;

CREATE TRIGGER consent_field_agency_is_not_added BEFORE INSERT ON consent_field_agency
WHEN (SELECT complete FROM consent WHERE municipality_id = NEW.municipality_id AND id = NEW.consent_id)
BEGIN SELECT RAISE(ABORT, 'whom a consent names never changes'); END;

CREATE TRIGGER consent_field_agency_stands BEFORE UPDATE ON consent_field_agency
BEGIN SELECT RAISE(ABORT, 'whom a consent names never changes'); END;

-- An article as it was written down: a new wording is a new row with its own days.
CREATE TRIGGER legal_basis_stands BEFORE UPDATE OF municipality_id, code, name, note, valid_from ON legal_basis
BEGIN SELECT RAISE(ABORT, 'an article as it was written down never changes'); END;
