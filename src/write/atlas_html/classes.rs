//! Where the classes of a choropleth begin.

/// The most classes an eye tells apart on a map.
const MOST: usize = 5;

/// The most values the exact search is run on; more are first gathered into as many equal counts.
const MOST_VALUES: usize = 600;

/// Thresholds between classes: those of natural breaks and those of equal counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Breaks {
    pub(super) natural: Vec<f64>,
    pub(super) quantiles: Vec<f64>,
}

/// Thresholds for the values that are finite and not 0 (zero is a class of its own): a value belongs to
/// the class after every threshold it reaches. Rounded as far as classes stay apart.
pub(super) fn breaks(values: &[f64]) -> Breaks {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite() && *v != 0.0).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let quantiles = (1..MOST).filter_map(|k| sorted.get(sorted.len() * k / MOST).copied()).collect();
    Breaks { natural: rounded(natural(&sorted), &sorted), quantiles: rounded(quantiles, &sorted) }
}

/// The first value of every class but the first that makes the sum of squared deviations from the class
/// means least (Fisher 1958, as Jenks uses it). O(classes × values²), values at most 600.
fn natural(sorted: &[f64]) -> Vec<f64> {
    // Equal values stay together.
    let mut groups: Vec<Group> = Vec::new();
    let share = sorted.len().div_ceil(MOST_VALUES).max(1);
    for &v in sorted {
        match groups.last_mut() {
            Some(g) if g.last == v || g.n < share => g.add(v),
            _ => groups.push(Group { first: v, last: v, n: 1, sum: v, squares: v * v }),
        }
    }
    let n = groups.len();
    let classes = MOST.min(n);
    if classes < 2 {
        return Vec::new();
    }
    let mut totals = vec![Group::default()];
    for g in &groups {
        let t = totals[totals.len() - 1];
        totals.push(Group { n: t.n + g.n, sum: t.sum + g.sum, squares: t.squares + g.squares, ..*g });
    }
    // Squared deviations of the groups from..to.
    let spread = |from: usize, to: usize| {
        let (a, b) = (totals[from], totals[to]);
        let (count, sum) = ((b.n - a.n) as f64, b.sum - a.sum);
        b.squares - a.squares - sum * sum / count
    };
    let mut least: Vec<f64> = (0..=n).map(|to| if to == 0 { 0.0 } else { spread(0, to) }).collect();
    let mut starts: Vec<Vec<usize>> = Vec::new();
    for class in 1..classes {
        let mut next = vec![f64::INFINITY; n + 1];
        let mut start = vec![0; n + 1];
        for to in class + 1..=n {
            for from in class..to {
                let cost = least[from] + spread(from, to);
                if cost < next[to] {
                    next[to] = cost;
                    start[to] = from;
                }
            }
        }
        least = next;
        starts.push(start);
    }
    let (mut to, mut found) = (n, Vec::new());
    for start in starts.iter().rev() {
        to = start[to];
        found.push(groups[to].first);
    }
    found.reverse();
    found
}

#[derive(Debug, Clone, Copy, Default)]
struct Group {
    first: f64,
    last: f64,
    n: usize,
    sum: f64,
    squares: f64,
}

impl Group {
    fn add(&mut self, v: f64) {
        self.last = v;
        self.n += 1;
        self.sum += v;
        self.squares += v * v;
    }
}

/// Each threshold at the fewest digits that part the same values.
fn rounded(mut thresholds: Vec<f64>, sorted: &[f64]) -> Vec<f64> {
    thresholds.dedup();
    thresholds.retain(|t| sorted.first().is_some_and(|least| t > least));
    for t in &mut thresholds {
        let at = sorted.partition_point(|v| v < t);
        let (below, above) = (sorted[at - 1], sorted[at]);
        *t = (1..=9).map(|digits| to_digits(*t, digits)).find(|r| *r > below && *r <= above).unwrap_or(*t);
    }
    thresholds
}

/// A number at so many significant digits.
fn to_digits(value: f64, digits: i32) -> f64 {
    let place = digits - 1 - value.abs().log10().floor() as i32;
    let unit = 10_f64.powi(place.abs());
    if place >= 0 { (value * unit).round() / unit } else { (value / unit).round() * unit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natural_breaks_part_what_lies_apart() {
        let values: Vec<f64> = [1.0, 20.0, 41.0, 60.0, 90.0]
            .into_iter()
            .flat_map(|centre| (0..10).map(move |k| centre + f64::from(k) / 10.0))
            .collect();
        let found = breaks(&values);
        assert_eq!(found.natural, [20.0, 40.0, 60.0, 90.0]);
        assert_eq!(found.quantiles, found.natural);
    }

    #[test]
    fn no_partition_is_better_than_the_natural_one() {
        let values = [1.0, 2.0, 4.0, 7.0, 8.0, 15.0, 16.0, 18.0, 30.0, 31.0, 55.0];
        let cost = |cuts: &[usize]| -> f64 {
            let mut edges = vec![0];
            edges.extend(cuts);
            edges.push(values.len());
            edges
                .windows(2)
                .map(|w| {
                    let class = &values[w[0]..w[1]];
                    let mean = class.iter().sum::<f64>() / class.len() as f64;
                    class.iter().map(|v| (v - mean).powi(2)).sum::<f64>()
                })
                .sum()
        };
        let n = values.len();
        let mut best = f64::INFINITY;
        for a in 1..n {
            for b in a + 1..n {
                for c in b + 1..n {
                    for d in c + 1..n {
                        best = best.min(cost(&[a, b, c, d]));
                    }
                }
            }
        }
        let cuts: Vec<usize> = natural(&values).iter().map(|t| values.partition_point(|v| v < t)).collect();
        assert!((cost(&cuts) - best).abs() < 1e-9, "{cuts:?}");
    }

    #[test]
    fn few_and_equal_values_make_few_classes() {
        let empty = Breaks { natural: vec![], quantiles: vec![] };
        for values in [&[][..], &[0.0, f64::NAN], &[3.0, 3.0, 3.0]] {
            assert_eq!(breaks(values), empty);
        }
        assert_eq!(breaks(&[0.0, 1.0, 1.0, 2.0]).natural, [2.0]);
        // 92 % of zeros leave their classes to the rest.
        let mut skewed = vec![0.0; 920];
        skewed.extend((1..=80).map(f64::from));
        assert_eq!(breaks(&skewed).quantiles.len(), 4);
        assert_eq!(breaks(&[-0.5, 0.25, 0.031_25]).natural, [0.03, 0.25]);
    }

    #[test]
    fn a_whole_country_takes_its_time_once() {
        let values: Vec<f64> = (0..35_000).map(|k| (f64::from(k) * 0.618).fract().powi(3)).collect();
        let found = breaks(&values);
        assert_eq!(found.natural.len(), 4);
        assert!(found.natural.is_sorted());
    }
}
