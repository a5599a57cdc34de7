-- Who held a position against the law, and when; and by which command a wording of the town's own was written down.
ALTER TABLE conference_position ADD COLUMN verified_on TEXT;
ALTER TABLE conference_position ADD COLUMN verified_by UUID;
ALTER TABLE conference_position ADD COLUMN command_id UUID;
