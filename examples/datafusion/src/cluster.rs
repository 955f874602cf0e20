//! The same functions on several machines: a Ballista scheduler, executors, and sessions that send queries to
//! them. Plans travel with the names of the functions, so that each of the three has to know them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use ballista::prelude::{SessionConfigExt, SessionContextExt};
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::utils::default_session_builder;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use clap::Args;
use datafusion::execution::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::{Fallible, functions};

/// A silent executor is given up after this many seconds, and its parts are handed to others.
const SILENT_S: u64 = 10;

/// A scheduler.
#[derive(Args)]
pub struct Scheduler {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:50050")]
    listen: SocketAddr,
    /// Executors that have to be there before `/readyz` says so.
    #[arg(long, default_value_t = 2)]
    executors: usize,
}

impl Scheduler {
    /// Runs until it is stopped.
    pub async fn run(self) -> Fallible {
        let config = SchedulerConfig {
            bind_host: self.listen.ip().to_string(),
            external_host: self.listen.ip().to_string(),
            bind_port: self.listen.port(),
            min_ready_executors: self.executors,
            executor_timeout_seconds: SILENT_S,
            expire_dead_executor_interval_seconds: 2,
            no_executors_grace_period_seconds: SILENT_S,
            override_session_builder: Some(Arc::new(|config| {
                let mut state = default_session_builder(config)?;
                functions::register(&mut state)?;
                Ok(state)
            })),
            ..SchedulerConfig::default()
        };
        let cluster = BallistaCluster::new_from_config(&config).await?;
        Ok(start_server(cluster, self.listen, Arc::new(config)).await?)
    }
}

/// An executor.
#[derive(Args)]
pub struct Executor {
    /// Address of the scheduler.
    #[arg(long, default_value = "127.0.0.1:50050")]
    scheduler: SocketAddr,
    /// Address of this machine as the others see it.
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Port for results; the next one takes parts of queries.
    #[arg(long, default_value_t = 50051)]
    port: u16,
    /// Parts it works on at a time.
    #[arg(long, default_value_t = 1)]
    cores: usize,
    /// Folder for what goes from one step of a query to the next.
    #[arg(long)]
    scratch: PathBuf,
}

impl Executor {
    /// Runs until it is stopped.
    pub async fn run(self) -> Fallible {
        // What the functions look up is read before the first part comes.
        functions::reference()?;
        std::fs::create_dir_all(&self.scratch)?;
        let mut known = BallistaFunctionRegistry::default();
        for function in functions::scalars() {
            known.scalar_functions.insert(function.name().to_owned(), Arc::new(function));
        }
        let mixing = functions::mixing();
        known.aggregate_functions.insert(mixing.name().to_owned(), Arc::new(mixing));
        let config = ExecutorProcessConfig {
            bind_host: self.host.clone(),
            external_host: Some(self.host),
            port: self.port,
            grpc_port: self.port + 1,
            scheduler_host: self.scheduler.ip().to_string(),
            scheduler_port: self.scheduler.port(),
            scheduler_connect_timeout_seconds: 30,
            vcores: self.cores,
            work_dir: Some(self.scratch.display().to_string()),
            executor_heartbeat_interval_seconds: 2,
            override_function_registry: Some(Arc::new(known)),
            ..ExecutorProcessConfig::default()
        };
        Ok(start_executor_process(Arc::new(config)).await?)
    }
}

/// A session whose queries run at a scheduler.
pub async fn connect(url: &str) -> Fallible<SessionContext> {
    let config = SessionConfig::new_with_ballista().with_target_partitions(4);
    let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
    Ok(SessionContext::remote_with_state(url, state).await?)
}
