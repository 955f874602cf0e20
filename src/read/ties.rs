//! Lists of cooperations: edges between two actors, and participations of actors in projects.
//!
//! Both come as raw records with the row they were read from; actors are resolved by the caller's
//! function from the name in the file to an index, so that any key can serve (id, code, name).

use std::collections::{BTreeSet, HashMap, HashSet};

use unicode_normalization::UnicodeNormalization;

use super::names::{ColumnNames, Role, fold, listed};
use super::number::Number;
use super::partners;
use super::records::{Records, Row, warning};
use super::tie_matrix;
use crate::diagnostics::{Diagnostics, Finding, Outcome, Place, Severity, printable};
use crate::error::{Error, Result};

/// Finds the actor that a name or id in the file stands for.
pub type Resolve<'a> = &'a dyn Fn(&str) -> Option<u32>;

/// How a name in a file was found to stand for an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    /// By identifier.
    Id(u32),
    /// By a name that only this one has.
    Name(u32),
    /// So many actors have it.
    Several(usize),
    None,
}

impl Match {
    fn of(found: Option<u32>) -> Self {
        found.map_or(Self::None, Self::Id)
    }
}

/// Names that columns of a list of cooperations may have, the first that is there being taken.
///
/// ```
/// let columns = rurban::read::TieColumns::default().source(&["a"]).target(&["b"]);
/// # let _ = columns;
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TieColumns<'a> {
    /// One end of an edge.
    pub source: Vec<&'a str>,
    /// The other end of an edge.
    pub target: Vec<&'a str>,
    /// The actor of a participation.
    pub actor: Vec<&'a str>,
    /// The columns that together name a project; all that are there count.
    pub project: Vec<&'a str>,
    /// Whether the actor leads.
    pub lead: Vec<&'a str>,
    /// How much.
    pub weight: Vec<&'a str>,
    /// Of which kind.
    pub kind: Vec<&'a str>,
    /// From when, or when.
    pub start: Vec<&'a str>,
    /// Until when.
    pub end: Vec<&'a str>,
    /// On what, several separated by `;` or `|`.
    pub themes: Vec<&'a str>,
    /// Columns given by name, which must be there.
    pub given: ColumnNames,
}

impl Default for TieColumns<'_> {
    fn default() -> Self {
        Self {
            source: Role::Source.names().to_vec(),
            target: Role::Target.names().to_vec(),
            actor: Role::Actor.names().to_vec(),
            project: Role::Project.names().to_vec(),
            lead: Role::Lead.names().to_vec(),
            weight: Role::Weight.names().to_vec(),
            kind: Role::Kind.names().to_vec(),
            start: Role::Start.names().to_vec(),
            end: Role::End.names().to_vec(),
            themes: Role::Themes.names().to_vec(),
            given: ColumnNames::default(),
        }
    }
}

impl<'a> TieColumns<'a> {
    column_setters!(source, target, actor, project, lead, weight, kind, start, end, themes);

    /// Names columns by what they tell.
    #[must_use]
    pub fn given(mut self, names: ColumnNames) -> Self {
        self.given = names;
        self
    }

    /// Whether nobody says where the ends of edges stand.
    fn as_usual(&self) -> bool {
        self.source == Role::Source.names()
            && self.target == Role::Target.names()
            && self.given.get(Role::Source).is_none()
            && self.given.get(Role::Target).is_none()
    }
}

/// What edges and participations have in common, as it is in the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TieRecord {
    /// Weight; 1 when the file gives none.
    pub weight: f64,
    /// Kind of cooperation.
    pub kind: Option<String>,
    /// Date or period, or its beginning, as written.
    pub start: Option<String>,
    /// End of the period, as written, or that it goes on, where the file has a status that says so.
    pub end: Option<String>,
    /// Themes, trimmed.
    pub themes: Vec<String>,
    /// Row of the file, from 0.
    pub record: usize,
    /// Line of the file, from 1, where it has lines.
    pub line: Option<u64>,
}

/// A tie between two actors.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgeRecord {
    /// One end.
    pub source: u32,
    /// The other end.
    pub target: u32,
    /// The rest.
    pub tie: TieRecord,
}

