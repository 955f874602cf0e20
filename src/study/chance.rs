//! The rural–urban ties of each territory against chance.

use geo_types::Coord;
use serde::Serialize;

use super::Study;
use super::belonging::InMainZone;
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Measured, Null};
use crate::labels::Labels;
use crate::model::Level;
use crate::network::Network;
use crate::parallel;
use crate::progress::Progress;

/// Rural–urban ties of one territory, against three ways of drawing the partners.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TieChance {
    /// Tied pairs of actors that touch the territory and whose sides are both known.
    pub ties: usize,
    /// Those between a rural and an urban actor.
    pub rural_urban: usize,
    /// As many as there would be if each partner were drawn evenly among the tied actors.
    pub labels: Measured<Evidence>,
    /// … in proportion to their number of ties.
    pub degrees: Measured<Evidence>,
    /// … in proportion to their number of ties and to what distance leaves of them.
    pub distance: Measured<Evidence>,
}

/// Chances of each tied actor to meet the other side, under the three draws; NaN where not known.
type Chances = [f64; 3];

impl Study {
    /// How many ties of each territory of a level cross from rural to urban, and how many would if partners
    /// were drawn by chance: evenly, by their number of ties, and by number of ties and distance (Expert et
    /// al. 2011, in bins of `bin_m`). Parallel ties between two actors count once.
    ///
    /// # Formula
    /// Expected `Σ_t p_t`, variance `Σ_t p_t (1 − p_t)`, `p_t` the chance that the partner of the territory's
    /// end is of the other side; of a tie inside the territory the mean of both ends.
    ///
    /// # Undefined
    /// Without ties of known sides; with distance also where none of them lies in the main zone of
    /// projection.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such level; [`Error::Parameter`] for a bin that does not serve.
    ///
    /// # Complexity
    /// O(points of tied actors²) once for the study, then O(ties).
    pub fn tie_chances(&self, level: &Level, bin_m: f64, progress: &dyn Progress) -> Result<Vec<TieChance>> {
        let mut all = self.tie_chances_by(std::slice::from_ref(level), bin_m, progress)?;
        Ok(all.pop().unwrap_or_default())
    }

    /// [`Study::tie_chances`] of several levels at the cost of one.
    ///
    /// # Errors
    /// As [`Study::tie_chances`].
    pub fn tie_chances_by(
        &self,
        levels: &[Level],
        bin_m: f64,
        progress: &dyn Progress,
    ) -> Result<Vec<Vec<TieChance>>> {
        let whole = self.network(|_| true)?;
        let sides = self.rurality_labels();
        let chances = self.chances(&whole, &sides, bin_m, progress)?;
        levels.iter().map(|level| self.chances_of(level, (&whole, &sides), &chances)).collect()
    }

    fn chances_of(
        &self,
        level: &Level,
        (whole, sides): (&Network, &Labels),
        chances: &[Chances],
    ) -> Result<Vec<TieChance>> {
        let units = self.atlas().level(level)?.territories().len();
        let mut of_base: Vec<Vec<u32>> = vec![Vec::new(); self.atlas().base().territories().len()];
        for (b, u) in self.atlas().level(level)?.memberships().iter() {
            of_base[b as usize].push(u);
        }
        let units_of =
            |i: u32| self.places()[i as usize].base.map_or(&[][..], |b| of_base[b as usize].as_slice());
        let mut sums = vec![Sums::default(); units];
        for (a, b, _) in whole.edge_list() {
            let (Some(x), Some(y)) = (sides.get(a as usize), sides.get(b as usize)) else { continue };
            let (first, second) = (units_of(a), units_of(b));
            for &u in first {
                let ends: &[u32] = if second.contains(&u) { &[a, b] } else { &[a] };
                sums[u as usize].add(x != y, ends, chances);
            }
            for &u in second.iter().filter(|u| !first.contains(u)) {
                sums[u as usize].add(x != y, &[b], chances);
            }
        }
        Ok(sums.into_iter().map(Sums::result).collect())
    }

    fn chances(
        &self,
        whole: &Network,
        sides: &Labels,
        bin_m: f64,
        progress: &dyn Progress,
    ) -> Result<Vec<Chances>> {
        let tied: Vec<usize> =
            (0..whole.nodes()).filter(|&i| whole.degree(i) > 0 && sides.get(i).is_some()).collect();
        let mut count = [0.0; 2];
        let mut stubs = [0.0; 2];
        for &i in &tied {
            let side = sides.get(i).unwrap_or(0);
            count[side] += 1.0;
            stubs[side] += whole.degree(i) as f64;
        }
        let mut chances = vec![[f64::NAN; 3]; whole.nodes()];
        for &i in &tied {
            let other = 1 - sides.get(i).unwrap_or(0);
            chances[i][0] = count[other] / (count[0] + count[1] - 1.0);
            chances[i][1] = stubs[other] / (stubs[0] + stubs[1] - whole.degree(i) as f64);
        }
        let InMainZone { actors, at, network } = self.tied_in_main_zone(whole, |i| sides.get(i).is_some())?;
        if network.edges() == 0 {
            return Ok(chances);
        }
        if !(bin_m.is_finite() && bin_m > 0.0) {
            let must = "must be positive";
            return Err(Error::Parameter { name: "bin_m", value: bin_m.to_string(), must });
        }
        progress.begin("ties against distance", None);
        let bin = |a: Coord<f64>, b: Coord<f64>| {
            let d = a - b;
            ((d.x * d.x + d.y * d.y).sqrt() / bin_m) as usize
        };
        let points = Points::of(&at, |i| (sides.get(actors[i]).unwrap_or(0), network.degree(i) as f64));
        let mass = points.pairs_by_bin(&bin);
        let mut f = vec![0.0; mass.len()];
        for (a, b, _) in network.edge_list() {
            f[bin(at[a as usize], at[b as usize])] += 1.0;
        }
        f.iter_mut().zip(&mass).filter(|(_, m)| **m > 0.0).for_each(|(ties, m)| *ties /= m);
        let reached = parallel::map(points.at.len(), |p| {
            let mut sum = [0.0; 2];
            for (&there, stubs) in points.at.iter().zip(&points.stubs) {
                let weight = f[bin(points.at[p], there)];
                sum[0] += stubs[0] * weight;
                sum[1] += stubs[1] * weight;
            }
            sum
        });
        for (members, sum) in points.members.iter().zip(reached) {
            for &i in members {
                let side = sides.get(actors[i]).unwrap_or(0);
                let all = sum[0] + sum[1] - network.degree(i) as f64 * f[0];
                chances[actors[i]][2] = if all > 0.0 { sum[1 - side] / all } else { f64::NAN };
            }
        }
        progress.end();
        Ok(chances)
    }
}

