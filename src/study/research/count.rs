//! How many, where, how far, with whom, growing or not.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    FieldResearch, FirmLaboratoryCoverage, FirmLaboratoryOptions, FirmLaboratoryTest, FirmResearch, FirmSide,
    FirmsAndLaboratories, LaboratoryResearch, Meeting, Meetings, PairsByDistance, ResearchTrend,
    ResearchYear, RuralFlow, SourceCooperation, TerritoryResearch, WithoutFirms,
};
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Measured, Null};
use crate::model::{EnterpriseSize, Period, Rurality};
use crate::parallel;
use crate::space::distance::geodesic_m;
use crate::trend::{mann_kendall, share_trend};

/// Lower ends of the classes of distance, in metres.
const CLASSES_M: [u32; 7] = [0, 10_000, 25_000, 50_000, 100_000, 200_000, 400_000];

/// Above this many territories what chance leaves empty has an expectation alone.
const MOST_PAIRED: usize = 4_096;

/// A firm and a laboratory in one project, with all that is counted of them.
struct Pair {
    meeting: usize,
    firm: u32,
    laboratory: u32,
    /// Territories of the level.
    ends: Option<[u32; 2]>,
    distance_m: Option<f64>,
}

const SIDES: [Option<Rurality>; 3] = [Some(Rurality::Rural), Some(Rurality::Urban), None];

fn median(values: &mut [f64]) -> Option<f64> {
    quartiles(values).map(|q| q[1])
}

/// Quartiles by linear interpolation.
fn quartiles(values: &mut [f64]) -> Option<[f64; 3]> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    Some([0.25, 0.5, 0.75].map(|q| {
        let at = q * last as f64;
        let (low, high) = (values[at.floor() as usize], values[at.ceil() as usize]);
        low + (high - low) * at.fract()
    }))
}

fn joined(a: Option<Period>, b: Option<Period>) -> Option<Period> {
    match (a, b) {
        (Some(a), Some(b)) => Some(Period { from: a.from.min(b.from), to: a.to.max(b.to) }),
        (a, b) => a.or(b),
    }
}

