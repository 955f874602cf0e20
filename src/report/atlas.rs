//! What the atlas page shows of a study.

mod evidence;
mod measures;
mod words;

use std::path::Path;

use geo_types::Coord;

use super::Language;
use super::files::{AtlasOptions, StudyFiles};
use crate::atlas::AtlasLevel;
use crate::error::Result;
use crate::france::PREFECTURES;
use crate::model::{ActorKind, Contours, CooperationKind, Level};
use crate::parallel;
use crate::progress::Progress;
use crate::space::Bounds;
use crate::space::crs::Epsg;
use crate::study::Study;
use crate::write::atlas_html::{
    ActorPoint, ActorTie, AtlasPage, Frame, KeyFigure, MapLayer, Opening, Parents, PlaceName, Text,
    write_atlas_html_file,
};

/// A text said once per language.
fn both(text: impl Fn(Language) -> String) -> Text {
    Text::new(text(Language::French), text(Language::English))
}

/// Names on the map, at most.
const PLACE_NAMES: usize = 700;

/// Writes the atlas page: all levels, all actors and ties.
pub(super) fn write_atlas(
    files: &StudyFiles<'_>,
    path: &Path,
    options: &AtlasOptions,
    progress: &dyn Progress,
) -> Result<()> {
    let study = files.study;
    // Coarse levels first, the base last.
    let mut levels: Vec<&AtlasLevel> =
        study.atlas().levels().iter().filter(|l| l.geometry().is_some()).collect();
    levels.sort_by_key(|l| l.territories().len());
    let texts: Vec<(Vec<String>, Vec<String>)> = levels
        .iter()
        .map(|l| {
            let named = files.of(l.level())?.iter();
            Ok(named.map(|m| (m.territory.code.to_string(), m.shown_name().into_owned())).unzip())
        })
        .collect::<Result<_>>()?;
    let at = |level: &Level| levels.iter().position(|l| l.level() == level);
    let general = ["Coopérations rurales et urbaines", "Rural and urban cooperation"];
    let [french, english] = [0, 1]
        .map(|k| if options.title[k].is_empty() { general[k].to_owned() } else { options.title[k].clone() });
    let mut page = AtlasPage::new(Text::new(french, english));
    page.opening = options.language.pick(Opening::French, Opening::English);
    page.subtitle = words::subtitle();
    page.edition = words::edition(&options.date);
    page.frames = frames();
    page.background = [Level::Departement, Level::Region].iter().filter_map(at).collect();
    let wholes = measures::Wholes::of(files)?;
    let chances = evidence::chances(study, &levels)?;
    progress.begin("measure the levels of the atlas", Some(levels.len() as u64));
    let layers = parallel::map(levels.len(), |k| {
        let (level, (codes, names)) = (levels[k], &texts[k]);
        let (Some(shapes), Some(quality)) = (level.geometry(), level.geometry_quality()) else {
            return Ok(None);
        };
        let coarser = [Level::Departement, Level::Region];
        let layer = MapLayer {
            key: level.level().key().to_owned(),
            name: Text::same(level.level().to_string()),
            plural: both(|l| l.levels(level.level()).to_owned()),
            shapes,
            contours: Contours::from(quality),
            codes,
            names,
            points: level.territories().iter().map(|t| t.point.map(Coord::from)).collect(),
            parents: coarser
                .iter()
                .filter(|c| at(c).is_some_and(|c| levels[c].territories().len() < level.territories().len()))
                .map(|c| Ok(Parents { layer: at(c).unwrap_or(0), of: parents(study, level, c)? }))
                .collect::<Result<_>>()?,
            members: members(study, level),
            measures: measures::columns(files, level, &wholes, chances.get(level.level()))?,
        };
        progress.advance(1);
        Ok(Some(layer))
    });
    progress.end();
    page.layers = layers.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
    // A level of about a hundred units draws at once and says something.
    page.first_layer = at(&Level::Departement)
        .or_else(|| levels.iter().rposition(|l| l.territories().len() <= 130))
        .unwrap_or(0);
    page.actor_kinds = ActorKind::ALL.iter().map(|&k| both(|l| l.actor_kinds(k).to_owned())).collect();
    page.actors = actors(study);
    page.tie_kinds =
        CooperationKind::ALL.iter().map(|&k| both(|l| l.cooperation_kinds(k).to_owned())).collect();
    page.ties = ties(study);
    page.suggestions = evidence::suggestions(study, &levels)?;
    page.brokers = evidence::brokers(study)?;
    page.labels = place_names(study);
    page.summary = key_figures(study, &page);
    page.notes = words::notes(study);
    page.sources = words::sources(study);
    write_atlas_html_file(path, &page)
}

