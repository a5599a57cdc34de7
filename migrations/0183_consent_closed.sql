-- Why a consent ended without anybody taking it back (the person died), or why it never was one (written down for the wrong person, twice …),
-- as a code; and who marked it as an error, and when. Of before: nobody wrote a reason down.
ALTER TABLE consent ADD COLUMN ended_because TEXT NOT NULL DEFAULT ''
    CHECK (ended_because IN ('', 'died', 'wrong_person', 'twice', 'not_given', 'slip'));
ALTER TABLE consent ADD COLUMN error_at TEXT;
ALTER TABLE consent ADD COLUMN error_by UUID;
