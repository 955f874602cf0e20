//! What the examples share: a progress bar, files of actors, the folder they write to.

#![allow(dead_code, reason = "each example uses what it needs")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};
use rurban::diagnostics::{Diagnostics, Strictness, printable};
use rurban::labels::Labels;
use rurban::linkage::{NullModel, Weighting, mixing_evidence};
use rurban::model::{Actor, ActorKind, CooperationKind, Level, LinkClass, Rurality};
use rurban::network::{Direction, Network};
use rurban::progress::{Progress, Silent};
use rurban::read::{ColumnNames, TieCount};
use rurban::report::StudyFiles;
use rurban::study::{LinkSummary, Study};
use rurban::write::report::{Align, TextTable, integer, number};
use rurban::write::write_findings_file;

/// As `println!`, but without a panic when nobody reads on (`… | head`): the files are still written.
macro_rules! say {
    ($($argument:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stdout(), $($argument)*);
    }};
}

/// Errors of an example: printed as they read, not handled.
pub type Fallible<T = ()> = Result<T, Failure>;

/// Any error, which `main` prints in words and not as code.
pub struct Failure(Box<dyn std::error::Error>);

impl<E: Into<Box<dyn std::error::Error>>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl std::fmt::Debug for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.0.to_string();
        let mut lines = text.lines().map(|line| printable(line, 2000));
        f.write_str(&lines.next().unwrap_or_default())?;
        lines.try_for_each(|line| write!(f, "\n{line}"))
    }
}

/// Shows the progress of the library as a bar on the terminal.
#[derive(Default)]
pub struct Bar(Mutex<Option<ProgressBar>>);

impl Progress for Bar {
    fn begin(&self, task: &str, steps: Option<u64>) {
        let bar = match steps {
            Some(steps) => ProgressBar::new(steps).with_style(
                ProgressStyle::with_template("{msg:34} {bar:30} {pos:>9}/{len} {elapsed}")
                    .unwrap_or_else(|_| ProgressStyle::default_bar()),
            ),
            None => ProgressBar::new_spinner(),
        };
        bar.set_message(task.to_owned());
        if let Ok(mut current) = self.0.lock() {
            *current = Some(bar);
        }
    }

    fn advance(&self, steps: u64) {
        if let Ok(current) = self.0.lock()
            && let Some(bar) = current.as_ref()
        {
            bar.inc(steps);
        }
    }

    fn end(&self) {
        if let Ok(mut current) = self.0.lock()
            && let Some(bar) = current.take()
        {
            bar.finish();
        }
    }
}

/// Creates the output folder and returns it.
pub fn output(folder: &Path) -> Fallible<PathBuf> {
    std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    Ok(folder.to_owned())
}

/// Options of every example that reads files of the user.
#[derive(clap::Args, Debug)]
pub struct Reading {
    /// Column by what it tells, as ROLE=NAME (commune=Code du lieu); may be given several times. Roles:
    /// id, name, commune, kind, themes, capacity, x, y, position, epsg, source, target, actor, project, lead,
    /// weight, start, end, territory, activity, figure, population, density …
    #[arg(long = "column", value_name = "ROLE=NAME")]
    columns: Vec<String>,
    /// CSV file to write every finding to.
    #[arg(long, value_name = "FILE")]
    findings: Option<PathBuf>,
    /// Stop at the first error in the data.
    #[arg(long)]
    pub strict: bool,
}

impl Reading {
    pub fn columns(&self) -> Fallible<ColumnNames> {
        Ok(ColumnNames::parse(&self.columns)?)
    }

    pub const fn strictness(&self) -> Strictness {
        if self.strict { Strictness::Strict } else { Strictness::Lenient }
    }
}

/// What was found in all files: printed as it comes, written at the end.
#[derive(Default)]
pub struct Account(Diagnostics);

impl Account {
    pub fn add(&mut self, title: &str, found: &Diagnostics) {
        say!("\n{title}\n{found}");
        self.0.merge(found.clone());
    }

    /// Writes all findings where the user wants them, whatever came of the run.
    pub fn finish(&self, reading: &Reading, outcome: Fallible) -> Fallible {
        if let Some(path) = &reading.findings {
            write_findings_file(path, &self.0)?;
            say!("\nAll findings are in {}", path.display());
        } else if !self.0.is_clean() {
            say!("\nOnly the first finding of each kind is shown; --findings FILE writes them all.");
        }
        outcome
    }
}