impl Meetings<'_> {
    fn pairs(&self) -> Result<Vec<Pair>> {
        let place = |a: u32| self.study.places[a as usize].point;
        let of = |a: u32| self.level.get(a as usize).map(|t| t as u32);
        let mut pairs = Vec::new();
        for (meeting, m) in self.all.iter().enumerate() {
            for (firm, laboratory) in m.pairs() {
                let ends = of(firm).zip(of(laboratory)).map(|(a, b)| [a, b]);
                pairs.push(Pair { meeting, firm, laboratory, ends, distance_m: None });
            }
        }
        let metres = parallel::map(pairs.len(), |i| {
            let (a, b) = place(pairs[i].firm).zip(place(pairs[i].laboratory))?;
            Some(geodesic_m(a.into(), b.into()))
        });
        for (pair, distance) in pairs.iter_mut().zip(metres) {
            pair.distance_m = distance.transpose()?;
        }
        Ok(pairs)
    }

    pub(super) fn count(
        &self,
        options: &FirmLaboratoryOptions,
        tests: Vec<FirmLaboratoryTest>,
    ) -> Result<FirmsAndLaboratories> {
        let pairs = self.pairs()?;
        let years = self.years(options, &pairs);
        let territories = self.territories(options, &pairs)?;
        let firms: BTreeSet<u32> = pairs.iter().map(|p| p.firm).collect();
        let laboratories: BTreeSet<u32> = pairs.iter().map(|p| p.laboratory).collect();
        let unplaced =
            |set: &BTreeSet<u32>| set.iter().filter(|a| self.level.get(**a as usize).is_none()).count();
        let ties: BTreeSet<(u32, u32)> = pairs.iter().map(|p| (p.firm, p.laboratory)).collect();
        let coverage = FirmLaboratoryCoverage {
            projects_seen: self.seen,
            projects: self.all.len(),
            undated: self.all.iter().filter(|m| m.period.is_none()).count(),
            firms: firms.len(),
            firms_without_place: unplaced(&firms),
            laboratories: laboratories.len(),
            laboratories_without_place: unplaced(&laboratories),
            pairs: pairs.len(),
            pairs_placed: pairs.iter().filter(|p| p.ends.is_some()).count(),
            ties: ties.len(),
        };
        let base = self.study.atlas.base().territories();
        let rural_base = |b: usize| self.study.atlas.base_rurality(b) == Some(Rurality::Rural);
        let share = |value: &dyn Fn(usize) -> f64| {
            let sum = |only: bool| -> f64 {
                (0..base.len()).filter(|&b| !only || rural_base(b)).map(value).filter(|v| v.is_finite()).sum()
            };
            let all = sum(false);
            (all > 0.0).then(|| sum(true) / all)
        };
        let distances = CLASSES_M
            .iter()
            .enumerate()
            .map(|(c, &from_m)| {
                let to = CLASSES_M.get(c + 1).map_or(f64::INFINITY, |m| f64::from(*m));
                let side = |rurality| {
                    let held = |p: &&Pair| {
                        self.rurality(p.firm) == Some(rurality)
                            && p.distance_m.is_some_and(|d| d >= f64::from(from_m) && d < to)
                    };
                    pairs.iter().filter(held).count()
                };
                PairsByDistance { from_m, rural: side(Rurality::Rural), urban: side(Rurality::Urban) }
            })
            .collect();
        Ok(FirmsAndLaboratories {
            options: options.clone(),
            coverage,
            sources: self.sources(&pairs),
            sides: SIDES.map(|side| self.side(side, &pairs)),
            rural_population_share: share(&|b| base[b].population.unwrap_or(f64::NAN)),
            rural_ground_share: options.ground.as_ref().and_then(|g| share(&|b| g.of_base[b])),
            distances,
            tests,
            trends: trends(&years),
            without: without(&territories, firms.len() - unplaced(&firms))?,
            laboratories: self.laboratories(&pairs),
            firms: self.firms(&pairs),
            fields: self.fields(&pairs),
            flows: self.flows(&pairs),
            years,
            territories,
        })
    }

    fn sources(&self, pairs: &[Pair]) -> Vec<SourceCooperation> {
        let mut rows: BTreeMap<&str, SourceCooperation> = BTreeMap::new();
        let row = |source: &str| SourceCooperation {
            source: source.to_owned(),
            projects: 0,
            pairs: 0,
            pairs_placed: 0,
            rural_pairs: 0,
            years: None,
        };
        for m in &self.all {
            let r = rows.entry(m.source).or_insert_with(|| row(m.source));
            r.projects += 1;
            r.years = joined(r.years, m.period);
        }
        for p in pairs {
            let source = self.all[p.meeting].source;
            let r = rows.entry(source).or_insert_with(|| row(source));
            r.pairs += 1;
            r.pairs_placed += usize::from(p.ends.is_some());
            r.rural_pairs += usize::from(p.ends.is_some() && self.is_rural(p.firm));
        }
        rows.into_values().collect()
    }

    fn side(&self, rurality: Option<Rurality>, pairs: &[Pair]) -> FirmSide {
        let own: Vec<&Pair> = pairs.iter().filter(|p| self.rurality(p.firm) == rurality).collect();
        let mut of_firm: BTreeMap<u32, BTreeSet<usize>> = BTreeMap::new();
        own.iter().for_each(|p| {
            of_firm.entry(p.firm).or_default().insert(p.meeting);
        });
        let mut by_size = [0; 4];
        for &firm in of_firm.keys() {
            let size = self.study.inventory.actors()[firm as usize].size;
            by_size[size.and_then(|s| EnterpriseSize::ALL.iter().position(|e| *e == s)).unwrap_or(3)] += 1;
        }
        let count = |holds: &dyn Fn(&Pair) -> bool| own.iter().filter(|p| holds(p)).count();
        let mut metres: Vec<f64> = own.iter().filter_map(|p| p.distance_m).collect();
        FirmSide {
            rurality,
            firms: of_firm.len(),
            by_size,
            firms_once: of_firm.values().filter(|projects| projects.len() == 1).count(),
            projects: own.iter().map(|p| p.meeting).collect::<BTreeSet<_>>().len(),
            pairs: own.len(),
            laboratories: own.iter().map(|p| p.laboratory).collect::<BTreeSet<_>>().len(),
            territories: of_firm
                .keys()
                .filter_map(|f| self.level.get(*f as usize))
                .collect::<BTreeSet<_>>()
                .len(),
            pairs_placed: count(&|p| p.ends.is_some()),
            elsewhere: count(&|p| p.ends.is_some_and(|[a, b]| a != b)),
            pairs_around: count(&|p| Self::same(&self.around, p.firm, p.laboratory).is_some()),
            pairs_classed: count(&|p| self.rurality(p.laboratory).is_some()),
            beyond: count(&|p| Self::same(&self.around, p.firm, p.laboratory) == Some(false)),
            with_urban: count(&|p| self.rurality(p.laboratory) == Some(Rurality::Urban)),
            measured: metres.len(),
            quartiles_m: quartiles(&mut metres),
        }
    }

    fn years(&self, options: &FirmLaboratoryOptions, pairs: &[Pair]) -> Vec<ResearchYear> {
        let start = |m: &Meeting<'_>| m.period.map(|p| p.from);
        let dated = self.all.iter().filter_map(start);
        let range = dated.clone().min().zip(dated.max()).map(|(from, to)| Period { from, to });
        let Some(range) = options.years.or(range) else { return Vec::new() };
        let mut sources: Vec<&str> = self.all.iter().map(|m| m.source).collect();
        sources.sort_unstable();
        sources.dedup();
        let several = sources.len() > 1;
        let each = sources.into_iter().map(Some).filter(|_| several);
        let mut rows = Vec::new();
        for source in std::iter::once(None).chain(each) {
            for year in range.from..=range.to {
                let held = |m: &Meeting<'_>| start(m) == Some(year) && source.is_none_or(|s| s == m.source);
                let own: Vec<&Meeting<'_>> = self.all.iter().filter(|m| held(m)).collect();
                let firms = || own.iter().flat_map(|m| &m.firms).copied();
                rows.push(ResearchYear {
                    source: source.map(str::to_owned),
                    year,
                    whole: options.whole_years.is_none_or(|p| p.from <= year && year <= p.to),
                    projects: own.len(),
                    rural_projects: own.iter().filter(|m| m.firms.iter().any(|f| self.is_rural(*f))).count(),
                    participations: firms().filter(|f| self.rurality(*f).is_some()).count(),
                    rural_participations: firms().filter(|f| self.is_rural(*f)).count(),
                    rural_pairs: pairs
                        .iter()
                        .filter(|p| self.is_rural(p.firm) && held(&self.all[p.meeting]))
                        .count(),
                });
            }
        }
        rows
    }

    fn territories(&self, options: &FirmLaboratoryOptions, pairs: &[Pair]) -> Result<Vec<TerritoryResearch>> {
        let level = self.study.atlas.level(&options.level)?;
        let rurality = self.study.atlas.rurality(&options.level)?;
        let mut rows: Vec<TerritoryResearch> = level
            .territories()
            .iter()
            .zip(rurality)
            .map(|(t, side)| TerritoryResearch {
                code: t.code.to_string(),
                name: t.name.clone(),
                rurality: side.class,
                population: t.population,
                ground: None,
                firms: 0,
                rural_firms: 0,
                laboratories: 0,
                pairs: 0,
                elsewhere: 0,
                rural_pairs: 0,
                pairs_with_rural: 0,
                rural_partners: 0,
                median_m: None,
            })
            .collect();
        if let Some(ground) = &options.ground {
            for (b, amount) in ground.of_base.iter().enumerate().filter(|(_, g)| g.is_finite()) {
                if let Some(t) = level.membership().get(b) {
                    *rows[t].ground.get_or_insert(0.0) += amount;
                }
            }
        }
        let of = |a: u32| self.level.get(a as usize);
        for firm in pairs.iter().map(|p| p.firm).collect::<BTreeSet<_>>() {
            let Some(t) = of(firm) else { continue };
            rows[t].firms += 1;
            rows[t].rural_firms += usize::from(self.is_rural(firm));
        }
        for laboratory in pairs.iter().map(|p| p.laboratory).collect::<BTreeSet<_>>() {
            let Some(t) = of(laboratory) else { continue };
            rows[t].laboratories += 1;
        }
        let mut metres: Vec<Vec<f64>> = vec![Vec::new(); rows.len()];
        let mut partners: BTreeSet<(usize, u32)> = BTreeSet::new();
        for p in pairs {
            if let (Some(t), Some(d)) = (of(p.firm), p.distance_m) {
                metres[t].push(d);
            }
            let Some([firm, laboratory]) = p.ends.map(|ends| ends.map(|t| t as usize)) else { continue };
            rows[firm].pairs += 1;
            rows[firm].elsewhere += usize::from(firm != laboratory);
            if self.is_rural(p.firm) {
                rows[firm].rural_pairs += 1;
                rows[laboratory].pairs_with_rural += 1;
                partners.insert((laboratory, p.firm));
            }
        }
        partners.into_iter().for_each(|(t, _)| rows[t].rural_partners += 1);
        rows.iter_mut().zip(&mut metres).for_each(|(row, m)| row.median_m = median(m));
        Ok(rows)
    }

    fn laboratories(&self, pairs: &[Pair]) -> Vec<LaboratoryResearch> {
        let mut own: BTreeMap<u32, Vec<&Pair>> = BTreeMap::new();
        pairs.iter().for_each(|p| own.entry(p.laboratory).or_default().push(p));
        let mut rows: Vec<LaboratoryResearch> = own
            .into_iter()
            .map(|(actor, list)| {
                let rural: Vec<&&Pair> = list.iter().filter(|p| self.is_rural(p.firm)).collect();
                LaboratoryResearch {
                    actor,
                    territory: self.level.get(actor as usize).map(|t| t as u32),
                    rural_firms: rural.iter().map(|p| p.firm).collect::<BTreeSet<_>>().len(),
                    rural_projects: rural.iter().map(|p| p.meeting).collect::<BTreeSet<_>>().len(),
                    rural_pairs: rural.len(),
                    pairs: list.len(),
                }
            })
            .filter(|row| row.rural_pairs > 0)
            .collect();
        rows.sort_by(|a, b| b.rural_pairs.cmp(&a.rural_pairs).then(a.actor.cmp(&b.actor)));
        rows
    }

    fn firms(&self, pairs: &[Pair]) -> Vec<FirmResearch> {
        let mut own: BTreeMap<u32, Vec<&Pair>> = BTreeMap::new();
        pairs.iter().filter(|p| self.is_rural(p.firm)).for_each(|p| own.entry(p.firm).or_default().push(p));
        let mut rows: Vec<FirmResearch> = own
            .into_iter()
            .map(|(actor, list)| {
                let mut metres: Vec<f64> = list.iter().filter_map(|p| p.distance_m).collect();
                let near = |p: &&&Pair| p.ends.is_some_and(|[a, b]| a == b);
                let distinct = |pairs: &mut dyn Iterator<Item = &&Pair>| {
                    pairs.map(|p| p.laboratory).collect::<BTreeSet<_>>().len()
                };
                FirmResearch {
                    actor,
                    territory: self.level.get(actor as usize).map(|t| t as u32),
                    projects: list.iter().map(|p| p.meeting).collect::<BTreeSet<_>>().len(),
                    laboratories: distinct(&mut list.iter()),
                    near: distinct(&mut list.iter().filter(near)),
                    nearest_m: metres.iter().copied().min_by(f64::total_cmp),
                    median_m: median(&mut metres),
                    years: list.iter().fold(None, |y, p| joined(y, self.all[p.meeting].period)),
                }
            })
            .collect();
        rows.sort_by(|a, b| {
            b.projects.cmp(&a.projects).then(b.laboratories.cmp(&a.laboratories)).then(a.actor.cmp(&b.actor))
        });
        rows
    }

    fn fields(&self, pairs: &[Pair]) -> Vec<FieldResearch> {
        let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
        let mut totals = [0_usize; 2];
        for p in pairs {
            let side = match self.rurality(p.firm) {
                Some(Rurality::Rural) => 0,
                Some(Rurality::Urban) => 1,
                None => continue,
            };
            let themes = &self.study.inventory.actors()[p.laboratory as usize].themes;
            let mut any = false;
            for field in themes.iter().filter_map(|t| t.strip_prefix("domain:")) {
                counts.entry(field).or_default()[side] += 1;
                any = true;
            }
            totals[side] += usize::from(any);
        }
        let mut rows: Vec<FieldResearch> = counts
            .into_iter()
            .map(|(field, [rural, urban])| {
                let share = |n: usize, all: usize| n as f64 / all as f64;
                FieldResearch {
                    field: field.to_owned(),
                    rural_pairs: rural,
                    urban_pairs: urban,
                    ratio: (urban > 0 && totals[0] > 0)
                        .then(|| share(rural, totals[0]) / share(urban, totals[1])),
                }
            })
            .collect();
        rows.sort_by(|a, b| b.rural_pairs.cmp(&a.rural_pairs).then(a.field.cmp(&b.field)));
        rows
    }

    fn flows(&self, pairs: &[Pair]) -> Vec<RuralFlow> {
        let mut counts: BTreeMap<[u32; 2], usize> = BTreeMap::new();
        for ends in pairs.iter().filter(|p| self.is_rural(p.firm)).filter_map(|p| p.ends) {
            *counts.entry(ends).or_default() += 1;
        }
        let mut rows: Vec<RuralFlow> = counts
            .into_iter()
            .map(|([firms, laboratories], pairs)| RuralFlow { firms, laboratories, pairs })
            .collect();
        rows.sort_by_key(|r| (std::cmp::Reverse(r.pairs), r.firms, r.laboratories));
        rows
    }
}

