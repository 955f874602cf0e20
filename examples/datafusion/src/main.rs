//! `rurban`'s functions in SQL: points, ties and communes as tables, files as (Geo)Parquet.
//!
//! `rurban-datafusion points --rows 10000000 data` writes made-up points and the other tables into a folder,
//! `rurban-datafusion check data` runs the queries of `sql/` and sets them beside the same measures in memory,
//! `rurban-datafusion query data "SELECT …"` runs one of yours. With the feature `ballista` there are `scheduler`
//! and `executor`, and `--scheduler URL` sends the queries there. See README.md.

#[cfg(feature = "ballista")]
mod cluster;
mod functions;
mod memory;
mod points;

use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, Parser, Subcommand};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use rurban::france::EmbeddedFrance;

/// Errors are printed as they read.
type Fallible<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// The queries of `sql/`.
const QUERIES: [(&str, &str); 4] = [
    ("counts", include_str!("../sql/counts.sql")),
    ("location quotients", include_str!("../sql/location_quotients.sql")),
    ("access", include_str!("../sql/access.sql")),
    ("mixing", include_str!("../sql/mixing.sql")),
];

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

/// Where queries run, and over what.
#[derive(Args)]
struct Over {
    /// Folder with points.parquet, communes.parquet and ties.parquet.
    folder: PathBuf,
    /// Scheduler that the queries are sent to (df://localhost:50050); this process when left out.
    #[cfg(feature = "ballista")]
    #[arg(long)]
    scheduler: Option<String>,
}

#[derive(Subcommand)]
enum Task {
    /// Write the tables: made-up points around the communes, the communes, the ties between them.
    Points {
        /// How many points.
        #[arg(long, default_value_t = 10_000_000)]
        rows: usize,
        /// Folder to write to.
        folder: PathBuf,
    },
    /// Run the queries of `sql/` and compare them with the same measures in memory.
    Check {
        #[command(flatten)]
        over: Over,
        /// Only these queries: counts, location quotients, access, mixing.
        #[arg(long)]
        only: Vec<String>,
    },
    /// Run a query over the tables points, communes and ties.
    Query {
        #[command(flatten)]
        over: Over,
        /// The query.
        sql: String,
    },
    /// Hand the parts of queries to executors, until it is stopped.
    #[cfg(feature = "ballista")]
    Scheduler(cluster::Scheduler),
    /// Work on parts of queries for a scheduler, until it is stopped.
    #[cfg(feature = "ballista")]
    Executor(cluster::Executor),
}

#[tokio::main(flavor = "multi_thread")]
async fn main() -> Fallible {
    match Arguments::parse().task {
        Task::Points { rows, folder } => {
            std::fs::create_dir_all(&folder)?;
            points::write(&folder.join("points.parquet"), rows)?;
            points::write_communes(&folder.join("communes.parquet"))?;
            points::write_ties(&folder.join("ties.parquet"), &memory::ties(&EmbeddedFrance::load()?))
        }
        Task::Check { over, only } => check(&over, &only).await,
        Task::Query { over, sql } => {
            let batches = session(&over).await?.sql(&sql).await?.collect().await?;
            println!("{}", pretty_format_batches(&batches)?);
            Ok(())
        }
        #[cfg(feature = "ballista")]
        Task::Scheduler(scheduler) => scheduler.run().await,
        #[cfg(feature = "ballista")]
        Task::Executor(executor) => executor.run().await,
    }
}

/// A session with the functions and the three tables.
async fn session(over: &Over) -> Fallible<SessionContext> {
    #[cfg(feature = "ballista")]
    let remote = match &over.scheduler {
        Some(url) => Some(cluster::connect(url).await?),
        None => None,
    };
    #[cfg(not(feature = "ballista"))]
    let remote: Option<SessionContext> = None;
    let mut session = remote
        .unwrap_or_else(|| SessionContext::new_with_config(SessionConfig::new().with_batch_size(32_768)));
    functions::register(&mut session)?;
    // Executors read the files themselves, from wherever they were started.
    let folder = over.folder.canonicalize()?;
    for table in ["points", "communes", "ties"] {
        let file = folder.join(format!("{table}.parquet"));
        let file = file.to_str().ok_or("the path is not UTF-8")?;
        session.register_parquet(table, file, ParquetReadOptions::default()).await?;
    }
    Ok(session)
}

async fn check(over: &Over, only: &[String]) -> Fallible {
    let wanted: Vec<_> =
        QUERIES.into_iter().filter(|(name, _)| only.is_empty() || only.iter().any(|o| o == name)).collect();
    let clock = Clock::start();
    let session = session(over).await?;
    functions::reference()?;
    println!("{clock}  functions and tables are there");
    let mut answers = Vec::new();
    for (name, sql) in wanted {
        let clock = Clock::start();
        let batches = session.sql(sql).await?.collect().await?;
        println!("{clock}  {name}, by SQL");
        answers.push((name, batches));
    }
    let clock = Clock::start();
    let memory = memory::Measures::of(&over.folder.join("points.parquet"))?;
    println!("{clock}  points counted in memory");
    for (name, batches) in answers {
        let clock = Clock::start();
        let compared = memory.compare(name, &batches)?;
        println!("{clock}  {name}, in memory: {compared} numbers, all equal");
    }
    Ok(())
}

/// Seconds, and those of all processors of this process together: what counts on a machine that others share.
struct Clock {
    begun: Instant,
    cpu_s: f64,
}

impl Clock {
    fn start() -> Self {
        Self { begun: Instant::now(), cpu_s: cpu_seconds() }
    }
}

impl std::fmt::Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (wall, cpu) = (self.begun.elapsed().as_secs_f64(), cpu_seconds() - self.cpu_s);
        write!(f, "{wall:8.2} s ({cpu:6.2} s of CPU)")
    }
}

/// User and system time of this process so far; `NaN` where the system does not say.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
    let ticks: Vec<f64> = fields.filter_map(|f| f.parse().ok()).collect();
    if ticks.len() == 2 { ticks.iter().sum::<f64>() / 100.0 } else { f64::NAN }
}
