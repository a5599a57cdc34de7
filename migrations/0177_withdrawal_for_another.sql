-- Who took a consent back in the person's place: their name, how they stand to the person, what shows that they may, and who they are when
-- they are recorded too, as it is asked when a consent is given. Of before: nobody asked, and those withdrawals stand.
ALTER TABLE consent ADD COLUMN withdrawn_by_name TEXT NOT NULL DEFAULT '';
ALTER TABLE consent ADD COLUMN withdrawn_relation TEXT NOT NULL DEFAULT '';
ALTER TABLE consent ADD COLUMN withdrawn_evidence TEXT NOT NULL DEFAULT '';
ALTER TABLE consent ADD COLUMN withdrawn_teller_id UUID;
