//! Where the money of programmes goes, and for what.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Study;
use super::spread::Amounts;
use crate::complementarity::specialisation::herfindahl;
use crate::complementarity::{ActivityTable, location_quotient};
use crate::error::{Error, Result};
use crate::evidence::Measured;
use crate::inequality::Decomposition;
use crate::labels::Labels;
use crate::matrix::Matrix;
use crate::model::{AsOf, FundingCode, FundingLine, FundingStatus, Level, Measure, MoneySource};

/// How money is counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FundingOptions {
    /// The level of the tables.
    pub level: Level,
    /// Which money; all sources when `None`.
    pub money: Option<MoneySource>,
    /// The measures looked at together.
    pub measures: Vec<FundingCode>,
    /// What counts as outside farming.
    pub outside_farming: Vec<FundingCode>,
    /// What counts as outside farming in part: known as a whole only, it gives an upper bound.
    pub partly_outside_farming: Vec<FundingCode>,
    /// Share of inhabitants in rural communes below which an amount per rural inhabitant is marked.
    pub few_rural_share: f64,
}

impl Default for FundingOptions {
    /// EAFRD by région; M06, M07, M16 and M19; outside farming 6.2, 6.4, M07, M16, M19, of M06 a part;
    /// marked below 10 %.
    fn default() -> Self {
        let sub = |number| FundingCode::SubMeasure { measure: Measure::BUSINESS_DEVELOPMENT, number };
        let [m07, m16, m19] =
            [Measure::VILLAGE_RENEWAL, Measure::COOPERATION, Measure::LEADER].map(FundingCode::from);
        let m06 = FundingCode::from(Measure::BUSINESS_DEVELOPMENT);
        Self {
            level: Level::Region,
            money: Some(MoneySource::EuropeanUnion),
            measures: vec![m06, m07, m16, m19],
            outside_farming: vec![sub(2), sub(4), m07, m16, m19],
            partly_outside_farming: vec![m06],
            few_rural_share: 0.10,
        }
    }
}

impl FundingOptions {
    setters! {
        level: Level,
        money: Option<MoneySource>,
        measures: Vec<FundingCode>,
        partly_outside_farming: Vec<FundingCode>,
        few_rural_share: f64,
    }

    /// Sets what counts as outside farming, whole and in part.
    #[must_use]
    pub fn outside_farming(mut self, whole: Vec<FundingCode>, partly: Vec<FundingCode>) -> Self {
        self.outside_farming = whole;
        self.partly_outside_farming = partly;
        self
    }
}

/// Money outside farming: between what is known and what it may be at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct OutsideFarming {
    /// Euros that surely are.
    pub at_least_eur: f64,
    /// Euros that are at most: measures known only as a whole included.
    pub at_most_eur: f64,
}

/// Money by status, and how far it has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Progression {
    /// Euros planned; `None` where no line says it.
    pub planned_eur: Option<f64>,
    /// Euros committed.
    pub committed_eur: Option<f64>,
    /// Euros paid.
    pub paid_eur: Option<f64>,
}

impl Progression {
    fn add(&mut self, status: FundingStatus, eur: f64) {
        let slot = match status {
            FundingStatus::Planned => &mut self.planned_eur,
            FundingStatus::Committed => &mut self.committed_eur,
            FundingStatus::Paid => &mut self.paid_eur,
        };
        *slot = Some(slot.unwrap_or(0.0) + eur);
    }

    /// Committed over planned; `None` where either is not known or nothing is planned.
    #[must_use]
    pub fn committed_share(&self) -> Option<f64> {
        ratio(self.committed_eur?, self.planned_eur?)
    }

    /// Paid over committed; `None` where either is not known or nothing is committed.
    #[must_use]
    pub fn paid_share(&self) -> Option<f64> {
        ratio(self.paid_eur?, self.committed_eur?)
    }
}