/// Actors by the point they share: many do, and pairs of points are far fewer than pairs of actors.
struct Points {
    at: Vec<Coord<f64>>,
    members: Vec<Vec<usize>>,
    /// Ends of ties at each point, by side.
    stubs: Vec<[f64; 2]>,
    /// Squares of the ends of each actor, added up by point.
    squares: Vec<f64>,
}

impl Points {
    fn of(at: &[Coord<f64>], actor: impl Fn(usize) -> (usize, f64)) -> Self {
        let mut order: Vec<usize> = (0..at.len()).collect();
        order.sort_by(|&i, &j| at[i].x.total_cmp(&at[j].x).then(at[i].y.total_cmp(&at[j].y)).then(i.cmp(&j)));
        let mut points = Self { at: Vec::new(), members: Vec::new(), stubs: Vec::new(), squares: Vec::new() };
        for members in order.chunk_by(|&i, &j| at[i] == at[j]) {
            let (mut stubs, mut squares) = ([0.0; 2], 0.0);
            for (side, ends) in members.iter().map(|&i| actor(i)) {
                stubs[side] += ends;
                squares += ends * ends;
            }
            points.at.push(at[members[0]]);
            points.members.push(members.to_vec());
            points.stubs.push(stubs);
            points.squares.push(squares);
        }
        points
    }

    /// `Σ s_i s_j` over the pairs of actors, by bin of distance.
    fn pairs_by_bin(&self, bin: &(impl Fn(Coord<f64>, Coord<f64>) -> usize + Sync)) -> Vec<f64> {
        let whole: Vec<f64> = self.stubs.iter().map(|s| s[0] + s[1]).collect();
        let rows = parallel::map(whole.len(), |p| {
            let mut row = vec![(whole[p] * whole[p] - self.squares[p]) / 2.0];
            for q in p + 1..whole.len() {
                let b = bin(self.at[p], self.at[q]);
                if row.len() <= b {
                    row.resize(b + 1, 0.0);
                }
                row[b] += whole[p] * whole[q];
            }
            row
        });
        let mut sums = vec![0.0; rows.iter().map(Vec::len).max().unwrap_or(0)];
        for row in rows {
            sums.iter_mut().zip(row).for_each(|(sum, v)| *sum += v);
        }
        sums
    }
}

/// Ties of one territory, what was seen and what was expected.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    ties: usize,
    crossing: usize,
    /// By draw: ties of known chance, those of them that cross, expected, variance.
    by: [Draw; 3],
}

#[derive(Debug, Clone, Copy, Default)]
struct Draw {
    ties: usize,
    crossing: usize,
    expected: f64,
    variance: f64,
}

impl Sums {
    fn add(&mut self, crosses: bool, ends: &[u32], chances: &[Chances]) {
        self.ties += 1;
        self.crossing += usize::from(crosses);
        for (k, draw) in self.by.iter_mut().enumerate() {
            let known = ends.iter().map(|&e| chances[e as usize][k]).filter(|p| p.is_finite());
            let (sum, count) = known.fold((0.0, 0.0), |(s, c), p| (s + p, c + 1.0));
            if count > 0.0 {
                let p: f64 = sum / count;
                draw.ties += 1;
                draw.crossing += usize::from(crosses);
                draw.expected += p;
                draw.variance += p * (1.0 - p);
            }
        }
    }

    fn result(self) -> TieChance {
        let evidence = |null, d: Draw| {
            if d.ties == 0 {
                let why = Error::undefined("rural–urban ties against chance", Undefined::NoTies);
                return Measured::Undefined(why.to_string());
            }
            let (seen, variance) = (d.crossing as f64, Some(d.variance));
            Measured::Value(Evidence::closed_form(null, seen, d.expected, variance, d.ties))
        };
        let [labels, degrees, distance] = self.by;
        TieChance {
            ties: self.ties,
            rural_urban: self.crossing,
            labels: evidence(Null::LabelPermutation, labels),
            degrees: evidence(Null::Configuration, degrees),
            distance: evidence(Null::Gravity, distance),
        }
    }
}
