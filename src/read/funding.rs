//! Money of programmes as public tables tell it.

use std::collections::BTreeMap;

use super::codes::CodeBook;
use super::names::{ColumnNames, Role, fold};
use super::number::Number;
use super::records::{Records, Row};
use super::values::TerritoryFinder;
use crate::atlas::AtlasLevel;
use crate::diagnostics::{Diagnostics, printable};
use crate::error::{Error, Result};
use crate::model::{
    ActorId, AsOf, Beneficiary, FundingCode, FundingLine, FundingStatus, MoneySource, Period, ProjectId, Year,
};

/// Finds the actor that a beneficiary's name stands for.
pub type FindBeneficiary<'a> = &'a dyn Fn(&str) -> Option<ActorId>;

/// What the years of a table stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum YearRule {
    /// Not known: a table that looks cumulative is refused.
    #[default]
    Unknown,
    /// Each year has its own money.
    EachYear,
    /// Each year has all the money up to then: the last one is taken.
    CumulativeLast,
    /// Each year has all the money up to then: the differences are taken.
    CumulativeDifferences,
}

/// Reads funding lines: one for each row and column of amounts.
///
/// Columns are found by name and content, or given as `role=column`. Amount columns may say in their name
/// which money they hold (`EU amount`, `Feader engagé (k€)`): where from, how far it has come, in which
/// unit; a column of totals is left out when others are there. Status, source of money, unit and date may
/// also be columns, or hold for the whole table.
///
/// ```
/// use rurban::model::MoneySource;
/// use rurban::read::{FundingReader, csv::Reader};
///
/// // The credits of the national rural network of 2016, as a sheet has them.
/// let text = "cci;mesure;date arrêté;Feader (€);national (€)\n2014FR06RDRN001;M20;2016;52 971,05;46 974,35\n";
/// let table = Reader::default().open_str(text, "rrn.csv")?;
/// let (lines, found) = FundingReader::default().read(table)?;
/// let amounts: Vec<_> = lines.iter().map(|l| (l.money, l.amount_eur)).collect();
/// assert_eq!(amounts, [(MoneySource::EuropeanUnion, 52_971.05), (MoneySource::National, 46_974.35)]);
/// assert_eq!((found.seen(), found.kept()), (1, 1));
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct FundingReader<'a> {
    columns: ColumnNames,
    amounts: Vec<String>,
    status: FundingStatus,
    money: MoneySource,
    unit_eur: Option<f64>,
    as_of: Option<AsOf>,
    years: YearRule,
    territories: Option<&'a AtlasLevel>,
    resolve: Option<FindBeneficiary<'a>>,
}

impl std::fmt::Debug for FundingReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FundingReader").field("columns", &self.columns).finish_non_exhaustive()
    }
}

/// A column of amounts and what its name says of them.
struct AmountColumn {
    column: usize,
    money: Option<MoneySource>,
    status: Option<FundingStatus>,
    unit_eur: Option<f64>,
}

/// The columns that are not amounts.
struct Columns {
    programme_id: Option<usize>,
    programme: Option<usize>,
    code: Option<usize>,
    code_name: Option<usize>,
    status: Option<usize>,
    as_of: Option<usize>,
    year: Option<usize>,
    money: Option<usize>,
    unit: Option<usize>,
    territory: Option<usize>,
    beneficiary: Option<usize>,
    kind: Option<usize>,
    funder: Option<usize>,
    operation: Option<usize>,
}

impl<'a> FundingReader<'a> {
    /// Names columns by what they tell.
    pub fn columns(mut self, columns: ColumnNames) -> Self {
        self.columns = columns;
        self
    }

    /// Names the columns of amounts.
    pub fn amounts(mut self, columns: &[&str]) -> Self {
        self.amounts = columns.iter().map(|c| (*c).to_owned()).collect();
        self
    }

    /// Status of amounts whose row and column do not say it.
    pub const fn status(mut self, status: FundingStatus) -> Self {
        self.status = status;
        self
    }

    /// Source of amounts whose row and column do not say it.
    pub const fn money(mut self, money: MoneySource) -> Self {
        self.money = money;
        self
    }

    /// How many euros one unit of the amounts is, where neither row nor column says it: 1,000 for thousands.
    pub const fn unit_eur(mut self, euros: f64) -> Self {
        self.unit_eur = Some(euros);
        self
    }

