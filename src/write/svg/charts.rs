//! Heat maps, curves and bars.

use super::canvas::{Anchor, Axis, Canvas, Limits, Scale, Svg, is_dark, shortened, widest};
use super::colours::{Colours, Ramp};
use super::palette;
use super::words::Words;
use crate::error::Result;
use crate::matrix::Matrix;
use crate::write::same_length;

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
    /// [`Error::Shape`](crate::Error::Shape) when labels and values do not match.
    pub fn render(&self) -> Result<Svg> {
        self.render_in(&Words::ENGLISH)
    }

    /// As [`HeatMap::render`], with the words of a language.
    ///
    /// # Errors
    /// As [`HeatMap::render`].
    pub fn render_in(&self, words: &Words) -> Result<Svg> {
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
        let description = format!("{} × {}", self.rows.join(", "), self.columns.join(", "));
        let mut canvas = Canvas::new(left + width + 130.0, top + height + 36.0, self.title, &description);
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
                let hover = format!("{}, {}: {}", self.rows[i], self.columns[j], words.number(at(i, j)));
                let colour = ramp.at(at(i, j));
                canvas.rect(place, &colour, Some(&hover));
                if cell >= 34.0 && at(i, j).is_finite() {
                    let ink = if is_dark(&colour) { "#ffffff" } else { "#1b1b1b" };
                    let (x, y) = (place[0] + cell / 2.0, place[1] + cell / 2.0 + 4.0);
                    canvas.coloured_text(x, y, Anchor::Middle, 11.0, ink, &words.digits(at(i, j), 2));
                }
            }
        }
        ramp.legend(&mut canvas, [left + width + 18.0, top, height.min(160.0)], missing, words);
        Ok(canvas.finish())
    }
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
    /// [`Error::Shape`](crate::Error::Shape) when a series has not one `y` for each `x`.
    pub fn render(&self) -> Result<Svg> {
        self.render_in(&Words::ENGLISH)
    }

    /// As [`Plot::render`], with the words of a language.
    ///
    /// # Errors
    /// As [`Plot::render`].
    pub fn render_in(&self, words: &Words) -> Result<Svg> {
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
        let names: Vec<&str> = self.series.iter().map(|s| s.name).filter(|n| !n.is_empty()).collect();
        let description = format!("{} / {}{}{}", self.y_label, self.x_label, words.colon, names.join(", "));
        let description =
            if names.is_empty() { description.trim_end_matches(words.colon) } else { &description };
        let mut canvas = Canvas::new(width, height, self.title, description);
        canvas.axes([&x, &y], [left, top, right, bottom], [self.x_label, self.y_label], words);
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
            let said = format!("{left_out} {}", words.left_out);
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
    /// [`Error::Shape`](crate::Error::Shape) when there is not one value for each label.
    pub fn render(&self) -> Result<Svg> {
        self.render_in(&Words::ENGLISH)
    }

    /// As [`Bars::render`], with the words of a language.
    ///
    /// # Errors
    /// As [`Bars::render`].
    pub fn render_in(&self, words: &Words) -> Result<Svg> {
        same_length("values of a bar chart", self.labels.len(), self.values.len())?;
        let (row, left) = (22.0, 20.0 + widest(self.labels, 12.0).min(240.0));
        let (top, right) = (40.0, left + 420.0);
        let bottom = top + row * self.labels.len().max(1) as f64;
        let limits = Limits::of(self.values.iter().copied().chain([0.0]));
        let x = Scale::new(Axis::Linear, limits.unwrap_or(Limits { low: 0.0, high: 1.0 }), left, right);
        let said: Vec<String> =
            self.labels.iter().zip(self.values).map(|(l, &v)| format!("{l} {}", words.number(v))).collect();
        let description = format!("{}{}{}", self.value_label, words.colon, said.join(", "));
        let mut canvas = Canvas::new(right + 76.0, bottom + 50.0, self.title, &description);
        canvas.x_axis(&x, [left, top, right, bottom], self.value_label, words);
        for (i, (label, &value)) in self.labels.iter().zip(self.values).enumerate() {
            let y = top + row * i as f64;
            canvas.text(left - 8.0, y + row / 2.0 + 4.0, Anchor::End, 12.0, &shortened(label));
            let (from, to) = (x.at(0.0), if value.is_finite() { x.at(value) } else { x.at(0.0) });
            let place = [from.min(to), y + 3.0, (to - from).abs(), row - 6.0];
            canvas.rect(
                place,
                palette::CATEGORIES[0],
                Some(&format!("{label}{}{}", words.colon, words.number(value))),
            );
            canvas.text(from.max(to) + 5.0, y + row / 2.0 + 4.0, Anchor::Start, 11.0, &words.number(value));
        }
        Ok(canvas.finish())
    }
}
