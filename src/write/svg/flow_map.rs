//! Maps of who is tied with whom.

use std::fmt::Write as _;

use geo_types::Coord;

use super::canvas::{Anchor, Canvas, Parts, Svg, short, wrapped};
use super::frame::Frame;
use super::maps::Coordinates;
use super::palette;
use super::words::Words;
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::model::Contours;
use crate::space::simplify::simplify;
use crate::space::{Bounds, Layer};
use crate::write::{escape_markup, same_length};

/// Whether a line is drawn through or in dashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum LineStyle {
    /// Drawn through: what is.
    #[default]
    Solid,
    /// In dashes: what might be.
    Dashed,
}

/// Whether arcs tell their ends apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum ArcEnds {
    /// Both ends alike.
    #[default]
    Plain,
    /// An arrow at the second end.
    Arrow,
}

/// A kind of arc: its name in the legend and how it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowClass {
    /// Name in the legend; its arcs are counted beside it.
    pub name: String,
    /// Line of its arcs.
    pub line: LineStyle,
    /// Ends of its arcs.
    pub ends: ArcEnds,
}

impl FlowClass {
    /// Plain arcs of a name.
    pub fn new(name: impl Into<String>, line: LineStyle) -> Self {
        Self { name: name.into(), line, ends: ArcEnds::Plain }
    }

    /// Puts an arrow at the second end.
    #[must_use]
    pub const fn directed(mut self) -> Self {
        self.ends = ArcEnds::Arrow;
        self
    }
}

/// Where the name of a point is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum PointLabel {
    /// On pointing at it.
    #[default]
    Hidden,
    /// Beside it, where there is room; else on pointing at it.
    Beside,
}

/// A place on a [`FlowMap`].
#[derive(Debug, Clone, PartialEq)]
pub struct FlowPoint {
    /// Where it is.
    pub at: Coord<f64>,
    /// Its class: colour and shape.
    pub class: u32,
    /// Its size: the area of the mark follows it.
    pub size: f64,
    /// Its name.
    pub name: String,
    /// Where the name is shown.
    pub label: PointLabel,
}

impl FlowPoint {
    /// A point of size 1 whose name shows on pointing at it.
    pub fn new(at: Coord<f64>, class: u32, name: impl Into<String>) -> Self {
        Self { at, class, size: 1.0, name: name.into(), label: PointLabel::Hidden }
    }

    /// Sets the size.
    #[must_use]
    pub const fn size(mut self, size: f64) -> Self {
        self.size = size;
        self
    }

    /// Shows the name beside the point.
    #[must_use]
    pub const fn labelled(mut self) -> Self {
        self.label = PointLabel::Beside;
        self
    }
}

/// An arc of a [`FlowMap`].
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Position of one end among the points.
    pub from: u32,
    /// Position of the other.
    pub to: u32,
    /// Its class.
    pub class: u32,
    /// Its weight: the width follows it.
    pub weight: f64,
    /// What shows on pointing at it; nothing when empty, which makes a much smaller file of many arcs.
    pub detail: String,
}

impl Flow {
    /// An arc of weight 1 without a text of its own.
    #[must_use]
    pub const fn new(from: u32, to: u32, class: u32) -> Self {
        Self { from, to, class, weight: 1.0, detail: String::new() }
    }

    /// Sets the weight.
    #[must_use]
    pub const fn weight(mut self, weight: f64) -> Self {
        self.weight = weight;
        self
    }

    /// Sets what shows on pointing at it.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

/// What lies under the arcs of a [`FlowMap`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Background<'a> {
    /// The territories.
    pub layer: &'a Layer,
    /// How their contours were made.
    pub contours: Contours,
    /// Whether borders are drawn.
    pub borders: Borders,
    /// Class of each territory, in pale colours; those without one are plain.
    pub classes: Option<(&'a Labels, &'a [String])>,
}

impl<'a> Background<'a> {
    /// Plain territories with their borders.
    #[must_use]
    pub const fn new(layer: &'a Layer, contours: Contours) -> Self {
        Self { layer, contours, borders: Borders::Drawn, classes: None }
    }

    /// Sets whether borders are drawn.
    #[must_use]
    pub const fn borders(mut self, borders: Borders) -> Self {
        self.borders = borders;
        self
    }

