//! An interactive map of territories, actors and their ties in one HTML file.
//!
//! The page needs no network, no plug-in and no graphics hardware: everything is inside, it draws on a
//! canvas, and its content security policy forbids the browser to fetch anything at all. It offers the
//! levels and measures given as coloured areas or circles, ties added up between territories as arcs,
//! filters, search, a panel for each territory, two of them side by side, a table that says all the map
//! shows, and exports (SVG, PNG, CSV). French and English are both inside; every text is given in both.
//! Its state is in the address's fragment, so that a link to the file can point at a map.
//!
//! Outlines are rounded to a sixty-thousandth of the map's longer side (20 m for France), those of
//! levels with more than 600,000 vertices to five times that. What neighbours share is stored once.

mod check;
mod classes;
mod encode;
mod sheet;
mod topology;

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use geo_types::Coord;
use serde::Serialize;
use serde_json::{Value, json};

use crate::error::Result;
pub use crate::model::LinkClass;
use crate::model::{Contours, Rurality};
use crate::parallel;
use crate::space::crs::Crs;
use crate::space::{Bounds, Layer};
use crate::write::{escape_markup, stream_error, to_file};
use sheet::Sheet;

/// A text in both languages of the page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash, Serialize)]
pub struct Text {
    /// In French.
    pub fr: String,
    /// In English.
    pub en: String,
}

impl Text {
    /// A text in both languages.
    #[must_use]
    pub fn new(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { fr: fr.into(), en: en.into() }
    }

    /// A text that is the same in both languages (a name, a number).
    #[must_use]
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { fr: text.clone(), en: text }
    }
}

/// The language a page opens in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Opening {
    /// French.
    #[default]
    French,
    /// English.
    English,
}

/// Everything that goes on the page.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AtlasPage<'a> {
    /// Heading and title of the document.
    pub title: Text,
    /// A line under the heading.
    pub subtitle: Text,
    /// The language it opens in.
    pub opening: Opening,
    /// What the map is drawn in; when there is none, one projection made for what is shown.
    pub frames: Vec<Frame>,
    /// Levels of territories, coarse ones first.
    pub layers: Vec<MapLayer<'a>>,
    /// Index of the level shown first.
    pub first_layer: usize,
    /// Levels whose borders are drawn under all others, finest first.
    pub background: Vec<usize>,
    /// Kinds of actors.
    pub actor_kinds: Vec<Text>,
    /// Points on the map.
    pub actors: Vec<ActorPoint>,
    /// Kinds of cooperation.
    pub tie_kinds: Vec<Text>,
    /// Ties between actors.
    pub ties: Vec<ActorTie>,
    /// Pairs of territories that suit each other, best first within a layer, drawn dashed.
    pub suggestions: Vec<Suggestion>,
    /// Actors that stand between others, the first one first.
    pub brokers: Vec<Broker>,
    /// Names written on the map, most important first.
    pub labels: Vec<PlaceName>,
    /// Key figures, as label and value.
    pub summary: Vec<KeyFigure>,
    /// Remarks on data and methods.
    pub notes: Vec<Text>,
    /// Sources, vintages and licences of the data.
    pub sources: Vec<Text>,
    /// Who made the page with which version, and when; always in view.
    pub edition: Text,
}

impl AtlasPage<'_> {
    /// A page with a title, to be filled.
    #[must_use]
    pub fn new(title: Text) -> Self {
        Self {
            title,
            subtitle: Text::default(),
            opening: Opening::French,
            frames: Vec::new(),
            layers: Vec::new(),
            first_layer: 0,
            background: Vec::new(),
            actor_kinds: Vec::new(),
            actors: Vec::new(),
            tie_kinds: Vec::new(),
            ties: Vec::new(),
            suggestions: Vec::new(),
            brokers: Vec::new(),
            labels: Vec::new(),
            summary: Vec::new(),
            notes: Vec::new(),
            sources: Vec::new(),
            edition: Text::default(),
        }
    }
}

