//! The sheet pictures are drawn on: marks, text, axes and scales.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use super::palette;
use super::words::Words;
use crate::error::Result;
use crate::write::{escape_markup, stream_error, to_file};

/// A finished picture.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Svg {
    pub(super) text: String,
}

impl Svg {
    /// The SVG document.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The picture with a line of text under it, such as its sources; long ones wrap.
    pub fn captioned(mut self, caption: &str) -> Self {
        let Some([width, height]) = self.size() else { return self };
        let lines = wrapped(caption, ((width - 32.0) / (10.0 * 0.52)) as usize);
        let taller = height + 13.0 * lines.len() as f64 + 6.0;
        for (before, after) in [
            (
                format!("height=\"{height}\" viewBox=\"0 0 {width} {height}\""),
                format!("height=\"{taller}\" viewBox=\"0 0 {width} {taller}\""),
            ),
            (
                format!("<rect width=\"{width}\" height=\"{height}\""),
                format!("<rect width=\"{width}\" height=\"{taller}\""),
            ),
        ] {
            self.text = self.text.replacen(&before, &after, 1);
        }
        let mut canvas = Canvas { text: self.text, below: false };
        canvas.text.truncate(canvas.text.len() - END.len());
        for (k, line) in lines.iter().enumerate() {
            canvas.coloured_text(16.0, height + 9.0 + 13.0 * k as f64, Anchor::Start, 10.0, GREY, line);
        }
        canvas.finish()
    }

    /// Width and height in pixels, as the head of every picture says them.
    fn size(&self) -> Option<[f64; 2]> {
        let head = self.text.split_once("viewBox=\"0 0 ")?.1.split_once('"')?.0;
        let (width, height) = head.split_once(' ')?;
        Some([width.parse().ok()?, height.parse().ok()?])
    }

    /// Writes the document.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) when `out` fails.
    pub fn write(&self, mut out: impl Write) -> Result<()> {
        out.write_all(self.text.as_bytes()).map_err(stream_error)
    }

    /// Writes the document to a file, replacing it.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io), naming the path.
    pub fn write_file(&self, path: impl AsRef<Path>) -> Result<()> {
        to_file(path.as_ref(), |out| self.write(out))
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

/// Largest number that a scale tells apart from others: differences of such numbers are finite.
pub(super) const FAR: f64 = 1e300;

/// Least and greatest of some numbers, none beyond [`FAR`].
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Limits {
    /// `None` without finite values.
    pub(super) fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        values.filter(|v| v.is_finite()).fold(None, |limits: Option<Self>, v| {
            let v = v.clamp(-FAR, FAR);
            Some(limits.map_or(Self { low: v, high: v }, |l| Self { low: l.low.min(v), high: l.high.max(v) }))
        })
    }
}

/// Maps values to positions along an axis.
pub(super) struct Scale {
    pub(super) axis: Axis,
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) from: f64,
    pub(super) to: f64,
}

impl Scale {
    pub(super) fn new(axis: Axis, limits: Limits, from: f64, to: f64) -> Self {
        let Limits { mut low, mut high } = limits;
        match axis {
            // Numbers that rounding alone may tell apart are one.
            Axis::Linear if high - low <= (1e-14 * low.abs().max(high.abs())).max(1.0 / FAR) => {
                let half = f64::max(0.5, 1e-6 * low.abs());
                (low, high) = (low - half, high + half);
            }
            Axis::Log => {
                low = low.max(1.0 / FAR);
                if high <= low * (1.0 + 1e-12) {
                    (low, high) = (low / 2.0, low * 2.0);
                }
            }
            Axis::Linear => {}
        }
        Self { axis, low, high, from, to }
    }

    pub(super) fn at(&self, value: f64) -> f64 {
        let value = value.clamp(if self.axis == Axis::Log { self.low } else { -FAR }, FAR);
        let t = match self.axis {
            Axis::Linear => (value - self.low) / (self.high - self.low),
            Axis::Log => {
                let [low, value, high] = [self.low, value, self.high].map(libm::log);
                (value - low) / (high - low)
            }
        };
        self.from + t * (self.to - self.from)
    }