/// An actor in a project.
#[derive(Debug, Clone, PartialEq)]
pub struct ParticipationRecord {
    /// The actor.
    pub actor: u32,
    /// Index of the project in [`Participations::projects`].
    pub project: u32,
    /// Whether the actor leads; `None` when the file does not say.
    pub lead: Option<bool>,
    /// The rest.
    pub tie: TieRecord,
}

/// Participations, and the projects they are in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Participations {
    /// Names of the projects, the cells of all project columns joined by ` / `, in order of the file.
    pub projects: Vec<String>,
    /// The participations, in order of the file.
    pub records: Vec<ParticipationRecord>,
}

/// Columns of the parts that edges and participations share.
struct Common {
    weight: Option<usize>,
    kind: Option<usize>,
    start: Option<usize>,
    end: Option<usize>,
    /// Whether it goes on, where no end says when it ended.
    status: Option<usize>,
    themes: Option<usize>,
}

impl Common {
    fn find(table: &mut Records<'_>, columns: &TieColumns<'_>) -> Result<Self> {
        let mut find = |role, names: &[&str]| table.find(role, names, &columns.given);
        let common = Self {
            weight: find(Role::Weight, &columns.weight)?,
            kind: find(Role::Kind, &columns.kind)?,
            start: find(Role::Start, &columns.start)?,
            end: find(Role::End, &columns.end)?,
            themes: find(Role::Themes, &columns.themes)?,
            status: table.column(&["statut", "status", "etat", "avancement"]),
        };
        if let Some(weight) = common.weight {
            table.judge_numbers(&[weight]);
        }
        Ok(common)
    }

    /// The shared parts of a row; `None` when the row was dropped for its weight.
    fn read(&self, row: &Row<'_>, found: &mut Diagnostics) -> Result<Option<TieRecord>> {
        let weight = match self.weight.map(|c| (c, row.number(c))) {
            None | Some((_, Number::Blank)) => 1.0,
            Some((_, Number::Value(weight))) if weight >= 0.0 => weight,
            Some((column, Number::Value(_))) => {
                found.drop_record("negative_weight", row.place_of(column), "the weight is negative")?;
                return Ok(None);
            }
            Some((column, _)) => {
                let message =
                    format!("{:?} is no weight; the tie counts as 1", printable(row.get(column), 60));
                // Strict reading stops here: what the file says is not what counts.
                found.report(Finding {
                    severity: Severity::Error,
                    kind: "bad_weight",
                    place: row.place_of(column),
                    message,
                    outcome: Outcome::Repaired,
                })?;
                1.0
            }
        };
        let text = |column| row.optional(column).map(str::to_owned);
        let themes = row.optional(self.themes).unwrap_or_default().split([';', '|']).map(str::trim);
        let heading = self.start.and_then(|c| row.header.get(c)).filter(|h| is_open(h));
        // A year under `Depuis`, or a status.
        let since = heading.filter(|_| row.optional(self.start).is_some()).cloned();
        let going_on = || since.or_else(|| text(self.status).filter(|status| is_open(status)));
        Ok(Some(TieRecord {
            weight,
            kind: text(self.kind),
            start: text(self.start),
            end: text(self.end).or_else(going_on),
            themes: themes.filter(|t| !t.is_empty()).map(str::to_owned).collect(),
            record: row.record(),
            line: row.line(),
        }))
    }
}

/// Participants above which a project is perhaps none.
const LARGE: usize = 500;

/// Finds the actor that a name stands for, and says how.
pub(super) type FindActor<'a> = &'a dyn Fn(&str) -> Match;

/// The actor in a column; `None` when the row was dropped because there is none.
pub(super) fn actor(
    row: &Row<'_>,
    column: usize,
    find: FindActor<'_>,
    found: &mut Diagnostics,
) -> Result<Option<u32>> {
    actor_called(row.id(column), row, column, find, found)
}