/// A part of the world in a projection of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Its name.
    pub name: Text,
    /// Its projection, in metres.
    pub crs: Crs,
    /// What belongs to it, in degrees.
    pub bounds: Bounds,
    /// The rectangle it fills on the map, in metres of the first frame; `None` for the first frame.
    pub inset: Option<Bounds>,
}

impl Frame {
    /// One frame for an extent in degrees.
    ///
    /// # Errors
    /// [`Error::Parameter`](crate::Error::Parameter) when the extent is not in degrees.
    pub fn around(extent: Bounds) -> Result<Self> {
        let pad = |k: usize| ((extent.max[k] - extent.min[k]) * 0.02).max(1e-3);
        let limit = [180.0, 90.0];
        let mut bounds = extent;
        for k in 0..2 {
            bounds.min[k] = (extent.min[k] - pad(k)).max(-limit[k]);
            bounds.max[k] = (extent.max[k] + pad(k)).min(limit[k]);
        }
        Ok(Self { name: Text::default(), crs: Crs::local(extent)?, bounds, inset: None })
    }
}

/// One level of territories.
#[derive(Debug, Clone)]
pub struct MapLayer<'a> {
    /// Short key, for addresses and file names.
    pub key: String,
    /// Name of one territory of the level: `département`.
    pub name: Text,
    /// Name of several: `départements`.
    pub plural: Text,
    /// Contours in longitude and latitude, degrees.
    pub shapes: &'a Layer,
    /// How the contours were made.
    pub contours: Contours,
    /// Code of each territory.
    pub codes: &'a [String],
    /// Name of each territory.
    pub names: &'a [String],
    /// Where arcs end and circles stand, in degrees.
    pub points: Vec<Option<Coord<f64>>>,
    /// The territories of coarser levels that hold each of these, for comparison and search.
    pub parents: Vec<Parents>,
    /// `(actor, territory)`: who is where; an actor of overlapping perimeters is in each, its ties are
    /// added up in the first.
    pub members: Vec<(u32, u32)>,
    /// What can be shown on the map.
    pub measures: Vec<MeasureColumn<'a>>,
}

/// Which territory of a coarser layer each territory lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parents {
    /// Index of the coarser layer.
    pub layer: usize,
    /// Index of the territory there.
    pub of: Vec<Option<u32>>,
}

/// One value per territory of a layer.
#[derive(Debug, Clone)]
pub struct MeasureColumn<'a> {
    /// Short key: the same measure has the same one on all layers.
    pub key: String,
    /// What it belongs to, as a heading in the list of measures.
    pub group: Text,
    /// Short name.
    pub name: Text,
    /// Unit, or empty.
    pub unit: Text,
    /// One or two sentences: what it is and which way to read it.
    pub description: Text,
    /// The values; [`f64::NAN`] where there is none. Infinities are shown as no value.
    pub values: Cow<'a, [f64]>,
    /// Decimals that are kept and shown.
    pub decimals: u8,
    /// How values become marks and colours.
    pub scale: Scale,
    /// Number of cases each value stands on; below five it is hatched and said.
    pub cases: Option<Vec<u32>>,
    /// The value of the whole.
    pub whole: Option<f64>,
}

/// How values become marks and colours.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Scale {
    /// A rate or distance: areas from light (little) to dark (much).
    Sequential,
    /// A rate below and above a value of note, such as 1 for a ratio.
    Diverging {
        /// That value.
        centre: f64,
    },
    /// A total: circles.
    Total,
    /// Classes: value `k` is `labels[k]`.
    Classes {
        /// Name of each class.
        labels: Vec<Text>,
        /// Colour of each class.
        colours: Vec<ClassColour>,
    },
}

/// Colours of classes, by what they mean: the page has each for light and dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClassColour {
    /// Rural.
    Rural,
    /// Urban.
    Urban,
    /// High among high.
    HighHigh,
    /// Low among low.
    LowLow,
    /// High among low.
    HighLow,
    /// Low among high.
    LowHigh,
    /// Nothing to say.
    Neutral,
}

