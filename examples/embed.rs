//! Twenty lines in another tool: petgraph's own algorithms on the cooperation graph, the R-tree of actors,
//! and the outline of a territory for `geo`.

use geo::{Centroid, GeodesicArea};
use rurban::france::EmbeddedFrance;
use rurban::model::{Level, Rurality};
use rurban::petgraph::algo::connected_components;
use rurban::progress::Silent;
use rurban::space::LonLat;
use rurban::study::{Study, StudyOptions};

fn main() -> Result<(), rurban::Error> {
    let mut france = EmbeddedFrance::load()?;
    france.draw_approximate_outlines(&Silent)?;
    let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent)?;
    let graph = study.graph();
    let rural = graph.node_weights().filter(|actor| actor.rurality == Some(Rurality::Rural)).count();
    println!("{} actors, {rural} rural, {} components", graph.node_count(), connected_components(&graph));
    let pays = study.atlas().level(&Level::PetrPays)?;
    let gascogne = pays.search("Portes de Gascogne")?;
    let Some(outline) = pays.polygon(gascogne) else { return Ok(()) };
    let Some(middle) = outline.centroid() else { return Ok(()) };
    println!("{}: {:.0} km²", pays.territories()[gascogne].name, outline.geodesic_area_unsigned() / 1e6);
    let middle = LonLat::new(middle.x(), middle.y())?;
    for near in
        study.actor_index()?.nearest(middle, 5, |_, place| place.rurality() == Some(Rurality::Rural))?
    {
        println!("{:>6.1} km  {}", near.distance_m / 1e3, study.inventory().actors()[near.actor].name);
    }
    Ok(())
}