    /// Sets the class of each territory and the names of the classes.
    #[must_use]
    pub const fn classes(mut self, labels: &'a Labels, names: &'a [String]) -> Self {
        self.classes = Some((labels, names));
        self
    }
}

/// Whether the borders of territories are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Borders {
    /// Drawn, in light grey.
    #[default]
    Drawn,
    /// Only the outline that the fill gives.
    Hidden,
}

/// Ties between places as curved arcs over territories, with a legend that counts.
///
/// The heading should say the finding, `description` what somebody who cannot see the picture should
/// know. All texts come from the caller, in the caller's language. Arcs bow to one side, so that arcs
/// there and back do not cover each other. Lines, marks and words have a contrast of 4.5 : 1 with every
/// fill under them, and classes differ by dash or shape as well as by colour (up to six of each).
///
/// ```
/// use geo_types::Coord;
/// use rurban::write::svg::{Flow, FlowClass, FlowMap, FlowPoint, LineStyle};
/// let points = [
///     FlowPoint::new(Coord { x: 0.87, y: 43.67 }, 0, "Portes de Gascogne").labelled(),
///     FlowPoint::new(Coord { x: 1.44, y: 43.6 }, 1, "Toulouse").labelled().size(20.0),
/// ];
/// let svg = FlowMap::new("One tie leads to the city")
///     .points(&["Pays".into(), "City".into()], &points)
///     .flows(&[FlowClass::new("Contract", LineStyle::Dashed)], &[Flow::new(0, 1, 0)])
///     .source("Source: signed contracts.")
///     .render()?;
/// assert!(svg.as_str().contains("Contract (1)"));
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct FlowMap<'a> {
    title: &'a str,
    description: &'a str,
    background: Option<Background<'a>>,
    point_classes: &'a [String],
    points: &'a [FlowPoint],
    flow_classes: &'a [FlowClass],
    flows: &'a [Flow],
    notes: &'a [String],
    off_map: &'a str,
    source: &'a str,
    coordinates: Coordinates,
    bounds: Option<Bounds>,
}

const LEFT: f64 = 16.0;
const SIDE: f64 = 560.0;
const LEGEND_CHARACTERS: usize = 32;
const LEGEND: f64 = 250.0;
const ROW: f64 = 18.0;
const LINE: f64 = 15.0;

/// A row of the legend: a mark and lines of text.
struct Entry {
    mark: Mark,
    lines: Vec<String>,
}

#[derive(Clone, Copy)]
enum Mark {
    None,
    Area(usize),
    Point(usize),
    Arc(usize),
}

impl<'a> FlowMap<'a> {
    /// A map with this heading, longitude and latitude in degrees.
    pub const fn new(title: &'a str) -> Self {
        Self {
            title,
            description: "",
            background: None,
            point_classes: &[],
            points: &[],
            flow_classes: &[],
            flows: &[],
            notes: &[],
            off_map: "",
            source: "",
            coordinates: Coordinates::Degrees,
            bounds: None,
        }
    }

    /// Sets what somebody who cannot see the picture is told; the legend when not set.
    pub const fn description(mut self, description: &'a str) -> Self {
        self.description = description;
        self
    }

    /// Sets the territories under the arcs.
    pub const fn background(mut self, background: Background<'a>) -> Self {
        self.background = Some(background);
        self
    }

    /// Sets the points and the names of their classes.
    pub const fn points(mut self, classes: &'a [String], points: &'a [FlowPoint]) -> Self {
        self.point_classes = classes;
        self.points = points;
        self
    }

    /// Sets the arcs and their classes.
    pub const fn flows(mut self, classes: &'a [FlowClass], flows: &'a [Flow]) -> Self {
        self.flow_classes = classes;
        self.flows = flows;
        self
    }

    /// Sets lines of text under the legend: what size and width stand for, how to read the map.
    pub const fn notes(mut self, notes: &'a [String]) -> Self {
        self.notes = notes;
        self
    }

    /// Sets what the legend calls points outside the bounds; they are counted beside it.
    pub const fn off_map(mut self, name: &'a str) -> Self {
        self.off_map = name;
        self
    }

    /// Sets the line of sources under the map.
    pub const fn source(mut self, source: &'a str) -> Self {
        self.source = source;
        self
    }

    /// Sets what the coordinates are.
    pub const fn coordinates(mut self, coordinates: Coordinates) -> Self {
        self.coordinates = coordinates;
        self
    }

