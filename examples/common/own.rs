//! Files of the user's own actors and ties, and what is rural in them.

use std::path::PathBuf;

use rurban::diagnostics::Strictness;
use rurban::read::{ActorFile, OwnFiles};
use rurban::report::Outlet;
use rurban::study::RuralityDefinition;

use super::{Fallible, Reading, values::file};

/// Actors and ties of the user.
#[derive(clap::Args)]
pub struct Own {
    /// Table or `GeoJSON` file of your own actors, as FILE or FILE=KIND (cluster, laboratoire, tiers-lieu,
    /// entreprise …); may be given several times.
    #[arg(long)]
    actors: Vec<ActorFile>,
    /// Table of ties between two actors (source, target, weight …), by identifier or name.
    #[arg(long, value_parser = file)]
    cooperations: Vec<PathBuf>,
    /// Table of participations of actors in projects.
    #[arg(long, value_parser = file)]
    participations: Vec<PathBuf>,
    /// What is rural: density, `density:small_town`, `outside:attraction_area`, class:NAME=CLASS|CLASS.
    #[arg(long, default_value = "density")]
    pub rurality: RuralityDefinition,
    #[command(flatten)]
    reading: Reading,
}

impl Own {
    /// As [`Reading::run`], with these files.
    pub fn run<T>(
        self,
        report: impl FnOnce(&mut Outlet<'_>, OwnFiles, Strictness) -> Fallible<T>,
    ) -> Fallible {
        let Self { actors, cooperations, participations, reading, .. } = self;
        reading.run(|outlet, columns, strictness| {
            report(outlet, OwnFiles { actors, cooperations, participations, columns }, strictness)
        })
    }
}
