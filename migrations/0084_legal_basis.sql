-- The articles a sharing act can rest on: what each is for, who checked it, and the name an act was made under.

-- The sharing acts it can be picked for, by code, with a comma between; empty: not said, and then none is ruled out.
ALTER TABLE legal_basis ADD COLUMN acts TEXT NOT NULL DEFAULT '';
ALTER TABLE legal_basis ADD COLUMN verified_on TEXT;
ALTER TABLE legal_basis ADD COLUMN verified_by UUID;
ALTER TABLE legal_basis ADD COLUMN command_id UUID;

-- What was handed over keeps the name of its article of that day, whatever the article is called later.
ALTER TABLE provision ADD COLUMN article_name TEXT NOT NULL DEFAULT '';
UPDATE provision SET article_name = COALESCE((SELECT MAX(b.name) FROM legal_basis b
    WHERE b.municipality_id = provision.municipality_id AND b.code = provision.article), '');
