-- Names and addresses get tokens of their own (`2p¦山田`, `2w¦本町`), so that looking for a name does not read the postings of every text in
-- which its letters stand.
UPDATE search_doc SET grams = array_to_tsvector(ARRAY(
    SELECT replace(t.term, '¦', CASE kind WHEN 'person' THEN 'p¦' ELSE 'w¦' END)
    FROM unnest(tsvector_to_array(grams)) AS t (term)))
WHERE kind IN ('person', 'person_where');
