use geo_types::{Coord, MultiPolygon, polygon};

use super::canvas::{Limits, Scale, digits};
use super::*;
use crate::error::Error;
use crate::labels::Labels;
use crate::matrix::Matrix;
use crate::model::Contours;
use crate::space::{Bounds, Layer};
use crate::write::escape_markup;

/// Panics unless the document is well-formed: tags nest, attributes are quoted, text is escaped.
fn check_well_formed(svg: &Svg) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg.as_str();
    while let Some(start) = rest.find('<') {
        let text = &rest[..start];
        assert!(!text.contains('>'), "{text}");
        for (i, _) in text.match_indices('&') {
            let entity = &text[i..text[i..].find(';').map(|e| i + e + 1).expect("entity ends")];
            assert!(["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"].contains(&entity), "{entity}");
        }
        let end = start + rest[start..].find('>').expect("tag ends");
        let tag = &rest[start + 1..end];
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        assert!(!tag.contains('<') && !tag.contains("NaN") && !tag.contains("inf"), "{tag}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest}");
}

fn names(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("<{i}> & \"Côte-d'Or\"")).collect()
}

#[test]
fn heat_maps_say_every_value() {
    let values = Matrix::from_rows(2, 3, vec![0.5, -1.0, f64::NAN, 2.0, 1e-9, f64::INFINITY]).unwrap();
    let (rows, columns) = (names(2), names(3));
    let map = HeatMap {
        title: "a < b",
        rows: &rows,
        columns: &columns,
        values: &values,
        colours: Colours::Diverging { centre: 0.0 },
    };
    let svg = map.render().unwrap();
    check_well_formed(&svg);
    assert_eq!(svg, map.render().unwrap());
    assert_eq!(svg.as_str().matches(palette::NO_DATA).count(), 3);
    assert!(svg.as_str().contains("no value (2)"));
    // The greatest distance from the centre has the strongest colour, the centre none.
    assert!(svg.as_str().contains(palette::BLUE_RED[10]) && svg.as_str().contains("#f7f7f7"));
    let wrong = HeatMap { rows: &rows[..1], ..map };
    assert!(matches!(wrong.render(), Err(Error::Shape { expected: 2, got: 1, .. })));
}

#[test]
fn empty_pictures_are_pictures() {
    let none = Matrix::filled(0, 0, 0.0);
    let heat =
        HeatMap { title: "", rows: &[], columns: &[], values: &none, colours: Colours::Sequential }.render();
    let plot =
        Plot { title: "", x_label: "", y_label: "", x_axis: Axis::Log, y_axis: Axis::Linear, series: &[] };
    let bars = Bars { title: "", value_label: "", labels: &[], values: &[] }.render();
    let map = Choropleth {
        title: "",
        value_label: "",
        layer: &Layer::new(),
        contours: Contours::Surveyed,
        values: &[],
        colours: Colours::Sequential,
        lines: &[],
        points: &[],
        coordinates: Coordinates::Metres,
        bounds: None,
    };
    for svg in [heat, plot.render(), bars, map.render()] {
        check_well_formed(&svg.unwrap());
    }
}

#[test]
fn plots_put_dots_where_they_belong_and_count_what_they_leave_out() {
    let x = [1.0, 10.0, 100.0, 0.0, f64::NAN];
    let y = [5.0, 6.0, 7.0, 1.0, 1.0];
    let series = [Series { name: "ties", x: &x, y: &y, marks: Marks::Dots }];
    let plot = Plot {
        title: "t",
        x_label: "km",
        y_label: "n",
        x_axis: Axis::Log,
        y_axis: Axis::Linear,
        series: &series,
    };
    let svg = plot.render().unwrap();
    check_well_formed(&svg);
    // 10 lies half-way between 1 and 100 on a logarithmic axis from 68 to 620, 6 between 388 and 60.
    assert!(svg.as_str().contains("<circle cx=\"344\" cy=\"224\""), "{}", svg.as_str());
    assert!(svg.as_str().contains("2 pairs cannot be shown"));
    let short = [Series { y: &y[..2], ..series[0] }];
    assert!(matches!(Plot { series: &short, ..plot }.render(), Err(Error::Shape { .. })));
    let line = [Series { marks: Marks::Line, x: &[3.0], y: &[4.0], name: "" }];
    check_well_formed(&Plot { series: &line, ..plot }.render().unwrap());
}

#[test]
fn bars_start_at_zero() {
    let labels = names(3);
    let svg = Bars { title: "t", value_label: "v", labels: &labels, values: &[-2.0, 2.0, f64::NAN] }
        .render()
        .unwrap();
    check_well_formed(&svg);
    assert_eq!(svg.as_str().matches("width=\"210\"").count(), 2, "{}", svg.as_str());
    assert!(Bars { title: "", value_label: "", labels: &labels, values: &[1.0] }.render().is_err());
}

