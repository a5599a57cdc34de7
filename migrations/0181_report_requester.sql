-- Who asks for a person's copy of who looked in the person's place: who they are when they are recorded too, else their name; how they
-- stand to the person; what shows that they may. As it is asked when a consent is given. Of before: nobody asked, and those requests stand.
ALTER TABLE access_report ADD COLUMN requester_id UUID;
ALTER TABLE access_report ADD COLUMN requester_name TEXT NOT NULL DEFAULT '';
ALTER TABLE access_report ADD COLUMN requester_tie TEXT NOT NULL DEFAULT '';
ALTER TABLE access_report ADD COLUMN requester_evidence TEXT NOT NULL DEFAULT '';
