-- What pages ask for most is reached without going through a whole town.
-- Desks that were over, and who has their work since: a handful, asked for with every request.
CREATE INDEX desk_with_heir ON desk (municipality_id, heir_id) WHERE heir_id IS NOT NULL;
-- The consents of a case: its page, its timeline.
CREATE INDEX consent_by_case ON consent (municipality_id, case_id) WHERE case_id IS NOT NULL;
-- What was told to somebody, or to a desk, and not read yet: the number on the first page.
CREATE INDEX feedback_unread ON feedback (municipality_id, to_user_id, to_desk_id) WHERE given_at IS NOT NULL AND read_at IS NULL;
