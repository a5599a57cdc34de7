-- Why somebody is kept out of a household: a kind out of a closed list. Of before: nobody asked.
ALTER TABLE exclusion ADD COLUMN reason TEXT NOT NULL DEFAULT '';

-- Whoever asked blindly for a contact takes it back. Of the request, not of those it stands before: what happens to it there goes to
-- nobody, and a request that found nobody is taken back alike.
ALTER TABLE contact_request ADD COLUMN withdrawn_at TEXT;
CREATE INDEX contact_request_by_user ON contact_request (municipality_id, from_user_id);