    /// Sets the part to show; everything when not set. What lies outside is cut off.
    pub const fn bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = Some(bounds);
        self
    }

    /// Draws the picture.
    ///
    /// # Errors
    /// [`Error::Value`] for a coordinate that is not finite, a size or weight that is not a positive
    /// number, a class or an end that is not there; [`Error::Shape`] when there is not one class for
    /// each territory and one name for each class.
    pub fn render(&self) -> Result<Svg> {
        self.render_in(&Words::ENGLISH)
    }

    /// As [`FlowMap::render`], with the words of a language.
    ///
    /// # Errors
    /// As [`FlowMap::render`].
    pub fn render_in(&self, words: &Words) -> Result<Svg> {
        self.check()?;
        let layer = self.background.map(|b| b.layer);
        let coords = || {
            let polygons = layer.into_iter().flat_map(|l| l.coords().iter().copied());
            polygons.chain(self.points.iter().map(|p| p.at))
        };
        let mut frame = Frame::new(coords(), self.bounds, self.coordinates, [LEFT, 0.0, SIDE])?;
        let mut entries = self.entries(&frame, words);
        let width = LEFT + frame.width + 20.0 + LEGEND;
        let title_lines = wrapped(self.title, (width / 9.2) as usize);
        let top = 26.0 + 19.0 * title_lines.len().max(1) as f64;
        frame.top = top;
        let outside = self.points.iter().filter(|p| !frame.bounds.contains(p.at)).count();
        if outside > 0 && !self.off_map.is_empty() {
            let lines = wrapped(&format!("{} ({})", self.off_map, words.count(outside)), LEGEND_CHARACTERS);
            entries.push(Entry { mark: Mark::None, lines });
        }
        let legend_height: f64 = entries.iter().map(Entry::height).sum();
        let foot = self.foot((width / 6.2) as usize, words);
        let below = top + frame.height.max(legend_height) + 20.0;
        let mut canvas =
            Canvas::with_title_lines(width, below + LINE * foot.len() as f64, self.title, &title_lines);
        canvas.description(&self.description_or(&entries));
        canvas.clip([LEFT, top, frame.width, frame.height]);
        if let Some(background) = &self.background {
            Self::territories(&mut canvas, background, &frame)?;
        }
        let radii = self.radii();
        self.arcs(&mut canvas, &frame, &radii);
        self.marks(&mut canvas, &frame, &radii);
        self.names(&mut canvas, &frame, &radii);
        canvas.end_clip();
        let x = LEFT + frame.width + 20.0;
        let mut y = top;
        for entry in &entries {
            self.legend_mark(&mut canvas, entry.mark, x, y + 7.0);
            for (k, line) in entry.lines.iter().enumerate() {
                let indent = if matches!(entry.mark, Mark::None) { 0.0 } else { 34.0 };
                canvas.text(x + indent, y + 11.0 + LINE * k as f64, Anchor::Start, 12.0, line);
            }
            y += entry.height();
        }
        for (k, line) in foot.iter().enumerate() {
            canvas.text(LEFT, below + LINE * k as f64, Anchor::Start, 11.0, line);
        }
        Ok(canvas.finish())
    }

    fn check(&self) -> Result<()> {
        let wrong = |what, index, value: String, must| Err(Error::Value { what, index, value, must });
        for (i, p) in self.points.iter().enumerate() {
            if p.class as usize >= self.point_classes.len() {
                return wrong("classes of points", i, p.class.to_string(), "must be one of the classes");
            }
            if !(p.size > 0.0 && p.size.is_finite()) {
                return wrong("sizes of points", i, p.size.to_string(), "must be positive");
            }
        }
        for (i, f) in self.flows.iter().enumerate() {
            if f.class as usize >= self.flow_classes.len() {
                return wrong("classes of arcs", i, f.class.to_string(), "must be one of the classes");
            }
            if !(f.weight > 0.0 && f.weight.is_finite()) {
                return wrong("weights of arcs", i, f.weight.to_string(), "must be positive");
            }
            if let Some(end) = [f.from, f.to].into_iter().find(|&e| e as usize >= self.points.len()) {
                return wrong("ends of arcs", i, end.to_string(), "must be the position of a point");
            }
        }
        if let Some(b) = &self.background
            && let Some((labels, names)) = b.classes
        {
            same_length("labels of a map", b.layer.len(), labels.len())?;
            same_length("names of classes", labels.classes(), names.len())?;
        }
        Ok(())
    }

    /// What is seen in the frame, and what there is none of anywhere; what lies outside alone has no entry.
    fn entries(&self, frame: &Frame, words: &Words) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut add = |mark, name: &str, seen: usize, all: usize| {
            if seen > 0 || all == 0 {
                let lines = wrapped(&format!("{name} ({})", words.count(seen)), LEGEND_CHARACTERS);
                entries.push(Entry { mark, lines });
            }
        };
        let inside = |i: u32| frame.bounds.contains(self.points[i as usize].at);
        for (k, name) in self.point_classes.iter().enumerate() {
            let own =
                || (0..self.points.len() as u32).filter(|&i| self.points[i as usize].class as usize == k);
            add(Mark::Point(k), name, own().filter(|&i| inside(i)).count(), own().count());
        }
        for (k, class) in self.flow_classes.iter().enumerate() {
            let own = || self.flows.iter().filter(|f| f.class as usize == k);
            let seen = own().filter(|f| inside(f.from) || inside(f.to)).count();
            add(Mark::Arc(k), &class.name, seen, own().count());
        }
        if let Some((layer, (labels, names))) = self.background.and_then(|b| Some((b.layer, b.classes?))) {
            for (k, name) in names.iter().enumerate() {
                let own = || (0..layer.len()).filter(|&i| labels.get(i) == Some(k));
                add(
                    Mark::Area(k),
                    name,
                    own().filter(|&i| frame.shows(layer.bounds(i))).count(),
                    own().count(),
                );
            }
        }
        for note in self.notes {
            entries.push(Entry { mark: Mark::None, lines: wrapped(note, LEGEND_CHARACTERS + 6) });
        }
        entries
    }

    fn foot(&self, characters: usize, words: &Words) -> Vec<String> {
        let approximate = self.background.is_some_and(|b| b.contours == Contours::Approximate);
        let mut lines = Vec::new();
        if approximate {
            lines.push(words.approximate.to_owned());
        }
        if !self.source.is_empty() {
            lines.extend(wrapped(self.source, characters));
        }
        lines
    }

    fn description_or(&self, entries: &[Entry]) -> String {
        if !self.description.is_empty() {
            return self.description.to_owned();
        }
        entries.iter().map(|e| e.lines.join(" ")).collect::<Vec<_>>().join("; ")
    }

    /// Pale territories. Borders are simplified together, within a third of a pixel.
    fn territories(canvas: &mut Canvas, background: &Background<'_>, frame: &Frame) -> Result<()> {
        let plain = simplify(background.layer, 0.35 / frame.scale)?;
        let border = match background.borders {
            Borders::Drawn => Some(palette::PALE_BORDER),
            Borders::Hidden => None,
        };
        let classes = background.classes.map(|c| c.0);
        let fill = |i: usize| {
            classes.and_then(|l| l.get(i)).map_or(palette::GROUND, |c| palette::PALE[c % palette::PALE.len()])
        };
        let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
        for i in (0..plain.len()).filter(|&i| frame.shows(plain.bounds(i))) {
            match groups.iter_mut().find(|g| g.0 == fill(i)) {
                Some(group) => group.1.push(i),
                None => groups.push((fill(i), vec![i])),
            }
        }
        for (fill, members) in groups {
            let _ = write!(canvas.text, "<g fill=\"{fill}\" fill-rule=\"evenodd\" stroke-width=\"0.5\" ");
            let _ = writeln!(canvas.text, "stroke=\"{}\">", border.unwrap_or(fill));
            for i in members {
                let before = canvas.text.len();
                canvas.text.push_str("<path d=\"");
                let start = canvas.text.len();
                for ring in plain.rings(i).filter(|ring| frame.pixels(ring) >= 1.0) {
                    canvas.ring(ring.iter().map(|&c| frame.at(c)), Parts::Tenths);
                }
                if canvas.text.len() == start {
                    canvas.text.truncate(before);
                } else {
                    canvas.text.push_str("\"/>\n");
                }
            }
            canvas.text.push_str("</g>\n");
        }
        Ok(())
    }

    /// Radius of each mark in pixels.
    fn radii(&self) -> Vec<f64> {
        let (least, most) =
            self.points.iter().fold((f64::INFINITY, 0.0_f64), |(a, b), p| (a.min(p.size), b.max(p.size)));
        let one = least >= most;
        self.points.iter().map(|p| if one { 3.5 } else { (9.0 * (p.size / most).sqrt()).max(2.5) }).collect()
    }

    fn arcs(&self, canvas: &mut Canvas, frame: &Frame, radii: &[f64]) {
        let most = self.flows.iter().map(|f| f.weight).fold(0.0, f64::max);
        let one = self.flows.iter().all(|f| f.weight >= most);
        let width = |f: &Flow| if one { 1.6 } else { (4.5 * (f.weight / most).sqrt()).max(0.8) };
        for (k, class) in self.flow_classes.iter().enumerate() {
            let mut flows: Vec<&Flow> =
                self.flows.iter().filter(|f| f.class as usize == k && f.from != f.to).collect();
            if flows.is_empty() {
                continue;
            }
            // Wide ones below; the order of the caller among equals.
            flows.sort_by(|a, b| b.weight.total_cmp(&a.weight));
            let colour = palette::STRONG[k % palette::STRONG.len()];
            let _ = write!(canvas.text, "<g fill=\"none\" stroke=\"{colour}\" stroke-linecap=\"round\"");
            canvas.text.push_str(dashes(class.line));
            canvas.text.push_str(">\n");
            let mut open: Option<f64> = None;
            for flow in flows {
                let w = short(width(flow));
                let arc = Arc::between(
                    frame.at(self.points[flow.from as usize].at),
                    frame.at(self.points[flow.to as usize].at),
                    [radii[flow.from as usize], radii[flow.to as usize]],
                    class.ends,
                    w,
                );
                let Some(arc) = arc else { continue };
                // Arcs without a text of their own share a path as long as the width stays.
                let shared = flow.detail.is_empty();
                if open.is_some() && !(shared && open == Some(w)) {
                    canvas.text.push_str("\"/>\n");
                    open = None;
                }
                if open.is_none() {
                    let _ = write!(canvas.text, "<path stroke-width=\"{w}\" d=\"");
                }
                arc.write(&mut canvas.text);
                if shared {
                    open = Some(w);
                } else {
                    let _ = writeln!(canvas.text, "\"><title>{}</title></path>", escape_markup(&flow.detail));
                }
            }
            if open.is_some() {
                canvas.text.push_str("\"/>\n");
            }
            canvas.text.push_str("</g>\n");
        }
    }

    fn marks(&self, canvas: &mut Canvas, frame: &Frame, radii: &[f64]) {
        let mut order: Vec<usize> = (0..self.points.len()).collect();
        order.sort_by(|&a, &b| radii[b].total_cmp(&radii[a]));
        for i in order {
            let (x, y) = frame.at(self.points[i].at);
            if frame.bounds.contains(self.points[i].at) {
                mark(canvas, self.points[i].class as usize, [x, y, radii[i]], &self.points[i].name);
            }
        }
    }

    /// Names beside the points that ask for it, the largest first, where no other name or mark stands.
    fn names(&self, canvas: &mut Canvas, frame: &Frame, radii: &[f64]) {
        const SIZE: f64 = 11.5;
        let wanted = |i: &usize| {
            let p = &self.points[*i];
            p.label == PointLabel::Beside && !p.name.is_empty() && frame.bounds.contains(p.at)
        };
        let mut order: Vec<usize> = (0..self.points.len()).filter(wanted).collect();
        order.sort_by(|&a, &b| self.points[b].size.total_cmp(&self.points[a].size));
        let mut taken: Vec<[f64; 4]> = order
            .iter()
            .map(|&i| {
                let ((x, y), r) = (frame.at(self.points[i].at), radii[i]);
                [x - r, y - r, x + r, y + r]
            })
            .collect();
        for &i in &order {
            let name = super::canvas::shortened(&self.points[i].name);
            let ((x, y), r) = (frame.at(self.points[i].at), radii[i] + 3.0);
            let wide = name.chars().count() as f64 * SIZE * 0.54;
            let places = [
                (x + r, y + 4.0, Anchor::Start, x + r),
                (x - r, y + 4.0, Anchor::End, x - r - wide),
                (x, y - r - 2.0, Anchor::Middle, x - wide / 2.0),
                (x, y + r + 9.0, Anchor::Middle, x - wide / 2.0),
            ];
            for (tx, ty, anchor, left) in places {
                let cell = [left, ty - SIZE + 1.0, left + wide, ty + 3.0];
                let inside = cell[0] >= frame.left
                    && cell[2] <= frame.left + frame.width
                    && cell[1] >= frame.top
                    && cell[3] <= frame.top + frame.height;
                let meets =
                    |o: &[f64; 4]| cell[0] < o[2] && o[0] < cell[2] && cell[1] < o[3] && o[1] < cell[3];
                if inside && !taken.iter().any(meets) {
                    canvas.halo_text(tx, ty, anchor, SIZE, &name);
                    taken.push(cell);
                    break;
                }
            }
        }
    }

    fn legend_mark(&self, canvas: &mut Canvas, of: Mark, x: f64, y: f64) {
        match of {
            Mark::None => {}
            Mark::Area(k) => {
                let fill = palette::PALE[k % palette::PALE.len()];
                let _ = writeln!(
                    canvas.text,
                    "<rect x=\"{}\" y=\"{}\" width=\"20\" height=\"12\" fill=\"{fill}\" stroke=\"#767676\" stroke-width=\"0.7\"/>",
                    short(x + 4.0),
                    short(y - 6.0)
                );
            }
            Mark::Point(k) => mark(canvas, k, [x + 14.0, y, 5.0], ""),
            Mark::Arc(k) => {
                let class = &self.flow_classes[k];
                let colour = palette::STRONG[k % palette::STRONG.len()];
                let arc = Arc::between((x, y + 3.0), (x + 28.0, y + 3.0), [0.0; 2], class.ends, 2.0);
                if let Some(arc) = arc {
                    let _ = write!(
                        canvas.text,
                        "<path fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-linecap=\"round\"{} d=\"",
                        dashes(class.line)
                    );
                    arc.write(&mut canvas.text);
                    canvas.text.push_str("\"/>\n");
                }
            }
        }
    }
}

