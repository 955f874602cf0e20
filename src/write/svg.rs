//! Small dependable pictures as SVG: heat map, plot, bars and maps.
//!
//! Pictures are light, need no fonts or scripts, carry a title and a description for screen readers,
//! use colours that people with any colour vision can tell apart, and are the same bytes for the
//! same input. [`HeatMap`], [`Plot`], [`Bars`], [`Choropleth`] and [`ClassMap`] each give an [`Svg`], which is
//! text to show, to write or to embed.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use geo_types::Coord;

use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::matrix::Matrix;
use crate::space::{Bounds, Layer};
use crate::write::{Contours, escape_markup, palette, same_length, stream_error, to_file};

/// A finished picture.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Svg {
    text: String,
}

impl Svg {
    /// The SVG document.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Writes the document.
    ///
    /// # Errors
    /// [`Error::Io`] when `out` fails.
    pub fn write(&self, mut out: impl Write) -> Result<()> {
        out.write_all(self.text.as_bytes()).map_err(stream_error)
    }

    /// Writes the document to a file, replacing it.
    ///
    /// # Errors
    /// [`Error::Io`], naming the path.
    pub fn write_file(&self, path: impl AsRef<Path>) -> Result<()> {
        to_file(path.as_ref(), |out| self.write(out))
    }
}

/// How the values of a picture become colours.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum Colours {
    /// From the least to the greatest value (viridis, bright to dark).
    #[default]
    Sequential,
    /// Below and above a value of note (`RdBu`, blue below).
    Diverging {
        /// That value.
        centre: f64,
    },
}

/// Maps finite values to colours.
struct Ramp {
    colours: Colours,
    low: f64,
    high: f64,
}

impl Ramp {
    fn new(values: impl Iterator<Item = f64>, colours: Colours) -> Self {
        let mut limits = Limits::of(values).unwrap_or(Limits { low: 0.0, high: 1.0 });
        if let Colours::Diverging { centre } = colours {
            let reach = (limits.high - centre).abs().max((centre - limits.low).abs());
            limits = Limits { low: centre - reach, high: centre + reach };
        }
        Self { colours, low: limits.low, high: limits.high }
    }

    fn at(&self, value: f64) -> String {
        if !value.is_finite() {
            return palette::NO_DATA.to_owned();
        }
        let t = if self.high > self.low { (value - self.low) / (self.high - self.low) } else { 0.5 };
        self.place(t)
    }

    /// The colour at `t` in 0..=1 of the way from the lowest to the highest value.
    fn place(&self, t: f64) -> String {
        match self.colours {
            Colours::Sequential => palette::at(&palette::VIRIDIS, 1.0 - t),
            Colours::Diverging { .. } => palette::at(&palette::BLUE_RED, t),
        }
    }

    /// A vertical colour bar with its numbers, and the key of missing values.
    fn legend(&self, canvas: &mut Canvas, x: f64, y: f64, height: f64, missing: usize) {
        let steps = 32;
        for k in 0..steps {
            let t = (f64::from(k) + 0.5) / f64::from(steps);
            let step = height / f64::from(steps);
            let top = y + height - f64::from(k + 1) * step;
            canvas.rect([x, top, 14.0, step + 0.3], &self.place(t), None);
        }
        for t in [0.0, 0.5, 1.0] {
            let label = number(self.low + t * (self.high - self.low));
            canvas.text(x + 20.0, y + height * (1.0 - t) + 4.0, Anchor::Start, 11.0, &label);
        }
        if missing > 0 {
            canvas.rect([x, y + height + 14.0, 14.0, 12.0], palette::NO_DATA, None);
            canvas.text(x + 20.0, y + height + 24.0, Anchor::Start, 11.0, &format!("no value ({missing})"));
        }
    }
}

/// Least and greatest of some numbers.
#[derive(Clone, Copy)]
struct Limits {
    low: f64,
    high: f64,
}