    /// When the figures were true, where the table does not say it.
    pub const fn as_of(mut self, date: AsOf) -> Self {
        self.as_of = Some(date);
        self
    }

    /// What the years of the table stand for.
    pub const fn years(mut self, rule: YearRule) -> Self {
        self.years = rule;
        self
    }

    /// The level that codes of territories are of. Without it a column of territories is not read.
    pub const fn territories(mut self, level: &'a AtlasLevel) -> Self {
        self.territories = Some(level);
        self
    }

    /// Finds the actor a beneficiary is.
    pub fn beneficiaries(mut self, resolve: FindBeneficiary<'a>) -> Self {
        self.resolve = Some(resolve);
        self
    }

    /// Reads the table.
    ///
    /// Rows without a readable amount, of an unknown unit, status, source of money or territory, and
    /// planned amounts below zero are dropped and reported; so is a row's unknown measure (the line is
    /// kept without one). Negative commitments and payments are corrections and kept.
    ///
    /// # Errors
    /// [`Error::Format`] for a cumulative table whose years would be added up, with the reason;
    /// [`Error::Unknown`] when there is no column of amounts; those of [`Records::for_each`].
    pub fn read(self, mut table: Records<'_>) -> Result<(Vec<FundingLine>, Diagnostics)> {
        let columns = self.find_columns(&mut table)?;
        let amounts = self.find_amounts(&mut table, &columns)?;
        let numbers: Vec<usize> = amounts.iter().map(|a| a.column).collect();
        table.judge_numbers(&numbers);
        let said_cumulative = amounts.iter().any(|a| fold(&table.header()[a.column]).contains("cumul"))
            && columns.year.is_some();
        let file = table.file().to_owned();
        let book = CodeBook::default();
        let finder = self.territories.map(|level| TerritoryFinder::new(level, &book));
        let mut lines = Vec::new();
        let found = table
            .for_each(|row, found| self.row(row, &columns, &amounts, finder.as_ref(), found, &mut lines))?;
        let lines = self.settle_years(lines, said_cumulative, &file)?;
        Ok((lines, found))
    }

