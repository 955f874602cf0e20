-- Jobs of one activity within 20 km of every commune: cells that are at least 20.9 km wide and high (up to 51.1
-- degrees north) find the near pairs, distance_m judges them.
WITH places AS (
    SELECT code, lon(geometry) AS lon, lat(geometry) AS lat,
           CAST(floor(lon(geometry) / 0.3) AS BIGINT) AS x, CAST(floor(lat(geometry) / 0.25) AS BIGINT) AS y
    FROM communes
),
supply AS (
    SELECT commune_of(lon(geometry), lat(geometry)) AS code, sum(jobs) AS jobs
    FROM points
    WHERE activity = 1
    GROUP BY 1
),
there AS (SELECT p.lon, p.lat, p.x, p.y, s.jobs FROM supply s JOIN places p ON p.code = s.code),
steps AS (SELECT * FROM (VALUES (-1), (0), (1)) AS t(d)),
here AS (
    SELECT p.code, p.lon, p.lat, p.x + dx.d AS x, p.y + dy.d AS y
    FROM places p CROSS JOIN steps dx CROSS JOIN steps dy
)
SELECT here.code, sum(there.jobs) AS jobs
FROM here JOIN there ON here.x = there.x AND here.y = there.y
WHERE distance_m(here.lon, here.lat, there.lon, there.lat) <= 20000
GROUP BY here.code