/// Why there is no trend: counts and years are sound, so that it is undefined and no error.
fn why<T>(e: Error) -> Measured<T> {
    Measured::Undefined(e.to_string())
}

/// Growing or not, by source, over whole years in which the source has a project.
fn trends(years: &[ResearchYear]) -> Vec<ResearchTrend> {
    let mut rows = Vec::new();
    for own in years.chunk_by(|a, b| a.source == b.source) {
        let whole: Vec<&ResearchYear> = own.iter().filter(|y| y.whole).collect();
        let begun = |y: &&ResearchYear| y.projects > 0;
        let ends = whole.iter().position(begun).zip(whole.iter().rposition(begun));
        let list = ends.map_or(&[][..], |(first, last)| &whole[first..=last]);
        let times: Vec<f64> = list.iter().map(|y| f64::from(y.year)).collect();
        let rural: Vec<usize> = list.iter().map(|y| y.rural_participations).collect();
        let all: Vec<usize> = list.iter().map(|y| y.participations).collect();
        let values: Vec<f64> = rural.iter().map(|n| *n as f64).collect();
        let middle = list.len() / 2;
        let share = |from: usize, to: usize| {
            let total: usize = all[from..to].iter().sum();
            (total > 0).then(|| rural[from..to].iter().sum::<usize>() as f64 / total as f64)
        };
        let halves = share(0, middle).zip(share(middle, list.len())).map(|(a, b)| [a, b]);
        rows.push(ResearchTrend {
            source: own.first().and_then(|y| y.source.clone()),
            participations: mann_kendall(&times, &values).map_or_else(why, Measured::Value),
            share: share_trend(&times, &rural, &all).map_or_else(why, Measured::Value),
            halves,
            years: list.len(),
        });
    }
    rows
}