impl Limits {
    /// `None` without finite values.
    fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        values.filter(|v| v.is_finite()).fold(None, |limits: Option<Self>, v| {
            Some(limits.map_or(Self { low: v, high: v }, |l| Self { low: l.low.min(v), high: l.high.max(v) }))
        })
    }
}

/// A matrix as coloured cells, such as a mixing matrix or relatedness between sectors.
///
/// ```
/// use rurban::matrix::Matrix;
/// use rurban::write::svg::{Colours, HeatMap};
/// let shares = Matrix::from_rows(2, 2, vec![0.6, 0.1, 0.1, f64::NAN])?;
/// let labels = ["rural".to_owned(), "urban".to_owned()];
/// let svg = HeatMap { title: "Ties", rows: &labels, columns: &labels, values: &shares, colours: Colours::Sequential }
///     .render()?;
/// assert!(svg.as_str().contains("rural, urban: 0.1"));
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct HeatMap<'a> {
    /// Heading.
    pub title: &'a str,
    /// Label of each row.
    pub rows: &'a [String],
    /// Label of each column.
    pub columns: &'a [String],
    /// The values; [`f64::NAN`] where there is none.
    pub values: &'a Matrix<f64>,
    /// How values become colours.
    pub colours: Colours,
}

impl HeatMap<'_> {
    /// Draws the picture.
    ///
    /// # Errors
    /// [`Error::Shape`] when labels and values do not match.
    pub fn render(&self) -> Result<Svg> {
        same_length("rows of a heat map", self.values.rows(), self.rows.len())?;
        same_length("columns of a heat map", self.values.columns(), self.columns.len())?;
        let (n, m) = (self.rows.len(), self.columns.len());
        let cell = (560.0 / n.max(m).max(1) as f64).clamp(12.0, 48.0);
        let left = 16.0 + widest(self.rows, 12.0);
        let top = 44.0 + widest(self.columns, 12.0).min(220.0) * 0.72;
        let (width, height) = (cell * m as f64, (cell * n as f64).max(90.0));
        let at = |i: usize, j: usize| self.values.row(i)[j];
        let all = || (0..n).flat_map(|i| self.values.row(i).iter().copied());
        let ramp = Ramp::new(all(), self.colours);
        let missing = all().filter(|v| !v.is_finite()).count();
        let mut canvas = Canvas::new(left + width + 130.0, top + height + 36.0, self.title);
        for (i, label) in self.rows.iter().enumerate() {
            let y = top + (i as f64 + 0.5) * cell + 4.0;
            canvas.text(left - 6.0, y, Anchor::End, 12.0, &shortened(label));
        }
        for (j, label) in self.columns.iter().enumerate() {
            let x = left + (j as f64 + 0.5) * cell;
            canvas.slanted(x, top - 6.0, &shortened(label));
        }
        for i in 0..n {
            for j in 0..m {
                let place = [left + j as f64 * cell, top + i as f64 * cell, cell, cell];
                let hover = format!("{}, {}: {}", self.rows[i], self.columns[j], number(at(i, j)));
                let colour = ramp.at(at(i, j));
                canvas.rect(place, &colour, Some(&hover));
                if cell >= 34.0 && at(i, j).is_finite() {
                    let ink = if is_dark(&colour) { "#ffffff" } else { "#1b1b1b" };
                    let (x, y) = (place[0] + cell / 2.0, place[1] + cell / 2.0 + 4.0);
                    canvas.coloured_text(x, y, Anchor::Middle, 11.0, ink, &digits(at(i, j), 2));
                }
            }
        }
        ramp.legend(&mut canvas, left + width + 18.0, top, height.min(160.0), missing);
        Ok(canvas.finish())
    }
}

/// How an axis runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Axis {
    /// Equal steps for equal differences.
    #[default]
    Linear,
    /// Equal steps for equal ratios; values that are not positive cannot be shown and are left out.
    Log,
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Marks {
    /// A dot for each pair.
    #[default]
    Dots,
    /// A line through the pairs in the order given.
    Line,
}