    fn find_columns(&self, table: &mut Records<'_>) -> Result<Columns> {
        let mut find = |role: Role, names: &[&str]| table.find(role, names, &self.columns);
        let own = |role: Role, more: &[&'static str]| -> Vec<&'static str> {
            role.names().iter().chain(more).copied().collect()
        };
        let code = find(Role::Measure, &own(Role::Measure, &["intervention", "code"]))?;
        Ok(Columns {
            programme_id: find(Role::Programme, &own(Role::Programme, &["programme", "program"]))?,
            programme: find(Role::Name, &["programme", "programmetitle", "programtitle", "nomprogramme"])?,
            code,
            code_name: find(
                Role::ActivityName,
                &["measurename", "measureshortdescription", "libellemesure", "intitule"],
            )?,
            status: find(Role::Status, &own(Role::Status, &["status", "statut", "etat", "stade"]))?,
            as_of: find(Role::AsOf, &own(Role::AsOf, &["date", "extraction"]))?,
            year: find(Role::Start, &["year", "annee", "exercice"])?,
            money: find(Role::Money, &own(Role::Money, &["fonds", "fund", "financement"]))?,
            unit: find(Role::Unit, Role::Unit.names())?,
            territory: match self.territories {
                Some(_) => find(Role::Territory, &own(Role::Territory, &["region", "codereg"]))?,
                None => None,
            },
            beneficiary: find(Role::Actor, &["beneficiary", "beneficiaire", "maitredouvrage"])?,
            kind: find(Role::Kind, &["beneficiarykind", "typebeneficiaire", "categoriebeneficiaire"])?,
            funder: find(Role::Funder, Role::Funder.names())?,
            operation: find(Role::Project, &["operation", "dossier", "numerodossier"])?,
        })
    }

    fn find_amounts(&self, table: &mut Records<'_>, columns: &Columns) -> Result<Vec<AmountColumn>> {
        let of = |table: &Records<'_>, column: usize| {
            let name = &table.header()[column];
            AmountColumn {
                column,
                money: money_in(&fold(name)),
                status: status_in(&fold(name)),
                unit_eur: unit_in(name),
            }
        };
        if !self.amounts.is_empty() {
            let named: Vec<usize> =
                self.amounts.iter().map(|n| table.require(&[n.as_str()])).collect::<Result<_>>()?;
            named.iter().for_each(|&c| table.take(Role::Figure, c));
            return Ok(named.into_iter().map(|c| of(table, c)).collect());
        }
        if self.columns.get(Role::Figure).is_some() {
            let column = table.need(Role::Figure, &[], &self.columns)?;
            return Ok(vec![of(table, column)]);
        }
        let others = [
            columns.programme_id,
            columns.programme,
            columns.code,
            columns.code_name,
            columns.status,
            columns.as_of,
            columns.year,
            columns.money,
            columns.unit,
            columns.territory,
            columns.beneficiary,
            columns.kind,
            columns.funder,
            columns.operation,
        ];
        let numeric = |table: &Records<'_>, c: usize| {
            let (mut cells, mut good) = (0, 0);
            for cell in table.sample(c).filter(|cell| !cell.is_empty()) {
                cells += 1;
                good += usize::from(!matches!(Number::parse(cell), Number::Invalid));
            }
            cells > 0 && 2 * good >= cells
        };
        let candidates: Vec<usize> = (0..table.header().len())
            .filter(|&c| {
                !others.contains(&Some(c)) && is_amount(&fold(&table.header()[c])) && numeric(table, c)
            })
            .collect();
        let total = |c: &usize| fold(&table.header()[*c]).contains("total");
        let parts: Vec<usize> = candidates.iter().copied().filter(|c| !total(c)).collect();
        let taken = if parts.is_empty() { candidates } else { parts };
        if taken.is_empty() {
            return Err(Error::Unknown {
                kind: "column",
                value: "amount (montant, amount, eu_amount, feader, engagé, payé …)".to_owned(),
                hint: Some(format!(
                    "{} has the columns {}; name the one meant: figure=COLUMN",
                    table.file(),
                    super::names::listed(table.header())
                )),
            });
        }
        taken.iter().for_each(|&c| table.take(Role::Figure, c));
        Ok(taken.into_iter().map(|c| of(table, c)).collect())
    }

    fn row(
        &self,
        row: &Row<'_>,
        columns: &Columns,
        amounts: &[AmountColumn],
        territories: Option<&TerritoryFinder<'_>>,
        found: &mut Diagnostics,
        lines: &mut Vec<FundingLine>,
    ) -> Result<()> {
        let text = |column| row.optional(column).unwrap_or_default();
        let mut line = FundingLine::new(text(columns.programme_id), 0.0);
        text(columns.programme).clone_into(&mut line.programme);
        text(columns.code_name).clone_into(&mut line.code_name);
        let mut said_status = None;
        if let Some(cell) = row.optional(columns.status) {
            said_status = status_in(&fold(cell));
            if said_status.is_none() {
                return dropped(found, "bad_status", row, columns.status, cell, "planned, committed or paid");
            }
        }
        let mut said_money = None;
        if let Some(cell) = row.optional(columns.money) {
            said_money = money_in(&fold(cell));
            if said_money.is_none() {
                return dropped(found, "bad_money", row, columns.money, cell, "a source of money");
            }
        }
        let mut said_unit = None;
        if let Some(cell) = row.optional(columns.unit) {
            said_unit = unit_in(cell);
            if said_unit.is_none() {
                return dropped(found, "bad_unit", row, columns.unit, cell, "euros, thousands or millions");
            }
        }
        if let (Some(finder), Some(level), Some(column)) = (territories, self.territories, columns.territory)
            && !row.get(column).is_empty()
        {
            let Some(at) = finder.find(row, column, found) else {
                let message = finder.unknown(row.get(column));
                return found.drop_record("unknown_territory", row.place_of(column), message);
            };
            line.territory = Some((level.level().clone(), level.territories()[at].code.clone()));
        }
        if let Some(cell) = row.optional(columns.code) {
            line.code = FundingCode::new(cell).ok();
            let void = matches!(fold(cell).as_str(), "void" | "ta" | "na" | "total");
            if line.code.is_none()
                && !void
                && let Some(column) = columns.code
            {
                let message =
                    format!("{:?} is no known measure; the money is kept without one", printable(cell, 40));
                found.repaired("unknown_measure", row.place_of(column), message);
            }
            if line.code_name.is_empty() && line.code.is_none() {
                cell.clone_into(&mut line.code_name);
            }
        }
        line.as_of = match row.optional(columns.as_of).map(AsOf::new) {
            Some(Ok(date)) => Some(date),
            Some(Err(e)) => {
                found.repaired("bad_date", row.place(), e.to_string());
                self.as_of
            }
            None => self.as_of,
        };
        line.year = row.optional(columns.year).and_then(Period::find).map(|p| p.from);
        if let Some(name) = row.optional(columns.beneficiary).or_else(|| row.optional(columns.kind)) {
            let mut beneficiary = Beneficiary::new(name);
            beneficiary.kind = row.optional(columns.kind).and_then(super::actor_kind);
            beneficiary.actor = self.resolve.and_then(|resolve| resolve(name));
            line.beneficiary = Some(beneficiary);
        }
        line.funder = row.optional(columns.funder).map(str::to_owned);
        line.operation = row.optional(columns.operation).and_then(|o| ProjectId::new(o).ok());
        let before = lines.len();
        for amount in amounts {
            let value = match row.number(amount.column) {
                Number::Value(v) if v.is_finite() => v,
                Number::Blank => continue,
                _ => {
                    let cell = row.get(amount.column);
                    lines.truncate(before);
                    return dropped(found, "bad_amount", row, Some(amount.column), cell, "an amount");
                }
            };
            let unit = said_unit.or(amount.unit_eur).or(self.unit_eur).unwrap_or(1.0);
            let status = amount.status.or(said_status).unwrap_or(self.status);
            let amount_eur = if unit > 1.0 { (value * unit * 100.0).round() / 100.0 } else { value };
            if amount_eur < 0.0 && status == FundingStatus::Planned {
                lines.truncate(before);
                let cell = row.get(amount.column);
                return dropped(found, "negative_amount", row, Some(amount.column), cell, "a planned amount");
            }
            if amount_eur < 0.0 {
                let message = format!("{amount_eur} € is taken as a correction of what was told before");
                found.remark("negative_amount", row.place_of(amount.column), message);
            }
            let money = amount.money.or(said_money).unwrap_or(self.money);
            lines.push(FundingLine { status, money, amount_eur, ..line.clone() });
        }
        if lines.len() == before {
            return found.drop_record("no_amount", row.place(), "no amount in this row");
        }
        found.keep();
        Ok(())
    }

    /// Refuses to add up what is cumulative, or takes the years apart as asked.
    fn settle_years(&self, lines: Vec<FundingLine>, said: bool, file: &str) -> Result<Vec<FundingLine>> {
        let mut series: BTreeMap<Series, BTreeMap<Year, Vec<usize>>> = BTreeMap::new();
        for (i, line) in lines.iter().enumerate() {
            if let Some(year) = line.year {
                series.entry(Series::of(line)).or_default().entry(year).or_default().push(i);
            }
        }
        let sum = |at: &[usize]| at.iter().map(|&i| lines[i].amount_eur).sum::<f64>();
        let several: Vec<&BTreeMap<Year, Vec<usize>>> = series.values().filter(|s| s.len() >= 3).collect();
        let rising = several
            .iter()
            .filter(|s| {
                let amounts: Vec<f64> = s.values().map(|at| sum(at)).collect();
                amounts.windows(2).all(|w| w[1] >= w[0]) && amounts.last() > amounts.first()
            })
            .count();
        let looks = several.len() >= 3 && 10 * rising >= 9 * several.len();
        let refuse = match self.years {
            YearRule::Unknown => said || looks,
            YearRule::EachYear => said,
            YearRule::CumulativeLast | YearRule::CumulativeDifferences => false,
        };
        if refuse {
            let why = if said {
                "the column of amounts is called cumulative".to_owned()
            } else {
                format!(
                    "the amounts never fall from one year to the next in {rising} of {} series",
                    several.len()
                )
            };
            return Err(Error::Format {
                path: file.into(),
                line: 1,
                message: format!(
                    "{why}: adding up the years would count the same money several times; read it with \
                     YearRule::CumulativeLast or CumulativeDifferences{}",
                    if said { "" } else { ", or EachYear when the years are apart" }
                ),
            });
        }
        let mut wanted: Vec<(usize, f64)> = match self.years {
            YearRule::Unknown | YearRule::EachYear => return Ok(lines),
            YearRule::CumulativeLast => series
                .values()
                .filter_map(|s| s.values().next_back())
                .flatten()
                .map(|&i| (i, lines[i].amount_eur))
                .collect(),
            YearRule::CumulativeDifferences => series
                .values()
                .flat_map(|s| {
                    let mut before = 0.0;
                    s.values()
                        .map(move |at| (at[0], at))
                        .collect::<Vec<_>>()
                        .into_iter()
                        .map(|(first, at)| {
                            let now = sum(at);
                            let change = now - before;
                            before = now;
                            (first, change)
                        })
                        .collect::<Vec<_>>()
                })
                .collect(),
        };
        wanted.extend(
            lines.iter().enumerate().filter(|(_, l)| l.year.is_none()).map(|(i, l)| (i, l.amount_eur)),
        );
        wanted.sort_by_key(|w| w.0);
        Ok(wanted.into_iter().map(|(i, amount_eur)| FundingLine { amount_eur, ..lines[i].clone() }).collect())
    }
}

