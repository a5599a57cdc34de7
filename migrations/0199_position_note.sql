-- A position that is held against its source said in its note that it still has to be: the note says what was held. One that a municipality
-- worded itself stays as it is.
UPDATE conference_position SET note = '令和7年4月から。条まで確かめてある。'
    WHERE code = 'assistance_coordination' AND note = '令和7年4月から。項を e-Gov で確かめること。' AND verified;