/// Fails when files of the user came to nothing: no tie is left, or no actor has a place.
pub fn check_use(study: &Study, ties: TieCount, own: impl Fn(&Actor) -> bool) -> Fallible {
    let actors = || study.inventory().actors().iter().zip(study.places()).filter(|(a, _)| own(a));
    let (all, placed) = (actors().count(), actors().filter(|(_, p)| p.base.is_some()).count());
    if all == 0 {
        return Err(
            "NO ACTOR WAS READ: the files hold none, or all rows were dropped. See the findings above".into(),
        );
    }
    if placed == 0 {
        return Err(format!(
            "NONE OF YOUR {all} ACTORS IS PLACED: the map shows none of them. See the findings above"
        )
        .into());
    }
    if ties.seen > 0 && ties.kept == 0 {
        let seen = ties.seen;
        return Err(format!(
            "ALL {seen} TIES WERE DROPPED: no actor was found for them. See the findings above"
        )
        .into());
    }
    say!("\n{placed} of {all} actors of yours are placed, {} of {} ties kept", ties.kept, ties.seen);
    Ok(())
}

/// Reads a level of the embedded France, for options that take one.
pub fn known_level(text: &str) -> Result<Level, String> {
    let levels = [
        Level::Commune,
        Level::Epci,
        Level::PetrPays,
        Level::Departement,
        Level::Region,
        Level::AttractionArea,
    ];
    let Ok(level) = text.parse::<Level>();
    let keys: Vec<&str> = levels.iter().map(Level::key).collect();
    if levels.contains(&level) { Ok(level) } else { Err(format!("levels are {}", keys.join(", "))) }
}

/// Reads a number above zero, for options that take one.
pub fn positive(text: &str) -> Result<f64, String> {
    let number = text.replace(',', ".").parse().ok().filter(|v: &f64| v.is_finite() && *v > 0.0);
    number.ok_or_else(|| "must be a number above 0".to_owned())
}

/// Reads how many random replicates a test takes.
pub fn replicates(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|n: &usize| (1..=10_000_000).contains(n));
    number.ok_or_else(|| "must be a whole number from 1 to 10000000; 999 is usual".to_owned())
}

/// A file that is there, for options that take one.
pub fn file(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match std::fs::metadata(&path) {
        Ok(found) if found.is_dir() => Err("this is a folder; give a file".to_owned()),
        Ok(_) => Ok(path),
        Err(e) => Err(e.to_string()),
    }
}