impl Entry {
    fn height(&self) -> f64 {
        ROW + LINE * self.lines.len().saturating_sub(1) as f64 + 2.0
    }
}

const fn dashes(line: LineStyle) -> &'static str {
    match line {
        LineStyle::Solid => "",
        LineStyle::Dashed => " stroke-dasharray=\"5 4\"",
    }
}

/// A mark of a class: colour and shape.
fn mark(canvas: &mut Canvas, class: usize, [x, y, r]: [f64; 3], name: &str) {
    let colour = palette::STRONG[class % palette::STRONG.len()];
    let (cx, cy, r) = (short(x), short(y), short(r));
    let d = match class % 4 {
        0 => {
            let _ = write!(
                canvas.text,
                "<circle cx=\"{cx}\" cy=\"{cy}\" r=\"{r}\" fill=\"{colour}\" stroke=\"#ffffff\""
            );
            close(canvas, name, "circle");
            return;
        }
        1 => {
            let s = short(r * 0.89);
            format!("M{} {}h{}v{}h{}Z", short(cx - s), short(cy - s), 2.0 * s, 2.0 * s, -2.0 * s)
        }
        2 => {
            let s = short(r * 1.25);
            format!(
                "M{cx} {}L{} {cy} {cx} {} {} {cy}Z",
                short(cy - s),
                short(cx + s),
                short(cy + s),
                short(cx - s)
            )
        }
        _ => {
            let s = short(r * 1.2);
            let base = short(cy + s * 0.7);
            format!("M{cx} {}L{} {base} {} {base}Z", short(cy - s), short(cx + s), short(cx - s))
        }
    };
    let _ = write!(canvas.text, "<path fill=\"{colour}\" stroke=\"#ffffff\" d=\"{d}\"");
    close(canvas, name, "path");
}

