//! The rural–urban ties of each territory against chance.

use serde::Serialize;

use super::Study;
use super::belonging::InMainZone;
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Measured, Null};
use crate::labels::Labels;
use crate::linkage::{Weighting, deterrence};
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
    /// O(tied actors²) once for the study, then O(ties).
    pub fn tie_chances(&self, level: &Level, bin_m: f64, progress: &dyn Progress) -> Result<Vec<TieChance>> {
        let units = self.atlas().level(level)?.territories().len();
        let whole = self.network(|_| true)?;
        let sides = self.rurality_labels();
        let chances = self.chances(&whole, &sides, bin_m, progress)?;
        let mut of_base: Vec<Vec<u32>> = vec![Vec::new(); self.atlas().base().territories().len()];
        for (b, u) in self.atlas().memberships(level)? {
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
                sums[u as usize].add(x != y, ends, &chances);
            }
            for &u in second.iter().filter(|u| !first.contains(u)) {
                sums[u as usize].add(x != y, &[b], &chances);
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
        let one = Labels::new(vec![0; actors.len()], 1)?;
        let f = deterrence(&network, &one, Weighting::Edges, &at, bin_m, progress)?.f;
        let shares = parallel::map(actors.len(), |i| {
            let side = sides.get(actors[i]);
            let (mut all, mut across) = (0.0, 0.0);
            for j in (0..actors.len()).filter(|&j| j != i) {
                let (dx, dy) = (at[i].0 - at[j].0, at[i].1 - at[j].1);
                let bin = ((dx * dx + dy * dy).sqrt() / bin_m) as usize;
                let weight = network.degree(j) as f64 * f.get(bin).copied().unwrap_or(0.0);
                all += weight;
                if sides.get(actors[j]) != side {
                    across += weight;
                }
            }
            if all > 0.0 { across / all } else { f64::NAN }
        });
        for (k, share) in shares.into_iter().enumerate() {
            chances[actors[k]][2] = share;
        }
        Ok(chances)
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
