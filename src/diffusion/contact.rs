use geo_types::Coord;
use serde::{Deserialize, Serialize};

use crate::check::{check_amounts, check_len};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::matrix::Matrix;
use crate::parallel;
use crate::progress::Progress;
use crate::random::Seed;
use crate::space::index::PlaceIndex;

/// Hägerstrand's mean information field: the probability of a contact with each of 5 × 5 cells of
/// 5 km around the teller, row by row.
pub const HAGERSTRAND_FIELD: [f64; 25] = [
    0.0096, 0.0140, 0.0168, 0.0140, 0.0096, //
    0.0140, 0.0301, 0.0547, 0.0301, 0.0140, //
    0.0168, 0.0547, 0.4432, 0.0547, 0.0168, //
    0.0140, 0.0301, 0.0547, 0.0301, 0.0140, //
    0.0096, 0.0140, 0.0168, 0.0140, 0.0096,
];

/// A line that word of mouth seldom crosses.
#[derive(Debug, Clone)]
pub struct Barrier {
    /// Side of each place (département, side of a ridge, rural or urban); places without one meet
    /// no barrier.
    pub sides: Labels,
    /// Probability that a telling from one side to another arrives, in [0, 1].
    pub passing: f64,
}

/// Who hears from whom: for each place the probability that one telling by it arrives at each other.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactField {
    start: Vec<usize>,
    to: Vec<u32>,
    /// Probability of each contact, summed up along its row.
    cumulative: Vec<f64>,
}

impl ContactField {
    /// Contacts between the cells of a grid, row by row: `field`, with the teller in its middle, laid over
    /// every cell. What falls outside the grid is drawn again.
    ///
    /// # Errors
    /// [`Error::Shape`] when the field has not an odd number of rows and columns, [`Error::Value`] for
    /// probabilities below 0.
    ///
    /// # Complexity
    /// O(cells · field).
    pub fn from_grid(rows: usize, columns: usize, field: &Matrix<f64>) -> Result<Self> {
        let (height, width) = (field.rows(), field.columns());
        for (what, got) in [("rows of a contact field", height), ("columns of a contact field", width)] {
            if got % 2 == 0 {
                return Err(Error::Shape { what, expected: got + 1, got });
            }
        }
        for row in 0..height {
            check_amounts("contact field", field.row(row), width)?;
        }
        Self::build(rows * columns, |cell| {
            let (row, column) = (cell / columns, cell % columns);
            let mut contacts = Vec::with_capacity(height * width);
            for i in 0..height {
                for (j, p) in field.row(i).iter().enumerate() {
                    let (r, c) = ((row + i).checked_sub(height / 2), (column + j).checked_sub(width / 2));
                    if let (Some(r), Some(c)) = (r, c)
                        && r < rows
                        && c < columns
                    {
                        contacts.push(((r * columns + c) as u32, *p, 1.0));
                    }
                }
            }
            Ok(contacts)
        })
    }

    /// Contacts between places, the nearer and weightier the more likely.
    ///
    /// # Formula
    /// P(i → j) ∝ weight of j · `decay`(distance in metres) among the places within `reach_m`, never itself;
    /// each barrier between i and j lets a telling pass with its probability.
    ///
    /// # Errors
    /// [`Error::Shape`] for lists that do not fit, [`Error::Value`] for positions that are no longitude and
    /// latitude and for weights or decays below 0, [`Error::Parameter`] when a barrier is not in [0, 1] or
    /// the reach not above 0.
    ///
    /// # Complexity
    /// O(places · places within reach).
    pub fn from_distances(
        lon_lat: &[Coord<f64>],
        weights: &[f64],
        reach_m: f64,
        decay: impl Fn(f64) -> f64 + Sync + Send,
        barriers: &[Barrier],
    ) -> Result<Self> {
        check_amounts("weights", weights, lon_lat.len())?;
        for barrier in barriers {
            check_len("sides of a barrier", barrier.sides.len(), lon_lat.len())?;
            if !(0.0..=1.0).contains(&barrier.passing) {
                return Err(Error::Parameter {
                    name: "passing",
                    value: barrier.passing.to_string(),
                    must: "must be from 0 to 1",
                });
            }
        }
        if !(reach_m > 0.0) {
            return Err(Error::Parameter {
                name: "reach_m",
                value: reach_m.to_string(),
                must: "must be above 0",
            });
        }
        let index = PlaceIndex::new(lon_lat)?;
        Self::build(lon_lat.len(), |i| {
            let mut near = index.within(lon_lat[i], reach_m)?;
            near.retain(|n| n.id as usize != i);
            near.sort_by_key(|n| n.id);
            near.into_iter()
                .map(|n| {
                    let j = n.id as usize;
                    let share = weights[j] * decay(n.distance_m);
                    if !(share.is_finite() && share >= 0.0) {
                        return Err(Error::Value {
                            what: "decay",
                            index: j,
                            value: share.to_string(),
                            must: "must be finite and not negative",
                        });
                    }
                    let passes = barriers.iter().map(|b| match (b.sides.get(i), b.sides.get(j)) {
                        (Some(a), Some(c)) if a != c => b.passing,
                        _ => 1.0,
                    });
                    Ok((n.id, share, passes.product()))
                })
                .collect()
        })
    }