fn close(canvas: &mut Canvas, name: &str, tag: &str) {
    let _ = if name.is_empty() {
        writeln!(canvas.text, "/>")
    } else {
        writeln!(canvas.text, "><title>{}</title></{tag}>", escape_markup(name))
    };
}

/// A quadratic curve, with the head of an arrow where asked for.
struct Arc {
    from: (f64, f64),
    over: (f64, f64),
    to: (f64, f64),
    head: Option<[(f64, f64); 2]>,
}

impl Arc {
    /// Bowed to the left of its direction; arcs without one run from west to east, so that all bow
    /// alike. `None` where the ends fall together.
    fn between(
        mut a: (f64, f64),
        mut b: (f64, f64),
        mut radii: [f64; 2],
        ends: ArcEnds,
        width: f64,
    ) -> Option<Self> {
        if ends == ArcEnds::Plain && (a.0, a.1) > (b.0, b.1) {
            std::mem::swap(&mut a, &mut b);
            radii.swap(0, 1);
        }
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = libm::hypot(dx, dy);
        if length < 0.1 {
            return None;
        }
        let bow = 0.16;
        let over = (f64::midpoint(a.0, b.0) + dy * bow, f64::midpoint(a.1, b.1) - dx * bow);
        // From edge to edge of the marks, as long as they leave room.
        let cut = |end: (f64, f64), by: f64| {
            let (x, y) = (over.0 - end.0, over.1 - end.1);
            let l = libm::hypot(x, y).max(1e-9);
            let by = by.min(l * 0.6);
            (end.0 + x / l * by, end.1 + y / l * by)
        };
        let head_room = if ends == ArcEnds::Arrow { 1.5 } else { 0.0 };
        let (from, to) = (cut(a, radii[0]), cut(b, radii[1] + head_room));
        let head = (ends == ArcEnds::Arrow).then(|| {
            let (x, y) = (to.0 - over.0, to.1 - over.1);
            let l = libm::hypot(x, y).max(1e-9);
            let (x, y, size) = (x / l, y / l, 4.0 + 1.5 * width);
            [-0.45, 0.45].map(|side| (to.0 - size * (x + side * y), to.1 - size * (y - side * x)))
        });
        Some(Self { from, over, to, head })
    }