/// A point on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorPoint {
    /// Name.
    pub name: String,
    /// Index of its kind.
    pub kind: u32,
    /// Rural or urban.
    pub rurality: Option<Rurality>,
    /// Further text (commune, density level), or empty.
    pub detail: Text,
    /// Longitude and latitude in degrees; listed without one, but not drawn.
    pub position: Option<Coord<f64>>,
}

/// A tie between two actors.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorTie {
    /// Indices of both actors.
    pub ends: [u32; 2],
    /// Index of its kind.
    pub kind: u32,
    /// What it joins.
    pub class: LinkClass,
    /// Weight, not negative.
    pub weight: f64,
    /// First and last year.
    pub years: Option<[i32; 2]>,
}

/// What makes two territories suit each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SuggestionKind {
    /// The second has what the first lacks.
    Complementarity,
    /// A partner for the first that a model of ties puts first.
    Partner,
}

/// Two territories of a layer that suit each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// Index of the layer.
    pub layer: usize,
    /// What it rests on.
    pub kind: SuggestionKind,
    /// Index of the territory that could gain.
    pub from: u32,
    /// Index of the one that has what it lacks.
    pub to: u32,
    /// Why, in a few words, with what the order rests on.
    pub why: Text,
}

/// An actor that stands between others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broker {
    /// Index of the actor.
    pub actor: u32,
    /// Between whom, in a few words.
    pub why: Text,
}

/// A name written on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceName {
    /// The name.
    pub name: String,
    /// Longitude and latitude in degrees.
    pub position: Coord<f64>,
}

/// A number with what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFigure {
    /// What it counts.
    pub label: Text,
    /// The number.
    pub value: Text,
}

/// Writes the page.
///
/// # Errors
/// [`Error::Shape`](crate::Error::Shape) when lists of a layer do not match its shapes, [`Error::Value`](crate::Error::Value) for coordinates that
/// are not longitude and latitude in degrees, for indices of nothing, for values that are no class of
/// their scale and for weights that are negative or not finite, [`Error::Parameter`](crate::Error::Parameter) when `first_layer`
/// is not below the number of layers (unless there are none) or a centre is not finite, [`Error::Crs`](crate::Error::Crs)
/// for a projection that is not known, [`Error::Io`](crate::Error::Io) when `out` fails.
///
/// ```
/// use rurban::write::atlas_html::{write_atlas_html, AtlasPage, Text};
/// let mut out = Vec::new();
/// write_atlas_html(&mut out, &AtlasPage::new(Text::new("Ville & campagne", "Town & country")))?;
/// let page = String::from_utf8_lossy(&out);
/// assert!(page.contains("<title>Ville &amp; campagne</title>"));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn write_atlas_html(mut out: impl Write, page: &AtlasPage<'_>) -> Result<()> {
    check::page(page)?;
    let sheet = Sheet::new(page)?;
    // Deflating takes most of the time: every piece on its own.
    let data = parallel::map(1 + 2 * page.layers.len(), |piece| data_element(page, &sheet, piece))
        .into_iter()
        .collect::<Result<Vec<String>>>()?;
    let mut put = |text: &str| out.write_all(text.as_bytes()).map_err(stream_error);
    let pick = |text: &Text| match page.opening {
        Opening::French => text.fr.clone(),
        Opening::English => text.en.clone(),
    };
    let language = match page.opening {
        Opening::French => "fr",
        Opening::English => "en",
    };
    // In one pass, so that no text given is taken for a place to fill.
    for piece in include_str!("assets/page.html").split("<!--") {
        let (place, rest) = piece.split_once("-->").unwrap_or(("", piece));
        match place {
            "language" => put(language)?,
            "title" => put(&escape_markup(&pick(&page.title)))?,
            "style" => put(include_str!("assets/page.css"))?,
            "script" => put(include_str!("assets/page.js"))?,
            "data" => data.iter().try_for_each(|element| put(element))?,
            _ => {}
        }
        put(rest)?;
    }
    Ok(())
}

/// Writes the page to a file, replacing it; see [`write_atlas_html`].
///
/// # Errors
/// As [`write_atlas_html`]; [`Error::Io`](crate::Error::Io) names the path.
pub fn write_atlas_html_file(path: impl AsRef<Path>, page: &AtlasPage<'_>) -> Result<()> {
    to_file(path.as_ref(), |out| write_atlas_html(out, page))
}

