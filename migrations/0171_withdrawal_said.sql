-- The day a person said that they take a consent back, beside the moment it was written down. Of before: nobody wrote it down.
ALTER TABLE consent ADD COLUMN withdrawn_said TEXT
    CHECK (withdrawn_said IS NULL OR withdrawn_said <= SUBSTR(withdrawn_at, 1, 10));