    /// From the contacts `(to, share, probability of passing)` of each place.
    fn build(
        places: usize,
        contacts: impl Fn(usize) -> Result<Vec<(u32, f64, f64)>> + Sync + Send,
    ) -> Result<Self> {
        let mut built = Self { start: vec![0], to: Vec::new(), cumulative: Vec::new() };
        for row in parallel::map(places, contacts) {
            let row = row?;
            let total: f64 = row.iter().map(|c| c.1).sum();
            let mut sum = 0.0;
            if total > 0.0 {
                for (to, share, passes) in row {
                    sum += share / total * passes;
                    built.to.push(to);
                    built.cumulative.push(sum);
                }
            }
            built.start.push(built.to.len());
        }
        Ok(built)
    }

    /// Number of places.
    #[must_use]
    pub const fn places(&self) -> usize {
        self.start.len() - 1
    }

    /// `(place, probability)` of the contacts of `i`; they add up to less than 1 where barriers
    /// stop some.
    pub fn contacts(&self, i: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        let range = match (self.start.get(i), self.start.get(i + 1)) {
            (Some(&from), Some(&to)) => from..to,
            _ => 0..0,
        };
        let mut before = 0.0;
        range.map(move |k| {
            let p = self.cumulative[k] - before;
            before = self.cumulative[k];
            (self.to[k], p)
        })
    }

    /// How many tellings are expected to arrive at each place when each of `tellers` tells once.
    ///
    /// # Formula
    /// `Σ P(i → j)` over tellers i, for each place j.
    ///
    /// # Range
    /// From 0 to the number of tellers.
    ///
    /// # Direction
    /// Higher hears more.
    ///
    /// # Errors
    /// [`Error::Value`] when a teller is no place.
    ///
    /// # Complexity
    /// O(places + contacts of the tellers).
    pub fn expected_tellings(&self, tellers: &[u32]) -> Result<Vec<f64>> {
        self.check(tellers)?;
        let mut expected = vec![0.0; self.places()];
        for &teller in tellers {
            self.contacts(teller as usize).for_each(|(j, p)| expected[j as usize] += p);
        }
        Ok(expected)
    }

    /// Where a telling of `i` arrives for a draw `u` in [0, 1), if anywhere.
    fn arrives(&self, i: u32, u: f64) -> Option<u32> {
        let range = self.start[i as usize]..self.start[i as usize + 1];
        let at = range.start + self.cumulative[range.clone()].partition_point(|c| *c <= u);
        range.contains(&at).then(|| self.to[at])
    }

    fn check(&self, tellers: &[u32]) -> Result<()> {
        match tellers.iter().position(|t| *t as usize >= self.places()) {
            Some(index) => Err(Error::Value {
                what: "tellers",
                index,
                value: tellers[index].to_string(),
                must: "must be places of the field",
            }),
            None => Ok(()),
        }
    }
}

/// How word of mouth is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TellingOptions {
    /// Number of periods; every adopter tells once in each.
    pub periods: usize,
    /// Number of runs.
    pub runs: usize,
    /// Seed of their random streams.
    pub seed: Seed,
}

impl Default for TellingOptions {
    /// 10 periods, 1,000 runs.
    fn default() -> Self {
        Self { periods: 10, runs: 1_000, seed: Seed::default() }
    }
}

impl TellingOptions {
    setters! {
        periods: usize,
        runs: usize,
        seed: Seed,
    }
}

/// Who adopted in one run of [`tell`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telling {
    /// The place that adopted.
    pub place: u32,
    /// Whose telling was the last it needed; `None` for the first adopters.
    pub from: Option<u32>,
    /// Period, 0 for the first adopters.
    pub period: u32,
}

