-- Jobs of one activity within 20 km of every commune: cells of a quarter of a degree find the near pairs,
-- distance_m judges them. (A cell is more than 27 km high, and at 52 degrees still 17 km wide: two to each side.)
WITH supply AS (
    SELECT commune_of(lon, lat) AS code, sum(jobs) AS jobs
    FROM points
    WHERE activity = 1
    GROUP BY 1
),
there AS (
    SELECT c.lon, c.lat, s.jobs, CAST(floor(c.lon * 4) AS BIGINT) AS x, CAST(floor(c.lat * 4) AS BIGINT) AS y
    FROM supply s JOIN communes c ON c.code = s.code
),
steps AS (SELECT * FROM (VALUES (-2), (-1), (0), (1), (2)) AS t(d)),
here AS (
    SELECT c.code, c.lon, c.lat,
           CAST(floor(c.lon * 4) AS BIGINT) + dx.d AS x, CAST(floor(c.lat * 4) AS BIGINT) + dy.d AS y
    FROM communes c CROSS JOIN steps dx CROSS JOIN steps dy
)
SELECT here.code, sum(there.jobs) AS jobs
FROM here JOIN there ON here.x = there.x AND here.y = there.y
WHERE distance_m(here.lon, here.lat, there.lon, there.lat) <= 20000
GROUP BY here.code