/// Pairs of numbers with a name.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    /// Name in the legend.
    pub name: &'a str,
    /// Horizontal values.
    pub x: &'a [f64],
    /// Vertical values, one for each horizontal one.
    pub y: &'a [f64],
    /// Dots or a line.
    pub marks: Marks,
}

/// Dots and lines over two axes, such as how ties fall off with distance.
#[derive(Debug, Clone, Copy)]
pub struct Plot<'a> {
    /// Heading.
    pub title: &'a str,
    /// What the horizontal axis shows, with unit.
    pub x_label: &'a str,
    /// What the vertical axis shows, with unit.
    pub y_label: &'a str,
    /// The horizontal axis.
    pub x_axis: Axis,
    /// The vertical axis.
    pub y_axis: Axis,
    /// What is drawn, later ones over earlier ones.
    pub series: &'a [Series<'a>],
}

impl Plot<'_> {
    /// Draws the picture. Pairs that an axis cannot show (not finite, or not positive on a
    /// logarithmic axis) are left out, and the picture says how many.
    ///
    /// # Errors
    /// [`Error::Shape`] when a series has not one `y` for each `x`.
    pub fn render(&self) -> Result<Svg> {
        // The legend has a row of its own: anywhere inside the axes it may hide what is drawn.
        let named = self.series.iter().any(|s| !s.name.is_empty());
        let (width, height) = (640.0, if named { 440.0 } else { 420.0 });
        let (left, top, right, bottom) = (68.0, if named { 60.0 } else { 40.0 }, width - 20.0, height - 52.0);
        let shows = |axis: Axis, v: f64| v.is_finite() && (axis == Axis::Linear || v > 0.0);
        let visible = |s: &Series<'_>, i: usize| shows(self.x_axis, s.x[i]) && shows(self.y_axis, s.y[i]);
        let mut left_out = 0;
        for s in self.series {
            same_length("y of a series", s.x.len(), s.y.len())?;
            left_out += (0..s.x.len()).filter(|&i| !visible(s, i)).count();
        }
        let all = |y: bool| {
            let values = self.series.iter().flat_map(move |s| {
                (0..s.x.len()).filter(move |&i| visible(s, i)).map(move |i| if y { s.y[i] } else { s.x[i] })
            });
            Limits::of(values).unwrap_or(Limits { low: 1.0, high: 10.0 })
        };
        let x = Scale::new(self.x_axis, all(false), left, right);
        let y = Scale::new(self.y_axis, all(true), bottom, top);
        let mut canvas = Canvas::new(width, height, self.title);
        canvas.axes(&x, &y, [left, top, right, bottom], self.x_label, self.y_label);
        for (k, s) in self.series.iter().enumerate() {
            let colour = palette::CATEGORIES[k % palette::CATEGORIES.len()];
            let points = (0..s.x.len()).filter(|&i| visible(s, i)).map(|i| (x.at(s.x[i]), y.at(s.y[i])));
            match s.marks {
                Marks::Dots => points.for_each(|(px, py)| canvas.dot(px, py, 3.0, colour, None)),
                Marks::Line => canvas.path(points, colour, 2.0),
            }
        }
        let (mut lx, ly) = (left, top - 14.0);
        for (k, s) in self.series.iter().enumerate().filter(|(_, s)| !s.name.is_empty()) {
            canvas.rect([lx, ly - 8.0, 12.0, 8.0], palette::CATEGORIES[k % palette::CATEGORIES.len()], None);
            canvas.text(lx + 18.0, ly, Anchor::Start, 12.0, &shortened(s.name));
            lx += 18.0 + widest(&[s.name.to_owned()], 12.0) + 20.0;
        }
        if left_out > 0 {
            let said = format!("{left_out} pairs cannot be shown on these axes");
            canvas.text(right, height - 8.0, Anchor::End, 10.0, &said);
        }
        Ok(canvas.finish())
    }
}

/// Named values as horizontal bars from zero.
#[derive(Debug, Clone, Copy)]
pub struct Bars<'a> {
    /// Heading.
    pub title: &'a str,
    /// What the values are, with unit.
    pub value_label: &'a str,
    /// Name of each bar, from the top.
    pub labels: &'a [String],
    /// The values; [`f64::NAN`] where there is none.
    pub values: &'a [f64],
}

