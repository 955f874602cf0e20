//! Commune codes change every 1 January: moving tables from one vintage of the *code officiel
//! géographique* (COG) to another.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use crate::error::{Error, Result};
use crate::model::CommuneCode;

/// One row of INSEE's table of commune changes (`mvtcommune`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Kind of change, column `MOD`: 20 creation, 21 restoration, 30 suppression, 31–33 mergers, 41
    /// and 50 changes of code …
    pub kind: u8,
    /// Date of effect, `2025-01-01`, column `DATE_EFF`.
    pub date: String,
    /// Type of the unit before (`COM`, `COMA`, `COMD`, `ARM`), column `TYPECOM_AV`.
    pub type_before: String,
    /// Code before, column `COM_AV`.
    pub before: String,
    /// Type of the unit after, column `TYPECOM_AP`.
    pub type_after: String,
    /// Code after, column `COM_AP`.
    pub after: String,
}

/// What happened at one time: each code and what it became, and the inverse.
#[derive(Debug, Clone, Default)]
struct Step {
    forward: Moves,
    backward: Moves,
}

type Moves = BTreeMap<String, BTreeSet<String>>;

/// The history of commune codes.
///
/// A vintage is a year and stands for its 1 January, changes of that day included. Associated and
/// delegated communes and municipal arrondissements are no communes, their changes do not count.
///
/// ```
/// use rurban::france::vintage::{Change, Share, Vintages};
/// let merge = |before: &str| Change {
///     kind: 32,
///     date: "2025-01-01".into(),
///     type_before: "COM".into(),
///     before: before.into(),
///     type_after: "COM".into(),
///     after: "01187".into(),
/// };
/// let history = Vintages::from_changes([merge("01187"), merge("01330")])?;
/// let (table, report) =
///     history.convert(&[("01187", 700.0), ("01330", 170.0)], 2024, 2025, &Share::Equal)?;
/// assert_eq!(table, [("01187".to_owned(), 870.0)]);
/// assert!(report.unmatched.is_empty());
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Vintages {
    /// By date as `yyyymmdd`, and within it changes of code (0) before the rest (1): INSEE dates
    /// a move to another département and the merger there the same day.
    steps: BTreeMap<(u32, u8), Step>,
}

/// How the value of a commune that was split goes to its parts.
#[derive(Clone, Copy)]
pub enum Share<'a> {
    /// The same to each part, at each split.
    Equal,
    /// In proportion to a weight of the codes arrived at, say their population; equal when all are 0.
    Weights(&'a (dyn Fn(&str) -> f64 + Sync)),
}

impl std::fmt::Debug for Share<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Equal => "Equal",
            Self::Weights(_) => "Weights",
        })
    }
}

/// Why a code has no place in the vintage it was said to come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Absence {
    /// It comes into being only after that vintage (before it, going back in time).
    Later,
    /// It was given up before that vintage.
    Earlier,
    /// It came out of nothing since the vintage it should go back to.
    Nowhere,
}

/// Where the codes of one vintage are in another one.
#[derive(Debug, Clone)]
pub struct Path {
    moved: BTreeMap<String, BTreeMap<String, f64>>,
    absent: BTreeMap<String, Absence>,
}

/// What a conversion did.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[must_use]
pub struct Conversion {
    /// Rows whose code is the same in both vintages.
    pub unchanged: usize,
    /// Rows that went whole to another code, alone or in a merger.
    pub recoded: usize,
    /// Rows that were shared among several codes.
    pub split: usize,
    /// Rows whose code is not in the vintage they were said to come from, with their value and why.
    pub unmatched: Vec<(String, f64, Absence)>,
}

/// One commune of the first vintage (or a share of it) on its way.
#[derive(Debug, Clone)]
struct Strand<'a> {
    origin: &'a str,
    /// Codes it has had, the present one last.
    trail: Vec<&'a str>,
    share: f64,
}

impl Vintages {
    /// The history that a table of changes tells, in any order of rows.
    ///
    /// # Errors
    /// [`Error::Value`] for a date that is not `YYYY-MM-DD`.
    pub fn from_changes(changes: impl IntoIterator<Item = Change>) -> Result<Self> {
        let mut steps: BTreeMap<(u32, u8), Step> = BTreeMap::new();
        for (index, change) in changes.into_iter().enumerate() {
            let date = parse_date(&change.date).ok_or_else(|| Error::Value {
                what: "date of change",
                index,
                value: change.date.clone(),
                must: "must be written YYYY-MM-DD",
            })?;
            // 10: a new name; 34, 35, 70, 71: a new standing of associated or delegated communes.
            if matches!(change.kind, 10 | 34 | 35 | 70 | 71) || change.type_after != "COM" {
                continue;
            }
            let step = steps.entry((date, u8::from(!matches!(change.kind, 41 | 50)))).or_default();
            if change.type_before == "COM" {
                step.forward.entry(change.before.clone()).or_default().insert(change.after.clone());
                step.backward.entry(change.after).or_default().insert(change.before);
            } else if change.type_before.is_empty() {
                step.backward.entry(change.after).or_default();
            }
        }
        Ok(Self { steps })
    }

