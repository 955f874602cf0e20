//! Small dependable pictures as SVG: heat map, plot, bars and maps.
//!
//! Pictures are light, need no fonts or scripts, carry a title and a description for screen readers,
//! use colours that people with any colour vision can tell apart, and are the same bytes for the
//! same input. [`HeatMap`], [`Plot`], [`Bars`], [`Choropleth`], [`ClassMap`] and [`FlowMap`] each give an [`Svg`], which is
//! text to show, to write or to embed.

mod canvas;
mod charts;
mod colours;
mod flow_map;
mod frame;
mod maps;
pub(in crate::write) mod palette;
mod strip;
mod words;

pub use canvas::{Axis, Svg};
pub use charts::{Bars, HeatMap, Marks, Plot, Series};
pub use colours::{ClassColours, Colours};
pub use flow_map::{
    ArcEnds, Background, Borders, Flow, FlowClass, FlowMap, FlowPoint, LineStyle, PointLabel,
};
pub use maps::{Choropleth, ClassMap, Coordinates};
pub use strip::Strip;
pub use words::Words;

#[cfg(test)]
mod tests;