    /// Round values along the axis: 1, 2 or 5 times a power of ten.
    pub(super) fn ticks(&self) -> Vec<f64> {
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

/// Parts of a pixel that rings are written in.
#[derive(Clone, Copy)]
pub(super) enum Parts {
    Tenths,
    Halves,
}

#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

pub(super) const INK: &str = "#1b1b1b";

/// Text that stands back and keeps a contrast above 4.5:1 on white.
const GREY: &str = "#595959";

const END: &str = "</svg>\n";

/// Collects the elements of a picture; the only place that knows SVG. Writing to a `String` cannot
/// fail, so results of `write!` are dropped.
pub(super) struct Canvas {
    pub(super) text: String,
    /// Whether what is drawn stands in a group below a heading of several lines.
    below: bool,
}

impl Canvas {
    /// A sheet with a heading, which takes as many lines as it needs, and what it shows in words.
    pub(super) fn new(width: f64, height: f64, title: &str, description: &str) -> Self {
        let lines = wrapped(title, ((width - 32.0) / (15.0 * 0.58)) as usize);
        let more = 19.0 * lines.len().saturating_sub(1) as f64;
        let mut canvas = Self::with_title_lines(width, height + more, title, &lines);
        canvas.description(description);
        if more > 0.0 {
            let _ = writeln!(canvas.text, "<g transform=\"translate(0 {more})\">");
            canvas.below = true;
        }
        canvas
    }

    /// A sheet with a heading of one or more lines.
    pub(super) fn with_title_lines(width: f64, height: f64, title: &str, lines: &[String]) -> Self {
        let (w, h, title) = (width.ceil(), height.ceil(), escape_markup(title));
        let mut text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" \
             role=\"img\" aria-label=\"{title}\" font-family=\"system-ui, Arial, sans-serif\">\n\
             <title>{title}</title>\n<rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n"
        );
        // A long heading is set smaller before it runs off the sheet.
        let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0).max(1);
        let size = short(((width - 32.0) / (0.62 * longest as f64)).clamp(8.0, 15.0));
        for (k, line) in lines.iter().enumerate() {
            let (y, line) = (24 + 19 * k, escape_markup(line));
            let _ = writeln!(
                text,
                "<text x=\"16\" y=\"{y}\" font-size=\"{size}\" font-weight=\"bold\" fill=\"{INK}\">{line}</text>"
            );
        }
        Self { text, below: false }
    }

    /// What somebody who cannot see the picture is told.
    pub(super) fn description(&mut self, text: &str) {
        let _ = writeln!(self.text, "<desc>{}</desc>", escape_markup(text));
    }

    pub(super) fn finish(mut self) -> Svg {
        if self.below {
            self.text.push_str("</g>\n");
        }
        self.text.push_str(END);
        Svg { text: self.text }
    }

    pub(super) fn rect(&mut self, [x, y, w, h]: [f64; 4], fill: &str, hover: Option<&str>) {
        let [x, y, w, h] = [x, y, w, h].map(short);
        let _ = write!(self.text, "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" fill=\"{fill}\"");
        let _ = match hover {
            Some(hover) => writeln!(self.text, "><title>{}</title></rect>", escape_markup(hover)),
            None => writeln!(self.text, "/>"),
        };
    }

    pub(super) fn text(&mut self, x: f64, y: f64, anchor: Anchor, size: f64, text: &str) {
        self.coloured_text(x, y, anchor, size, INK, text);
    }

