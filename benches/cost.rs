//! How cost grows: kernels from a thousand to a million, and inputs made to be costly.
//!
//! `cargo bench --bench cost [-- NAME]` prints, for each kernel, the time at four sizes, and for each
//! costly input the time at a quarter of its size and at the whole. `order` is the exponent between
//! the last two sizes: about 1 where cost is linear, 2 where it is quadratic.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "benches may panic and print")]

use std::hint::black_box;
use std::time::Instant;

use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use rurban::Result;
use rurban::accessibility::{Catchment, CostTable, two_step};
use rurban::autocorrelation::{Islands, Test, moran};
use rurban::complementarity::complexity::{Parts, Stop, economic_complexity, fitness};
use rurban::complementarity::specialisation::{
    Reference, herfindahl, krugman, location_quotient, spatial_gini,
};
use rurban::complementarity::{ActivityTable, Presence};
use rurban::inequality::Distribution;
use rurban::labels::Labels;
use rurban::linkage::{NullModel, Weighting, brokerage, ei_index, mixing_evidence, nominal_assortativity};
use rurban::network::{
    CommunityOptions, Direction, Network, TieWeights, clustering, core_numbers, disparity_filter, leiden,
    structural_holes, weak_components,
};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::read::geojson::Reader;
use rurban::space::Layer;
use rurban::space::contiguity::{Rule, contiguity};
use rurban::space::dissolve::dissolve;
use rurban::space::index::PlaceIndex;
use rurban::space::locate::Locator;
use rurban::space::measure::{Surface, areas};
use rurban::space::neighbours::PointSet;
use rurban::space::simplify::simplify;
use rurban::space::tessellation::{TessellationOptions, tessellate};
use rurban::space::weights::SpatialWeights;

const fn at(x: f64, y: f64) -> Coord<f64> {
    Coord { x, y }
}

fn polygon(mut ring: Vec<Coord<f64>>) -> MultiPolygon<f64> {
    ring.push(ring[0]);
    MultiPolygon(vec![Polygon::new(LineString(ring), vec![])])
}

fn square(low: f64, high: f64) -> MultiPolygon<f64> {
    polygon(vec![at(low, low), at(high, low), at(high, high), at(low, high)])
}

/// A kernel with its input made ready.
type Ready<'a> = (&'static str, Box<dyn FnMut() -> Result<()> + 'a>);

fn ready<'a, T>(name: &'static str, mut run: impl FnMut() -> Result<T> + 'a) -> Ready<'a> {
    (name, Box::new(move || run().map(|x| drop(black_box(x)))))
}