/// The actors in columns of partners; the cells that name several are told, the parts that name none are
/// dropped, and so is a row without any partner.
fn partners_of(
    row: &Row<'_>,
    columns: &[usize],
    find: FindActor<'_>,
    found: &mut Diagnostics,
) -> Result<Vec<(usize, u32)>> {
    let filled: Vec<usize> = columns.iter().copied().filter(|&c| !row.get(c).is_empty()).collect();
    // A row without partners is told of once.
    let read = if filled.is_empty() { columns.get(..1).unwrap_or_default() } else { &filled };
    let mut all = Vec::new();
    for &column in read {
        let plural = row.header.get(column).is_some_and(|heading| partners::is_plural(heading));
        let names = partners::several(row.id(column), &|name| find(name) != Match::None, plural);
        if names.len() > 1 {
            let message = format!("{} actors in one cell; each is taken by itself", names.len());
            found.remark("several_in_cell", row.place_of(column), message);
        }
        for name in names {
            all.extend(actor_called(name, row, column, find, found)?.map(|actor| (column, actor)));
        }
    }
    Ok(all)
}

fn actor_called(
    name: &str,
    row: &Row<'_>,
    column: usize,
    find: FindActor<'_>,
    found: &mut Diagnostics,
) -> Result<Option<u32>> {
    let shown = || printable(name, 80);
    let (kind, message) = match find(name) {
        Match::Id(actor) => return Ok(Some(actor)),
        Match::Name(actor) => {
            let message = format!("{:?} is no identifier, but only one actor is called so", shown());
            found.remark("matched_by_name", row.place_of(column), message);
            return Ok(Some(actor));
        }
        Match::Several(count) => {
            ("ambiguous_name", format!("{count} actors are called {:?}; give an identifier", shown()))
        }
        Match::None if name.is_empty() => ("no_actor", "no actor is named".to_owned()),
        Match::None => ("unknown_actor", format!("there is no actor {:?}{}", shown(), partners::hint(name))),
    };
    found.drop_record(kind, row.place_of(column), message)?;
    Ok(None)
}

fn repeated(row: &Row<'_>, kind: &'static str, message: &str, found: &mut Diagnostics) -> Result<()> {
    found.report(warning(kind, row.place(), message))
}

/// Reads a list of edges.
///
/// A row ties its actor to each partner that it names: in numbered columns (`Partenaire 1`, `Partenaire 2` …
/// beside `Structure`), or as a list in one cell. Edges to unknown actors, from an actor to itself, or with
/// a negative weight are dropped, a weight that is no number counts as 1. A table whose header and first
/// column are actors is read as a matrix: a tie for each pair with a mark. An edge between the same two actors, of the same kind and time as an earlier one, in
/// either direction, is kept and reported as `duplicate_edge`.
///
/// # Errors
/// [`Unknown`](crate::Error::Unknown) when there is no column for the two ends; those of [`Records::for_each`].
pub fn edges(
    table: Records<'_>,
    columns: &TieColumns<'_>,
    resolve: Resolve<'_>,
) -> Result<(Vec<EdgeRecord>, Diagnostics)> {
    edges_by(table, columns, &|name| Match::of(resolve(name)))
}

pub(super) fn edges_by(
    mut table: Records<'_>,
    columns: &TieColumns<'_>,
    resolve: FindActor<'_>,
) -> Result<(Vec<EdgeRecord>, Diagnostics)> {
    if columns.as_usual()
        && let Some(named) = tie_matrix::columns(&table, resolve)
    {
        return tie_matrix::edges(table, &named, resolve);
    }
    let (from, to) = ends(&mut table, columns, resolve)?;
    let common = Common::find(&mut table, columns)?;
    let mut records: Vec<EdgeRecord> = Vec::new();
    let mut met = HashSet::new();
    let found = table.for_each(|row, found| {
        let Some(source) = actor(row, from, resolve, found)? else { return Ok(()) };
        let mut targets = Vec::new();
        for (_, target) in partners_of(row, &to, resolve, found)? {
            if source == target {
                found.drop_record("self_loop", row.place(), "the edge leads from an actor to itself")?;
            } else {
                targets.push(target);
            }
        }
        if targets.is_empty() {
            return Ok(());
        }
        let Some(tie) = common.read(row, found)? else { return Ok(()) };
        for target in targets {
            let key = (source.min(target), source.max(target), tie.kind.clone(), tie.start.clone());
            if !met.insert(key) {
                repeated(row, "duplicate_edge", "an edge between these actors came before", found)?;
            }
            found.keep();
            records.push(EdgeRecord { source, target, tie: tie.clone() });
        }
        Ok(())
    })?;
    Ok((records, found))
}