/// An inert script element that holds deflated data (base64 has nothing in it that could end it):
/// first what the page needs before any layer, then the borders and the table of each layer.
fn data_element(page: &AtlasPage<'_>, sheet: &Sheet, piece: usize) -> Result<String> {
    let (id, data) = match piece.checked_sub(1) {
        None => ("page".to_owned(), shared_data(page, sheet)?.to_string().into_bytes()),
        Some(k) => {
            let (i, layer) = (k / 2, &page.layers[k / 2]);
            if k % 2 == 0 {
                (format!("shapes-{i}"), topology::borders(&sheet.rings(layer.shapes)?))
            } else {
                (format!("table-{i}"), layer_data(page, i, sheet)?.into_bytes())
            }
        }
    };
    let packed = encode::packed(&data).map_err(stream_error)?;
    Ok(format!("<script type=\"application/octet-stream\" id=\"{id}\">{packed}</script>\n"))
}

/// What the page needs before any layer.
fn shared_data(page: &AtlasPage<'_>, sheet: &Sheet) -> Result<Value> {
    let layers: Vec<_> = page
        .layers
        .iter()
        .enumerate()
        .map(|(i, layer)| {
            json!({
                "key": layer.key,
                "name": layer.name,
                "plural": layer.plural,
                "count": layer.shapes.len(),
                "approximate": layer.contours == Contours::Approximate,
                "grain": Sheet::grain(layer.shapes),
                "suggested": page.suggestions.iter().any(|s| s.layer == i),
                "measures": layer.measures.iter().map(measure_head).collect::<Vec<_>>(),
            })
        })
        .collect();
    let frames: Vec<_> = page
        .frames
        .iter()
        .zip(sheet.rectangles().zip(sheet.scales()))
        .map(|(f, (rectangle, scale))| json!({"name": f.name, "rectangle": rectangle, "scale": scale}))
        .collect();
    let actors = || page.actors.iter();
    let mut at = Vec::with_capacity(page.actors.len());
    for actor in actors() {
        at.push(placed(sheet, actor.position)?);
    }
    let mut labels = Vec::with_capacity(page.labels.len());
    for label in &page.labels {
        if let Some((x, y)) = sheet.place(label.position)? {
            labels.push(json!([label.name, x, y]));
        }
    }
    // Details repeat: a list of the different ones, and which each actor has.
    let mut details: Vec<&Text> = actors().map(|a| &a.detail).collect();
    details.sort_unstable_by(|a, b| (&a.fr, &a.en).cmp(&(&b.fr, &b.en)));
    details.dedup();
    let detail_of =
        |a: &ActorPoint| details.binary_search_by(|d| (&d.fr, &d.en).cmp(&(&a.detail.fr, &a.detail.en)));
    let ties = || page.ties.iter();
    Ok(json!({
        "title": page.title,
        "subtitle": page.subtitle,
        "edition": page.edition,
        "sheet": [sheet.width, sheet.height],
        "step_m": sheet.step_m(),
        "frames": frames,
        "layers": layers,
        "first": page.first_layer,
        "background": page.background,
        "actors": {
            "kinds": page.actor_kinds,
            "kind": actors().map(|a| a.kind).collect::<Vec<_>>(),
            "name": actors().map(|a| &a.name).collect::<Vec<_>>(),
            "side": actors().map(|a| match a.rurality {
                Some(Rurality::Rural) => 0,
                Some(Rurality::Urban) => 1,
                None => 2,
            }).collect::<Vec<_>>(),
            "details": details,
            "detail": actors().map(|a| detail_of(a).unwrap_or(0)).collect::<Vec<_>>(),
            "at": at,
        },
        "ties": {
            "kinds": page.tie_kinds,
            "a": ties().map(|t| t.ends[0]).collect::<Vec<_>>(),
            "b": ties().map(|t| t.ends[1]).collect::<Vec<_>>(),
            "kind": ties().map(|t| t.kind).collect::<Vec<_>>(),
            "class": ties().map(|t| class_index(t.class)).collect::<Vec<_>>(),
            "weight": ties().map(|t| (t.weight * 1e3).round() / 1e3).collect::<Vec<_>>(),
            "from": ties().map(|t| t.years.map(|y| y[0])).collect::<Vec<_>>(),
            "to": ties().map(|t| t.years.map(|y| y[1])).collect::<Vec<_>>(),
        },
        "brokers": page.brokers.iter().map(|b| json!([b.actor, b.why])).collect::<Vec<_>>(),
        "labels": labels,
        "summary": page.summary.iter().map(|f| json!([f.label, f.value])).collect::<Vec<_>>(),
        "notes": page.notes,
        "sources": page.sources,
    }))
}