/// What makes lines of several years one series.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Series {
    programme: String,
    code: Option<FundingCode>,
    code_name: String,
    status: FundingStatus,
    money: MoneySource,
    territory: Option<String>,
    beneficiary: Option<String>,
    operation: Option<ProjectId>,
}

impl Series {
    fn of(line: &FundingLine) -> Self {
        Self {
            programme: format!("{} {}", line.programme_id, line.programme),
            code: line.code,
            code_name: line.code_name.clone(),
            status: line.status,
            money: line.money,
            territory: line.territory.as_ref().map(|t| t.1.to_string()),
            beneficiary: line.beneficiary.as_ref().map(|b| b.name.clone()),
            operation: line.operation.clone(),
        }
    }
}

fn dropped(
    found: &mut Diagnostics,
    kind: &'static str,
    row: &Row<'_>,
    column: Option<usize>,
    cell: &str,
    what: &str,
) -> Result<()> {
    let place = column.map_or_else(|| row.place(), |c| row.place_of(c));
    found.drop_record(kind, place, format!("{:?} is not {what}", printable(cell, 60)))
}

fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|w| text.contains(w))
}

/// Whether a folded column name speaks of money.
fn is_amount(name: &str) -> bool {
    has(
        name,
        &[
            "montant",
            "amount",
            "feader",
            "eafrd",
            "eur",
            "engage",
            "paye",
            "prevu",
            "planned",
            "committed",
            "paid",
            "depense",
            "expenditure",
            "maquette",
            "contrepartie",
            "subvention",
            "aide",
            "financement",
            "national",
            "prive",
            "public",
            "cumul",
        ],
    ) && !has(name, &["code", "libelle", "focus", "nombre", "cofinancing", "taux", "name"])
}

