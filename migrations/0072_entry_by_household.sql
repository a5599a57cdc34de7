-- The texts of a household, by what they are: what is to be kept in mind about it stands first on every page of its
-- cases (R-209), and was looked for among all texts of the town.
CREATE INDEX entry_by_household ON entry (municipality_id, household_id, field, occurred_at);