#[test]
fn maps_draw_every_territory_and_cut_at_their_bounds() {
    let square = |x: f64| {
        MultiPolygon(vec![polygon![(x: x, y: 45.), (x: x + 1., y: 45.), (x: x + 1., y: 46.), (x: x, y: 46.)]])
    };
    let layer = Layer::from_features([&square(0.0), &MultiPolygon(vec![]), &square(5.0)]);
    let map = Choropleth {
        title: "t",
        value_label: "share",
        layer: &layer,
        contours: Contours::Approximate,
        values: &[1.0, f64::NAN, 2.0],
        colours: Colours::Sequential,
        lines: &[[Coord { x: 0.5, y: 45.5 }, Coord { x: 5.5, y: 45.5 }]],
        points: &[Coord { x: 0.5, y: 45.5 }],
        coordinates: Coordinates::Degrees,
        bounds: None,
    };
    let svg = map.render().unwrap();
    check_well_formed(&svg);
    assert_eq!(svg.as_str().matches("<path fill=\"#").count(), 2);
    assert_eq!(svg.as_str().matches("<circle").count(), 1);
    assert!(svg.as_str().contains("no value (1)") && svg.as_str().contains(Contours::APPROXIMATE));
    // Six degrees of longitude at 45.5° N are 4.2 degrees of latitude wide: 560 by 133.2 pixels.
    assert!(svg.as_str().contains("width=\"560\" height=\"133.2\""), "{}", svg.as_str());
    let part = Choropleth { bounds: Some(Bounds { min: [0.5, 45.0], max: [2.0, 45.5] }), ..map };
    assert_eq!(part.render().unwrap().as_str().matches("<path fill=\"#").count(), 1);
    assert!(matches!(Choropleth { values: &[1.0], ..map }.render(), Err(Error::Shape { .. })));
    let nowhere = Choropleth { points: &[Coord { x: f64::NAN, y: 0.0 }], ..map };
    assert!(matches!(nowhere.render(), Err(Error::Value { .. })));
}

#[test]
fn class_maps_name_and_count_their_classes() {
    let square = |x: f64| {
        MultiPolygon(vec![polygon![(x: x, y: 45.), (x: x + 1., y: 45.), (x: x + 1., y: 46.), (x: x, y: 46.)]])
    };
    let layer = Layer::from_features([&square(0.0), &square(1.0), &square(2.0)]);
    let labels = Labels::new(vec![1, 1, Labels::NONE], 2).unwrap();
    let classes = names(2);
    let map = ClassMap {
        title: "t",
        legend: "class",
        layer: &layer,
        contours: Contours::Surveyed,
        classes: &classes,
        labels: &labels,
        colours: ClassColours::Unordered,
        coordinates: Coordinates::Degrees,
        bounds: None,
    };
    let svg = map.render().unwrap();
    check_well_formed(&svg);
    let second = format!("<path fill=\"{}\"", palette::CATEGORIES[1]);
    assert_eq!(svg.as_str().matches(&second).count(), 1);
    for entry in [format!("{} (0)", classes[0]), format!("{} (2)", classes[1]), "no class (1)".to_owned()] {
        assert!(svg.as_str().contains(&*escape_markup(&entry)), "{entry}");
    }
    assert!(matches!(ClassMap { classes: &names(1), ..map }.render(), Err(Error::Shape { .. })));
    let short = Labels::new(vec![0], 2).unwrap();
    assert!(matches!(ClassMap { labels: &short, ..map }.render(), Err(Error::Shape { .. })));
}

fn flow_points() -> Vec<FlowPoint> {
    let at = |x: f64, y: f64| Coord { x, y };
    vec![
        FlowPoint::new(at(0.5, 45.5), 0, "<b>A</b> & \"Pays\"").labelled(),
        FlowPoint::new(at(5.5, 45.5), 1, "B").labelled().size(9.0),
        FlowPoint::new(at(5.5, 45.5), 1, "B again").labelled(),
        FlowPoint::new(at(2.0, 45.2), 2, "C"),
        FlowPoint::new(at(3.0, 45.2), 3, ""),
    ]
}