/// A table of times, one row for each kernel, one column for each size.
struct Growth {
    name: String,
    sizes: Vec<usize>,
    rows: Vec<(&'static str, Vec<String>, Vec<f64>)>,
}

impl Growth {
    fn measure(&mut self, kernels: &mut [Ready<'_>]) {
        for (name, run) in kernels {
            let begun = Instant::now();
            let said = run();
            let seconds = begun.elapsed().as_secs_f64();
            let cell = match said {
                Ok(()) => format!("{:.1}", seconds * 1e3),
                Err(why) => format!(
                    "refused in {:.1}: {}",
                    seconds * 1e3,
                    why.to_string().chars().take(60).collect::<String>()
                ),
            };
            match self.rows.iter_mut().find(|r| r.0 == *name) {
                Some(row) => {
                    row.1.push(cell);
                    row.2.push(seconds);
                }
                None => self.rows.push((name, vec![cell], vec![seconds])),
            }
        }
    }

    fn print(&self) {
        let sizes: Vec<String> = self.sizes.iter().map(|n| format!("{n}, ms")).collect();
        println!("\n| {} | {} | order |", self.name, sizes.join(" | "));
        println!("|---|{}---:|", "---:|".repeat(sizes.len()));
        for (name, cells, seconds) in &self.rows {
            let order = match seconds.as_slice() {
                [.., a, b] if *b > 5e-3 => {
                    let k = self.sizes.len();
                    format!(
                        "{:.1}",
                        (b / a).ln() / (self.sizes[k - 1] as f64 / self.sizes[k - 2] as f64).ln()
                    )
                }
                _ => "–".to_owned(),
            };
            println!("| {name} | {} | {order} |", cells.join(" | "));
        }
    }
}

fn growth(name: &str, sizes: &[usize], mut at_size: impl FnMut(usize, &mut Growth)) {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    if !wanted.is_empty() && !wanted.iter().any(|w| name.contains(w.as_str())) {
        return;
    }
    let mut table = Growth { name: name.to_owned(), sizes: sizes.to_vec(), rows: vec![] };
    for &n in sizes {
        at_size(n, &mut table);
    }
    table.print();
}

fn network(n: usize, ties: Vec<(u32, u32, f64)>) -> Network {
    Network::from_edges(n, &ties, Direction::Undirected).unwrap().0
}

fn graph_kernels<'a>(g: &'a Network, labels: &'a Labels) -> Vec<Ready<'a>> {
    vec![
        ready("weak_components", || weak_components(g)),
        ready("core_numbers", || core_numbers(g)),
        ready("clustering", || clustering(g)),
        ready("structural_holes", || structural_holes(g, TieWeights::Used)),
        ready("disparity_filter", || Ok(disparity_filter(g))),
        ready("leiden, one run", || leiden(g, &CommunityOptions::default().runs(1))),
        ready("nominal_assortativity", || nominal_assortativity(g, labels, Weighting::Edges)),
        ready("ei_index", || ei_index(g, labels, Weighting::Edges)),
        ready("brokerage", || brokerage(g, labels)),
        ready("mixing_evidence, exact", || {
            mixing_evidence(g, labels, Weighting::Edges, NullModel::LabelPermutation, &Silent)
        }),
    ]
}

fn scaling() {
    let sizes = [1_000, 10_000, 100_000, 1_000_000];
    growth("scaling: network, 4 ties a node", &sizes, |n, table| {
        let mut s = Seed(1).stream(0);
        let ties = (0..4 * n).map(|_| (s.below(n as u32), s.below(n as u32), 1.0 + s.unit())).collect();
        let labels = Labels::new((0..n).map(|_| s.below(2)).collect(), 2).unwrap();
        let g = network(n, ties);
        table.measure(&mut graph_kernels(&g, &labels));
    });
    growth("scaling: points", &sizes, |n, table| {
        let mut s = Seed(2).stream(0);
        let side = (n as f64).sqrt() * 1e3;
        let places: Vec<_> = (0..n).map(|_| at(s.unit() * side, s.unit() * side)).collect();
        let values: Vec<f64> = (0..n).map(|_| s.unit()).collect();
        let land = square(0.0, side);
        let set = PointSet::new(&places).unwrap();
        let near = set.k_nearest(8);
        let weights = SpatialWeights::binary(&near).unwrap();
        let costs = CostTable::planar(&places, &places[..n / 10], 3e3).unwrap();
        let supply = vec![1.0; n / 10];
        let catchment = Catchment::within(3e3);
        table.measure(&mut [
            ready("PointSet::new", || PointSet::new(&places)),
            ready("k_nearest(8)", || Ok(set.k_nearest(8))),
            ready("counts_within(3 km)", || set.counts_within(3e3)),
            ready("tessellate", || tessellate(&places, &land, &TessellationOptions::default())),
            ready("CostTable::planar(3 km)", || CostTable::planar(&places, &places[..n / 10], 3e3)),
            ready("two_step", || two_step(&costs, &values, &supply, &catchment)),
            ready("moran, closed form", || {
                moran(&values, weights.matrix(), Test::Randomisation, Islands::Keep)
            }),
            ready("Theil, Gini", || {
                let d = Distribution::new(&values)?;
                Ok((d.theil_t()?, d.gini()?))
            }),
        ]);
    });
    growth("scaling: polygons", &[1_024, 9_216, 99_856, 998_001], |n, table| {
        let k = (n as f64).sqrt() as usize;
        let cells: Vec<_> = (0..n)
            .map(|i| {
                let (x, y) = ((i % k) as f64 * 1e3, (i / k) as f64 * 1e3);
                polygon(vec![at(x, y), at(x + 1e3, y), at(x + 1e3, y + 1e3), at(x, y + 1e3)])
            })
            .collect();
        let layer = Layer::from_features(&cells);
        let labels = Labels::new((0..n).map(|i| (i / k / 10) as u32).collect(), k.div_ceil(10)).unwrap();
        let locator = Locator::new(&layer).unwrap();
        let mut s = Seed(3).stream(0);
        let places: Vec<_> =
            (0..n).map(|_| at(s.unit() * k as f64 * 1e3, s.unit() * k as f64 * 1e3)).collect();
        table.measure(&mut [
            ready("contiguity, rook", || Ok(contiguity(&layer, Rule::Rook))),
            ready("dissolve", || dissolve(&layer, &labels)),
            ready("simplify", || simplify(&layer, 10.0)),
            ready("Locator::new", || Locator::new(&layer)),
            ready("locate_many, as many points", || locator.locate_many(&places)),
            ready("areas", || Ok(areas(&layer, Surface::Plane))),
        ]);
    });
    growth("scaling: regions × 50 activities", &sizes[..3], |n, table| {
        let mut s = Seed(4).stream(0);
        let cells: Vec<_> = (0..n as u32)
            .flat_map(|r| (0..10).map(move |_| r))
            .map(|r| (r, s.below(50), Some(1.0 + s.unit())))
            .collect();
        let counts = ActivityTable::from_cells(n, 50, &cells).unwrap();
        activity_kernels(&counts, table);
    });
}

fn activity_kernels(counts: &ActivityTable, table: &mut Growth) {
    let presence = Presence::of(counts);
    table.measure(&mut [
        ready("location_quotient", || Ok(location_quotient(counts))),
        ready("krugman", || Ok(krugman(counts, Reference::Rest))),
        ready("herfindahl", || Ok(herfindahl(counts))),
        ready("spatial_gini", || spatial_gini(counts, None)),
        ready("economic_complexity", || economic_complexity(&presence, Parts::Largest)),
        ready("fitness, 100 rounds", || fitness(&presence, Stop::Never, 100)),
    ]);
}

fn costly() {
    growth("costly: star of 200 k leaves", &[50_000, 200_000], |n, table| {
        let g = network(n + 1, (1..=n as u32).map(|i| (0, i, 1.0 + f64::from(i % 7))).collect());
        let labels = Labels::new((0..=n as u32).map(|i| i % 2).collect(), 2).unwrap();
        table.measure(&mut graph_kernels(&g, &labels));
    });
    growth("costly: path of 1 M nodes", &[250_000, 1_000_000], |n, table| {
        let g = network(n, (1..n as u32).map(|i| (i - 1, i, 1.0)).collect());
        let labels = Labels::new((0..n as u32).map(|i| i % 2).collect(), 2).unwrap();
        table.measure(&mut graph_kernels(&g, &labels));
    });
    growth("costly: 1 M coincident points", &[250_000, 1_000_000], |n, table| {
        let places = vec![at(5.0, 45.0); n];
        let set = PointSet::new(&places).unwrap();
        let index = PlaceIndex::new(&places).unwrap();
        let land = square(-10.0, 60.0);
        table.measure(&mut [
            ready("PointSet::new", || PointSet::new(&places)),
            ready("nearest, 5 of them", || set.nearest(at(5.0, 45.0), 5)),
            ready("k_nearest(5)", || Ok(set.k_nearest(5))),
            ready("counts_within(1 m)", || set.counts_within(1.0)),
            ready("PlaceIndex::new", || PlaceIndex::new(&places)),
            ready("PlaceIndex::nearest, 5 of them", || index.nearest(at(5.0, 45.0), 5, |_| true)),
            ready("tessellate", || tessellate(&places, &land, &TessellationOptions::default())),
        ]);
    });
    let circle = |n: usize, inner: f64| {
        let ring = (0..n).map(|i| {
            let (a, r) = (i as f64 / n as f64 * std::f64::consts::TAU, if i % 2 == 0 { 1e5 } else { inner });
            at(r * a.cos(), r * a.sin())
        });
        Layer::from_features([&polygon(ring.collect())])
    };
    for (name, inner) in
        [("costly: round outline of 1 M vertices", 1e5), ("costly: rough outline of 1 M vertices", 9e4)]
    {
        growth(name, &[250_000, 1_000_000], |n, table| {
            let layer = circle(n, inner);
            let locator = Locator::new(&layer).unwrap();
            let places: Vec<_> = (0..10_000)
                .map(|i| at(f64::from(i % 100) * 2e3 - 1e5, f64::from(i / 100) * 2e3 - 1e5))
                .collect();
            let one = Labels::new(vec![0], 1).unwrap();
            table.measure(&mut [
                ready("Locator::new", || Locator::new(&layer)),
                ready("locate_many, 10,000 points", || locator.locate_many(&places)),
                ready("areas", || Ok(areas(&layer, Surface::Plane))),
                ready("simplify", || simplify(&layer, 10.0)),
                ready("dissolve", || dissolve(&layer, &one)),
            ]);
        });
    }
    for (name, dx, dy) in
        [("costly: 100 k points on an axis", 1.0, 0.0), ("costly: 100 k points on a diagonal", 0.3, 0.7)]
    {
        growth(name, &[25_000, 100_000], |n, table| {
            let places: Vec<_> = (0..n).map(|i| at(i as f64 * dx, i as f64 * dy)).collect();
            let land = square(-10.0, n as f64);
            let set = PointSet::new(&places).unwrap();
            table.measure(&mut [
                ready("tessellate", || {
                    tessellate(&places, &land, &TessellationOptions::default().grid(1e-3))
                }),
                ready("k_nearest(8)", || Ok(set.k_nearest(8))),
            ]);
        });
    }
    growth("costly: one row × 1 M columns", &[250_000, 1_000_000], |n, table| {
        let cells: Vec<_> = (0..n as u32).map(|i| (0, i, Some(1.0 + f64::from(i % 5)))).collect();
        activity_kernels(&ActivityTable::from_cells(1, n, &cells).unwrap(), table);
    });
    growth("costly: JSON 1 M deep", &[250_000, 1_000_000], |n, table| {
        let (open, close) = ("[".repeat(n), "]".repeat(n));
        let with = |inside: &str| {
            format!(r#"{{"type":"FeatureCollection","features":[{{"type":"Feature",{inside}}}]}}"#)
        };
        let property = with(&format!(r#""properties":{{"a":{open}{close}}},"geometry":null"#));
        let geometry = with(&format!(
            r#""properties":{{}},"geometry":{{"type":"Polygon","coordinates":{open}{close}}}"#
        ));
        let read = |text: &str| Reader::default().read_from(text.as_bytes(), "deep").map(|_| ());
        table.measure(&mut [
            ready("nested lists in a property", || read(&property)),
            ready("nested lists as coordinates", || read(&geometry)),
            ready("nothing but opening brackets", || read(&open)),
        ]);
    });
}

fn main() {
    // `cargo test --benches` asks for a test run: there is none.
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    scaling();
    costly();
}
