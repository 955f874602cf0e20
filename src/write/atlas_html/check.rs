//! What a page must hold to before it is written.

use geo_types::Coord;

use super::{AtlasPage, MapLayer, MeasureColumn, Scale};
use crate::error::{Error, Result};
use crate::write::same_length;

pub(super) fn page(page: &AtlasPage<'_>) -> Result<()> {
    let layers = page.layers.len();
    if page.first_layer >= layers.max(1) {
        return Err(Error::Parameter {
            name: "first_layer",
            value: page.first_layer.to_string(),
            must: "must be below the number of layers",
        });
    }
    page.layers.iter().try_for_each(|l| layer(l, page))?;
    all("background", page.background.iter(), |l| **l < layers, "must be the index of a layer")?;
    let known = |kind: u32, of: usize| (kind as usize) < of;
    let actors = page.actors.len();
    all("kinds of actors", page.actors.iter().map(|a| a.kind), |&k| known(k, page.actor_kinds.len()), INDEX)?;
    degrees("actors", page.actors.iter().map(|a| a.position))?;
    degrees("labels", page.labels.iter().map(|l| Some(l.position)))?;
    all("kinds of ties", page.ties.iter().map(|t| t.kind), |&k| known(k, page.tie_kinds.len()), INDEX)?;
    for k in 0..2 {
        all("ends of ties", page.ties.iter().map(|t| t.ends[k]), |&a| known(a, actors), INDEX)?;
    }
    let weight = |w: &f64| w.is_finite() && *w >= 0.0;
    all("weights of ties", page.ties.iter().map(|t| t.weight), weight, "must be finite and at least 0")?;
    let is_pair = |ends: &[u32; 3]| {
        page.layers.get(ends[0] as usize).is_some_and(|l| ends[1..].iter().all(|&u| known(u, l.shapes.len())))
    };
    let pairs = page.suggestions.iter().map(|s| [s.layer as u32, s.from, s.to]);
    all("suggestions", pairs, is_pair, "must be a layer and two of its territories")?;
    all("brokers", page.brokers.iter().map(|b| b.actor), |&a| known(a, actors), INDEX)
}

const INDEX: &str = "must be an index of the list it points into";

fn layer(layer: &MapLayer<'_>, page: &AtlasPage<'_>) -> Result<()> {
    let n = layer.shapes.len();
    same_length("codes of a map layer", n, layer.codes.len())?;
    same_length("names of a map layer", n, layer.names.len())?;
    same_length("points of a map layer", n, layer.points.len())?;
    degrees("points of a map layer", layer.points.iter().copied())?;
    for i in 0..n {
        if let Some(&c) = layer.shapes.rings(i).flatten().find(|c| !is_lon_lat(**c)) {
            return Err(outside("shapes of a map layer", i, c));
        }
    }
    for parents in &layer.parents {
        same_length("parents of a map layer", n, parents.of.len())?;
        let size = page.layers.get(parents.layer).map_or(0, |l| l.shapes.len());
        all("parents of a map layer", parents.of.iter().flatten(), |&&u| (u as usize) < size, INDEX)?;
    }
    let sizes = (page.actors.len(), n);
    let is_member = |m: &&(u32, u32)| (m.0 as usize) < sizes.0 && (m.1 as usize) < sizes.1;
    all("members of a map layer", layer.members.iter(), is_member, INDEX)?;
    for measure in &layer.measures {
        same_length("values of a measure", n, measure.values.len())?;
        if let Some(cases) = &measure.cases {
            same_length("cases of a measure", n, cases.len())?;
        }
        scale(measure)?;
    }
    Ok(())
}

fn scale(measure: &MeasureColumn<'_>) -> Result<()> {
    match &measure.scale {
        Scale::Classes { labels, colours } => {
            same_length("colours of classes", labels.len(), colours.len())?;
            let is_class =
                |v: &f64| v.is_nan() || (*v >= 0.0 && *v < labels.len() as f64 && v.fract() == 0.0);
            let must = "must be the index of a class, or NaN";
            all("values of classes", measure.values.iter().copied(), is_class, must)
        }
        Scale::Diverging { centre } if !centre.is_finite() => {
            Err(Error::Parameter { name: "centre", value: centre.to_string(), must: "must be finite" })
        }
        Scale::Diverging { .. } | Scale::Sequential | Scale::Total => Ok(()),
    }
}

/// The first value that does not hold is the error.
fn all<T: std::fmt::Debug>(
    what: &'static str,
    values: impl Iterator<Item = T>,
    holds: impl Fn(&T) -> bool,
    must: &'static str,
) -> Result<()> {
    match values.enumerate().find(|(_, v)| !holds(v)) {
        Some((index, v)) => Err(Error::Value { what, index, value: format!("{v:?}"), must }),
        None => Ok(()),
    }
}

fn degrees(what: &'static str, points: impl Iterator<Item = Option<Coord<f64>>>) -> Result<()> {
    match points.enumerate().find_map(|(i, c)| c.filter(|c| !is_lon_lat(*c)).map(|c| (i, c))) {
        Some((i, c)) => Err(outside(what, i, c)),
        None => Ok(()),
    }
}

fn is_lon_lat(c: Coord<f64>) -> bool {
    c.x.abs() <= 180.0 && c.y.abs() <= 90.0
}

fn outside(what: &'static str, index: usize, c: Coord<f64>) -> Error {
    Error::Value {
        what,
        index,
        value: format!("({}, {})", c.x, c.y),
        must: "must lie at a longitude and latitude in degrees; transform projected coordinates first",
    }
}
