-- Figures of the flow (R-138, R-142) read a period across all desks: by date first, with what is counted beside it, so that the
-- index alone answers.

CREATE INDEX referral_by_sent ON referral (municipality_id, sent_at);
CREATE INDEX consultation_by_day ON consultation (municipality_id, occurred_at, desk_id, state);
CREATE INDEX sheet_by_day ON connecting_sheet (municipality_id, occurred_at, desk_id, provider_desk_id, state);
CREATE INDEX case_by_opened ON case_file (municipality_id, opened_at);
CREATE INDEX case_by_ended ON case_file (municipality_id, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX consent_by_given ON consent (municipality_id, given_at);
CREATE INDEX triage_by_started ON triage (municipality_id, started_at);

-- When a referral was accepted, without reading its other steps.
CREATE INDEX referral_event_accepted ON referral_event (municipality_id, referral_id, happened_at)
    WHERE state = 'accepted';