    /// Where the codes of vintage `from` are in vintage `to`, later or earlier.
    ///
    /// A commune that merged and was restored under its old code since `from` keeps to itself, and so
    /// does the rest it leaves. Complexity: linear in the changes between the two.
    #[must_use]
    pub fn path(&self, from: u16, to: u16) -> Path {
        let day = |year: u16| u32::from(year) * 10_000 + 101;
        let between = |a: u16, b: u16| self.steps.range((day(a) + 1, 0)..(day(b) + 1, 0)).map(|(_, s)| s);
        let before = self.steps.range(..(day(from) + 1, 0)).map(|(_, s)| s);
        let after = self.steps.range((day(from) + 1, 0)..).map(|(_, s)| s);
        if from <= to {
            walk(
                between(from, to).map(|s| (&s.forward, &s.backward)),
                before.map(|s| (&s.forward, &s.backward)),
            )
        } else {
            walk(
                between(to, from).rev().map(|s| (&s.backward, &s.forward)),
                after.rev().map(|s| (&s.backward, &s.forward)),
            )
        }
    }

    /// Moves a table keyed by commune code from vintage `from` to vintage `to`: mergers add up,
    /// splits follow `share`. Totals are conserved: the values returned and those of
    /// [`Conversion::unmatched`] add up to those given. Codes without any history are taken as
    /// unchanged. Rows come in the order in which their codes are first arrived at.
    ///
    /// # Errors
    /// [`Error::Value`] for a weight that is negative or not finite.
    pub fn convert<K: AsRef<str>>(
        &self,
        table: &[(K, f64)],
        from: u16,
        to: u16,
        share: &Share<'_>,
    ) -> Result<(Vec<(String, f64)>, Conversion)> {
        let path = self.path(from, to);
        let mut report = Conversion::default();
        let mut rows: Vec<(String, f64)> = Vec::new();
        let mut row_of: HashMap<String, usize> = HashMap::new();
        let mut add = |code: &str, value: f64| {
            if let Some(&row) = row_of.get(code) {
                rows[row].1 += value;
            } else {
                row_of.insert(code.to_owned(), rows.len());
                rows.push((code.to_owned(), value));
            }
        };
        for (index, (code, value)) in table.iter().enumerate() {
            let code = code.as_ref();
            if let Some(why) = path.absence(code) {
                report.unmatched.push((code.to_owned(), *value, why));
                continue;
            }
            let targets = path.targets(code, share).map_err(|value| Error::Value {
                what: "weight of a split commune",
                index,
                value: value.to_string(),
                must: "must be finite and not negative",
            })?;
            match targets.as_slice() {
                [(only, _)] => {
                    add(only, *value);
                    *(if *only == code { &mut report.unchanged } else { &mut report.recoded }) += 1;
                }
                several => {
                    for (target, share) in several {
                        add(target, value * share);
                    }
                    report.split += 1;
                }
            }
        }
        Ok((rows, report))
    }
}

impl Path {
    /// Why `code` is not in the first vintage; `None` when it is, or has no history.
    #[must_use]
    pub fn absence(&self, code: &str) -> Option<Absence> {
        self.absent.get(code).copied()
    }

    /// The codes that `code` has become, each with its share; the shares add up to 1. A code
    /// without history stays.
    ///
    /// # Errors
    /// The first weight that is negative or not finite.
    pub fn targets<'a>(&'a self, code: &'a str, share: &Share<'_>) -> Result<Vec<(&'a str, f64)>, f64> {
        let Some(found) = self.moved.get(code) else { return Ok(vec![(code, 1.0)]) };
        let equal = found.iter().map(|(code, share)| (code.as_str(), *share)).collect();
        let Share::Weights(weight) = share else { return Ok(equal) };
        if found.len() < 2 {
            return Ok(equal);
        }
        let mut weighted: Vec<_> = found.keys().map(|code| (code.as_str(), weight(code))).collect();
        if let Some(&(_, bad)) = weighted.iter().find(|(_, w)| !w.is_finite() || *w < 0.0) {
            return Err(bad);
        }
        let total: f64 = weighted.iter().map(|(_, w)| w).sum();
        if total == 0.0 {
            return Ok(equal);
        }
        for (_, w) in &mut weighted {
            *w /= total;
        }
        Ok(weighted)
    }

    /// The codes that are not themselves, and only themselves, in the other vintage.
    pub fn changed(&self) -> impl Iterator<Item = &str> {
        self.moved
            .iter()
            .filter(|(code, to)| to.len() != 1 || !to.contains_key(*code))
            .map(|(code, _)| code.as_str())
    }
}

