-- How a withdrawal was told (signed, oral, electronic): it is recorded on behalf of whoever said it, as the consent
-- itself was. And why a connecting sheet was entered in error: a code, because a notice has no place for words.

ALTER TABLE consent ADD COLUMN withdrawn_form TEXT NOT NULL DEFAULT '';
ALTER TABLE connecting_sheet ADD COLUMN error_reason TEXT NOT NULL DEFAULT '';
