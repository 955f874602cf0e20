//! `rurban`'s functions in SQL: points, ties and communes as tables, files as Parquet.
//!
//! `cargo run --release -- points --rows 10000000 points.parquet` writes made-up points,
//! `cargo run --release -- check points.parquet` runs the queries of `sql/` and sets them beside the same
//! measures in memory, `cargo run --release -- query points.parquet "SELECT …"` runs one of yours.

mod functions;
mod memory;
mod points;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::{Parser, Subcommand};
use datafusion::arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::datasource::MemTable;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use rurban::france::EmbeddedFrance;

/// Errors are printed as they read.
type Fallible<T = ()> = Result<T, Box<dyn std::error::Error>>;

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Write made-up points around the communes.
    Points {
        /// How many.
        #[arg(long, default_value_t = 10_000_000)]
        rows: usize,
        /// Parquet file to write.
        file: PathBuf,
    },
    /// Run the queries of `sql/` and compare them with the same measures in memory.
    Check {
        /// Parquet file with lon, lat, activity and jobs.
        file: PathBuf,
    },
    /// Run a query over the tables points, communes and ties.
    Query {
        /// Parquet file with lon, lat, activity and jobs.
        file: PathBuf,
        /// The query.
        sql: String,
    },
}

#[tokio::main(flavor = "multi_thread")]
async fn main() -> Fallible {
    match Arguments::parse().task {
        Task::Points { rows, file } => points::write(&file, rows),
        Task::Check { file } => check(&file).await,
        Task::Query { file, sql } => {
            let batches = session(&file).await?.sql(&sql).await?.collect().await?;
            println!("{}", pretty_format_batches(&batches)?);
            Ok(())
        }
    }
}

/// A session with the functions and the three tables.
async fn session(file: &std::path::Path) -> Fallible<SessionContext> {
    let session = SessionContext::new_with_config(SessionConfig::new().with_batch_size(32_768));
    functions::register(&session);
    let path = file.to_str().ok_or("the path is not UTF-8")?;
    session.register_parquet("points", path, ParquetReadOptions::default()).await?;

    let communes = functions::reference()?.atlas.base().territories();
    let text = |values: Vec<&str>| -> ArrayRef { Arc::new(StringArray::from(values)) };
    let axis = |of: fn(rurban::space::LonLat) -> f64| -> ArrayRef {
        Arc::new(communes.iter().map(|t| t.point.map(of)).collect::<Float64Array>())
    };
    let table = RecordBatch::try_from_iter([
        ("code", text(communes.iter().map(|t| t.code.as_str()).collect())),
        ("name", text(communes.iter().map(|t| t.name.as_str()).collect())),
        ("lon", axis(rurban::space::LonLat::lon)),
        ("lat", axis(rurban::space::LonLat::lat)),
    ])?;
    session.register_table("communes", Arc::new(MemTable::try_new(table.schema(), vec![vec![table]])?))?;

    let ties = memory::ties(&EmbeddedFrance::load()?);
    let weights: Float64Array = ties.iter().map(|t| Some(t.weight)).collect();
    let table = RecordBatch::try_from_iter([
        ("source", text(ties.iter().map(|t| t.source.as_str()).collect())),
        ("target", text(ties.iter().map(|t| t.target.as_str()).collect())),
        ("weight", Arc::new(weights) as ArrayRef),
    ])?;
    session.register_table("ties", Arc::new(MemTable::try_new(table.schema(), vec![vec![table]])?))?;
    Ok(session)
}

async fn check(file: &std::path::Path) -> Fallible {
    let start = Instant::now();
    let session = session(file).await?;
    println!("{:8.2} s  functions and tables are there", start.elapsed().as_secs_f64());
    let start = Instant::now();
    let memory = memory::Measures::of(file)?;
    println!("{:8.2} s  in memory, all of it", start.elapsed().as_secs_f64());
    let queries = [
        ("counts", include_str!("../sql/counts.sql")),
        ("location quotients", include_str!("../sql/location_quotients.sql")),
        ("access", include_str!("../sql/access.sql")),
        ("mixing", include_str!("../sql/mixing.sql")),
    ];
    for (name, sql) in queries {
        let start = Instant::now();
        let batches = session.sql(sql).await?.collect().await?;
        let seconds = start.elapsed().as_secs_f64();
        let compared = memory.compare(name, &batches)?;
        println!("{seconds:8.2} s  {name}: {compared} numbers equal to those in memory");
    }
    Ok(())
}