/// Money of one territory.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TerritoryFunding {
    /// Index at its level.
    pub territory: usize,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Inhabitants.
    pub population: Option<f64>,
    /// Inhabitants of rural communes.
    pub rural_population: Option<f64>,
    /// Whether so few live in rural communes that an amount per rural inhabitant misleads.
    pub few_rural: bool,
    /// Euros, all measures.
    pub total_eur: f64,
    /// Euros by measure, in the order of [`FundingReport::measures`].
    pub by_measure_eur: Vec<f64>,
    /// Euros of the measures looked at together.
    pub together_eur: f64,
    /// Their share of all money.
    pub together_share: Option<f64>,
    /// Outside farming.
    pub outside_farming: OutsideFarming,
    /// Euros of the measures looked at together for each inhabitant.
    pub per_inhabitant_eur: Option<f64>,
    /// The same for each inhabitant of a rural commune.
    pub per_rural_inhabitant_eur: Option<f64>,
    /// Location quotient of each measure: its share here over its share of all placed money.
    pub quotients: Vec<Option<f64>>,
    /// How concentrated the money is on few measures (Herfindahl–Hirschman, in (0, 1]).
    pub concentration: Option<f64>,
    /// By status, the measures looked at together.
    pub progression: Progression,
}

/// Money of one measure over the territories.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MeasureFunding {
    /// The measure; `None` for money of no measure.
    pub code: Option<FundingCode>,
    /// Its name in the source.
    pub name: String,
    /// Euros, money of no territory included.
    pub total_eur: f64,
    /// Share of all money.
    pub share: Option<f64>,
    /// Territories that have some.
    pub territories: usize,
    /// Gini coefficient over inhabitants.
    pub gini: Measured<f64>,
    /// How concentrated it is on few territories (Herfindahl–Hirschman, in (0, 1]).
    pub concentration: Option<f64>,
    /// By status.
    pub progression: Progression,
}

/// Money of a programme that goes to no territory of the level: never spread over them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnplacedFunding {
    /// Programme identifier.
    pub programme_id: String,
    /// Programme name.
    pub programme: String,
    /// Euros.
    pub total_eur: f64,
}

/// How money of a measure changed in a territory between two dates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FundingChange {
    /// Index of the territory; `None` for money of no territory.
    pub territory: Option<usize>,
    /// The measure.
    pub code: Option<FundingCode>,
    /// How far the money has come.
    pub status: FundingStatus,
    /// The earlier date.
    pub from: Option<AsOf>,
    /// The later date.
    pub to: Option<AsOf>,
    /// Euros at the earlier date.
    pub before_eur: f64,
    /// Euros at the later date.
    pub after_eur: f64,
}

/// Money of one beneficiary, or kind of beneficiaries, by measure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BeneficiaryFunding {
    /// Its name.
    pub name: String,
    /// The measure.
    pub code: Option<FundingCode>,
    /// How far the money has come.
    pub status: FundingStatus,
    /// Euros.
    pub total_eur: f64,
    /// Operations told apart, or lines where the source does not.
    pub operations: usize,
}

/// Where the money of programmes goes. From [`Study::funding`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[must_use]
pub struct FundingReport {
    /// The options.
    pub options: FundingOptions,
    /// The status that amounts are of: the first of planned, committed, paid that any line has.
    pub status: FundingStatus,
    /// Dates of the figures that are counted.
    pub dates: Vec<AsOf>,
    /// Euros, all programmes.
    pub total_eur: f64,
    /// Euros of the measures looked at together.
    pub together_eur: f64,
    /// Their share.
    pub together_share: Option<f64>,
    /// Outside farming.
    pub outside_farming: OutsideFarming,
    /// Every measure that has a line, by code; money of none last.
    pub measures: Vec<MeasureFunding>,
    /// The territories that have money, most of the measures looked at together first.
    pub territories: Vec<TerritoryFunding>,
    /// Money of no territory of the level.
    pub unplaced: Vec<UnplacedFunding>,
    /// Gini coefficient over inhabitants of the measures looked at together.
    pub gini: Measured<f64>,
    /// Theil's T of the same between and within the groups given.
    pub theil: Option<Measured<Decomposition>>,
    /// Changes between the last two dates of a programme and status.
    pub changes: Vec<FundingChange>,
    /// Beneficiaries by measure, most money first.
    pub beneficiaries: Vec<BeneficiaryFunding>,
    /// Lines counted.
    pub lines: usize,
    /// Lines of other money than asked.
    pub other_money: usize,
    /// Lines of an earlier date of the same programme and status: not added up with the last one.
    pub earlier_dates: usize,
}