/// Where the money is from, by words of a folded text.
fn money_in(text: &str) -> Option<MoneySource> {
    if has(text, &["feader", "eafrd", "european", "europe"])
        || text.starts_with("eu")
        || text.starts_with("ue")
    {
        // `eur` is a currency.
        let euro = text.starts_with("eur") && !text.starts_with("europ") && !has(text, &["feader", "eafrd"]);
        if !euro {
            return Some(MoneySource::EuropeanUnion);
        }
    }
    if has(text, &["prive", "private"]) {
        Some(MoneySource::Private)
    } else if has(text, &["autrepublic", "autrespublic", "otherpublic", "collectivite"]) {
        Some(MoneySource::OtherPublic)
    } else if has(text, &["national", "contrepartie", "etat", "rrn", "rnn"]) {
        Some(MoneySource::National)
    } else {
        None
    }
}

/// How far money has come, by words of a folded text.
fn status_in(text: &str) -> Option<FundingStatus> {
    if has(text, &["prevu", "previsionnel", "planned", "maquette"]) {
        Some(FundingStatus::Planned)
    } else if has(text, &["paye", "paid", "verse", "realise", "mandate", "declare", "expenditure"]) {
        Some(FundingStatus::Paid)
    } else if has(
        text,
        &["engage", "committed", "commitment", "programme", "conventionne", "decided", "selected"],
    ) {
        Some(FundingStatus::Committed)
    } else {
        None
    }
}

