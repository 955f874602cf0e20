//! An interactive map of territories, actors and their ties in one HTML file.
//!
//! The page needs no network: everything is inside, and its content security policy forbids the
//! browser to fetch anything at all. It offers the levels and measures given, kinds of actors and
//! classes of ties to switch on and off, search, ranking, hover and click, light and dark, and works
//! on a phone and by keyboard. Its state (level, measure, view, theme) is in the address's fragment
//! (`atlas.html#level=1&measure=0&theme=dark`), so that a link to the file can point at a map.
//!
//! Coordinates are stored to 1e-4 degrees (about 11 m), those of levels with more than 600,000
//! vertices to 1e-3; measures to single precision unless they are large whole numbers. Values are
//! shown to four significant digits or as whole numbers.

mod encode;

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use geo_types::Coord;
use serde_json::json;

use crate::error::{Error, Result};
use crate::model::Contours;
pub use crate::model::LinkClass;
use crate::space::{Bounds, Layer};
use crate::write::svg::palette;
use crate::write::{escape_markup, same_length, stream_error, to_file};

/// Everything that goes on the page.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AtlasPage<'a> {
    /// Heading and title of the document.
    pub title: String,
    /// A line under the heading.
    pub subtitle: String,
    /// Language of the texts given, as a BCP 47 tag; the controls are in English. `en` unless set.
    pub language: String,
    /// Levels of territories, coarse ones first.
    pub layers: Vec<MapLayer<'a>>,
    /// Index of the level shown first; a light one opens fastest.
    pub first_layer: usize,
    /// Points on the map.
    pub actors: Vec<ActorPoint>,
    /// Ties on the map.
    pub links: Vec<LinkLine>,
    /// Kinds of actors that are switched off when the page opens.
    pub hidden_kinds: Vec<String>,
    /// Classes of ties that are switched off when the page opens.
    pub hidden_classes: Vec<LinkClass>,
    /// Parts of the world with a button each; the first is shown first. Those without anything on
    /// the map are left out; with none left the whole extent is shown.
    pub views: Vec<View>,
    /// Key figures, as label and value.
    pub summary: Vec<(String, String)>,
    /// Remarks on data and methods.
    pub notes: Vec<String>,
    /// Sources and licences of the data.
    pub sources: Vec<String>,
}

impl AtlasPage<'_> {
    /// A page with a title and the views of France, to be filled.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            subtitle: String::new(),
            language: "en".to_owned(),
            layers: Vec::new(),
            first_layer: 0,
            actors: Vec::new(),
            links: Vec::new(),
            hidden_kinds: Vec::new(),
            hidden_classes: Vec::new(),
            views: View::france(),
            summary: Vec::new(),
            notes: Vec::new(),
            sources: Vec::new(),
        }
    }
}

/// One level of territories.
#[derive(Debug, Clone)]
pub struct MapLayer<'a> {
    /// Name of the level: `région`, `département`, `EPCI`, `commune` …
    pub name: String,
    /// Contours in longitude and latitude, degrees. Without simplification every vertex costs the
    /// page about 3 bytes.
    pub shapes: &'a Layer,
    /// How the contours were made.
    pub contours: Contours,
    /// Code of each territory.
    pub codes: &'a [String],
    /// Name of each territory.
    pub names: &'a [String],
    /// What can be shown on the map.
    pub measures: Vec<MeasureColumn<'a>>,
}

/// One value per territory of a layer.
#[derive(Debug, Clone)]
pub struct MeasureColumn<'a> {
    /// Short name.
    pub name: String,
    /// Unit, or empty.
    pub unit: String,
    /// One or two sentences: what it is and which way to read it.
    pub description: String,
    /// The values; [`f64::NAN`] where there is none. Infinities are shown as no value.
    pub values: Cow<'a, [f64]>,
    /// How values become colours.
    pub scale: Scale,
}