/// The column of one end and those of the other: by their names, else the only ones that hold actors.
fn ends(
    table: &mut Records<'_>,
    columns: &TieColumns<'_>,
    resolve: FindActor<'_>,
) -> Result<(usize, Vec<usize>)> {
    let known = |name: &str| matches!(resolve(name), Match::Id(_) | Match::Name(_));
    let to = if columns.as_usual() { partners::numbered(table.header()) } else { Vec::new() };
    if !to.is_empty() {
        if let Some(from) = partners::naming(table, &to, &known) {
            table.take(Role::Source, from);
            to.iter().for_each(|c| table.take(Role::Target, *c));
            return Ok((from, to));
        }
        // Two partners and nobody else are each other's.
        if let &[one, other] = to.as_slice() {
            table.take(Role::Source, one);
            table.take(Role::Target, other);
            return Ok((one, vec![other]));
        }
        if to.len() > 2 {
            return Err(Error::Unknown {
                kind: "column",
                value: "the actor whose partners are numbered (structure, porteur, acteur, nom …)".to_owned(),
                hint: Some(format!(
                    "{} has the columns {}: numbered partners are not tied to each other; name the column of \
                     the actor they are partners of, source=COLUMN, or give a list of participations \
                     (project, actor)",
                    table.file(),
                    listed(table.header())
                )),
            });
        }
    }
    let from = table.find(Role::Source, &columns.source, &columns.given)?;
    let to = table.find(Role::Target, &columns.target, &columns.given)?;
    if let (Some(from), Some(to)) = (from, to) {
        return Ok((from, vec![to]));
    }
    if let (None, Some(to)) = (from, to)
        && partners::is_plural(&table.header()[to])
        && let Some(from) = partners::naming(table, &[to], &known)
    {
        table.take(Role::Source, from);
        return Ok((from, vec![to]));
    }
    let free = (0..table.header().len()).filter(|c| from != Some(*c) && to != Some(*c));
    let others: Vec<usize> = free.filter(|c| partners::holds(table, *c, &known)).collect();
    let ((None, None, &[from, to]) | (Some(from), None, &[to]) | (None, Some(to), &[from])) =
        (from, to, others.as_slice())
    else {
        let from = table.need(Role::Source, &columns.source, &columns.given)?;
        return Ok((from, vec![table.need(Role::Target, &columns.target, &columns.given)?]));
    };
    table.take(Role::Source, from);
    table.take(Role::Target, to);
    Ok((from, vec![to]))
}

/// Reads a list of participations.
///
/// A project is known by all its columns together, say programme and acronym: acronyms alone are
/// used again; case, accents and blanks do not tell projects apart. Each partner takes part that a row
/// names in numbered columns or as a list in one cell, and whom the column of the leader names, leads.
/// Rows without a project, with an unknown actor, or with a negative weight are dropped, and so is an actor's second row in the same project (`duplicate_participation`).
///
/// # Errors
/// [`Unknown`](crate::Error::Unknown) when there is no column for the actor or the project; those of
/// [`Records::for_each`].
pub fn participations(
    table: Records<'_>,
    columns: &TieColumns<'_>,
    resolve: Resolve<'_>,
) -> Result<(Participations, Diagnostics)> {
    participations_by(table, columns, &|name| Match::of(resolve(name)))
}

