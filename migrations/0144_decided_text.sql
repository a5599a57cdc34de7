-- A decision of 策定 or 再プラン is about the proposal that was before the conference, and about no other text (R-043, R-044, R-104): which
-- plan, and for the how many-th time it had been proposed. Empty: decided before this was kept.
ALTER TABLE support_plan ADD COLUMN proposal BIGINT NOT NULL DEFAULT 0;
ALTER TABLE decision ADD COLUMN plan_id UUID;
ALTER TABLE decision ADD COLUMN plan_proposal BIGINT;
