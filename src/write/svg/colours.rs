//! Colours of values and of classes.

use super::canvas::{Anchor, Axis, Canvas, FAR, INK, Limits, Scale};
use super::palette;
use super::words::Words;

/// How the values of a picture become colours.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum Colours {
    /// From the least to the greatest value (viridis, bright to dark).
    #[default]
    Sequential,
    /// Below and above a value of note (`RdBu`, blue below).
    Diverging {
        /// That value; 0 is taken for one that is not finite.
        centre: f64,
    },
}

/// Maps finite values to colours.
pub(super) struct Ramp {
    pub(super) colours: Colours,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Ramp {
    pub(super) fn new(values: impl Iterator<Item = f64>, colours: Colours) -> Self {
        let mut limits = Limits::of(values).unwrap_or(Limits { low: 0.0, high: 1.0 });
        if let Colours::Diverging { centre } = colours {
            let centre = if centre.is_finite() { centre.clamp(-FAR, FAR) } else { 0.0 };
            let reach = (limits.high - centre).abs().max((centre - limits.low).abs());
            limits = Limits { low: centre - reach, high: centre + reach };
        }
        Self { colours, low: limits.low, high: limits.high }
    }

    pub(super) fn at(&self, value: f64) -> String {
        if !value.is_finite() {
            return palette::NO_DATA.to_owned();
        }
        let t = if self.high > self.low { (value - self.low) / (self.high - self.low) } else { 0.5 };
        self.place(t)
    }

    /// As [`Ramp::at`], in so few steps that territories of one colour can be drawn together.
    pub(super) fn step(&self, value: f64) -> String {
        const STEPS: f64 = 32.0;
        if !value.is_finite() || self.high <= self.low {
            return self.at(value);
        }
        self.place(((value - self.low) / (self.high - self.low) * STEPS).round() / STEPS)
    }

    /// The colour at `t` in 0..=1 of the way from the lowest to the highest value.
    pub(super) fn place(&self, t: f64) -> String {
        match self.colours {
            Colours::Sequential => palette::at(&palette::VIRIDIS, 1.0 - t),
            Colours::Diverging { .. } => palette::at(&palette::BLUE_RED, t),
        }
    }

    /// A vertical colour bar with its numbers, and the key of missing values.
    pub(super) fn legend(
        &self,
        canvas: &mut Canvas,
        [x, y, height]: [f64; 3],
        missing: usize,
        words: &Words,
    ) {
        let steps = 32;
        for k in 0..steps {
            let t = (f64::from(k) + 0.5) / f64::from(steps);
            let step = height / f64::from(steps);
            let top = y + height - f64::from(k + 1) * step;
            canvas.rect([x, top, 14.0, step + 0.3], &self.place(t), None);
        }
        let scale = Scale::new(Axis::Linear, Limits { low: self.low, high: self.high }, y + height, y);
        for tick in scale.ticks() {
            let at = scale.at(tick);
            canvas.line((x + 10.0, at), (x + 18.0, at), INK);
            canvas.text(x + 22.0, at + 4.0, Anchor::Start, 11.0, &words.number(tick));
        }
        if missing > 0 {
            canvas.rect([x, y + height + 14.0, 14.0, 12.0], palette::NO_DATA, None);
            canvas.text(
                x + 20.0,
                y + height + 24.0,
                Anchor::Start,
                11.0,
                &format!("{} ({})", words.no_value, words.count(missing)),
            );
        }
    }
}

/// Territories without a value to show.
pub(super) const PLAIN: &str = "#dde3e8";

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
    pub(super) fn of(self, class: usize, classes: usize) -> String {
        match self {
            Self::Unordered => palette::CATEGORIES[class % palette::CATEGORIES.len()].to_owned(),
            Self::Ordered => {
                palette::at(&palette::VIRIDIS, class as f64 / classes.saturating_sub(1).max(1) as f64)
            }
            Self::Clusters => palette::CLUSTERS.get(class).copied().unwrap_or(palette::NO_DATA).to_owned(),
        }
    }
}