/// What word of mouth reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct TellingReport {
    /// Mean number of adopters at the end of each period, the first adopters before them.
    pub adopters: Vec<f64>,
    /// Share of the runs in which each place had adopted at the end.
    pub probability: Vec<f64>,
    /// Number of runs.
    pub runs: usize,
    /// The first run in full, for a picture.
    pub first_run: Vec<Telling>,
}

/// How far word of mouth reaches over distance, when every adopter tells once a period and a place adopts
/// once it has been told as often as its resistance asks.
///
/// # Formula
/// Monte-Carlo on the contacts of a [`ContactField`]: the listener is drawn from the cumulated field, a
/// telling stopped by a barrier is lost, adopters of a period tell from the next one on.
///
/// # Range
/// From the number of first adopters to that of places.
///
/// # Direction
/// Higher reaches more.
///
/// # Undefined
/// Never; without first adopters nobody adopts.
///
/// # Errors
/// [`Error::Value`] when a first adopter is no place or a resistance is 0, [`Error::Shape`] when there is not
/// one resistance for each place, [`Error::Parameter`] without runs.
///
/// # Complexity
/// O(runs · periods · adopters · log contacts).
///
/// # References
/// Hägerstrand (1967), *Innovation Diffusion as a Spatial Process*; Morrill, Gaile & Thrall (1988), *Spatial
/// Diffusion*.
///
/// # Example
/// ```
/// use rurban::diffusion::{ContactField, HAGERSTRAND_FIELD, TellingOptions, tell};
/// use rurban::matrix::Matrix;
/// use rurban::progress::Silent;
/// let field = Matrix::from_rows(5, 5, HAGERSTRAND_FIELD.to_vec())?;
/// let contacts = ContactField::from_grid(9, 9, &field)?;
/// let options = TellingOptions::default().periods(5).runs(50);
/// let report = tell(&contacts, &[40], &[1; 81], &options, &Silent)?;
/// assert_eq!(report.adopters[0], 1.0);
/// assert!(report.adopters[5] > 1.0);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn tell(
    field: &ContactField,
    first_adopters: &[u32],
    tellings_needed: &[u32],
    options: &TellingOptions,
    progress: &dyn Progress,
) -> Result<TellingReport> {
    field.check(first_adopters)?;
    check_len("tellings needed", tellings_needed.len(), field.places())?;
    if let Some(index) = tellings_needed.iter().position(|t| *t == 0) {
        return Err(Error::Value {
            what: "tellings needed",
            index,
            value: "0".to_owned(),
            must: "must be at least 1",
        });
    }
    if options.runs == 0 {
        return Err(Error::Parameter { name: "runs", value: "0".to_owned(), must: "must be at least 1" });
    }
    let mut first = first_adopters.to_vec();
    first.sort_unstable();
    first.dedup();
    progress.begin("tell from place to place", Some(options.runs as u64));
    let runs = parallel::map(options.runs, |run| {
        let told = one_run(field, &first, tellings_needed, options, run as u64);
        progress.advance(1);
        told
    });
    progress.end();
    let mut adopters = vec![0_u64; options.periods + 1];
    let mut times = vec![0_u64; field.places()];
    for told in runs.iter().flatten() {
        adopters[told.period as usize] += 1;
        times[told.place as usize] += 1;
    }
    let count = options.runs as f64;
    let mut sum = 0;
    Ok(TellingReport {
        adopters: adopters
            .into_iter()
            .map(|n| {
                sum += n;
                sum as f64 / count
            })
            .collect(),
        probability: times.into_iter().map(|t| t as f64 / count).collect(),
        runs: options.runs,
        first_run: runs.into_iter().next().unwrap_or_default(),
    })
}

fn one_run(
    field: &ContactField,
    first: &[u32],
    needed: &[u32],
    options: &TellingOptions,
    run: u64,
) -> Vec<Telling> {
    let mut stream = options.seed.stream(run);
    let mut heard = vec![0_u32; field.places()];
    first.iter().for_each(|f| heard[*f as usize] = needed[*f as usize]);
    let mut adopted: Vec<Telling> =
        first.iter().map(|&place| Telling { place, from: None, period: 0 }).collect();
    for period in 1..=options.periods as u32 {
        for teller in 0..adopted.len() {
            let from = adopted[teller].place;
            let Some(place) = field.arrives(from, stream.unit()) else { continue };
            let at = place as usize;
            if heard[at] < needed[at] {
                heard[at] += 1;
                if heard[at] == needed[at] {
                    adopted.push(Telling { place, from: Some(from), period });
                }
            }
        }
    }
    adopted
}
