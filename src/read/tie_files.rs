//! Files of cooperations and participations into an inventory.

use std::collections::HashMap;
use std::path::Path;

use super::csv;
use super::kinds::{cooperation_kind, near_cooperation_kind};
use super::names::fold;
use super::records::Records;
use super::ties::{FindActor, Match, TieColumns, TieRecord, edges_by, is_open, participations_by};
use crate::diagnostics::{Diagnostics, Place, printable};
use crate::error::Result;
use crate::inventory::InventoryBuilder;
use crate::model::{Cooperation, CooperationKind, Participation, Period, ProjectId, ProjectRole, Year};

/// Finds actors by what a file calls them: their identifier, else what only one of them has as
/// identifier or name when case, accents, blanks and punctuation do not count.
struct Finder<'a> {
    inventory: &'a InventoryBuilder,
    loose: HashMap<String, (u32, usize)>,
}

/// What names have in common when case, accents, blanks, punctuation and leading zeros do not count.
fn loosely(name: &str) -> String {
    let folded = fold(name);
    if folded.bytes().all(|b| b.is_ascii_digit()) {
        folded.trim_start_matches('0').to_owned()
    } else {
        folded
    }
}

impl<'a> Finder<'a> {
    fn new(inventory: &'a InventoryBuilder) -> Self {
        let mut loose: HashMap<String, (u32, usize)> = HashMap::new();
        for (i, actor) in (0_u32..).zip(inventory.actors()) {
            let (id, name) = (loosely(actor.id.as_str()), loosely(&actor.name));
            let same = id == name;
            for key in [id, name].into_iter().take(if same { 1 } else { 2 }).filter(|k| !k.is_empty()) {
                loose.entry(key).or_insert((i, 0)).1 += 1;
            }
        }
        Self { inventory, loose }
    }

    fn find(&self, name: &str) -> Match {
        if let Some(i) = self.inventory.find(name) {
            return Match::Id(i);
        }
        match self.loose.get(&loosely(name)) {
            Some(&(i, 1)) => Match::Name(i),
            Some(&(_, several)) => Match::Several(several),
            None => Match::None,
        }
    }
}

/// Reads a list of edges between actors of an inventory into it; `kind` is for those whose kind the
/// file does not say. Actors are found by identifier, else by a name that only one of them has. Stops at
/// errors when the inventory is strict.
///
/// # Errors
/// As [`edges`](super::edges), and in strict mode the inventory's findings.
pub fn read_cooperations(
    path: impl AsRef<Path>,
    columns: &TieColumns<'_>,
    kind: CooperationKind,
    source: &str,
    inventory: &mut InventoryBuilder,
) -> Result<Diagnostics> {
    let file = File { path: path.as_ref(), kind, source };
    let read = |table: Records<'_>, find: FindActor<'_>| edges_by(table, columns, find);
    file.read(inventory, read, |records, inventory, found| {
        for record in records {
            let ends = [record.source, record.target].map(|i| inventory.actor(i).map(|a| a.id.clone()));
            let [Some(from), Some(to)] = ends else { continue };
            let place = file.place_of(&record.tie);
            let mut c = Cooperation::new(from, to, file.kind_of(&record.tie, &place, found));
            c.weight = record.tie.weight;
            c.period = period_of(&record.tie, &place, found);
            c.themes = record.tie.themes;
            file.source.clone_into(&mut c.source);
            inventory.add_cooperation(c, place)?;
        }
        Ok(())
    })
}

/// Reads a list of participations of actors of an inventory into it; `kind` is for those whose kind
/// the file does not say. Actors are found as by [`read_cooperations`].
///
/// # Errors
/// As [`participations`](super::participations), and in strict mode the inventory's findings.
pub fn read_participations(
    path: impl AsRef<Path>,
    columns: &TieColumns<'_>,
    kind: CooperationKind,
    source: &str,
    inventory: &mut InventoryBuilder,
) -> Result<Diagnostics> {
    let file = File { path: path.as_ref(), kind, source };
    let read = |table: Records<'_>, find: FindActor<'_>| participations_by(table, columns, find);
    file.read(inventory, read, |list, inventory, found| {
        for record in list.records {
            let Some(actor) = inventory.actor(record.actor).map(|a| a.id.clone()) else { continue };
            let place = file.place_of(&record.tie);
            let name = &list.projects[record.project as usize];
            let kind = file.kind_of(&record.tie, &place, found);
            let mut p = Participation::new(actor, ProjectId::new(name)?, kind);
            p.role = if record.lead == Some(true) { ProjectRole::Lead } else { ProjectRole::Partner };
            p.period = period_of(&record.tie, &place, found).or_else(|| Period::find(name));
            file.source.clone_into(&mut p.source);
            inventory.add_participation(p, place)?;
        }
        Ok(())
    })
}

