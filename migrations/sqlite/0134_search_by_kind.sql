-- Names and addresses get tokens of their own (`2p¦山田`, `2w¦本町`), so that looking for a name does not read the postings of every text in
-- which its letters stand. What is indexed is rewritten from the terms themselves: nothing else keeps them.
CREATE VIRTUAL TABLE search_terms USING fts5vocab('search_grams', 'instance');
CREATE TABLE search_again AS
    SELECT t.doc AS docid,
           group_concat(replace(t.term, '¦', CASE d.kind WHEN 'person' THEN 'p¦' ELSE 'w¦' END), ' ') AS grams
    FROM search_terms t JOIN search_doc d ON d.docid = t.doc
    WHERE d.kind IN ('person', 'person_where') GROUP BY t.doc, d.kind;
DELETE FROM search_grams WHERE rowid IN (SELECT docid FROM search_again);
INSERT INTO search_grams (rowid, grams) SELECT docid, grams FROM search_again;
DROP TABLE search_again;
DROP TABLE search_terms;
