-- Ties by the rurality of their ends.
SELECT mixing(rurality(source), rurality(target), weight) AS matrix FROM ties