impl Study {
    /// Where the money of the study's funding lines goes, and for what.
    ///
    /// Of several dates of one programme and status the last one counts; the one before gives the changes.
    /// A line of a territory below the level counts in the territory it lies in (the first one where
    /// perimeters overlap); one above the level, and a national one, stands on a line of its own and is
    /// never spread. `groups` are classes of the level's territories for the inequality between and within
    /// them.
    ///
    /// # Formula
    /// Quotient `(x_rm / x_r) / (x_m / x)` over the placed money; concentration `Σ s²`; Gini and Theil as in
    /// [`crate::inequality`].
    ///
    /// # Undefined
    /// Per inhabitant without inhabitants; inequality with a negative total: the reason stands instead.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such level; [`Error::Shape`] when `groups` are of another one.
    ///
    /// # Complexity
    /// O(lines log lines + territories · measures).
    ///
    /// # Example
    /// ```
    /// # #[cfg(feature = "france-data")] {
    /// use rurban::france::EmbeddedFrance;
    /// use rurban::progress::Silent;
    /// use rurban::study::{FundingOptions, Study, StudyOptions};
    ///
    /// let france = EmbeddedFrance::load()?;
    /// let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent)?;
    /// let report = study.funding(&FundingOptions::default(), None)?;
    /// assert_eq!((report.total_eur / 1e3).round() / 1e3, 12_010.643);
    /// assert_eq!((report.together_eur / 1e3).round() / 1e3, 2_312.254);
    /// # }
    /// # Ok::<(), rurban::Error>(())
    /// ```
    pub fn funding(&self, options: &FundingOptions, groups: Option<&Labels>) -> Result<FundingReport> {
        let level = self.atlas().level(&options.level)?;
        let units = level.territories();
        if let Some(groups) = groups
            && groups.len() != units.len()
        {
            return Err(Error::Shape { what: "groups", expected: units.len(), got: groups.len() });
        }
        let asked = self.inventory().funding().iter();
        let all: Vec<&FundingLine> = asked.filter(|l| options.money.is_none_or(|m| m == l.money)).collect();
        let other_money = self.inventory().funding().len() - all.len();
        let dates = Dates::of(&all);
        let lines: Vec<(&FundingLine, Option<usize>)> =
            all.iter().filter(|l| dates.is_last(l)).map(|l| (*l, self.unit_of(l, &options.level))).collect();
        let status = FundingStatus::ALL
            .into_iter()
            .find(|s| lines.iter().any(|(l, _)| l.status == *s))
            .unwrap_or_default();
        let counted: Vec<(&FundingLine, Option<usize>)> =
            lines.iter().filter(|(l, _)| l.status == status).copied().collect();

        let codes: Vec<Option<FundingCode>> = {
            let met: BTreeSet<Option<FundingCode>> = lines.iter().map(|(l, _)| l.code).collect();
            let some = met.iter().filter(|c| c.is_some()).copied();
            some.chain(met.contains(&None).then_some(None)).collect()
        };
        let column: BTreeMap<Option<FundingCode>, usize> =
            codes.iter().enumerate().map(|(i, c)| (*c, i)).collect();
        let mut by_unit = Matrix::filled(units.len(), codes.len(), 0.0);
        let mut unplaced: BTreeMap<&str, UnplacedFunding> = BTreeMap::new();
        let mut has_lines = vec![false; units.len()];
        let mut totals = vec![0.0; codes.len()];
        for (line, unit) in &counted {
            totals[column[&line.code]] += line.amount_eur;
            if let Some(u) = unit {
                by_unit[(*u, column[&line.code])] += line.amount_eur;
                has_lines[*u] = true;
            } else {
                let entry = unplaced.entry(&line.programme_id).or_insert_with(|| UnplacedFunding {
                    programme_id: line.programme_id.clone(),
                    programme: line.programme.clone(),
                    total_eur: 0.0,
                });
                entry.total_eur += line.amount_eur;
            }
        }
        let mut of_measure = vec![Progression::default(); codes.len()];
        let mut of_unit = vec![Progression::default(); units.len()];
        for (line, unit) in &lines {
            of_measure[column[&line.code]].add(line.status, line.amount_eur);
            if let Some(u) = unit
                && within(line.code, &options.measures)
            {
                of_unit[*u].add(line.status, line.amount_eur);
            }
        }
        let sum = |row: &[f64], set: &[FundingCode]| -> f64 {
            row.iter().zip(&codes).filter(|(_, c)| within(**c, set)).map(|(x, _)| x).sum()
        };
        let outside = |row: &[f64]| {
            let at_least_eur = sum(row, &options.outside_farming);
            let partly: f64 = row
                .iter()
                .zip(&codes)
                .filter(|(_, c)| c.is_some_and(|c| options.partly_outside_farming.contains(&c)))
                .map(|(x, _)| x)
                .sum();
            OutsideFarming { at_least_eur, at_most_eur: at_least_eur + partly }
        };
        let total_eur: f64 = totals.iter().sum();
        let together_eur = sum(&totals, &options.measures);

        let placed: Vec<usize> = (0..units.len()).filter(|u| has_lines[*u]).collect();
        let quotients = quotients(&by_unit, &placed)?;
        let rural = self.atlas().rurality(&options.level)?;
        let mut territories: Vec<TerritoryFunding> = placed
            .iter()
            .enumerate()
            .map(|(i, &u)| {
                let row = by_unit.row(u);
                let unit = &units[u];
                let together = sum(row, &options.measures);
                let total: f64 = row.iter().sum();
                let share = rural[u].rural_share;
                let rural_population = unit.population.zip(share).map(|(p, s)| p * s);
                TerritoryFunding {
                    territory: u,
                    code: unit.code.to_string(),
                    name: unit.name.clone(),
                    population: unit.population,
                    rural_population,
                    few_rural: share.is_some_and(|s| s < options.few_rural_share),
                    total_eur: total,
                    by_measure_eur: row.to_vec(),
                    together_eur: together,
                    together_share: ratio(together, total),
                    outside_farming: outside(row),
                    per_inhabitant_eur: unit.population.and_then(|p| ratio(together, p)),
                    per_rural_inhabitant_eur: rural_population.and_then(|p| ratio(together, p)),
                    quotients: quotients.of(i),
                    concentration: quotients.concentration(i),
                    progression: of_unit[u],
                }
            })
            .collect();
        territories
            .sort_by(|a, b| b.together_eur.total_cmp(&a.together_eur).then_with(|| a.code.cmp(&b.code)));

        let per_unit = |value: &dyn Fn(&[f64]) -> f64| -> Vec<f64> {
            (0..units.len()).map(|u| if has_lines[u] { value(by_unit.row(u)) } else { f64::NAN }).collect()
        };
        let together = per_unit(&|row| sum(row, &options.measures));
        let spread = self.spread(&options.level, &together, Amounts::Total);
        let theil = match (&spread, groups) {
            (Ok(spread), Some(groups)) => Some(spread.by(groups)?.theil_t),
            _ => None,
        };
        let measures = codes
            .iter()
            .enumerate()
            .map(|(m, code)| {
                let values = per_unit(&|row| row[m]);
                let here: f64 = values.iter().filter(|v| v.is_finite()).sum();
                let clean = here > 0.0 && values.iter().all(|v| v.is_nan() || *v >= 0.0);
                MeasureFunding {
                    code: *code,
                    name: name_of(&lines, *code),
                    total_eur: totals[m],
                    share: ratio(totals[m], total_eur),
                    territories: values.iter().filter(|v| **v != 0.0 && v.is_finite()).count(),
                    gini: gini(self.spread(&options.level, &values, Amounts::Total)),
                    concentration: clean
                        .then(|| values.iter().filter(|v| v.is_finite()).map(|v| (v / here).powi(2)).sum()),
                    progression: of_measure[m],
                }
            })
            .collect();
        let dates_counted: BTreeSet<AsOf> = counted.iter().filter_map(|(l, _)| l.as_of).collect();
        Ok(FundingReport {
            status,
            dates: dates_counted.into_iter().collect(),
            total_eur,
            together_eur,
            together_share: ratio(together_eur, total_eur),
            outside_farming: outside(&totals),
            measures,
            territories,
            unplaced: unplaced.into_values().collect(),
            gini: gini(spread),
            theil,
            changes: self.changes(&all, &dates, &options.level),
            beneficiaries: beneficiaries(&lines),
            lines: lines.len(),
            other_money,
            earlier_dates: all.len() - lines.len(),
            options: options.clone(),
        })
    }

