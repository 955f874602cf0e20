//! Maps of values and of classes.

use std::collections::BTreeMap;

use geo_types::Coord;

use super::canvas::{Anchor, Canvas, Parts, Svg, shortened, widest, wrapped};
use super::colours::{ClassColours, Colours, PLAIN, Ramp};
use super::frame::Frame;
use super::palette;
use super::words::Words;
use crate::error::Result;
use crate::labels::Labels;
use crate::model::Contours;
use crate::space::simplify::simplify;
use crate::space::{Bounds, Layer};
use crate::write::same_length;

/// Ties: 4.5 : 1 on plain territories; over colours they have a white rim.
const LINE: &str = "#9c2410";

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
    /// coordinate that is not finite (or beyond 10¹⁰⁰).
    pub fn render(&self) -> Result<Svg> {
        self.render_in(&Words::ENGLISH)
    }

    /// As [`Choropleth::render`], with the words of a language.
    ///
    /// # Errors
    /// As [`Choropleth::render`].
    pub fn render_in(&self, words: &Words) -> Result<Svg> {
        if !self.values.is_empty() {
            same_length("values of a map", self.layer.len(), self.values.len())?;
        }
        let frame = self.frame()?;
        let seen = |i: &usize| shows(&frame, self.layer.bounds(*i));
        let values: Vec<f64> = (0..self.values.len()).filter(seen).map(|i| self.values[i]).collect();
        let ramp = Ramp::new(values.iter().copied(), self.colours);
        let fill = |i: usize| self.values.get(i).map_or_else(|| PLAIN.to_owned(), |&v| ramp.step(v));
        let missing = values.iter().filter(|v| !v.is_finite()).count();
        let description = if values.len() > missing {
            let (low, high) = (words.number(ramp.low), words.number(ramp.high));
            format!("{}{}{low} – {high}, n = {}", self.value_label, words.colon, values.len() - missing)
        } else {
            self.value_label.to_owned()
        };
        self.draw((&frame, 170.0), (&description, words), fill, |canvas, x, top| {
            if !self.values.is_empty() {
                let mut y = top + 8.0;
                for line in wrapped(self.value_label, 22) {
                    canvas.text(x, y, Anchor::Start, 12.0, &line);
                    y += 15.0;
                }
                ramp.legend(canvas, [x, y, 160.0], missing, words);
            }
        })
    }

    fn frame(&self) -> Result<Frame> {
        let lines = self.lines.iter().flatten();
        let all = self.layer.coords().iter().chain(lines).chain(self.points).copied();
        Frame::new(all, self.bounds, self.coordinates, [16.0, 40.0, 560.0])
    }

    /// Territories in the colours of `fill`, what lies over them, and a legend in a margin of this
    /// width at the right. Borders are simplified together, within a third of a pixel.
    fn draw(
        &self,
        (frame, margin): (&Frame, f64),
        (description, words): (&str, &Words),
        fill: impl Fn(usize) -> String,
        legend: impl FnOnce(&mut Canvas, f64, f64),
    ) -> Result<Svg> {
        let &Frame { left, top, width, height, .. } = frame;
        let at = |c: Coord<f64>| frame.at(c);
        let tall = (top + height).max(260.0) + 18.0;
        let mut canvas = Canvas::new(left + width + margin, tall, self.title, description);
        canvas.clip([left, top, width, height]);
        let count = (0..self.layer.len()).filter(|&i| frame.shows(self.layer.bounds(i))).count();
        // White borders would bleach territories of a few pixels, which need no fine outline either.
        let crowded = width * height < 40.0 * count as f64;
        let (tolerance, parts) = if crowded { (0.7, Parts::Halves) } else { (0.35, Parts::Tenths) };
        let plain = simplify(self.layer, tolerance / frame.scale)?;
        let seen: Vec<usize> = (0..plain.len()).filter(|&i| frame.shows(plain.bounds(i))).collect();
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for i in seen {
            groups.entry(fill(i)).or_default().push(i);
        }
        for (colour, members) in groups {
            let border = if crowded { colour.as_str() } else { "#ffffff" };
            canvas.areas(&colour, border, |canvas| {
                for i in members {
                    for ring in plain.rings(i).filter(|ring| frame.pixels(ring) >= 0.7) {
                        canvas.ring(ring.iter().map(|&c| at(c)), parts);
                    }
                }
            });
        }
        for line in self.lines {
            if !self.values.is_empty() {
                canvas.path(line.iter().map(|&c| at(c)), "#ffffff", 2.6);
            }
            canvas.path(line.iter().map(|&c| at(c)), LINE, 1.0);
        }
        for &point in self.points {
            let (x, y) = at(point);
            canvas.dot(x, y, 2.5, "#111111", Some("#ffffff"));
        }
        canvas.end_clip();
        if self.contours == Contours::Approximate {
            canvas.text(left, top + height + 13.0, Anchor::Start, 11.0, words.approximate);
        }
        legend(&mut canvas, left + width + 16.0, top);
        Ok(canvas.finish())
    }
}

