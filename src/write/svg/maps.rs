//! Maps of values and of classes.

use geo_types::Coord;

use super::canvas::{Anchor, Canvas, Svg, shortened, widest};
use super::colours::{ClassColours, Colours, PLAIN, Ramp};
use super::frame::Frame;
use super::palette;
use crate::error::Result;
use crate::labels::Labels;
use crate::model::Contours;
use crate::space::{Bounds, Layer};
use crate::write::same_length;

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
    /// [`Error::Shape`](crate::Error::Shape) when there are values and not one for each feature, [`Error::Value`](crate::Error::Value) for a
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
        let all = self.layer.coords().iter().chain(lines).chain(self.points).copied();
        let frame = Frame::new(all, self.bounds, self.coordinates, [16.0, 40.0, 560.0])?;
        let Frame { left, top, width, height, .. } = frame;
        let at = |c: Coord<f64>| frame.at(c);
        let mut canvas = Canvas::new(left + width + margin, (top + height).max(260.0) + 18.0, self.title);
        canvas.clip([left, top, width, height]);
        let seen: Vec<usize> = (0..self.layer.len()).filter(|&i| frame.shows(self.layer.bounds(i))).collect();
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
    /// [`Error::Shape`](crate::Error::Shape) when there is not one label for each feature and one name for each class;
    /// [`Error::Value`](crate::Error::Value) for a coordinate that is not finite.
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