/// Follows all codes through `steps` (what each became, and the inverse); `past` are the steps
/// before those, in the same order.
fn walk<'a>(
    steps: impl Iterator<Item = (&'a Moves, &'a Moves)>,
    past: impl Iterator<Item = (&'a Moves, &'a Moves)>,
) -> Path {
    let steps: Vec<_> = steps.collect();
    let mut absent: BTreeMap<&str, Absence> = BTreeMap::new();
    for (moves, inverse) in past {
        for code in moves.keys().filter(|c| !inverse.contains_key(*c)) {
            absent.insert(code, Absence::Earlier);
        }
        for code in inverse.keys() {
            absent.remove(code.as_str());
        }
    }
    let mut here: BTreeMap<&str, Vec<Strand<'_>>> = BTreeMap::new();
    let mut met: BTreeSet<&str> = BTreeSet::new();
    for (moves, inverse) in &steps {
        for code in moves.keys().filter(|c| !met.contains(c.as_str())) {
            // Tables that begin in the middle of things: what changes now was there, whatever was said.
            absent.remove(code.as_str());
            here.insert(code, vec![Strand { origin: code, trail: vec![code], share: 1.0 }]);
        }
        for code in inverse.keys().filter(|c| !moves.contains_key(*c) && !met.contains(c.as_str())) {
            absent.insert(code, Absence::Later);
        }
        met.extend(moves.keys().chain(inverse.keys()).map(String::as_str));
    }
    let starting: Vec<&str> = here.keys().copied().collect();
    for (moves, _) in &steps {
        let leaving: Vec<_> = moves
            .iter()
            .filter_map(|(code, targets)| Some((code.as_str(), targets, here.remove(code.as_str())?)))
            .collect();
        for (code, targets, strands) in leaving {
            move_strands(code, targets, strands, &mut here);
        }
    }
    let mut moved: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for (code, strands) in here {
        for strand in strands {
            *moved.entry(strand.origin.to_owned()).or_default().entry(code.to_owned()).or_default() +=
                strand.share;
        }
    }
    for targets in moved.values_mut() {
        // Parts that lead nowhere leave their share to the others.
        let total: f64 = targets.values().sum();
        for share in targets.values_mut() {
            *share /= total;
        }
    }
    absent.extend(starting.into_iter().filter(|c| !moved.contains_key(*c)).map(|c| (c, Absence::Nowhere)));
    Path { moved, absent: absent.into_iter().map(|(code, why)| (code.to_owned(), why)).collect() }
}

/// Sends the strands of `code` to what it becomes.
fn move_strands<'a>(
    code: &'a str,
    targets: &'a BTreeSet<String>,
    strands: Vec<Strand<'a>>,
    here: &mut BTreeMap<&'a str, Vec<Strand<'a>>>,
) {
    let mut send = |mut strand: Strand<'a>, to: &'a str| {
        if strand.trail.last() != Some(&to) {
            strand.trail.push(to);
        }
        here.entry(to).or_default().push(strand);
    };
    // What had the code of a part before it merged is that part restored.
    let mut claimed: BTreeSet<&str> = BTreeSet::new();
    let mut rest = Vec::new();
    for strand in strands {
        let own = strand.trail.iter().rev().find(|c| **c != code && targets.contains(**c)).copied();
        let own = own.and_then(|own| targets.get(own));
        match own {
            Some(own) if targets.len() > 1 => {
                claimed.insert(own);
                send(strand, own);
            }
            _ => rest.push(strand),
        }
    }
    let stays = targets.get(code);
    let mut open: Vec<&str> =
        targets.iter().map(String::as_str).filter(|t| *t != code && !claimed.contains(t)).collect();
    open.extend(stays.map(String::as_str));
    if open.is_empty() {
        open = targets.iter().map(String::as_str).collect();
    }
    // New parts come out of what has always been this commune, when that is known.
    let has_base = stays.is_some() && rest.iter().any(|s| s.trail.len() == 1);
    for strand in rest {
        if let Some(stays) = stays.filter(|_| has_base && strand.trail.len() > 1) {
            send(strand, stays);
            continue;
        }
        let share = strand.share / open.len() as f64;
        for target in &open {
            send(Strand { share, ..strand.clone() }, target);
        }
    }
}

/// `YYYY-MM-DD` as a number.
fn parse_date(text: &str) -> Option<u32> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let digits = |s: &str, n: usize| {
        (s.len() == n && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<u32>().ok())?
    };
    let (year, month, day) = (digits(year, 4)?, digits(month, 2)?, digits(day, 2)?);
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(year * 10_000 + month * 100 + day)
}

