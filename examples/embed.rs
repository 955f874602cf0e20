//! Twenty lines in another tool: how far is each PETR/Pays from research, and is it tied to cities?

use rurban::france::EmbeddedFrance;
use rurban::model::{Level, LinkClass};
use rurban::progress::Silent;
use rurban::study::{Study, StudyOptions, TerritoryMeasures};

fn main() -> Result<(), rurban::Error> {
    let france = EmbeddedFrance::load()?;
    let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &Silent)?;
    let reach = study.reach(&Silent)?;
    let mut rows = study.territory_measures(&Level::PetrPays, &reach)?;
    let km = |m: &TerritoryMeasures| m.research_distance_m.map_or(0.0, |d| d / 1e3);
    rows.sort_by(|a, b| km(b).total_cmp(&km(a)));
    for m in rows.iter().take(10) {
        let cross = m.links[LinkClass::UrbanRural as usize];
        println!("{:<40} {:>6.1} km, {cross} urban–rural links", m.territory.name, km(m));
    }
    Ok(())
}