/// The territories without a firm, against as many firms drawn from the ground.
fn without(rows: &[TerritoryResearch], firms: usize) -> Result<WithoutFirms> {
    let none = |t: &&TerritoryResearch| t.firms == 0;
    let rural = |t: &&TerritoryResearch| t.rurality == Some(Rurality::Rural);
    let people =
        |only: bool| -> f64 { rows.iter().filter(|t| !only || none(t)).filter_map(|t| t.population).sum() };
    let all = people(false);
    let against_ground = rows.iter().any(|t| t.ground.is_some()).then(|| empty_by_chance(rows, firms));
    Ok(WithoutFirms {
        territories: rows.len(),
        without: rows.iter().filter(none).count(),
        rural: rows.iter().filter(rural).count(),
        rural_without: rows.iter().filter(|t| rural(t) && none(t)).count(),
        population_share: (all > 0.0).then(|| people(true) / all),
        against_ground: against_ground.map(Measured::of).transpose()?,
    })
}

fn empty_by_chance(rows: &[TerritoryResearch], firms: usize) -> Result<Evidence> {
    let ground: Vec<f64> = rows.iter().map(|t| t.ground.unwrap_or(0.0).max(0.0)).collect();
    let total: f64 = ground.iter().sum();
    if total == 0.0 {
        return Err(Error::undefined("territories without firms", Undefined::ZeroTotal));
    }
    let n = firms as f64;
    let missed = |share: f64| (n * libm::log1p(-share.min(1.0))).exp();
    let shares: Vec<f64> = ground.iter().map(|g| g / total).collect();
    let alone: Vec<f64> = shares.iter().map(|s| missed(*s)).collect();
    let mean: f64 = alone.iter().sum();
    // All pairs of tens of thousands of territories would take minutes.
    let variance = (rows.len() <= MOST_PAIRED).then(|| {
        let parts: Vec<f64> = parallel::map(shares.len(), |i| {
            let others = (0..shares.len()).filter(|&j| j != i);
            let joint: f64 = others.map(|j| missed(shares[i] + shares[j]) - alone[i] * alone[j]).sum();
            alone[i] * (1.0 - alone[i]) + joint
        });
        parts.into_iter().sum()
    });
    let observed = rows.iter().filter(|t| t.firms == 0).count() as f64;
    Ok(Evidence::closed_form(Null::Model, observed, mean, variance, rows.len()))
}
