//! Colours that people with any colour vision can tell apart.

/// Viridis, dark to bright: sequential values.
pub(in crate::write) const VIRIDIS: [&str; 9] =
    ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"];

/// `ColorBrewer` `RdBu` from blue (below) to red (above): values around a centre.
pub(in crate::write) const BLUE_RED: [&str; 11] = [
    "#053061", "#2166ac", "#4393c3", "#92c5de", "#d1e5f0", "#f7f7f7", "#fddbc7", "#f4a582", "#d6604d",
    "#b2182b", "#67001f",
];

/// Okabe and Ito's colours, with three of Tol's at the end: categories.
pub(in crate::write) const CATEGORIES: [&str; 10] = [
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#f0e442", "#882255", "#999933",
    "#332288",
];

/// High–high, low–low, high–low, low–high; not told from chance; without neighbour.
pub(in crate::write) const CLUSTERS: [&str; 6] =
    ["#b2182b", "#2166ac", "#f4a582", "#92c5de", "#f0f0f0", "#9a9a9a"];

/// Where there is no value.
pub(in crate::write) const NO_DATA: &str = "#c4c4c4";

/// Lines and marks that stand out (4.5 : 1) from [`GROUND`], [`PALE`] and white.
pub(in crate::write) const STRONG: [&str; 6] =
    ["#00598c", "#a83c00", "#00614a", "#8a2a6b", "#3d3d3d", "#5b3fa0"];

/// Territories under lines and marks.
pub(in crate::write) const GROUND: &str = "#f0f2f4";

/// Borders of such territories.
pub(in crate::write) const PALE_BORDER: &str = "#c3cad1";

/// Classes of territories under lines and marks.
pub(in crate::write) const PALE: [&str; 6] =
    ["#d6e8f7", "#fde3c8", "#d5efe3", "#f6dceb", "#e4e4e4", "#f6f0b8"];

/// The colour at `t` in 0..=1 along evenly spaced stops, as `#rrggbb`.
pub(in crate::write) fn at(stops: &[&str], t: f64) -> String {
    let Some(last) = stops.len().checked_sub(1) else { return NO_DATA.to_owned() };
    let x = t.clamp(0.0, 1.0) * last as f64;
    let i = (x as usize).min(last.saturating_sub(1));
    let f = x - i as f64;
    let (a, b) = (rgb(stops[i]), rgb(stops[(i + 1).min(last)]));
    let mix = |k: usize| (a[k] + (b[k] - a[k]) * f).round() as u8;
    format!("#{:02x}{:02x}{:02x}", mix(0), mix(1), mix(2))
}

/// The channels of `#rrggbb`, each in 0..=255.
pub(in crate::write) fn rgb(colour: &str) -> [f64; 3] {
    let channel = |k: usize| {
        colour.get(1 + 2 * k..3 + 2 * k).and_then(|h| u8::from_str_radix(h, 16).ok()).map_or(0.0, f64::from)
    };
    [channel(0), channel(1), channel(2)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_middles() {
        assert_eq!(at(&VIRIDIS, 0.0), VIRIDIS[0]);
        assert_eq!(at(&VIRIDIS, 1.0), VIRIDIS[8]);
        assert_eq!(at(&BLUE_RED, 0.5), "#f7f7f7");
        assert_eq!(at(&["#000000", "#0a1464"], 0.5), "#050a32");
        assert_eq!(at(&["#123456"], 0.7), "#123456");
    }
}
