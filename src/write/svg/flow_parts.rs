//! What maps of who is tied with whom are made of.

use geo_types::Coord;

use crate::labels::Labels;
use crate::model::Contours;
use crate::space::Layer;

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

/// A place on a [`FlowMap`](super::FlowMap).
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

/// An arc of a [`FlowMap`](super::FlowMap).
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

/// What lies under the arcs of a [`FlowMap`](super::FlowMap).
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
