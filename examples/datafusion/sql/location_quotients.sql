-- Share of an activity in a territory over its share in the country: above 1, the territory has more of it.
WITH counts AS (
    SELECT territory_of(commune_of(lon(geometry), lat(geometry)), 'epci') AS territory, activity, sum(jobs) AS jobs
    FROM points
    GROUP BY 1, 2
),
totals AS (
    SELECT territory, activity, jobs,
           sum(jobs) OVER (PARTITION BY territory) AS of_territory,
           sum(jobs) OVER (PARTITION BY activity) AS of_activity,
           sum(jobs) OVER () AS of_all
    FROM counts
    WHERE territory IS NOT NULL
)
SELECT territory, activity, jobs / of_territory * of_all / of_activity AS location_quotient
FROM totals