    /// The territory of a level that a line's money goes to.
    fn unit_of(&self, line: &FundingLine, level: &Level) -> Option<usize> {
        let (of, code) = line.territory.as_ref()?;
        let wanted = self.atlas().level(level).ok()?;
        if of == level {
            return wanted.find(code.as_str());
        }
        // Below the level: where its parts lie, when they lie in one.
        let found = self.atlas().level(of).ok()?;
        let at = found.find(code.as_str())?;
        if *of == *self.atlas().base().level() {
            return wanted.membership().get(at);
        }
        let mut parts = (0..found.membership().len())
            .filter(|b| found.membership().get(*b) == Some(at))
            .map(|b| wanted.membership().get(b));
        let first = parts.next()??;
        parts.all(|p| p == Some(first)).then_some(first)
    }

    fn changes<'a>(&self, all: &[&'a FundingLine], dates: &Dates<'a>, level: &Level) -> Vec<FundingChange> {
        type Key = (Option<usize>, Option<FundingCode>, FundingStatus);
        let mut changes: BTreeMap<Key, FundingChange> = BTreeMap::new();
        for line in all {
            let Some((before, last)) = dates.last_two(line) else { continue };
            let is_last = line.as_of == Some(last);
            if !is_last && line.as_of != Some(before) {
                continue;
            }
            let territory = self.unit_of(line, level);
            let change =
                changes.entry((territory, line.code, line.status)).or_insert_with(|| FundingChange {
                    territory,
                    code: line.code,
                    status: line.status,
                    from: Some(before),
                    to: Some(last),
                    before_eur: 0.0,
                    after_eur: 0.0,
                });
            *(if is_last { &mut change.after_eur } else { &mut change.before_eur }) += line.amount_eur;
        }
        changes.into_values().collect()
    }
}