/// Whether something of a territory is in the frame; one without an outline has no place to be off it.
fn shows(frame: &Frame, bounds: Bounds) -> bool {
    bounds.is_empty() || frame.shows(bounds)
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
    /// The part to show; everything when `None`. What lies outside is cut off, and counted apart in
    /// the legend.
    pub bounds: Option<Bounds>,
}

impl ClassMap<'_> {
    /// Draws the picture.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when there is not one label for each feature and one name for each class;
    /// [`Error::Value`](crate::Error::Value) for a coordinate that is not finite (or beyond 10¹⁰⁰).
    pub fn render(&self) -> Result<Svg> {
        self.render_in(&Words::ENGLISH)
    }

    /// As [`ClassMap::render`], with the words of a language.
    ///
    /// # Errors
    /// As [`ClassMap::render`].
    pub fn render_in(&self, words: &Words) -> Result<Svg> {
        same_length("labels of a map", self.layer.len(), self.labels.len())?;
        same_length("names of classes", self.labels.classes(), self.classes.len())?;
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
        let frame = map.frame()?;
        let colour = |class| self.colours.of(class, self.classes.len());
        let fill = |i: usize| self.labels.get(i).map_or_else(|| palette::NO_DATA.to_owned(), colour);
        let shown = |i: usize| shows(&frame, self.layer.bounds(i));
        let (mut sizes, mut unlabelled, mut outside) = (vec![0_usize; self.classes.len()], 0_usize, 0_usize);
        for i in 0..self.layer.len() {
            match (shown(i), self.labels.get(i)) {
                (false, _) => outside += 1,
                (true, Some(class)) => sizes[class] += 1,
                (true, None) => unlabelled += 1,
            }
        }
        let all = self.labels.sizes();
        let mut entries: Vec<(Option<String>, String)> = (0..self.classes.len())
            .filter(|&class| sizes[class] > 0 || all[class] == 0)
            .map(|class| {
                (
                    Some(colour(class)),
                    format!("{} ({})", shortened(&self.classes[class]), words.count(sizes[class])),
                )
            })
            .collect();
        if unlabelled > 0 {
            entries.push((
                Some(palette::NO_DATA.to_owned()),
                format!("{} ({})", words.no_class, words.count(unlabelled)),
            ));
        }
        if outside > 0 {
            entries.push((None, format!("{} ({})", words.off_map, words.count(outside))));
        }
        let said: Vec<&str> = entries.iter().map(|e| e.1.as_str()).collect();
        let description = format!("{}{}{}", self.legend, words.colon, said.join(", "));
        // The counts are beside the names, and about sixty pixels wide.
        let margin = 110.0 + widest(self.classes, 12.0).max(60.0);
        map.draw((&frame, margin), (&description, words), fill, |canvas, x, top| {
            let mut y = top + 8.0;
            for line in wrapped(self.legend, (margin / 7.0) as usize) {
                canvas.text(x, y, Anchor::Start, 12.0, &line);
                y += 15.0;
            }
            for (colour, name) in &entries {
                if let Some(colour) = colour {
                    canvas.rect([x, y, 14.0, 12.0], colour, None);
                }
                canvas.text(x + 20.0, y + 10.0, Anchor::Start, 12.0, name);
                y += 19.0;
            }
        })
    }
}
