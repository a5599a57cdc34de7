-- By which command a desk and a succession of agencies were written down. A merger or a division that is taken back takes along the
-- desks it made itself, and none that somebody had entered by hand for the same day. Of before: not known, and then it stays.
ALTER TABLE desk ADD COLUMN command_id UUID;
ALTER TABLE agency_successor ADD COLUMN command_id UUID;