/// How values become colours.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Scale {
    /// From little to much (viridis).
    Sequential,
    /// Below and above a value of note, such as 1 for a location quotient (`RdBu`, blue below).
    Diverging {
        /// That value.
        centre: f64,
    },
    /// Classes without order: value `k` is `labels[k]`.
    Categorical {
        /// Name of each class.
        labels: Vec<String>,
    },
}

/// A point on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct ActorPoint {
    /// Name.
    pub name: String,
    /// Kind, by which points are coloured and switched.
    pub kind: String,
    /// Further text shown on hover, or empty.
    pub detail: String,
    /// Longitude and latitude in degrees.
    pub position: Coord<f64>,
}

/// A tie on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkLine {
    /// Longitude and latitude of both ends in degrees.
    pub ends: [Coord<f64>; 2],
    /// What it joins.
    pub class: LinkClass,
    /// Weight, not negative; heavier ties are drawn wider.
    pub weight: f64,
    /// Text shown on hover, such as both names.
    pub label: String,
}

/// Classes of ties in the order of the switches: the crossing ones are the subject.
const LINK_CLASSES: [(LinkClass, &str); 4] = [
    (LinkClass::UrbanRural, "urban–rural"),
    (LinkClass::UrbanUrban, "urban–urban"),
    (LinkClass::RuralRural, "rural–rural"),
    (LinkClass::Unclassed, "not classed"),
];

/// A part of the world with a button to jump to it.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Name on the button.
    pub name: String,
    /// Bounds in degrees.
    pub bounds: Bounds,
}

impl View {
    /// Mainland France with Corsica, and the five overseas départements and régions.
    #[must_use]
    pub fn france() -> Vec<Self> {
        [
            ("Mainland", [-5.2, 41.3, 9.7, 51.2]),
            ("Guadeloupe", [-61.9, 15.8, -60.9, 16.6]),
            ("Martinique", [-61.3, 14.35, -60.75, 14.95]),
            ("Guyane", [-54.7, 2.0, -51.5, 5.9]),
            ("La Réunion", [55.15, -21.45, 55.9, -20.8]),
            ("Mayotte", [44.95, -13.05, 45.35, -12.6]),
        ]
        .map(|(name, [west, south, east, north])| Self {
            name: name.to_owned(),
            bounds: Bounds { min: [west, south], max: [east, north] },
        })
        .into()
    }
}