/// How many euros a unit is, by a text such as `k€`, `Feader (M€)`, `milliers d'euros`.
fn unit_in(text: &str) -> Option<f64> {
    let folded = fold(text);
    let lower = text.to_lowercase();
    if lower.contains("k€") || has(&folded, &["keur", "millier", "thousand"]) {
        Some(1e3)
    } else if lower.contains("m€") || has(&folded, &["meur", "million"]) {
        Some(1e6)
    } else if lower.contains('€') || has(&folded, &["euro", "eur"]) {
        Some(1.0)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::csv::Reader;

    fn read(text: &str, reader: FundingReader<'_>) -> Result<(Vec<FundingLine>, Diagnostics)> {
        reader.read(Reader::default().open_str(text, "pdr.csv").unwrap())
    }

    #[test]
    fn columns_say_source_status_and_unit() {
        let text = "CCI;Programme;Sous-mesure;Feader prévu (k€);Feader engagé (k€);Feader payé (k€);Autre public (k€);Total (k€)\n\
                    2014FR06RDRP073;Midi-Pyrénées;6.4;1 234,5;1000;-12,25;;2 222\n\
                    2014FR06RDRP073;Midi-Pyrénées;19.2;-3;;;;\n\
                    2014FR06RDRP073;Midi-Pyrénées;Divers;5;s;;;\n\
                    2014FR06RDRP073;Midi-Pyrénées;Divers;5;;;;\n";
        let (lines, found) = read(text, FundingReader::default()).unwrap();
        let got: Vec<_> =
            lines.iter().map(|l| (l.code.map(|c| c.to_string()), l.status, l.money, l.amount_eur)).collect();
        let code = Some("6.4".to_owned());
        let eu = MoneySource::EuropeanUnion;
        assert_eq!(
            got,
            [
                (code.clone(), FundingStatus::Planned, eu, 1_234_500.0),
                (code.clone(), FundingStatus::Committed, eu, 1_000_000.0),
                (code, FundingStatus::Paid, eu, -12_250.0),
                (None, FundingStatus::Planned, eu, 5_000.0),
            ]
        );
        assert_eq!((found.seen(), found.kept(), found.dropped()), (4, 2, 2));
        assert_eq!((found.count("negative_amount"), found.count("bad_amount")), (2, 1), "{found}");
        assert_eq!(found.count("unknown_measure"), 2);
    }

    #[test]
    fn rows_say_status_source_and_unit() {
        let text = "programme,measure,status,money,unit,date,amount\n\
                    A,77.05,engagé,EU,thousand,31/12/2024,12.5\n\
                    A,77.05,perhaps,EU,euro,2024,1\nA,77.05,paid,gift,euro,2024,1\nA,77.05,paid,private,dollar,2024,1\n";
        let (lines, found) = read(text, FundingReader::default()).unwrap();
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].amount_eur, lines[0].status), (12_500.0, FundingStatus::Committed));
        assert_eq!(lines[0].as_of.unwrap().to_string(), "2024-12-31");
        for kind in ["bad_status", "bad_money", "bad_unit"] {
            assert_eq!(found.count(kind), 1, "{kind}: {found}");
        }
    }

    #[test]
    fn cumulative_years_are_not_added_up() {
        use std::fmt::Write as _;
        let mut text = "cci;measure;year;paid_eur\n".to_owned();
        for (measure, amounts) in [("M06", [1, 3, 6]), ("M07", [2, 2, 5]), ("M19", [0, 4, 4])] {
            for (i, a) in amounts.iter().enumerate() {
                let _ = writeln!(text, "X;{measure};{};{a}", 2015 + i);
            }
        }
        let error = read(&text, FundingReader::default()).unwrap_err().to_string();
        assert!(error.contains("3 of 3 series") && error.contains("CumulativeLast"), "{error}");
        let sum = |rule| -> f64 {
            read(&text, FundingReader::default().years(rule)).unwrap().0.iter().map(|l| l.amount_eur).sum()
        };
        assert_eq!(sum(YearRule::EachYear), 27.0);
        assert_eq!(sum(YearRule::CumulativeLast), 15.0);
        assert_eq!(sum(YearRule::CumulativeDifferences), 15.0);
        let said = "cci;measure;year;montant payé cumulé\nX;M06;2015;1\nX;M06;2016;1\n";
        assert!(read(said, FundingReader::default().years(YearRule::EachYear)).is_err());
        assert!(
            read("a;b\n1;2\n", FundingReader::default()).unwrap_err().to_string().contains("figure=COLUMN")
        );
    }
}
