-- PostgreSQL finds pairs of characters first and narrows what it found afterwards. The function that does so belongs to the wall
-- (ground/engine/src/wall.rs) and is put up again with every migration; this step sees to it that there is one.
SELECT 1;