/// Writes the page.
///
/// # Errors
/// [`Error::Shape`] when codes, names or values do not match the shapes of their layer,
/// [`Error::Value`] for coordinates that are not longitude and latitude in degrees, for values that
/// are no class of their categorical scale and for weights that are negative or not finite,
/// [`Error::Parameter`] when `first_layer` is not below the number of layers (unless there are
/// none) or a centre is not finite, [`Error::Io`] when `out` fails.
///
/// ```
/// use rurban::write::atlas_html::{write_atlas_html, AtlasPage};
/// let mut out = Vec::new();
/// write_atlas_html(&mut out, &AtlasPage::new("Ville & campagne"))?;
/// let page = String::from_utf8_lossy(&out);
/// assert!(page.contains("<title>Ville &amp; campagne</title>"));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn write_atlas_html(mut out: impl Write, page: &AtlasPage<'_>) -> Result<()> {
    check(page)?;
    let shared = shared_data(page);
    let mut put = |text: &str| out.write_all(text.as_bytes()).map_err(stream_error);
    let frame = include_str!("page.html");
    // In one pass, so that no text given is taken for a place to fill.
    let fill = |text: &str| {
        let mut pieces = text.split("{{");
        let mut filled = pieces.next().unwrap_or_default().to_owned();
        for (place, rest) in pieces.filter_map(|piece| piece.split_once("}}")) {
            filled += &escape_markup(match place {
                "language" => &page.language,
                "title" => &page.title,
                _ => &page.subtitle,
            });
            filled += rest;
        }
        filled
    };
    for (part, piece) in frame.split("<!--cut-->").zip(["style", "data", "scripts", "end"]) {
        put(&fill(part))?;
        match piece {
            "style" => put(include_str!("page.css"))?,
            "data" => {
                put_json(&mut put, "page", &shared)?;
                for (i, layer) in page.layers.iter().enumerate() {
                    put_json(&mut put, &format!("layer-{i}"), &layer_data(layer))?;
                }
            }
            "scripts" => {
                put("<script>")?;
                put(plotly_source()?.as_str())?;
                put("</script>\n<script>\n")?;
                put(include_str!("page.js"))?;
                put("</script>\n")?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Writes the page to a file, replacing it; see [`write_atlas_html`].
///
/// # Errors
/// As [`write_atlas_html`]; [`Error::Io`] names the path.
pub fn write_atlas_html_file(path: impl AsRef<Path>, page: &AtlasPage<'_>) -> Result<()> {
    to_file(path.as_ref(), |out| write_atlas_html(out, page))
}

/// The source of plotly.js with its licence notice, out of the script elements that the `plotly`
/// crate offers; the second one, `MathJax`, is of no use here.
fn plotly_source() -> Result<String> {
    let elements = plotly::Plot::offline_js_sources();
    let source = elements
        .split_once("</script>")
        .and_then(|(first, _)| first.split_once('>'))
        .map(|(_, source)| source)
        .filter(|source| source.contains("plotly.js v") && source.contains("MIT license"));
    source.map(str::to_owned).ok_or_else(|| {
        stream_error(std::io::Error::other("the plotly crate does not hold plotly.js where it used to"))
    })
}

/// An inert script element that holds data. `<` is escaped so that no text in it can end it.
fn put_json(put: &mut impl FnMut(&str) -> Result<()>, id: &str, data: &serde_json::Value) -> Result<()> {
    let text = data.to_string().replace('<', "\\u003c");
    put(&format!("<script type=\"application/json\" id=\"{id}\">"))?;
    put(&text)?;
    put("</script>\n")
}

fn check(page: &AtlasPage<'_>) -> Result<()> {
    if page.first_layer >= page.layers.len().max(1) {
        return Err(Error::Parameter {
            name: "first_layer",
            value: page.first_layer.to_string(),
            must: "must be below the number of layers",
        });
    }
    for layer in &page.layers {
        let n = layer.shapes.len();
        same_length("codes of a map layer", n, layer.codes.len())?;
        same_length("names of a map layer", n, layer.names.len())?;
        for i in 0..n {
            if let Some(&c) = layer.shapes.rings(i).flatten().find(|c| !is_lon_lat(**c)) {
                return Err(outside("shapes of a map layer", i, c));
            }
        }
        for measure in &layer.measures {
            same_length("values of a measure", n, measure.values.len())?;
            check_scale(measure)?;
        }
    }
    if let Some(i) = page.actors.iter().position(|a| !is_lon_lat(a.position)) {
        return Err(outside("actors", i, page.actors[i].position));
    }
    for (i, link) in page.links.iter().enumerate() {
        if let Some(&c) = link.ends.iter().find(|c| !is_lon_lat(**c)) {
            return Err(outside("links", i, c));
        }
        if !link.weight.is_finite() || link.weight < 0.0 {
            return Err(Error::Value {
                what: "links",
                index: i,
                value: link.weight.to_string(),
                must: "must have a finite weight of at least 0",
            });
        }
    }
    Ok(())
}

fn check_scale(measure: &MeasureColumn<'_>) -> Result<()> {
    match &measure.scale {
        Scale::Categorical { labels } => {
            let is_class = |v: f64| v.is_nan() || (v >= 0.0 && v < labels.len() as f64 && v.fract() == 0.0);
            match measure.values.iter().position(|&v| !is_class(v)) {
                Some(index) => Err(Error::Value {
                    what: "values of a categorical measure",
                    index,
                    value: measure.values[index].to_string(),
                    must: "must be the index of a label, or NaN",
                }),
                None => Ok(()),
            }
        }
        Scale::Diverging { centre } if !centre.is_finite() => {
            Err(Error::Parameter { name: "centre", value: centre.to_string(), must: "must be finite" })
        }
        Scale::Diverging { .. } | Scale::Sequential => Ok(()),
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

/// What the page needs before any layer.
fn shared_data(page: &AtlasPage<'_>) -> serde_json::Value {
    let layers: Vec<_> = page
        .layers
        .iter()
        .map(|layer| {
            let measures: Vec<_> = layer
                .measures
                .iter()
                .map(|m| {
                    let scale = match &m.scale {
                        Scale::Sequential => json!({"kind": "sequential"}),
                        Scale::Diverging { centre } => json!({"kind": "diverging", "centre": centre}),
                        Scale::Categorical { labels } => json!({"kind": "categorical", "labels": labels}),
                    };
                    json!({"name": m.name, "unit": m.unit, "description": m.description, "scale": scale})
                })
                .collect();
            json!({
                "name": layer.name,
                "count": layer.shapes.len(),
                "approximate": layer.contours == Contours::Approximate,
                "steps": encode::steps_per_degree(layer.shapes),
                "measures": measures,
            })
        })
        .collect();

    // Kinds in order of first appearance, so that the caller decides their colours.
    let mut kinds: Vec<&str> = Vec::new();
    let mut kind_of = Vec::with_capacity(page.actors.len());
    for actor in &page.actors {
        let known = kinds.iter().position(|k| *k == actor.kind);
        kind_of.push(known.unwrap_or(kinds.len()));
        if known.is_none() {
            kinds.push(&actor.kind);
        }
    }
    let links = |f: &dyn Fn(&LinkLine) -> serde_json::Value| page.links.iter().map(f).collect::<Vec<_>>();
    let classes: Vec<_> = LINK_CLASSES.iter().map(|(_, name)| name).collect();
    json!({
        "layers": layers,
        "first": page.first_layer,
        "actors": {
            "kinds": kinds,
            "kind": kind_of,
            "hidden": kinds.iter().map(|k| page.hidden_kinds.iter().any(|h| h == k)).collect::<Vec<_>>(),
            "name": page.actors.iter().map(|a| &a.name).collect::<Vec<_>>(),
            "detail": page.actors.iter().map(|a| &a.detail).collect::<Vec<_>>(),
            "at": encode::points(page.actors.iter().map(|a| a.position)),
        },
        "steps": encode::FINE,
        "links": {
            "classes": classes,
            "hidden": LINK_CLASSES.iter().map(|(c, _)| page.hidden_classes.contains(c)).collect::<Vec<_>>(),
            "class": links(&|l| json!(LINK_CLASSES.iter().position(|(c, _)| *c == l.class))),
            "weight": links(&|l| json!(l.weight)),
            "label": links(&|l| json!(l.label)),
            "at": encode::points(page.links.iter().flat_map(|l| l.ends)),
        },
        "views": page.views.iter().map(|v| json!([v.name, v.bounds.min, v.bounds.max])).collect::<Vec<_>>(),
        "summary": page.summary,
        "notes": page.notes,
        "sources": page.sources,
        "colours": {
            "sequential": palette::VIRIDIS,
            "diverging": palette::BLUE_RED,
            "categories": palette::CATEGORIES,
        },
    })
}

/// What the page needs once a layer is looked at.
fn layer_data(layer: &MapLayer<'_>) -> serde_json::Value {
    let measures: Vec<_> = layer.measures.iter().map(|m| encode::values(&m.values)).collect();
    json!({
        "codes": layer.codes,
        "names": layer.names,
        "shapes": encode::shapes(layer.shapes),
        "measures": measures,
    })
}

#[cfg(test)]
mod tests;