/// The commune of a municipal arrondissement of Paris, Lyon or Marseille.
#[must_use]
pub fn commune_of_arrondissement(code: &str) -> Option<&'static str> {
    let commune = CommuneCode::new(code).ok().filter(|c| c.as_str() == code)?.of_arrondissement()?;
    ["75056", "69123", "13055"].into_iter().find(|c| *c == commune.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(kind: u8, date: &str, before: &str, after: &str) -> Change {
        let com = |code: &str| if code.is_empty() { String::new() } else { "COM".to_owned() };
        Change {
            kind,
            date: date.to_owned(),
            type_before: com(before),
            before: before.to_owned(),
            type_after: com(after),
            after: after.to_owned(),
        }
    }

    /// a and b merge into b in 2010, c and d into a new e in 2012, b restores a in 2015 and gives
    /// birth to f, g moves to h and merges into b the same day in 2018, k comes from nothing in 2019.
    fn history() -> Vintages {
        Vintages::from_changes([
            change(32, "2018-01-01", "b", "b"),
            change(32, "2018-01-01", "h", "b"),
            change(41, "2018-01-01", "g", "h"),
            change(10, "2018-01-01", "b", "b"),
            change(33, "2010-01-01", "a", "b"),
            change(33, "2010-01-01", "b", "b"),
            change(32, "2012-06-01", "c", "e"),
            change(32, "2012-06-01", "d", "e"),
            change(21, "2015-01-01", "b", "b"),
            change(21, "2015-01-01", "b", "a"),
            change(21, "2015-01-01", "b", "f"),
            change(20, "2019-01-01", "", "k"),
        ])
        .unwrap()
    }

    fn targets(from: u16, to: u16, code: &str) -> String {
        let path = history().path(from, to);
        if let Some(why) = path.absence(code) {
            return format!("{why:?}");
        }
        let targets = path.targets(code, &Share::Equal).unwrap();
        targets.iter().map(|(c, s)| format!("{c}:{s}")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn mergers_splits_and_restorations_are_followed() {
        assert_eq!(targets(2009, 2010, "a"), "b:1", "changes of 1 January belong to the year");
        assert_eq!(targets(2009, 2020, "a"), "a:1", "restored");
        assert_eq!(targets(2009, 2020, "b"), "b:0.5 f:0.5", "f came out of b");
        assert_eq!(
            targets(2014, 2020, "b"),
            "a:0.3333333333333333 b:0.3333333333333333 f:0.3333333333333333"
        );
        assert_eq!(targets(2012, 2013, "c"), "e:1");
        assert_eq!(targets(2012, 2012, "c"), "c:1");
        assert_eq!(targets(2013, 2012, "e"), "c:0.5 d:0.5");
        assert_eq!(targets(2017, 2018, "g"), "b:1", "a change of code comes before the merger of its day");
        assert_eq!(targets(2020, 2017, "b"), "b:0.5 g:0.5");
        assert_eq!(targets(2020, 2009, "a"), "a:1");
        assert_eq!(targets(2009, 2020, "zz"), "zz:1");
    }

    #[test]
    fn codes_that_are_not_of_the_vintage_are_reported() {
        assert_eq!(targets(2009, 2020, "e"), "Later");
        assert_eq!(targets(2013, 2020, "c"), "Earlier");
        assert_eq!(targets(2018, 2020, "k"), "Later");
        assert_eq!(targets(2020, 2018, "k"), "Nowhere");
    }

    #[test]
    fn bad_dates_and_weights_are_refused() {
        for date in ["2018", "2018-13-01", "01/01/2018", "2018-1-1", ""] {
            assert!(Vintages::from_changes([change(32, date, "a", "b")]).is_err(), "{date}");
        }
        for weight in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(history().convert(&[("b", 1.0)], 2014, 2020, &Share::Weights(&|_| weight)).is_err());
        }
        let by = |code: &str| if code == "a" { 3.0 } else { 1.0 };
        let (rows, report) = history().convert(&[("b", 5.0)], 2014, 2020, &Share::Weights(&by)).unwrap();
        assert_eq!(rows, [("a".to_owned(), 3.0), ("b".to_owned(), 1.0), ("f".to_owned(), 1.0)]);
        assert_eq!(report.split, 1);
    }

    #[test]
    fn arrondissements_belong_to_their_commune() {
        assert_eq!(commune_of_arrondissement("75120"), Some("75056"));
        assert_eq!(commune_of_arrondissement("69381"), Some("69123"));
        assert_eq!(commune_of_arrondissement("13216"), Some("13055"));
        assert_eq!(commune_of_arrondissement("2A004"), None);
        assert_eq!(commune_of_arrondissement("013201"), None);
    }
}