impl Bars<'_> {
    /// Draws the picture.
    ///
    /// # Errors
    /// [`Error::Shape`] when there is not one value for each label.
    pub fn render(&self) -> Result<Svg> {
        same_length("values of a bar chart", self.labels.len(), self.values.len())?;
        let (row, left) = (22.0, 20.0 + widest(self.labels, 12.0).min(240.0));
        let (top, right) = (40.0, left + 420.0);
        let bottom = top + row * self.labels.len().max(1) as f64;
        let limits = Limits::of(self.values.iter().copied().chain([0.0]));
        let x = Scale::new(Axis::Linear, limits.unwrap_or(Limits { low: 0.0, high: 1.0 }), left, right);
        let mut canvas = Canvas::new(right + 76.0, bottom + 50.0, self.title);
        canvas.x_axis(&x, [left, top, right, bottom], self.value_label);
        for (i, (label, &value)) in self.labels.iter().zip(self.values).enumerate() {
            let y = top + row * i as f64;
            canvas.text(left - 8.0, y + row / 2.0 + 4.0, Anchor::End, 12.0, &shortened(label));
            let (from, to) = (x.at(0.0), if value.is_finite() { x.at(value) } else { x.at(0.0) });
            let place = [from.min(to), y + 3.0, (to - from).abs(), row - 6.0];
            canvas.rect(place, palette::CATEGORIES[0], Some(&format!("{label}: {}", number(value))));
            canvas.text(from.max(to) + 5.0, y + row / 2.0 + 4.0, Anchor::Start, 11.0, &number(value));
        }
        Ok(canvas.finish())
    }
}

/// A map of territories coloured by a value, with ties and points over it.
///
/// Coordinates may be projected (metres) or longitude and latitude; degrees are drawn with the
/// width of the middle latitude, which is fair for a country.
#[derive(Debug, Clone, Copy)]
pub struct Choropleth<'a> {
    /// Heading.
    pub title: &'a str,
    /// What the values are, with unit.
    pub value_label: &'a str,
    /// The contours.
    pub layer: &'a Layer,
    /// How they were made.
    pub contours: Contours,
    /// One value per feature; [`f64::NAN`] where there is none. Empty for plain grey territories.
    pub values: &'a [f64],
    /// How values become colours.
    pub colours: Colours,
    /// Ties, drawn over the territories.
    pub lines: &'a [[Coord<f64>; 2]],
    /// Points, drawn over the ties.
    pub points: &'a [Coord<f64>],
    /// What the coordinates are.
    pub coordinates: Coordinates,
    /// The part to show; everything when `None`. What lies outside is cut off.
    pub bounds: Option<Bounds>,
}

/// What the coordinates of a map are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Coordinates {
    /// Longitude and latitude in degrees.
    #[default]
    Degrees,
    /// Easting and northing in metres.
    Metres,
}