    pub(super) fn coloured_text(
        &mut self,
        x: f64,
        y: f64,
        anchor: Anchor,
        size: f64,
        fill: &str,
        text: &str,
    ) {
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

    /// Text with a white rim, to be read over lines.
    pub(super) fn halo_text(&mut self, x: f64, y: f64, anchor: Anchor, size: f64, text: &str) {
        let start = self.text.len();
        self.text(x, y, anchor, size, text);
        let rim = " stroke=\"#ffffff\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\"";
        self.text.insert_str(start + "<text".len(), rim);
    }

    /// A label that leaves its place to the upper right.
    pub(super) fn slanted(&mut self, x: f64, y: f64, text: &str) {
        let (x, y, text) = (short(x), short(y), escape_markup(text));
        let _ = writeln!(
            self.text,
            "<text transform=\"translate({x} {y}) rotate(-45)\" font-size=\"12\" fill=\"{INK}\">{text}</text>"
        );
    }

    pub(super) fn dot(&mut self, x: f64, y: f64, radius: f64, fill: &str, edge: Option<&str>) {
        let (x, y) = (short(x), short(y));
        let _ = write!(self.text, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{fill}\"");
        let _ = match edge {
            Some(edge) => writeln!(self.text, " stroke=\"{edge}\"/>"),
            None => writeln!(self.text, " fill-opacity=\"0.7\"/>"),
        };
    }

    pub(super) fn path(&mut self, points: impl Iterator<Item = (f64, f64)>, stroke: &str, width: f64) {
        let _ = write!(self.text, "<path fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\" d=\"");
        self.steps(points);
        self.text.push_str("\"/>\n");
    }

    /// Areas of one colour as one path.
    pub(super) fn areas(&mut self, fill: &str, border: &str, rings: impl FnOnce(&mut Self)) {
        let before = self.text.len();
        let _ = write!(
            self.text,
            "<path fill=\"{fill}\" fill-rule=\"evenodd\" stroke=\"{border}\" stroke-width=\"0.4\" d=\""
        );
        let start = self.text.len();
        rings(self);
        if self.text.len() == start {
            self.text.truncate(before);
        } else {
            self.text.push_str("\"/>\n");
        }
    }

    /// Steps to tenths of a pixel; those that go nowhere are left out.
    pub(super) fn steps(&mut self, points: impl Iterator<Item = (f64, f64)>) {
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

    /// A closed ring in relative steps of a part of a pixel, which are shorter than places.
    pub(super) fn ring(&mut self, points: impl Iterator<Item = (f64, f64)>, parts: Parts) {
        let parts = match parts {
            Parts::Tenths => 10.0,
            Parts::Halves => 2.0,
        };
        let mut last: Option<(i64, i64)> = None;
        let mut steps = 0;
        for (x, y) in points {
            let point = ((x * parts).round() as i64, (y * parts).round() as i64);
            let Some(before) = last else {
                let _ = write!(self.text, "M{} {}", point.0 as f64 / parts, point.1 as f64 / parts);
                last = Some(point);
                continue;
            };
            let (dx, dy) = (point.0 - before.0, point.1 - before.1);
            if (dx, dy) != (0, 0) {
                for (k, step) in [dx, dy].into_iter().enumerate() {
                    self.text.push_str(match (steps, k) {
                        (0, 0) => "l",
                        _ if step < 0 => "",
                        _ => " ",
                    });
                    let start = self.text.len();
                    let _ = write!(self.text, "{}", step as f64 / parts);
                    // Nothing before the point needs to be said.
                    let zero = start + usize::from(step < 0);
                    if self.text[zero..].starts_with("0.") {
                        self.text.remove(zero);
                    }
                }
                steps += 1;
                last = Some(point);
            }
        }
        self.text.push('Z');
    }

    /// Opens a part that is cut off at its frame and keeps the coordinates.
    pub(super) fn clip(&mut self, [x, y, w, h]: [f64; 4]) {
        let [x, y, w, h] = [x, y, w, h].map(short);
        let _ = writeln!(
            self.text,
            "<svg x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" viewBox=\"{x} {y} {w} {h}\" overflow=\"hidden\">"
        );
    }

    pub(super) fn end_clip(&mut self) {
        self.text.push_str("</svg>\n");
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str) {
        self.path([from, to].into_iter(), stroke, 1.0);
    }

    pub(super) fn x_axis(
        &mut self,
        x: &Scale,
        [left, top, right, bottom]: [f64; 4],
        label: &str,
        words: &Words,
    ) {
        for tick in x.ticks() {
            let at = x.at(tick);
            self.line((at, top), (at, bottom), "#e4e4e4");
            self.text(at, bottom + 16.0, Anchor::Middle, 11.0, &words.number(tick));
        }
        self.line((left, bottom), (right, bottom), "#555555");
        self.text(f64::midpoint(left, right), bottom + 36.0, Anchor::Middle, 12.0, label);
    }

    pub(super) fn axes(
        &mut self,
        [x, y]: [&Scale; 2],
        frame: [f64; 4],
        [x_label, y_label]: [&str; 2],
        words: &Words,
    ) {
        let [left, top, right, bottom] = frame;
        for tick in y.ticks() {
            let at = y.at(tick);
            self.line((left, at), (right, at), "#e4e4e4");
            self.text(left - 6.0, at + 4.0, Anchor::End, 11.0, &words.number(tick));
        }
        self.x_axis(x, frame, x_label, words);
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
pub(super) fn short(value: f64) -> f64 {
    (value * 10.0).round() / 10.0 + 0.0
}

/// A number with so many significant digits, whole ones with all; `–` for none.
pub(super) fn digits(value: f64, significant: i32) -> String {
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
pub(super) fn shortened(label: &str) -> String {
    const LONGEST: usize = 36;
    if label.chars().count() <= LONGEST {
        return label.to_owned();
    }
    label.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// Text in lines of about so many characters; a longer word has a line of its own.
pub(super) fn wrapped(text: &str, characters: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut room = 0;
    // No-break spaces keep words together.
    for word in text.split([' ', '\n', '\t']).filter(|w| !w.is_empty()) {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if length < room => {
                line.push(' ');
                line.push_str(word);
                room -= length + 1;
            }
            _ => {
                lines.push(word.to_owned());
                room = characters.saturating_sub(length);
            }
        }
    }
    lines
}

/// About how wide the widest label is.
pub(super) fn widest(labels: &[String], size: f64) -> f64 {
    labels.iter().map(|l| shortened(l).chars().count()).max().unwrap_or(0) as f64 * size * 0.56
}

/// Whether white text reads better on a colour than black (relative luminance below that of mid grey).
pub(super) fn is_dark(colour: &str) -> bool {
    let [r, g, b] = palette::rgb(colour);
    0.2126 * r + 0.7152 * g + 0.0722 * b < 140.0
}