/// A file of ties, and what is said of those it holds.
struct File<'a> {
    path: &'a Path,
    kind: CooperationKind,
    source: &'a str,
}

impl File<'_> {
    /// Reads the file and adds what was read; what the inventory does not take is dropped.
    fn read<T>(
        &self,
        inventory: &mut InventoryBuilder,
        read: impl FnOnce(Records<'_>, FindActor<'_>) -> Result<(T, Diagnostics)>,
        add: impl FnOnce(T, &mut InventoryBuilder, &mut Diagnostics) -> Result<()>,
    ) -> Result<Diagnostics> {
        let strictness = inventory.diagnostics().strictness();
        let table = csv::Reader::default().strictness(strictness).open_path(self.path)?;
        let finder = Finder::new(inventory);
        let (records, mut found) = read(table, &|name| finder.find(name))?;
        let before = inventory.diagnostics().dropped();
        add(records, inventory, &mut found)?;
        found.drop_kept(inventory.diagnostics().dropped() - before);
        Ok(found)
    }

    fn place_of(&self, tie: &TieRecord) -> Place {
        Place { line: tie.line, ..Place::file(self.path.display().to_string()).record(tie.record) }
    }

    fn kind_of(&self, tie: &TieRecord, place: &Place, found: &mut Diagnostics) -> CooperationKind {
        let Some(text) = tie.kind.as_deref() else { return self.kind };
        cooperation_kind(text).unwrap_or_else(|| {
            let near = near_cooperation_kind(text);
            let message =
                format!("{:?} is no kind of cooperation; taken as {}{near}", printable(text, 60), self.kind);
            found.remark("unknown_kind", place.clone(), message);
            self.kind
        })
    }
}

/// The years a record's dates name; what names none is reported.
fn period_of(tie: &TieRecord, place: &Place, found: &mut Diagnostics) -> Option<Period> {
    let mut years = |text: Option<&str>| {
        let text = text?;
        if let Some(period) = Period::find(text) {
            return Some(period);
        }
        if let Some(year) = serial_year(text) {
            let message = format!("{text:?} is the number of a day in a spreadsheet; read as {year}");
            found.repaired("serial_date", place.clone(), message);
            return Period::new(year, year).ok();
        }
        if is_open(text) {
            return None;
        }
        let message = format!("{:?} names no year; left out", printable(text, 60));
        found.repaired("bad_period", place.clone(), message);
        None
    };
    let (start, end) = (years(tie.start.as_deref()), years(tie.end.as_deref()));
    let open = [&tie.start, &tie.end].into_iter().flatten().find(|t| is_open(t));
    let first = start.or(end);
    if let Some(text) = open.filter(|_| end.is_none() && first.is_none_or(|p| p.from == p.to)) {
        let taken = first.map_or("no year is taken".to_owned(), |p| format!("only {} is taken", p.from));
        let message = format!("{:?} has no end; {taken}: give a last year", printable(text, 60));
        found.repaired("open_period", place.clone(), message);
    }
    let first = first?;
    let last = end.unwrap_or(first);
    Period::new(first.from, last.to).ok().or_else(|| {
        let message =
            format!("the period ends in {} before it begins in {}; its end is left out", last.to, first.from);
        found.repaired("bad_period", place.clone(), message);
        Some(first)
    })
}

/// The year of a day counted from 30 December 1899, as spreadsheets do, from 1954 to 2064.
fn serial_year(text: &str) -> Option<Year> {
    let days: u32 = text.trim().parse().ok().filter(|d| (20_000..60_000).contains(d))?;
    // Days since 1 January 1900; that year was no leap year.
    let (mut left, mut year) = (days - 2, 1900);
    loop {
        let length = 365 + u32::from(year % 4 == 0 && year != 1900);
        if left < length {
            return Some(year);
        }
        (left, year) = (left - length, year + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_spreadsheets_have_years() {
        // 1 September 2019, 31 December 2019, 1 January 2020.
        assert_eq!(
            [43709, 43830, 43831].map(|d| serial_year(&d.to_string())),
            [Some(2019), Some(2019), Some(2020)]
        );
        assert_eq!(serial_year("19"), None);
    }
}