    fn write(&self, out: &mut String) {
        let _ = write!(
            out,
            "M{} {}Q{} {} {} {}",
            short(self.from.0),
            short(self.from.1),
            short(self.over.0),
            short(self.over.1),
            short(self.to.0),
            short(self.to.1)
        );
        if let Some([l, r]) = self.head {
            let _ = write!(
                out,
                "M{} {}L{} {} {} {}",
                short(l.0),
                short(l.1),
                short(self.to.0),
                short(self.to.1),
                short(r.0),
                short(r.1)
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::canvas::INK;
    use super::*;

    /// Contrast of two colours after WCAG 2.2.
    fn contrast(a: &str, b: &str) -> f64 {
        let luminance = |colour: &str| {
            let [r, g, b] = palette::rgb(colour).map(|c| {
                let c = c / 255.0;
                if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
            });
            0.2126 * r + 0.7152 * g + 0.0722 * b
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn lines_and_words_stand_out_from_every_fill() {
        assert!((contrast("#ffffff", "#000000") - 21.0).abs() < 1e-9);
        for fill in palette::PALE.iter().chain([&palette::GROUND, &"#ffffff"]) {
            for strong in palette::STRONG.iter().chain([&INK]) {
                assert!(contrast(strong, fill) >= 4.5, "{strong} on {fill}: {}", contrast(strong, fill));
            }
        }
    }

    #[test]
    fn arcs_bow_alike_and_back_on_the_other_side() {
        let ends = [(0.0, 0.0), (100.0, 0.0)];
        let plain = |a, b| Arc::between(a, b, [0.0; 2], ArcEnds::Plain, 1.0).unwrap().over;
        assert_eq!(plain(ends[0], ends[1]), plain(ends[1], ends[0]));
        let arrow = |a, b| Arc::between(a, b, [0.0; 2], ArcEnds::Arrow, 1.0).unwrap().over;
        assert_eq!((arrow(ends[0], ends[1]).1, arrow(ends[1], ends[0]).1), (-16.0, 16.0));
        assert!(Arc::between(ends[0], ends[0], [0.0; 2], ArcEnds::Plain, 1.0).is_none());
        // The tip stops before the mark, and the head lies behind the tip.
        let arc = Arc::between(ends[0], ends[1], [0.0, 10.0], ArcEnds::Arrow, 1.0).unwrap();
        assert!(libm::hypot(arc.to.0 - 100.0, arc.to.1) > 11.0);
        assert!(arc.head.unwrap().iter().all(|h| h.0 < arc.to.0));
    }
}
