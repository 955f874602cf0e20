-- Points and jobs by commune and activity.
SELECT commune_of(lon(geometry), lat(geometry)) AS commune, activity, count(*) AS points, sum(jobs) AS jobs
FROM points
GROUP BY 1, 2