impl Choropleth<'_> {
    /// Draws the picture.
    ///
    /// # Errors
    /// [`Error::Shape`] when there are values and not one for each feature, [`Error::Value`] for a
    /// coordinate that is not finite.
    pub fn render(&self) -> Result<Svg> {
        if !self.values.is_empty() {
            same_length("values of a map", self.layer.len(), self.values.len())?;
        }
        let ramp = Ramp::new(self.values.iter().copied(), self.colours);
        let fill = |i: usize| self.values.get(i).map_or_else(|| PLAIN.to_owned(), |&v| ramp.at(v));
        self.draw(150.0, fill, |canvas, x, top| {
            if !self.values.is_empty() {
                canvas.text(x, top + 8.0, Anchor::Start, 12.0, &shortened(self.value_label));
                let missing = self.values.iter().filter(|v| !v.is_finite()).count();
                ramp.legend(canvas, x, top + 22.0, 160.0, missing);
            }
        })
    }

    /// Territories in the colours of `fill`, what lies over them, and a legend in a margin of this
    /// width at the right.
    fn draw(
        &self,
        margin: f64,
        fill: impl Fn(usize) -> String,
        legend: impl FnOnce(&mut Canvas, f64, f64),
    ) -> Result<Svg> {
        let lines = self.lines.iter().flatten();
        let all = || self.layer.coords().iter().chain(lines.clone()).chain(self.points);
        if let Some((index, c)) = all().enumerate().find(|(_, c)| !(c.x.is_finite() && c.y.is_finite())) {
            let value = format!("({}, {})", c.x, c.y);
            return Err(Error::Value { what: "coordinates of a map", index, value, must: "must be finite" });
        }
        let mut bounds = self.bounds.unwrap_or(Bounds::EMPTY);
        if self.bounds.is_none() {
            all().for_each(|&c| bounds.include(c));
        }
        if bounds.is_empty() {
            bounds = Bounds { min: [0.0; 2], max: [1.0; 2] };
        }
        let middle = f64::midpoint(bounds.min[1], bounds.max[1]).to_radians();
        let stretch = if self.coordinates == Coordinates::Degrees { libm::cos(middle) } else { 1.0 };
        let (wide, tall) = (
            ((bounds.max[0] - bounds.min[0]) * stretch).max(1e-9),
            (bounds.max[1] - bounds.min[1]).max(1e-9),
        );
        let scale = (560.0 / wide).min(560.0 / tall);
        let (left, top, width, height) = (16.0, 40.0, wide * scale, tall * scale);
        let at = |c: Coord<f64>| {
            (left + (c.x - bounds.min[0]) * stretch * scale, top + (bounds.max[1] - c.y) * scale)
        };
        let mut canvas = Canvas::new(left + width + margin, (top + height).max(260.0) + 18.0, self.title);
        canvas.clip([left, top, width, height]);
        let in_sight = |b: Bounds| (0..2).all(|k| b.min[k] <= bounds.max[k] && b.max[k] >= bounds.min[k]);
        let seen: Vec<usize> = (0..self.layer.len()).filter(|&i| in_sight(self.layer.bounds(i))).collect();
        // White borders would bleach territories of a few pixels.
        let crowded = width * height < 40.0 * seen.len() as f64;
        for i in seen {
            let colour = fill(i);
            let border = if crowded { colour.as_str() } else { "#ffffff" };
            canvas.area(self.layer.rings(i).map(|ring| ring.iter().map(|&c| at(c))), &colour, border);
        }
        for line in self.lines {
            canvas.path(line.iter().map(|&c| at(c)), "#d1341f", 1.0);
        }
        for &point in self.points {
            let (x, y) = at(point);
            canvas.dot(x, y, 2.5, "#111111", Some("#ffffff"));
        }
        canvas.end_clip();
        if self.contours == Contours::Approximate {
            canvas.text(left, top + height + 13.0, Anchor::Start, 11.0, Contours::APPROXIMATE);
        }
        legend(&mut canvas, left + width + 16.0, top);
        Ok(canvas.finish())
    }
}

/// Colours of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
#[non_exhaustive]
pub enum ClassColours {
    /// Unlike each other, for classes without an order (Okabe and Ito, Tol); they come again after
    /// the tenth class.
    #[default]
    Unordered,
    /// From dark to bright (viridis), for classes in an order.
    Ordered,
    /// High–high, low–low, high–low, low–high, then two greys: clusters and outliers in the order
    /// of [`SpatialClass::ALL`](crate::study::SpatialClass::ALL), with red for high among high and
    /// blue for low among low.
    Clusters,
}

impl ClassColours {
    fn of(self, class: usize, classes: usize) -> String {
        match self {
            Self::Unordered => palette::CATEGORIES[class % palette::CATEGORIES.len()].to_owned(),
            Self::Ordered => {
                palette::at(&palette::VIRIDIS, class as f64 / classes.saturating_sub(1).max(1) as f64)
            }
            Self::Clusters => palette::CLUSTERS.get(class).copied().unwrap_or(palette::NO_DATA).to_owned(),
        }
    }
}

