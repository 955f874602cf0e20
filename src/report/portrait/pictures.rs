//! The pictures of a portrait.

use std::collections::BTreeMap;

use geo_types::Coord;

use super::{MAINLAND, Portraits};
use crate::error::Result;
use crate::labels::Labels;
use crate::model::{Contours, DensityLevel, GeometryQuality, Level, Rurality};
use crate::space::{Bounds, Layer};
use crate::write::svg::{Background, Borders, Flow, FlowClass, FlowMap, FlowPoint, LineStyle, Strip, Svg};

/// Ties to one place outside, by the side it is on.
#[derive(Debug, Clone)]
pub(super) struct Outside {
    pub(super) name: String,
    pub(super) at: Option<Coord<f64>>,
    pub(super) rurality: Option<Rurality>,
    pub(super) ties: usize,
}

/// That outlines are not the real ones, where they are not.
fn contours_note(p: &Portraits<'_>) -> Vec<String> {
    let approximate = p.study.atlas().base().geometry_quality() == Some(GeometryQuality::Approximate);
    let text = p.options.language.pick("contours approchés", "approximate outlines");
    approximate.then(|| text.to_owned()).into_iter().collect()
}

fn in_mainland(c: Coord<f64>) -> bool {
    MAINLAND.contains(c)
}

/// Where the territory is in the country; `None` without a point or outlines.
pub(super) fn locator(p: &Portraits<'_>, t: usize) -> Result<Option<Svg>> {
    let l = p.options.language;
    let m = &p.measures[t];
    let (Some(layer), Some(point)) = (&p.background, m.territory.point) else { return Ok(None) };
    let at = Coord::from(point);
    if !in_mainland(at) {
        return Ok(None);
    }
    let points = [FlowPoint::new(at, 0, &m.territory.name).size(1.0)];
    let title = format!("{}{}", l.pick("Situation\u{a0}: ", "Location: "), m.territory.name);
    let classes = [l.pick("le territoire", "the territory").to_owned()];
    let notes = contours_note(p);
    FlowMap::new(&title)
        .description(&title)
        .background(Background::new(layer, Contours::Surveyed))
        .points(&classes, &points)
        .notes(&notes)
        .bounds(MAINLAND)
        .render_in(l.pictures())
        .map(Some)
}

/// Above so many parts the map shows EPCI instead of communes.
const MOST_PARTS: usize = 400;

/// Its communes by density level, or its EPCI by rurality; `None` without outlines.
pub(super) fn own_map(p: &Portraits<'_>, t: usize) -> Result<Option<Svg>> {
    let l = p.options.language;
    let atlas = p.study.atlas();
    let communes = atlas.base();
    let (features, of, names): (Vec<_>, Vec<u32>, Vec<String>) = if p.members[t].len() <= MOST_PARTS {
        let Some(layer) = communes.geometry() else { return Ok(None) };
        let class =
            |b: u32| communes.territories()[b as usize].density.map_or(Labels::NONE, |d| d.rank() as u32);
        (
            p.members[t].iter().map(|&b| layer.to_multi_polygon(b as usize)).collect(),
            p.members[t].iter().map(|&b| class(b)).collect(),
            DensityLevel::ALL.map(|d| l.density(d).to_owned()).into(),
        )
    } else {
        let epci = atlas.level(&Level::Epci)?;
        let Some(layer) = epci.geometry() else { return Ok(None) };
        let rurality = atlas.rurality(&Level::Epci)?;
        let mut parts: Vec<u32> = p.members[t].iter().filter_map(|&b| p.epci_of[b as usize]).collect();
        parts.sort_unstable();
        parts.dedup();
        let class = |e: u32| match rurality[e as usize].class {
            Some(Rurality::Rural) => 0,
            Some(Rurality::Urban) => 1,
            None => Labels::NONE,
        };
        (
            parts.iter().map(|&e| layer.to_multi_polygon(e as usize)).collect(),
            parts.iter().map(|&e| class(e)).collect(),
            [Rurality::Rural, Rurality::Urban].map(|r| l.rurality(r).to_owned()).into(),
        )
    };
    if features.is_empty() {
        return Ok(None);
    }
    // Only the classes there are, so that the legend stays short.
    let mut present: Vec<u32> = of.iter().copied().filter(|c| *c != Labels::NONE).collect();
    present.sort_unstable();
    present.dedup();
    let seen: Vec<String> = present.iter().map(|&c| names[c as usize].clone()).collect();
    let position = |c: u32| present.iter().position(|x| *x == c).map_or(Labels::NONE, |i| i as u32);
    let labels = Labels::new(of.into_iter().map(position).collect(), seen.len())?;
    let layer = crate::space::simplify::simplify(&Layer::from_features(&features), 0.002)?;
    let title = l.pick("Le territoire et ses communes", "The territory and its communes");
    let notes = contours_note(p);
    let mut background = Background::new(&layer, Contours::Surveyed);
    if !seen.is_empty() {
        background = background.classes(&labels, &seen);
    }
    FlowMap::new(title)
        .description(title)
        .background(background)
        .notes(&notes)
        .render_in(l.pictures())
        .map(Some)
}

