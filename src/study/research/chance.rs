//! Rural firms and laboratories against chance.

use std::collections::BTreeMap;

use geo_types::Coord;

use super::{FirmLaboratoryOptions, FirmLaboratoryStatistic, FirmLaboratoryTest, Meetings};
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Measured, Null};
use crate::linkage::{TwoSidedNull, TwoSidedTies, great_circle_m, two_sided_evidence, unit_vector};
use crate::model::Rurality;
use crate::network::{Participation, SwapOptions, deal_participations};
use crate::progress::Progress;

/// Sums over the pairs of rural firms.
#[derive(Clone, Copy, Default)]
struct Sums {
    pairs: f64,
    with_urban: f64,
    placed: f64,
    same: f64,
    around_known: f64,
    around: f64,
    measured: f64,
    metres: f64,
}

impl Sums {
    fn value(&self, statistic: FirmLaboratoryStatistic) -> f64 {
        match statistic {
            FirmLaboratoryStatistic::RuralPairs => self.pairs,
            FirmLaboratoryStatistic::RuralUrban => self.with_urban,
            FirmLaboratoryStatistic::SameTerritory => self.same / self.placed,
            FirmLaboratoryStatistic::SameAround => self.around / self.around_known,
            FirmLaboratoryStatistic::MeanDistance => self.metres / self.measured,
        }
    }
}

impl Meetings<'_> {
    pub(super) fn tests(
        &self,
        options: &FirmLaboratoryOptions,
        progress: &dyn Progress,
    ) -> Result<Vec<FirmLaboratoryTest>> {
        let mut tests = self.by_degrees(options)?;
        if options.deals > 0 {
            tests.extend(self.dealt(options, progress));
        }
        Ok(tests)
    }

    /// Distinct ties against degrees, and against degrees and distance.
    fn by_degrees(&self, options: &FirmLaboratoryOptions) -> Result<Vec<FirmLaboratoryTest>> {
        use FirmLaboratoryStatistic::{RuralUrban, SameAround, SameTerritory};
        let places = &self.study.places;
        let known = |a: u32| places[a as usize].point.is_some() && self.rurality(a).is_some();
        let mut ties: Vec<(u32, u32)> = self.all.iter().flat_map(super::Meeting::pairs).collect();
        ties.retain(|(f, l)| known(*f) && known(*l));
        ties.sort_unstable();
        ties.dedup();
        let numbered = |ends: &mut dyn Iterator<Item = u32>| {
            let mut list: Vec<u32> = ends.collect();
            list.sort_unstable();
            list.dedup();
            list
        };
        let firms = numbered(&mut ties.iter().map(|t| t.0));
        let laboratories = numbered(&mut ties.iter().map(|t| t.1));
        let at = |list: &[u32], a: u32| list.binary_search(&a).unwrap_or(0) as u32;
        let ends: Vec<(u32, u32)> =
            ties.iter().map(|(f, l)| (at(&firms, *f), at(&laboratories, *l))).collect();
        let points = |list: &[u32]| -> Vec<Coord<f64>> {
            list.iter().filter_map(|a| places[*a as usize].point).map(Coord::from).collect()
        };
        let (rows, columns) = (points(&firms), points(&laboratories));
        let given = TwoSidedTies { rows: firms.len(), columns: laboratories.len(), ties: &ends };
        let nulls = [
            TwoSidedNull::Degrees,
            TwoSidedNull::DegreesAndDistance { rows: &rows, columns: &columns, bin_m: options.bin_m },
        ];
        let rural: Vec<bool> = firms.iter().map(|f| self.is_rural(*f)).collect();
        let urban: Vec<bool> =
            laboratories.iter().map(|l| self.rurality(*l) == Some(Rurality::Urban)).collect();
        let mut tests = Vec::new();
        for null in nulls {
            for statistic in [RuralUrban, SameTerritory, SameAround] {
                let counts = |f: usize, l: usize| {
                    rural[f]
                        && match statistic {
                            RuralUrban => urban[l],
                            SameTerritory => Self::same(&self.level, firms[f], laboratories[l]) == Some(true),
                            _ => Self::same(&self.around, firms[f], laboratories[l]) == Some(true),
                        }
                };
                let evidence = if rural.contains(&true) {
                    two_sided_evidence(given, counts, null)
                } else {
                    Err(Error::undefined("ties of rural firms", Undefined::NoTies))
                };
                tests.push(FirmLaboratoryTest { statistic, evidence: Measured::of(evidence)? });
            }
        }
        Ok(tests)
    }

    /// All statistics when the participations of firms are dealt anew.
    fn dealt(&self, options: &FirmLaboratoryOptions, progress: &dyn Progress) -> Vec<FirmLaboratoryTest> {
        let places = &self.study.places;
        let vectors: BTreeMap<u32, [f64; 3]> = (self.all.iter())
            .flat_map(|m| m.firms.iter().chain(&m.laboratories))
            .filter_map(|&a| Some((a, unit_vector(places[a as usize].point?.into()))))
            .collect();
        // Dense copies: deals look at every pair.
        let count = places.len();
        let mut vector = vec![None; count];
        vectors.into_iter().for_each(|(a, v)| vector[a as usize] = Some(v));
        let rural: Vec<bool> = (0..count as u32).map(|a| self.is_rural(a)).collect();
        let urban: Vec<bool> = (0..count as u32).map(|a| self.rurality(a) == Some(Rurality::Urban)).collect();
        let sums = |parts: &[Participation]| {
            let mut s = Sums::default();
            for p in parts.iter().filter(|p| rural[p.actor as usize]) {
                for &l in &self.all[p.project as usize].laboratories {
                    s.pairs += 1.0;
                    s.with_urban += f64::from(u8::from(urban[l as usize]));
                    if let Some(same) = Self::same(&self.level, p.actor, l) {
                        s.placed += 1.0;
                        s.same += f64::from(u8::from(same));
                    }
                    if let Some(same) = Self::same(&self.around, p.actor, l) {
                        s.around_known += 1.0;
                        s.around += f64::from(u8::from(same));
                    }
                    if let (Some(a), Some(b)) = (vector[p.actor as usize], vector[l as usize]) {
                        s.measured += 1.0;
                        s.metres += great_circle_m(a, b);
                    }
                }
            }
            s
        };
        let given: Vec<Participation> = (0_u32..)
            .zip(&self.all)
            .flat_map(|(project, m)| m.firms.iter().map(move |&actor| Participation { actor, project }))
            .collect();
        let observed = sums(&given);
        let deal =
            SwapOptions::default().swaps_per_tie(5).replicates(options.deals).seed(options.seed.child(1));
        let replicates = deal_participations(&given, &deal, sums, progress);
        let mut firms: Vec<u32> = given.iter().map(|p| p.actor).collect();
        firms.sort_unstable();
        firms.dedup();
        let unlabelled = firms.iter().filter(|f| self.rurality(**f).is_none()).count();
        FirmLaboratoryStatistic::ALL
            .into_iter()
            .map(|statistic| {
                let values: Vec<f64> = replicates.iter().map(|s| s.value(statistic)).collect();
                let value = observed.value(statistic);
                let evidence = if value.is_finite() && observed.pairs > 0.0 {
                    Measured::Value(
                        Evidence::monte_carlo(Null::TwoMode, value, &values, firms.len())
                            .with_counts(0, unlabelled),
                    )
                } else {
                    let why = Error::undefined("cooperation of rural firms", Undefined::NoTies);
                    Measured::Undefined(why.to_string())
                };
                FirmLaboratoryTest { statistic, evidence }
            })
            .collect()
    }
}