pub(super) fn participations_by(
    mut table: Records<'_>,
    columns: &TieColumns<'_>,
    resolve: FindActor<'_>,
) -> Result<(Participations, Diagnostics)> {
    let file = table.file().to_owned();
    let known = |name: &str| matches!(resolve(name), Match::Id(_) | Match::Name(_));
    let usual = columns.given.get(Role::Actor).is_none() && columns.actor == Role::Actor.names();
    let mut who = if usual { partners::numbered(table.header()) } else { Vec::new() };
    if who.is_empty() {
        who.push(table.need(Role::Actor, &columns.actor, &columns.given)?);
    } else {
        let other = table.optional(Role::Actor, &columns.actor, &columns.given)?;
        who.splice(..0, other.filter(|c| !who.contains(c)));
        who.iter().for_each(|c| table.take(Role::Actor, *c));
    }
    let first = table.need(Role::Project, &columns.project, &columns.given)?;
    let mut project_columns = BTreeSet::from([first]);
    if columns.given.get(Role::Project).is_none() {
        let all = columns.project.iter().filter_map(|c| table.column(&[c])).filter(|c| !who.contains(c));
        project_columns.extend(all);
    }
    project_columns.iter().for_each(|c| table.take(Role::Project, *c));
    let lead = table.find(Role::Lead, &columns.lead, &columns.given)?;
    // The column of the leader says yes or no, or who leads.
    let leader = lead.filter(|c| partners::holds(&table, *c, &known));
    let lead = if leader.is_some() { None } else { lead };
    let common = Common::find(&mut table, columns)?;
    let mut out = Participations::default();
    let mut indices: HashMap<String, u32> = HashMap::new();
    let mut met = HashSet::new();
    let mut spellings = HashSet::new();
    let mut found = table.for_each(|row, found| {
        let parts: Vec<&str> =
            project_columns.iter().map(|&c| row.get(c)).filter(|cell| !cell.is_empty()).collect();
        if parts.is_empty() {
            return found.drop_record("no_project", row.place(), "no project is named");
        }
        let mut actors = Vec::new();
        let leads = leader.filter(|&c| !row.get(c).is_empty());
        let leads = leads.map_or(Ok(Vec::new()), |c| partners_of(row, &[c], resolve, found))?;
        let blank = who.iter().all(|&c| row.get(c).is_empty());
        if leads.is_empty() || !blank {
            actors = partners_of(row, &who, resolve, found)?;
        }
        if actors.is_empty() && leads.is_empty() {
            return Ok(());
        }
        let Some(tie) = common.read(row, found)? else { return Ok(()) };
        let name = parts.join(" / ");
        let project = *indices.entry(spelling(&name)).or_insert_with(|| {
            out.projects.push(name.clone());
            out.projects.len() as u32 - 1
        });
        let known_as = &out.projects[project as usize];
        if *known_as != name && spellings.insert(name.clone()) {
            let [name, known_as] = [&name, known_as].map(|n| printable(n, 60));
            let message = format!("{name:?} is taken for the project {known_as:?} of an earlier row");
            found.remark("project_spelling", row.place(), message);
        }
        let lead = match row.optional(lead).map(str::to_lowercase).as_deref() {
            None => None,
            Some(
                "yes" | "oui" | "true" | "vrai" | "1" | "x" | "o" | "y" | "lead" | "leader" | "coordinator"
                | "coordinateur" | "coordinatrice" | "chef de file" | "porteur" | "pilote",
            ) => Some(true),
            Some("no" | "non" | "false" | "faux" | "0" | "n" | "partner" | "partenaire" | "participant") => {
                Some(false)
            }
            Some(other) => {
                found.repaired(
                    "bad_lead",
                    row.place(),
                    format!("{:?} does not say who leads; left out", printable(other, 60)),
                );
                None
            }
        };
        // A leader named in every row of the project takes part once.
        for &(_, actor) in leads.iter().filter(|(_, a)| met.insert((*a, project))) {
            found.keep();
            out.records.push(ParticipationRecord { actor, project, lead: Some(true), tie: tie.clone() });
        }
        for (_, actor) in actors.into_iter().filter(|(_, a)| leads.iter().all(|(_, l)| l != a)) {
            if !met.insert((actor, project)) {
                let message = "the actor is in this project already";
                found.drop_record("duplicate_participation", row.place(), message)?;
                continue;
            }
            found.keep();
            let lead = if leads.is_empty() { lead } else { Some(false) };
            out.records.push(ParticipationRecord { actor, project, lead, tie: tie.clone() });
        }
        Ok(())
    })?;
    let mut sizes = vec![0_usize; out.projects.len()];
    out.records.iter().for_each(|r| sizes[r.project as usize] += 1);
    for (name, size) in out.projects.iter().zip(sizes).filter(|(_, size)| *size > LARGE) {
        let message = format!(
            "{:?} has {size} participants, all of whom it ties to each other: is it a project, or a programme or \
             a year? (project=COLUMN names another column)",
            printable(name, 60)
        );
        found.remark("large_project", Place::file(file.as_str()), message);
    }
    Ok((out, found))
}