/// Mainland France in Lambert-93, the overseas départements and régions in their own projections in a
/// column to the west of it.
fn frames() -> Vec<Frame> {
    let mainland = crate::france::MAINLAND;
    let mut frames = vec![Frame {
        name: Text::new("Métropole", "Mainland"),
        crs: Epsg::LAMBERT_93.crs(),
        bounds: mainland,
        inset: None,
    }];
    let overseas = [
        ("Guadeloupe", Epsg::ANTILLES, [-61.85, 15.8], [-60.95, 16.55]),
        ("Martinique", Epsg::ANTILLES, [-61.27, 14.35], [-60.78, 14.92]),
        ("Guyane", Epsg::GUYANE, [-54.7, 2.0], [-51.5, 5.9]),
        ("La Réunion", Epsg::REUNION, [55.18, -21.42], [55.87, -20.84]),
        ("Mayotte", Epsg::MAYOTTE, [44.98, -13.03], [45.34, -12.61]),
    ];
    let (mut top, west, side, gap) = (7_110_000.0, -120_000.0, 166_000.0, 16_000.0);
    for (name, epsg, min, max) in overseas {
        frames.push(Frame {
            name: Text::same(name),
            crs: epsg.crs(),
            bounds: Bounds { min, max },
            inset: Some(Bounds { min: [west, top - side], max: [west + side, top] }),
        });
        top -= side + gap;
    }
    frames
}

/// The territory of a coarser level that holds the most populous member of each territory.
fn parents(study: &Study, level: &AtlasLevel, coarser: &Level) -> Result<Vec<Option<u32>>> {
    let base = study.atlas().base().territories();
    let above = study.atlas().level(coarser)?.membership();
    let mut best: Vec<Option<u32>> = vec![None; level.territories().len()];
    for (b, unit) in level.memberships().iter() {
        let size = |b: u32| base[b as usize].population.unwrap_or(-1.0);
        let best = &mut best[unit as usize];
        if best.is_none_or(|held| size(b) > size(held)) {
            *best = Some(b);
        }
    }
    Ok(best.into_iter().map(|b| b.and_then(|b| above.get(b as usize)).map(|u| u as u32)).collect())
}

/// Which actor is in which territories, the first one first.
fn members(study: &Study, level: &AtlasLevel) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    for (actor, place) in study.places().iter().enumerate() {
        let Some(base) = place.base else { continue };
        pairs.extend(level.territories_of(base as usize).map(|unit| (actor as u32, unit as u32)));
    }
    pairs
}

fn actors(study: &Study) -> Vec<ActorPoint> {
    let base = study.atlas().base().territories();
    let kind = |k: ActorKind| ActorKind::ALL.iter().position(|a| *a == k).unwrap_or(0) as u32;
    let places = study.inventory().actors().iter().zip(study.places());
    places
        .map(|(actor, place)| ActorPoint {
            name: actor.name.clone(),
            kind: kind(actor.kind),
            rurality: place.rurality(),
            detail: both(|l| {
                let commune = place.base.map(|b| base[b as usize].name.as_str());
                let density = place.density.map(|d| l.density(d));
                [commune, density].into_iter().flatten().collect::<Vec<_>>().join(" · ")
            }),
            position: place.point.map(Coord::from),
        })
        .collect()
}

fn ties(study: &Study) -> Vec<ActorTie> {
    let kind = |k| CooperationKind::ALL.iter().position(|c| *c == k).unwrap_or(0) as u32;
    let links = study.links().iter();
    links
        .map(|link| ActorTie {
            ends: [link.a, link.b],
            kind: kind(link.kind),
            class: link.class,
            weight: link.weight,
            years: link.period.map(|p| [p.from, p.to].map(Into::into)),
        })
        .collect()
}

/// Préfectures, then the most populous base territories, largest first.
fn place_names(study: &Study) -> Vec<PlaceName> {
    let mut known: Vec<_> = study
        .atlas()
        .base()
        .territories()
        .iter()
        .filter_map(|t| {
            let first = PREFECTURES.contains(&t.code.as_str());
            Some((first, t.population?, t.name.as_str(), Coord::from(t.point?)))
        })
        .collect();
    known.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(b.2)));
    known.truncate(PLACE_NAMES);
    known.into_iter().map(|(_, _, name, position)| PlaceName { name: name.to_owned(), position }).collect()
}

fn key_figures(study: &Study, page: &AtlasPage<'_>) -> Vec<KeyFigure> {
    let count = |n: usize| both(|l| l.integer(n as i64));
    let figure = |french: &str, english: &str, value| KeyFigure { label: Text::new(french, english), value };
    let drawn = page.actors.iter().filter(|a| a.position.is_some()).count();
    let classes = crate::study::LinkSummary::of(study.links());
    vec![
        figure("acteurs", "actors", count(page.actors.len())),
        figure("acteurs localisés", "actors with a place", count(drawn)),
        figure("liens", "ties", count(classes.total())),
        figure("liens rural–urbain", "rural–urban ties", count(classes.urban_rural)),
    ]
}
