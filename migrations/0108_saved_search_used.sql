-- A saved search that nobody uses is thrown away: when it was used last. NULL: not since it was saved.
ALTER TABLE saved_search ADD COLUMN used_at TEXT;