/// Whether a text says that something has not ended: `depuis 2015`, `en cours`, `2015 –`.
pub(super) fn is_open(text: &str) -> bool {
    let folded = fold(text);
    ["depuis", "since", "apartirde", "acompterde", "encours", "ongoing"].iter().any(|w| folded.starts_with(w))
        || ["encours", "ongoing", "acejour", "aujourdhui", "todate"].iter().any(|w| folded.ends_with(w))
        || text.trim_end().ends_with(['-', '–', '…', '→'])
}

/// A name without case and accents, and with single blanks.
fn spelling(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { fold(c.encode_utf8(&mut [0; 4])) } else { c.to_string() };
    let word = |w: &str| w.nfc().map(plain).collect::<String>();
    name.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Strictness;
    use crate::read::csv::Reader;

    fn letter(name: &str) -> Option<u32> {
        let [b @ b'a'..=b'e'] = name.as_bytes() else { return None };
        Some(u32::from(b - b'a'))
    }

    #[test]
    fn edges_are_checked_one_by_one() {
        let text = "Source;Target;Poids;Thème\na;b;1,5;eau; énergie\nb;a;2;\na;z;1;\n;b;1;\nc;c;1;\na;c;-1;\n\
                    a;d;s;\na;e;;x\n";
        let text = text.replace("eau; énergie", "\"eau; énergie\"");
        let table = Reader::default().open_str(&text, "edges.csv").unwrap();
        let columns = TieColumns::default();
        let (edges, found) = edges(table, &columns, &letter).unwrap();
        let got: Vec<_> = edges.iter().map(|e| (e.source, e.target, e.tie.weight, e.tie.record)).collect();
        assert_eq!(got, [(0, 1, 1.5, 0), (1, 0, 2.0, 1), (0, 3, 1.0, 6), (0, 4, 1.0, 7)]);
        assert_eq!(edges[0].tie.themes, ["eau", "énergie"]);
        for kind in
            ["duplicate_edge", "unknown_actor", "no_actor", "self_loop", "negative_weight", "bad_weight"]
        {
            assert_eq!(found.count(kind), 1, "{kind}: {found}");
        }
        assert_eq!((found.seen(), found.kept(), found.dropped()), (8, 4, 4));
        let table = Reader::default().open_str("x;y\n", "edges.csv").unwrap();
        assert!(super::edges(table, &columns, &letter).unwrap_err().to_string().contains("x, y"));
    }

    #[test]
    fn projects_are_known_by_all_their_columns() {
        let text = "programme,acronym,node,lead\nP1,X,a,Yes\nP1,X,b,No\nP2,X,a,maybe\nP1,X,a,No\n,,a,No\nP1,Y,z,No\n";
        let table = Reader::default().open_str(text, "p.csv").unwrap();
        let (got, found) = participations(table, &TieColumns::default(), &letter).unwrap();
        assert_eq!(got.projects, ["P1 / X", "P2 / X"]);
        let rows: Vec<_> = got.records.iter().map(|r| (r.actor, r.project, r.lead)).collect();
        assert_eq!(rows, [(0, 0, Some(true)), (1, 0, Some(false)), (0, 1, None)]);
        for kind in ["bad_lead", "duplicate_participation", "no_project", "unknown_actor"] {
            assert_eq!(found.count(kind), 1, "{kind}: {found}");
        }
        assert_eq!((found.seen(), found.dropped()), (6, 3));
    }

    #[test]
    fn strict_reading_stops_at_a_weight_in_words() {
        let read = |strictness| {
            let reader = Reader::default().strictness(strictness);
            let table = reader.open_str("source;target;poids\na;c;2\na;b;forte\na;d;3\n", "t").unwrap();
            edges(table, &TieColumns::default(), &letter).map(|(edges, _)| edges.len())
        };
        assert_eq!(read(Strictness::Lenient).unwrap(), 3);
        let error = read(Strictness::Strict).unwrap_err().to_string();
        assert!(error.contains("forte") && error.contains("bad_weight"), "{error}");
    }
}