/// Ties that leave the territory, by the EPCI at the other end, most ties first.
pub(super) fn outside(p: &Portraits<'_>, t: usize) -> Vec<Outside> {
    let atlas = p.study.atlas();
    let Ok(epci) = atlas.level(&Level::Epci) else { return Vec::new() };
    let Ok(rurality) = atlas.rurality(&Level::Epci) else { return Vec::new() };
    let inside = |actor: u32| p.actors[t].binary_search(&actor).is_ok();
    let mut sums: BTreeMap<u32, usize> = BTreeMap::new();
    for &k in &p.links[t] {
        let link = &p.study.links()[k as usize];
        for (own, other) in [(link.a, link.b), (link.b, link.a)] {
            if inside(own) && !inside(other) {
                let place = p.study.places()[other as usize].base;
                if let Some(e) = place.and_then(|b| p.epci_of[b as usize]) {
                    *sums.entry(e).or_default() += 1;
                }
            }
        }
    }
    let mut list: Vec<Outside> = sums
        .into_iter()
        .map(|(e, ties)| {
            let unit = &epci.territories()[e as usize];
            Outside {
                name: unit.name.clone(),
                at: unit.point.map(Coord::from),
                rurality: rurality[e as usize].class,
                ties,
            }
        })
        .collect();
    list.sort_by(|a, b| b.ties.cmp(&a.ties).then_with(|| a.name.cmp(&b.name)));
    list
}

/// Arcs drawn at most.
const MOST_ARCS: usize = 60;

/// Ties that leave the territory, as arcs to the EPCI at the other end; `None` without any.
pub(super) fn ego_map(p: &Portraits<'_>, t: usize, outside: &[Outside]) -> Result<Option<Svg>> {
    let l = p.options.language;
    let m = &p.measures[t];
    let Some(own) = m.territory.point.map(Coord::from) else { return Ok(None) };
    let shown: Vec<(&Outside, Coord<f64>)> =
        outside.iter().filter_map(|o| Some((o, o.at?))).take(MOST_ARCS).collect();
    if shown.is_empty() {
        return Ok(None);
    }
    let mut points = vec![FlowPoint::new(own, 0, &m.territory.name).size(4.0).labelled()];
    let mut flows = Vec::new();
    for (i, (o, at)) in shown.iter().enumerate() {
        let class = match o.rurality {
            Some(Rurality::Urban) => 1,
            Some(Rurality::Rural) => 2,
            None => 3,
        };
        let mut point = FlowPoint::new(*at, class, &o.name).size(o.ties as f64);
        if i < 6 {
            point = point.labelled();
        }
        points.push(point);
        flows.push(Flow::new(0, i as u32 + 1, class - 1).weight(o.ties as f64));
    }
    let point_classes = [
        m.territory.name.clone(),
        l.pick("EPCI urbain", "urban EPCI").to_owned(),
        l.pick("EPCI rural", "rural EPCI").to_owned(),
        l.pick("ruralité inconnue", "rurality not known").to_owned(),
    ];
    let flow_classes = [
        FlowClass::new(l.pick("vers l’urbain", "to an urban one"), LineStyle::Solid),
        FlowClass::new(l.pick("vers le rural", "to a rural one"), LineStyle::Dashed),
        FlowClass::new(l.pick("ruralité inconnue", "rurality not known"), LineStyle::Dashed),
    ];
    let title = l.pick("Les liens qui sortent du territoire", "Ties that leave the territory");
    let named: Vec<String> = shown.iter().take(5).map(|(o, _)| format!("{} ({})", o.name, o.ties)).collect();
    let description = format!("{title}{}{}", l.colon(), named.join(", "));
    let notes = contours_note(p);
    let mut map = FlowMap::new(title)
        .description(&description)
        .points(&point_classes, &points)
        .flows(&flow_classes, &flows)
        .notes(&notes)
        .off_map(l.pick("hors de la carte", "off the map"));
    if let Some(layer) = &p.background {
        map = map.background(Background::new(layer, Contours::Surveyed).borders(Borders::Drawn));
    }
    if in_mainland(own) {
        map = map.bounds(MAINLAND);
    } else {
        let mut bounds = Bounds::EMPTY;
        points.iter().for_each(|q| bounds.include(q.at));
        let pad = 0.05 * (bounds.max[0] - bounds.min[0]).max(bounds.max[1] - bounds.min[1]).max(0.5);
        map = map.bounds(Bounds {
            min: [bounds.min[0] - pad, bounds.min[1] - pad],
            max: [bounds.max[0] + pad, bounds.max[1] + pad],
        });
    }
    map.render_in(l.pictures()).map(Some)
}

/// One key figure among its peers.
pub(super) fn strip(p: &Portraits<'_>, figure: usize, t: usize) -> Svg {
    let peers = &p.peers[figure];
    let l = p.options.language;
    let region = p.region_of[t].map_or(f64::NAN, |r| peers.figure.of(&p.regions[r]));
    let comparable = peers.figure != super::numbers::Figure::Population;
    let description = l.pick(
        format!("{}\u{a0}: le territoire (triangle) parmi ses pairs", peers.figure.label(l)),
        format!("{}: the territory (triangle) among its peers", peers.figure.label(l)),
    );
    Strip {
        description: &description,
        values: &peers.values,
        marked: peers.values[t],
        others: [if comparable { region } else { f64::NAN }, peers.country],
    }
    .render()
}
