//! One number among those of its peers.

use std::fmt::Write as _;

use super::canvas::{Axis, Canvas, Limits, Scale, Svg, short};

/// All peers as ticks on a line, one of them marked, with up to two further marks (a region, a country).
///
/// It shows no digits: they belong to the text beside it.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Strip<'a> {
    /// What somebody who cannot see the picture is told.
    pub description: &'a str,
    /// The peers; those that are not finite are left out.
    pub values: &'a [f64],
    /// The one that is marked: a triangle and a thick line.
    pub marked: f64,
    /// Further marks: the first is a dashed line, the second a dotted one.
    pub others: [f64; 2],
}

impl Strip<'_> {
    /// Draws the picture; an empty line without values.
    pub fn render(&self) -> Svg {
        const WIDTH: f64 = 260.0;
        let mut canvas = Canvas::with_title_lines(WIDTH, 30.0, self.description, &[]);
        canvas.line((4.0, 26.0), (WIDTH - 4.0, 26.0), "#767676");
        let further = self.others.into_iter().chain([self.marked]);
        let Some(limits) = Limits::of(self.values.iter().copied().chain(further)) else {
            return canvas.finish();
        };
        let scale = Scale::new(Axis::Linear, limits, 6.0, WIDTH - 6.0);
        // Ticks nearer than half a pixel are one.
        let mut ticks: Vec<i32> = self
            .values
            .iter()
            .filter(|v| v.is_finite())
            .map(|v| (scale.at(*v) * 2.0).round() as i32)
            .collect();
        ticks.sort_unstable();
        ticks.dedup();
        canvas.text.push_str("<path stroke=\"#767676\" stroke-width=\"0.6\" d=\"");
        for tick in ticks {
            let _ = write!(canvas.text, "M{} 14v12", short(f64::from(tick) / 2.0));
        }
        canvas.text.push_str("\"/>\n");
        for (value, dash) in self.others.into_iter().zip(["5 2", "1.5 1.5"]) {
            if value.is_finite() {
                let x = short(scale.at(value));
                let _ = writeln!(
                    canvas.text,
                    "<path stroke=\"#0b4f8a\" stroke-width=\"2\" stroke-dasharray=\"{dash}\" d=\"M{x} 6v20\"/>"
                );
            }
        }
        if self.marked.is_finite() {
            let x = short(scale.at(self.marked));
            let (left, right) = (short(x - 5.0), short(x + 5.0));
            let _ = writeln!(
                canvas.text,
                "<path fill=\"#b3261e\" d=\"M{left} 2H{right}L{x} 11Z\"/><path stroke=\"#b3261e\" stroke-width=\"3\" \
                 d=\"M{x} 8v18\"/>"
            );
        }
        canvas.finish()
    }
}