/// A map of territories coloured by class, with a legend that names every class and counts its
/// territories.
#[derive(Debug, Clone, Copy)]
pub struct ClassMap<'a> {
    /// Heading.
    pub title: &'a str,
    /// What the classes are.
    pub legend: &'a str,
    /// The contours.
    pub layer: &'a Layer,
    /// How they were made.
    pub contours: Contours,
    /// Names of the classes.
    pub classes: &'a [String],
    /// Class of each feature; those without one are drawn grey and counted.
    pub labels: &'a Labels,
    /// Colours of the classes.
    pub colours: ClassColours,
    /// What the coordinates are.
    pub coordinates: Coordinates,
    /// The part to show; everything when `None`. What lies outside is cut off, and counted in the
    /// legend all the same.
    pub bounds: Option<Bounds>,
}

impl ClassMap<'_> {
    /// Draws the picture.
    ///
    /// # Errors
    /// [`Error::Shape`] when there is not one label for each feature and one name for each class;
    /// [`Error::Value`] for a coordinate that is not finite.
    pub fn render(&self) -> Result<Svg> {
        same_length("labels of a map", self.layer.len(), self.labels.len())?;
        same_length("names of classes", self.labels.classes(), self.classes.len())?;
        let colour = |class| self.colours.of(class, self.classes.len());
        let fill = |i: usize| self.labels.get(i).map_or_else(|| palette::NO_DATA.to_owned(), colour);
        let mut entries: Vec<(String, String)> = self
            .classes
            .iter()
            .zip(self.labels.sizes())
            .enumerate()
            .map(|(class, (name, size))| (colour(class), format!("{} ({size})", shortened(name))))
            .collect();
        if self.labels.unlabelled() > 0 {
            entries.push((palette::NO_DATA.to_owned(), format!("no class ({})", self.labels.unlabelled())));
        }
        let map = Choropleth {
            title: self.title,
            value_label: self.legend,
            layer: self.layer,
            contours: self.contours,
            values: &[],
            colours: Colours::Sequential,
            lines: &[],
            points: &[],
            coordinates: self.coordinates,
            bounds: self.bounds,
        };
        // The counts are beside the names, and about sixty pixels wide.
        map.draw(110.0 + widest(self.classes, 12.0).max(60.0), fill, |canvas, x, top| {
            canvas.text(x, top + 8.0, Anchor::Start, 12.0, &shortened(self.legend));
            for (k, (colour, name)) in entries.iter().enumerate() {
                let y = top + 22.0 + 19.0 * k as f64;
                canvas.rect([x, y, 14.0, 12.0], colour, None);
                canvas.text(x + 20.0, y + 10.0, Anchor::Start, 12.0, name);
            }
        })
    }
}

/// Territories without a value to show.
const PLAIN: &str = "#dde3e8";

/// Maps values to positions along an axis.
struct Scale {
    axis: Axis,
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    fn new(axis: Axis, limits: Limits, from: f64, to: f64) -> Self {
        let Limits { mut low, mut high } = limits;
        if low >= high {
            (low, high) = match axis {
                Axis::Linear => (low - 0.5, high + 0.5),
                Axis::Log => (low / 2.0, high * 2.0),
            };
        }
        Self { axis, low, high, from, to }
    }

    fn at(&self, value: f64) -> f64 {
        let t = match self.axis {
            Axis::Linear => (value - self.low) / (self.high - self.low),
            Axis::Log => libm::log(value / self.low) / libm::log(self.high / self.low),
        };
        self.from + t * (self.to - self.from)
    }