/// Place of a class on the page: the crossing ones are the subject.
const fn class_index(class: LinkClass) -> u8 {
    match class {
        LinkClass::UrbanRural => 0,
        LinkClass::RuralRural => 1,
        LinkClass::UrbanUrban => 2,
        LinkClass::Unclassed => 3,
    }
}

fn placed(sheet: &Sheet, position: Option<Coord<f64>>) -> Result<Value> {
    let at = position.map(|p| sheet.place(p)).transpose()?.flatten();
    Ok(at.map_or(Value::Null, |(x, y)| json!([x, y])))
}

fn measure_head(m: &MeasureColumn<'_>) -> Value {
    let scale = match &m.scale {
        Scale::Sequential => json!({"kind": "sequential"}),
        Scale::Diverging { centre } => json!({"kind": "diverging", "centre": centre}),
        Scale::Total => json!({"kind": "total"}),
        Scale::Classes { labels, colours } => {
            json!({"kind": "classes", "labels": labels, "colours": colours})
        }
    };
    let breaks = match m.scale {
        Scale::Sequential | Scale::Diverging { .. } => {
            // Of the values as they are shown.
            let unit = 10_f64.powi(i32::from(m.decimals));
            let shown: Vec<f64> = m.values.iter().map(|v| (v * unit).round() / unit).collect();
            let found = classes::breaks(&shown);
            json!({"natural": found.natural, "quantiles": found.quantiles})
        }
        Scale::Total | Scale::Classes { .. } => Value::Null,
    };
    json!({
        "key": m.key,
        "group": m.group,
        "name": m.name,
        "unit": m.unit,
        "description": m.description,
        "decimals": m.decimals,
        "scale": scale,
        "breaks": breaks,
        "whole": m.whole.filter(|w| w.is_finite()),
    })
}

/// What the page needs once a layer is looked at.
fn layer_data(page: &AtlasPage<'_>, at: usize, sheet: &Sheet) -> Result<String> {
    let layer = &page.layers[at];
    let mut points = Vec::with_capacity(layer.points.len());
    for &point in &layer.points {
        points.push(placed(sheet, point)?);
    }
    let suggestions: Vec<_> = page
        .suggestions
        .iter()
        .filter(|s| s.layer == at)
        .map(|s| json!([s.kind as u8, s.from, s.to, s.why]))
        .collect();
    let parents: Vec<_> = layer.parents.iter().map(|p| json!({"layer": p.layer, "of": p.of})).collect();
    let mut text = json!({
        "codes": layer.codes,
        "names": layer.names,
        "points": points,
        "parents": parents,
        "suggestions": suggestions,
        "member": layer.members.iter().map(|m| m.0).collect::<Vec<_>>(),
        "unit": layer.members.iter().map(|m| m.1).collect::<Vec<_>>(),
        "cases": layer.measures.iter().map(|m| &m.cases).collect::<Vec<_>>(),
    })
    .to_string();
    // By far the most of it, written as it is: a tree of values would take ten times the memory.
    text.pop();
    text.push_str(",\"values\":[");
    for (i, m) in layer.measures.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        encode::push_decimals(&mut text, &m.values, m.decimals);
    }
    text.push_str("]}");
    Ok(text)
}

#[cfg(test)]
mod tests;