/// What makes figures versions of one another.
type Version<'a> = (&'a str, FundingStatus, MoneySource);

/// The dates of each programme, status and source of money.
struct Dates<'a>(BTreeMap<Version<'a>, BTreeSet<Option<AsOf>>>);

impl<'a> Dates<'a> {
    fn of(lines: &[&'a FundingLine]) -> Self {
        let mut dates: BTreeMap<Version<'a>, BTreeSet<Option<AsOf>>> = BTreeMap::new();
        for line in lines {
            dates.entry((&line.programme_id, line.status, line.money)).or_default().insert(line.as_of);
        }
        Self(dates)
    }

    fn of_line(&self, line: &'a FundingLine) -> Option<&BTreeSet<Option<AsOf>>> {
        self.0.get(&(line.programme_id.as_str(), line.status, line.money))
    }

    fn is_last(&self, line: &'a FundingLine) -> bool {
        self.of_line(line).and_then(BTreeSet::last).is_none_or(|last| *last == line.as_of)
    }

    fn last_two(&self, line: &'a FundingLine) -> Option<(AsOf, AsOf)> {
        let mut dates = self.of_line(line)?.iter().rev().copied().flatten();
        let last = dates.next()?;
        Some((dates.next()?, last))
    }
}

fn within(code: Option<FundingCode>, set: &[FundingCode]) -> bool {
    code.is_some_and(|c| set.iter().any(|whole| c.is_within(*whole)))
}

fn ratio(a: f64, b: f64) -> Option<f64> {
    (b > 0.0).then(|| a / b)
}

fn gini(spread: Result<super::Spread>) -> Measured<f64> {
    match spread {
        Ok(spread) => spread.gini,
        Err(e) => Measured::Undefined(e.to_string()),
    }
}

fn name_of(lines: &[(&FundingLine, Option<usize>)], code: Option<FundingCode>) -> String {
    let names = lines.iter().filter(|(l, _)| l.code == code).map(|(l, _)| l.code_name.as_str());
    names.into_iter().find(|n| !n.is_empty()).unwrap_or_default().to_owned()
}

/// Quotients and concentration of the territories that have money; none where an amount is negative.
struct Quotients {
    by_measure: Option<Matrix>,
    concentration: Vec<f64>,
    columns: usize,
}

fn quotients(by_unit: &Matrix, placed: &[usize]) -> Result<Quotients> {
    let columns = by_unit.columns();
    let rows: Vec<f64> = placed.iter().flat_map(|&u| by_unit.row(u).iter().copied()).collect();
    if rows.is_empty() || rows.iter().any(|x| *x < 0.0) {
        return Ok(Quotients { by_measure: None, concentration: vec![f64::NAN; placed.len()], columns });
    }
    let table = ActivityTable::from_matrix(&Matrix::from_rows(placed.len(), columns, rows)?)?;
    Ok(Quotients { concentration: herfindahl(&table), by_measure: Some(location_quotient(&table)), columns })
}

impl Quotients {
    fn of(&self, row: usize) -> Vec<Option<f64>> {
        match &self.by_measure {
            Some(m) => m.row(row).iter().map(|q| q.is_finite().then_some(*q)).collect(),
            None => vec![None; self.columns],
        }
    }

