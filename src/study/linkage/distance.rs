//! How far ties reach, how they fall off with distance, and gravity between territories.

use geo_types::Coord;

use super::LinkageOptions;
use super::frame::{Frame, Ground, check_paired, used};
use super::report::{DecayBin, DistanceDecay, GravityReport, GravityTerm, TieLengths};
use crate::error::Result;
use crate::evidence::Interval;
use crate::labels::Labels;
use crate::linkage::{Dyads, Effects, StandardErrors, deterrence, gravity_model};
use crate::matrix::Matrix;
use crate::model::{LinkClass, Rurality};
use crate::network::Network;
use crate::progress::Progress;
use crate::space::distance::Places;

impl Frame<'_> {
    pub(super) fn lengths(&self, all: &Network) -> Result<Vec<TieLengths>> {
        let mut by_class: Vec<(Vec<f64>, usize)> = vec![(Vec::new(), 0); LinkClass::ALL.len()];
        let place = |i: u32| self.study.places[i as usize].rurality();
        for (a, b, _) in all.edge_list() {
            let class = LinkClass::of(place(a), place(b));
            let Some(slot) = LinkClass::ALL.iter().position(|c| *c == class) else { continue };
            match (self.place_of[a as usize], self.place_of[b as usize]) {
                (Some(i), Some(j)) => by_class[slot].0.push(self.places.distance_m(i, j)?),
                _ => by_class[slot].1 += 1,
            }
        }
        Ok(LinkClass::ALL
            .into_iter()
            .zip(by_class)
            .map(|(class, (mut d, left_out))| {
                d.sort_unstable_by(f64::total_cmp);
                let n = d.len();
                let mean_m = (n > 0).then(|| d.iter().sum::<f64>() / n as f64);
                let median_m = (n > 0).then(|| f64::midpoint(d[(n - 1) / 2], d[n / 2]));
                TieLengths { class, ties: n, left_out, mean_m, median_m }
            })
            .collect())
    }

    pub(super) fn decay(
        &self,
        tied: &Ground,
        communities: &Labels,
        options: &LinkageOptions,
        progress: &dyn Progress,
    ) -> Result<DistanceDecay> {
        let here = |i: usize| self.in_main_zone(tied.actors[i] as usize);
        let near = Ground::of(&tied.network, |i| here(i).is_some());
        check_paired("decay with distance", near.actors.len())?;
        let positions: Vec<_> = near.actors.iter().filter_map(|&i| here(i as usize)).collect();
        let (groups, _) = used(&near.labels(communities)?);
        let d = deterrence(&near.network, &groups, options.weighting, &positions, options.bin_m, progress)?;
        let last = d.f.iter().rposition(|f| *f > 0.0).map_or(0, |l| l + 1);
        let curve = d.f[..last]
            .iter()
            .enumerate()
            .map(|(b, &f)| DecayBin { distance_m: (b as f64 + 0.5) * d.bin_m, f })
            .collect();
        Ok(DistanceDecay {
            curve,
            spatial_modularity: d.spatial_modularity,
            actors: near.actors.len(),
            left_out: tied.actors.len() - near.actors.len(),
        })
    }

    /// Ties between départements: both directions of every pair, so that each département has the
    /// same effect on both sides. Counting every pair twice halves the robust variance, which is
    /// undone: the standard errors are those clustered by pair.
    pub(super) fn gravity(
        &self,
        all: &Network,
        of_actor: &Labels,
        options: &LinkageOptions,
    ) -> Result<GravityReport> {
        let level = self.study.atlas.level(&options.units)?;
        let base = self.study.atlas.base().territories();
        let units = level.territories();
        let regions =
            self.study.atlas.level(&options.grouping).ok().map(crate::atlas::AtlasLevel::membership);
        // Rural share, middle (mean of communes by population) and région of each département.
        let mut sums = vec![[0.0; 4]; units.len()];
        let mut region = vec![None; units.len()];
        for (m, t) in base.iter().enumerate() {
            let (Some(d), Some(population)) = (level.membership().get(m), t.population) else { continue };
            region[d] = region[d].or_else(|| regions.and_then(|r| r.get(m)));
            if let Some(point) = t.point {
                let rural = self.study.atlas.base_rurality(m) == Some(Rurality::Rural);
                let add = [1.0, f64::from(u8::from(rural)), point.lon(), point.lat()];
                sums[d].iter_mut().zip(add).for_each(|(s, a)| *s += a * population);
            }
        }
        let centre = |d: usize| Coord { x: sums[d][2] / sums[d][0], y: sums[d][3] / sums[d][0] };
        let zones = self.study.atlas.zones();
        let in_main = |d: usize| zones.index_of(centre(d)) == zones.main().map(|_| 0);
        let kept: Vec<usize> = (0..units.len()).filter(|&d| sums[d][0] > 0.0 && in_main(d)).collect();
        let mut at = vec![usize::MAX; units.len()];
        kept.iter().enumerate().for_each(|(k, &d)| at[d] = k);
        let places = Places::new(&zones, kept.iter().map(|&d| centre(d)).collect())?;
        let k = kept.len();
        let mut flow = Matrix::filled(k, k, 0.0);
        let mut left_out_ties = 0.0;
        for (a, b, _) in all.edge_list() {
            let end = |i: u32| of_actor.get(i as usize).map(|d| at[d]).filter(|&d| d != usize::MAX);
            match (end(a), end(b)) {
                (Some(p), Some(q)) if p != q => {
                    flow.row_mut(p)[q] += 1.0;
                    flow.row_mut(q)[p] += 1.0;
                }
                _ => left_out_ties += 1.0,
            }
        }
        let same = format!("same {}", options.grouping);
        let names = ["ln distance", &same, "difference in rural share"];
        let (mut y, mut x, mut origin, mut destination) = (vec![], vec![], vec![], vec![]);
        for p in 0..k {
            for q in (0..k).filter(|&q| q != p) {
                y.push(flow.row(p)[q]);
                let share = |i: usize| sums[kept[i]][1] / sums[kept[i]][0];
                let same = region[kept[p]].is_some() && region[kept[p]] == region[kept[q]];
                x.extend([
                    (places.distance_m(p, q)? / 1e3).max(1.0).ln(),
                    f64::from(u8::from(same)),
                    (share(p) - share(q)).abs(),
                ]);
                origin.push(p as u32);
                destination.push(q as u32);
            }
        }
        let covariates = Matrix::from_rows(y.len(), names.len(), x)?;
        let dyads = Dyads { flow: &y, covariates: &covariates, origin: &origin, destination: &destination };
        let fit = gravity_model(dyads, Effects::OriginDestination, StandardErrors::Hc1)?;
        let terms = names
            .iter()
            .zip(fit.coefficients.iter().zip(&fit.standard_errors))
            .map(|(name, (&coefficient, se))| {
                let standard_error = se * std::f64::consts::SQRT_2;
                let half = 1.959_963_984_540_054 * standard_error;
                GravityTerm {
                    name: (*name).to_owned(),
                    coefficient,
                    standard_error,
                    interval: Interval { low: coefficient - half, high: coefficient + half },
                }
            })
            .collect();
        Ok(GravityReport { terms, units: k, left_out_ties, fit })
    }
}