/// Prints what a study says about linkage, with two null models side by side.
pub fn report_study(study: &Study, files: &StudyFiles<'_>) -> Fallible {
    let percent = |part: f64, whole: f64| format!("{:.1} %", 100.0 * part / whole);
    let base = study.atlas().base();
    let population = |test: &dyn Fn(usize) -> bool| -> f64 {
        (0..base.territories().len())
            .filter(|&i| test(i))
            .filter_map(|i| base.territories()[i].population)
            .sum()
    };
    let all = population(&|_| true);
    say!("\nTERRITORIES");
    let mut table = TextTable::new([("level", Align::Left), ("territories", Align::Right)]);
    for level in study.atlas().levels() {
        table.row([level.level().to_string(), integer(level.territories().len() as i64)])?;
    }
    say!("{table}");
    if all > 0.0 {
        let rural = population(&|i| {
            base.territories()[i].density.map(rurban::model::DensityLevel::rurality) == Some(Rurality::Rural)
        });
        say!("population {}: {} in rural communes", integer(all as i64), percent(rural, all));
        if let Ok(areas) = study.atlas().level(&Level::AttractionArea) {
            let inside = population(&|i| areas.membership().get(i).is_some());
            say!("{} attraction areas hold {} of it", areas.territories().len(), percent(inside, all));
        }
    }

    say!("\nACTORS");
    let mut table = TextTable::new([
        ("kind", Align::Left),
        ("actors", Align::Right),
        ("rural", Align::Right),
        ("urban", Align::Right),
        ("unclassed", Align::Right),
        ("with links", Align::Right),
    ]);
    let whole = study.network(|_| true)?;
    for kind in ActorKind::ALL {
        let mut counts = [0_i64; 5];
        for (i, place) in study.places().iter().enumerate() {
            if study.inventory().actors()[i].kind == kind {
                counts[0] += 1;
                counts[match place.rurality() {
                    Some(Rurality::Rural) => 1,
                    Some(Rurality::Urban) => 2,
                    None => 3,
                }] += 1;
                counts[4] += i64::from(whole.degree(i) > 0);
            }
        }
        if counts[0] > 0 {
            table.row(std::iter::once(kind.to_string()).chain(counts.map(integer)))?;
        }
    }
    say!("{table}");

    say!("\nLINKS");
    let mut table = TextTable::new([
        ("kind", Align::Left),
        ("links", Align::Right),
        ("urban–urban", Align::Right),
        ("urban–rural", Align::Right),
        ("rural–rural", Align::Right),
        ("unclassed", Align::Right),
    ]);
    for kind in CooperationKind::ALL {
        let s = LinkSummary::of(study.links().iter().filter(|l| l.kind == kind));
        if s.total() > 0 {
            let counts = [s.total(), s.urban_urban, s.urban_rural, s.rural_rural, s.unclassed];
            table.row(std::iter::once(kind.to_string()).chain(counts.map(|n| integer(n as i64))))?;
        }
    }
    say!("{table}");

    say!("\nARE RURAL AND URBAN ACTORS TIED MORE THAN CHANCE?");
    let mut table = TextTable::new([
        ("cooperations", Align::Left),
        ("null model", Align::Left),
        ("urban–rural ties", Align::Right),
        ("expected", Align::Right),
        ("sd", Align::Right),
        ("z", Align::Right),
        ("p", Align::Right),
        ("E-I", Align::Right),
        ("expected", Align::Right),
        ("n", Align::Right),
        ("isolates", Align::Right),
        ("unlabelled", Align::Right),
    ]);
    let labels = study.rurality_labels();
    let kinds: Vec<CooperationKind> =
        CooperationKind::ALL.into_iter().filter(|k| study.links().iter().any(|l| l.kind == *k)).collect();
    for kind in kinds {
        // Only the actors that have a tie of this kind: all others would be isolates of the test.
        let (network, labels) = tied_part(study, &labels, kind)?;
        for (name, null) in [
            ("labels dealt at random", NullModel::LabelPermutation),
            ("degrees kept", NullModel::Configuration),
        ] {
            let e = match mixing_evidence(&network, &labels, Weighting::Edges, null, &Silent) {
                Ok(e) => e,
                Err(e) => {
                    say!("{kind}, {name}: {e}");
                    continue;
                }
            };
            let show = |v: Option<f64>, decimals| v.map_or("–".to_owned(), |v| number(v, decimals));
            let cross = &e.cells[(0, 1)];
            let p = cross
                .p
                .map_or("–".to_owned(), |p| if p < 1e-4 { format!("{p:.0e}") } else { format!("{p:.4}") });
            table.row([
                kind.to_string(),
                name.to_owned(),
                number(cross.observed, 0),
                number(cross.expected, 1),
                show(cross.sd, 1),
                show(cross.z, 2),
                p,
                number(e.ei.observed, 3),
                number(e.ei.expected, 3),
                integer(cross.n as i64),
                integer(cross.isolates as i64),
                integer(cross.unlabelled as i64),
            ])?;
        }
    }
    say!("{table}");

    if let Ok(rows) = files.of(&Level::PetrPays) {
        say!("\nPETR/PAYS WITH MOST URBAN–RURAL LINKS");
        let mut rows: Vec<_> = rows.iter().collect();
        let cross = LinkClass::UrbanRural as usize;
        rows.sort_by(|a, b| {
            b.links[cross].cmp(&a.links[cross]).then(a.territory.code.cmp(&b.territory.code))
        });
        let mut table = TextTable::new([
            ("PETR/Pays", Align::Left),
            ("population", Align::Right),
            ("rural", Align::Right),
            ("urban–rural links", Align::Right),
            ("urban exposure", Align::Right),
            ("research at", Align::Right),
            ("innovation at", Align::Right),
        ]);
        let or_dash = |v: Option<f64>, f: &dyn Fn(f64) -> String| v.map_or("–".to_owned(), f);
        for m in rows.iter().take(10) {
            table.row([
                m.territory.name.clone(),
                or_dash(m.territory.population, &|p| integer(p as i64)),
                or_dash(m.rural_population_share, &|s| percent(s, 1.0)),
                integer(m.links[cross] as i64),
                or_dash(m.urban_exposure, &|s| format!("{} of {}", percent(s, 1.0), m.urban_exposure_ends)),
                or_dash(m.research_distance_m, &|d| format!("{:.1} km", d / 1e3)),
                or_dash(m.innovation_distance_m, &|d| format!("{:.1} km", d / 1e3)),
            ])?;
        }
        say!("{table}");
    }
    Ok(())
}

/// The ties of one kind among the actors that have one, and the labels of those.
fn tied_part(study: &Study, labels: &Labels, kind: CooperationKind) -> Fallible<(Network, Labels)> {
    let mut of = vec![None; study.places().len()];
    let mut kept = Vec::new();
    let mut edges = Vec::new();
    for link in study.links().iter().filter(|l| l.kind == kind) {
        let mut node = |i: u32| {
            *of[i as usize].get_or_insert_with(|| {
                kept.push(labels.as_slice()[i as usize]);
                kept.len() as u32 - 1
            })
        };
        edges.push((node(link.a), node(link.b), link.weight));
    }
    let (network, _) = Network::from_edges(kept.len(), &edges, Direction::Undirected)?;
    Ok((network, Labels::new(kept, labels.classes())?))
}