    fn concentration(&self, row: usize) -> Option<f64> {
        Some(self.concentration[row]).filter(|c| c.is_finite())
    }
}

fn beneficiaries(lines: &[(&FundingLine, Option<usize>)]) -> Vec<BeneficiaryFunding> {
    /// Beneficiary, code and status.
    type Key<'a> = (&'a str, Option<FundingCode>, FundingStatus);
    let mut sums: BTreeMap<Key<'_>, (f64, usize, BTreeSet<&str>)> = BTreeMap::new();
    for (line, _) in lines {
        if let Some(b) = &line.beneficiary {
            let sum = sums.entry((&b.name, line.code, line.status)).or_default();
            sum.0 += line.amount_eur;
            match &line.operation {
                Some(o) => drop(sum.2.insert(o.as_str())),
                None => sum.1 += 1,
            }
        }
    }
    let mut list: Vec<BeneficiaryFunding> = sums
        .into_iter()
        .map(|((name, code, status), (total_eur, lone, named))| BeneficiaryFunding {
            name: name.to_owned(),
            code,
            status,
            total_eur,
            operations: lone + named.len(),
        })
        .collect();
    list.sort_by(|a, b| {
        b.total_eur.total_cmp(&a.total_eur).then_with(|| (&a.name, a.code).cmp(&(&b.name, b.code)))
    });
    list
}