    /// Round values along the axis: 1, 2 or 5 times a power of ten.
    fn ticks(&self) -> Vec<f64> {
        match self.axis {
            Axis::Linear => {
                let rough = (self.high - self.low) / 5.0;
                let power = libm::pow(10.0, rough.log10().floor());
                let step = [1.0, 2.0, 5.0, 10.0].map(|k| k * power).into_iter().find(|s| *s >= rough);
                let step = step.unwrap_or(rough);
                let first = (self.low / step).ceil();
                // Counting multiples keeps rounding errors out of the labels.
                (0..12)
                    .map(|k| (first + f64::from(k)) * step)
                    .take_while(|&t| t <= self.high + step * 1e-9)
                    .collect()
            }
            Axis::Log => {
                let (low, high) = (self.low.log10().floor() as i32, self.high.log10().ceil() as i32);
                let every = ((high - low) / 8).max(1);
                let parts: &[f64] = if high - low <= 2 { &[1.0, 2.0, 5.0] } else { &[1.0] };
                (low..=high)
                    .step_by(every as usize)
                    .flat_map(|e| parts.iter().map(move |k| k * libm::pow(10.0, f64::from(e))))
                    .filter(|&t| t >= self.low * (1.0 - 1e-9) && t <= self.high * (1.0 + 1e-9))
                    .collect()
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Anchor {
    Start,
    Middle,
    End,
}

/// Collects the elements of a picture; the only place that knows SVG. Writing to a `String` cannot
/// fail, so results of `write!` are dropped.
struct Canvas {
    text: String,
}

const INK: &str = "#1b1b1b";

impl Canvas {
    fn new(width: f64, height: f64, title: &str) -> Self {
        let (w, h, title) = (width.ceil(), height.ceil(), escape_markup(title));
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" \
             role=\"img\" aria-label=\"{title}\" font-family=\"system-ui, Arial, sans-serif\">\n\
             <title>{title}</title>\n<rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n\
             <text x=\"16\" y=\"24\" font-size=\"15\" font-weight=\"bold\" fill=\"{INK}\">{title}</text>\n"
        );
        Self { text }
    }

    fn finish(mut self) -> Svg {
        self.text.push_str("</svg>\n");
        Svg { text: self.text }
    }

    fn rect(&mut self, [x, y, w, h]: [f64; 4], fill: &str, hover: Option<&str>) {
        let [x, y, w, h] = [x, y, w, h].map(short);
        let _ = write!(self.text, "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"{fill}\"");
        let _ = match hover {
            Some(hover) => writeln!(self.text, "><title>{}</title></rect>", escape_markup(hover)),
            None => writeln!(self.text, "/>"),
        };
    }

    fn text(&mut self, x: f64, y: f64, anchor: Anchor, size: f64, text: &str) {
        self.coloured_text(x, y, anchor, size, INK, text);
    }

    fn coloured_text(&mut self, x: f64, y: f64, anchor: Anchor, size: f64, fill: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let (x, y, text) = (short(x), short(y), escape_markup(text));
        let _ = writeln!(
            self.text,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{fill}\">{text}</text>"
        );
    }

    /// A label that leaves its place to the upper right.
    fn slanted(&mut self, x: f64, y: f64, text: &str) {
        let (x, y, text) = (short(x), short(y), escape_markup(text));
        let _ = writeln!(
            self.text,
            "<text transform=\"translate({x} {y}) rotate(-45)\" font-size=\"12\" fill=\"{INK}\">{text}</text>"
        );
    }

    fn dot(&mut self, x: f64, y: f64, radius: f64, fill: &str, edge: Option<&str>) {
        let (x, y) = (short(x), short(y));
        let _ = write!(self.text, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{fill}\"");
        let _ = match edge {
            Some(edge) => writeln!(self.text, " stroke=\"{edge}\"/>"),
            None => writeln!(self.text, " fill-opacity=\"0.7\"/>"),
        };
    }

    fn path(&mut self, points: impl Iterator<Item = (f64, f64)>, stroke: &str, width: f64) {
        let _ = write!(self.text, "<path fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\" d=\"");
        self.steps(points);
        self.text.push_str("\"/>\n");
    }

    fn area(
        &mut self,
        rings: impl Iterator<Item = impl Iterator<Item = (f64, f64)>>,
        fill: &str,
        border: &str,
    ) {
        let _ = write!(
            self.text,
            "<path fill=\"{fill}\" fill-rule=\"evenodd\" stroke=\"{border}\" stroke-width=\"0.4\" d=\""
        );
        for ring in rings {
            self.steps(ring);
            self.text.push('Z');
        }
        self.text.push_str("\"/>\n");
    }

    /// Steps to tenths of a pixel; those that go nowhere are left out.
    fn steps(&mut self, points: impl Iterator<Item = (f64, f64)>) {
        let mut last = None;
        for (x, y) in points {
            let point = (short(x), short(y));
            if last != Some(point) {
                let _ =
                    write!(self.text, "{}{} {}", if last.is_none() { 'M' } else { 'L' }, point.0, point.1);
                last = Some(point);
            }
        }
    }

    /// Opens a part that is cut off at its frame and keeps the coordinates.
    fn clip(&mut self, [x, y, w, h]: [f64; 4]) {
        let [x, y, w, h] = [x, y, w, h].map(short);
        let _ = writeln!(
            self.text,
            "<svg x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" viewBox=\"{x} {y} {w} {h}\" overflow=\"hidden\">"
        );
    }

    fn end_clip(&mut self) {
        self.text.push_str("</svg>\n");
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str) {
        self.path([from, to].into_iter(), stroke, 1.0);
    }

    fn x_axis(&mut self, x: &Scale, [left, top, right, bottom]: [f64; 4], label: &str) {
        for tick in x.ticks() {
            let at = x.at(tick);
            self.line((at, top), (at, bottom), "#e4e4e4");
            self.text(at, bottom + 16.0, Anchor::Middle, 11.0, &number(tick));
        }
        self.line((left, bottom), (right, bottom), "#555555");
        self.text(f64::midpoint(left, right), bottom + 36.0, Anchor::Middle, 12.0, label);
    }

    fn axes(&mut self, x: &Scale, y: &Scale, frame: [f64; 4], x_label: &str, y_label: &str) {
        let [left, top, right, bottom] = frame;
        for tick in y.ticks() {
            let at = y.at(tick);
            self.line((left, at), (right, at), "#e4e4e4");
            self.text(left - 6.0, at + 4.0, Anchor::End, 11.0, &number(tick));
        }
        self.x_axis(x, frame, x_label);
        self.line((left, top), (left, bottom), "#555555");
        let (middle, label) = (short(f64::midpoint(top, bottom)), escape_markup(y_label));
        let _ = writeln!(
            self.text,
            "<text transform=\"translate(16 {middle}) rotate(-90)\" font-size=\"12\" text-anchor=\"middle\" \
             fill=\"{INK}\">{label}</text>"
        );
    }
}

/// Tenths of a pixel.
fn short(value: f64) -> f64 {
    (value * 10.0).round() / 10.0 + 0.0
}

/// A number for people: four significant digits, `–` for none.
fn number(value: f64) -> String {
    digits(value, 4)
}

/// A number with so many significant digits, whole ones with all; `–` for none.
fn digits(value: f64, significant: i32) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e6).contains(&size) {
        return format!("{value:.1e}");
    }
    let decimals =
        if size >= 1000.0 || value == 0.0 { 0 } else { significant - 1 - size.log10().floor() as i32 };
    let text = format!("{value:.*}", decimals.max(0) as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A label that fits beside a picture.
fn shortened(label: &str) -> String {
    const LONGEST: usize = 36;
    if label.chars().count() <= LONGEST {
        return label.to_owned();
    }
    label.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// About how wide the widest label is.
fn widest(labels: &[String], size: f64) -> f64 {
    labels.iter().map(|l| shortened(l).chars().count()).max().unwrap_or(0) as f64 * size * 0.56
}

/// Whether white text reads better on a colour than black (relative luminance below that of mid grey).
fn is_dark(colour: &str) -> bool {
    let [r, g, b] = palette::rgb(colour);
    0.2126 * r + 0.7152 * g + 0.0722 * b < 140.0
}

#[cfg(test)]
mod tests;
