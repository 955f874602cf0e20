//! Files as a user could have them, to try things on.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::france::EmbeddedFrance;
use crate::model::{Actor, Contours, Level};
use crate::progress::Progress;
use crate::space::{Layer, LonLat};
use crate::study::{Study, StudyOptions};
use crate::write::Table;
use crate::write::csv::{CsvStyle, write_csv_file};
use crate::write::geojson::{Shapes, write_geojson_file};

/// Files of a région.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// Communes with approximate outlines, as GeoJSON.
    pub territories: PathBuf,
    /// Actors, as CSV for a French spreadsheet.
    pub actors: PathBuf,
    /// Ties between them, as CSV.
    pub cooperations: PathBuf,
}

/// Writes communes, actors and ties of a région of the embedded France, by name or code, as a user's files
/// could be: `territories.geojson`, `actors.csv` and `cooperations.csv`, into a folder that exists.
///
/// # Errors
/// [`Error::Unknown`](crate::Error::Unknown) for a région that is none; [`Error::Io`](crate::Error::Io) when a file cannot be written.
pub fn write_sample(region: &str, folder: &Path, progress: &dyn Progress) -> Result<Sample> {
    let sample = Sample {
        territories: folder.join("territories.geojson"),
        actors: folder.join("actors.csv"),
        cooperations: folder.join("cooperations.csv"),
    };
    let mut france = EmbeddedFrance::load()?;
    france.draw_approximate_outlines(progress)?;
    let regions = france.atlas.level(&Level::Region)?;
    let wanted = regions.search(region)?;
    let base = france.atlas.base();
    let inside = |i: &usize| regions.membership().get(*i) == Some(wanted);
    let communes: Vec<usize> = (0..base.territories().len()).filter(inside).collect();
    let outlines: Vec<_> = communes.iter().filter_map(|&i| base.polygon(i)).collect();
    let text = |f: &dyn Fn(usize) -> String| communes.iter().map(|&i| f(i)).collect::<Vec<_>>();
    let table = Table::new()
        .with("code", text(&|i| base.territories()[i].code.to_string()))?
        .with("nom", text(&|i| base.territories()[i].name.clone()))?;
    let layer = Layer::from_features(&outlines);
    let shapes = Shapes::Polygons(&layer, Contours::Approximate);
    write_geojson_file(&sample.territories, shapes, &table, 5)?;

    let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), progress)?;
    let labels = study.territory_labels(&Level::Region)?;
    let there = |i: usize| labels.get(i) == Some(wanted);
    let all = study.inventory().actors();
    let actors: Vec<&Actor> = (0..all.len()).filter(|&i| there(i)).map(|i| &all[i]).collect();
    let column = |f: &dyn Fn(&Actor) -> String| actors.iter().map(|a| f(a)).collect::<Vec<_>>();
    let coordinate = |f: fn(LonLat) -> f64| actors.iter().map(|a| a.position.map(f)).collect::<Vec<_>>();
    let table = Table::new()
        .with("id", column(&|a| a.id.to_string()))?
        .with("name", column(&|a| a.name.clone()))?
        .with("kind", column(&|a| a.kind.key().to_owned()))?
        .with("lon", coordinate(LonLat::lon))?
        .with("lat", coordinate(LonLat::lat))?
        .with("themes", column(&|a| a.themes.join(";")))?;
    write_csv_file(&sample.actors, &table, CsvStyle::FrenchSpreadsheet)?;

    let links: Vec<_> = study.links().iter().filter(|l| there(l.a as usize) && there(l.b as usize)).collect();
    let id = |i: u32| all[i as usize].id.to_string();
    let table = Table::new()
        .with("source", links.iter().map(|l| id(l.a)).collect::<Vec<_>>())?
        .with("target", links.iter().map(|l| id(l.b)).collect::<Vec<_>>())?
        .with("weight", links.iter().map(|l| l.weight).collect::<Vec<_>>())?
        .with("kind", links.iter().map(|l| l.kind.key().to_owned()).collect::<Vec<_>>())?;
    write_csv_file(&sample.cooperations, &table, CsvStyle::Standard)?;
    Ok(sample)
}