#[test]
fn flow_maps_draw_and_count_every_arc() {
    let square = |x: f64| {
        MultiPolygon(vec![polygon![(x: x, y: 45.), (x: x + 1., y: 45.), (x: x + 1., y: 46.), (x: x, y: 46.)]])
    };
    let layer = Layer::from_features([&square(0.0), &MultiPolygon(vec![]), &square(5.0)]);
    let labels = Labels::new(vec![1, Labels::NONE, 0], 2).unwrap();
    let (fills, points, classes) = (names(2), flow_points(), names(4));
    let kinds = [
        FlowClass::new("known <kind>", LineStyle::Solid),
        FlowClass::new("to explore", LineStyle::Dashed).directed(),
    ];
    let flows = [
        Flow::new(0, 1, 0),
        Flow::new(1, 3, 0),
        Flow::new(0, 3, 1).weight(4.0).detail("a < b"),
        Flow::new(3, 0, 1).weight(4.0),
        // Ends that fall together are counted, and nothing can be drawn.
        Flow::new(1, 2, 1),
    ];
    let notes = ["Width: <projects>".to_owned()];
    let map = FlowMap::new("A long heading that says what was found, with <marks> & \"quotes\", over more than one line of the sheet")
        .background(Background::new(&layer, Contours::Approximate).classes(&labels, &fills))
        .points(&classes, &points)
        .flows(&kinds, &flows)
        .notes(&notes)
        .source("Sources: a & b.");
    let svg = map.render().unwrap();
    check_well_formed(&svg);
    assert_eq!(svg, map.render().unwrap());
    let text = svg.as_str();
    for entry in
        ["known &lt;kind&gt; (2)", "to explore (3)", "Width: &lt;projects&gt;", "Sources: a &amp; b."]
    {
        assert!(text.contains(entry), "{entry}");
    }
    assert!(text.contains(&*escape_markup(&format!("{} (1)", fills[0]))) && text.contains("<desc>"));
    // Four arcs and two of the legend; both dashed ones of the map in one group, one of the legend.
    assert_eq!((text.matches('Q').count(), text.matches("stroke-dasharray").count()), (6, 2));
    assert!(text.contains("<title>a &lt; b</title>") && text.contains("<title>B again</title>"));
    // One of two names at the same place.
    assert!(text.contains(">B</text>") && text.contains(Contours::APPROXIMATE));
    assert_eq!(text.matches("font-weight=\"bold\"").count(), 2);
    let part = map.bounds(Bounds { min: [0.0, 45.0], max: [4.0, 46.0] }).off_map("off the map");
    assert!(part.render().unwrap().as_str().contains("off the map (2)"));
}

#[test]
fn flow_maps_refuse_what_cannot_be_drawn() {
    let (classes, points) = (names(4), flow_points());
    let kinds = [FlowClass::new("k", LineStyle::Solid)];
    let refused = |points: &[FlowPoint], flows: &[Flow]| {
        matches!(
            FlowMap::new("t").points(&classes, points).flows(&kinds, flows).render(),
            Err(Error::Value { .. })
        )
    };
    assert!(refused(&points, &[Flow::new(0, 9, 0)]) && refused(&points, &[Flow::new(0, 1, 1)]));
    for weight in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(refused(&points, &[Flow::new(0, 1, 0).weight(weight)]), "{weight}");
        assert!(refused(&[points[0].clone().size(weight)], &[]), "{weight}");
    }
    assert!(refused(&[FlowPoint::new(Coord { x: f64::NAN, y: 0.0 }, 0, "")], &[]));
    assert!(refused(&[FlowPoint::new(Coord { x: 0.0, y: 0.0 }, 4, "")], &[]));
    check_well_formed(&FlowMap::new("").render().unwrap());
    check_well_formed(&FlowMap::new("t").points(&classes, &points[..1]).render().unwrap());
    let layer = Layer::from_features([&MultiPolygon(vec![])]);
    let none = Labels::new(vec![], 0).unwrap();
    let wrong = Background::new(&layer, Contours::Surveyed).classes(&none, &[]);
    assert!(matches!(FlowMap::new("t").background(wrong).render(), Err(Error::Shape { .. })));
}

#[test]
fn ticks_are_round_and_inside() {
    let ticks = |axis, low, high| Scale::new(axis, Limits { low, high }, 0.0, 1.0).ticks();
    assert_eq!(ticks(Axis::Linear, 0.0, 1.0), [0.0, 0.2, 0.4, 3.0 * 0.2, 0.8, 1.0]);
    assert_eq!(ticks(Axis::Linear, -7.0, 12.0), [-5.0, 0.0, 5.0, 10.0]);
    assert_eq!(ticks(Axis::Log, 3.0, 40.0), [5.0, 10.0, 20.0]);
    assert_eq!(ticks(Axis::Log, 1.0, 1e6).len(), 7);
    assert_eq!(
        [0.600_000_000_000_000_1, 1234.5, 1e7, -0.000_2, 0.0].map(|v| digits(v, 4)),
        ["0.6", "1234", "1.0e7", "-2.0e-4", "0"]
    );
}
