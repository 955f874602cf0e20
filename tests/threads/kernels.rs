//! Calls on places, networks and tables.

use geo_types::{Coord, MultiPolygon, Rect};
use rurban::accessibility::{
    AgentOptions, Catchment, Choice, CostTable, Decay, Roads, balanced, nearest_k, nearest_k_geodesic,
    nearest_k_planar, potential, rational_agents, road_network, three_step, two_step,
};
use rurban::autocorrelation::{
    Islands, LocalOptions, SelfWeight, Test, geary, general_g, gi, gi_star, join_counts, lee_l, local_moran,
    local_moran_bivariate, moran, moran_bivariate,
};
use rurban::complementarity::composite::{Shuffle, gravity_sets, tied_complementarity_evidence};
use rurban::complementarity::dissimilarity::{Dissimilarity, all_dissimilarities};
use rurban::complementarity::interregional::{Between, Cells, Ties};
use rurban::complementarity::relatedness::{MultipleTesting, validated_projection};
use rurban::complementarity::specialisation::{
    QuotientScale, location_quotient, shrunken_location_quotient, standardised_location_quotient,
};
use rurban::complementarity::supply_demand::{gap_fill, michaely_pairs};
use rurban::complementarity::{
    ActivityTable, Interregional, Presence, SelfInclusion, proximity, relatedness_density,
};
use rurban::diffusion::{
    ArcProbability, Budget, CascadeOptions, ContactField, InfluenceGraph, SeedOptions, SpreadModel,
    TellingOptions, choose_seeds, simulate, tell,
};
use rurban::labels::Labels;
use rurban::linkage::{
    Dyads, Effects, NullModel, StandardErrors, TwoSidedNull, TwoSidedTies, Weighting, brokerage, deterrence,
    gravity_model, mixing_evidence, two_sided_evidence,
};
use rurban::matching::{
    EvaluationOptions, FitOptions, Pairs, Similarity, Term, TiedPairs, evaluate, fit_score, most_similar,
    random_hold_out, similar_within, spectral_radius,
};
use rurban::matrix::{Csr, Matrix};
use rurban::model::Level;
use rurban::network::{
    CommunityOptions, CoreMeasure, CoreNull, Direction, Network, Participation, PathLength, SwapOptions,
    TieWeights, betweenness, closeness, core_evidence, deal_participations, degree_preserving, leiden,
    louvain, rich_club_normalised, sampled_betweenness, structural_holes,
};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::read::TerritoryReader;
use rurban::siting::{
    Limit, Participants, SitingCosts, SitingOptions, WorkshopOptions, capacitated, max_covering, meeting,
    p_centre, p_median, set_covering, workshops,
};
use rurban::space::contiguity::{Rule, contiguity, contiguity_within};
use rurban::space::crs::{Crs, Epsg, projector};
use rurban::space::dissolve::dissolve;
use rurban::space::locate::Locator;
use rurban::space::measure::{Surface, areas, centroids, interior_points, perimeters};
use rurban::space::neighbours::PointSet;
use rurban::space::overlay::{overlapping_pairs, overlay_areas};
use rurban::space::simplify::simplify;
use rurban::space::tessellation::{TessellationOptions, tessellate};
use rurban::space::weights::SpatialWeights;
use rurban::space::{Layer, LonLat};
use rurban::typology::{Degurba, GridRules, PopulationGrid, degurba_grid};

use crate::{Call, digits};

/// Enough places that every kernel has work for several threads.
const N: usize = 3000;
const FEW: usize = 500;
const SEED: Seed = Seed(11);

pub(super) struct Case {
    places: Vec<Coord<f64>>,
    /// The places as longitude and latitude, about 10 km apart.
    lon_lat: Vec<LonLat>,
    values: Vec<f64>,
    labels: Labels,
    network: Network,
    /// The ties of the first few places, for what takes every pair.
    small: Network,
    weights: Csr,
    costs: CostTable,
    supply: Vec<f64>,
    grid: PopulationGrid,
    /// Cells of the places, and larger ones that cut them.
    cells: Layer,
    coarse: Layer,
    scores: Matrix,
    table: ActivityTable,
    presence: Presence,
    relatedness: Matrix,
}

pub(super) fn case() -> Case {
    let mut s = SEED.stream(0);
    let places: Vec<Coord<f64>> = (0..N).map(|_| Coord { x: 1e5 * s.unit(), y: 1e5 * s.unit() }).collect();
    // Amounts that floating point cannot add exactly, so that the order of sums would show.
    let values: Vec<f64> = places.iter().map(|p| 0.1 + s.unit() + p.x / 3e5).collect();
    let labels = Labels::new((0..N).map(|_| s.below(4)).collect(), 4).unwrap();
    let tie = |_| {
        let a = s.below(N as u32);
        (a, (a + 1 + s.below(if a.is_multiple_of(5) { N as u32 - 1 } else { 40 })) % N as u32, 0.1 + s.unit())
    };
    let ties: Vec<(u32, u32, f64)> = (0..4 * N).map(tie).collect();
    let network = Network::from_edges(N, &ties, Direction::Undirected).unwrap().0;
    let close: Vec<_> = ties.iter().copied().filter(|t| t.0.max(t.1) < FEW as u32).collect();
    let small = Network::from_edges(FEW, &close, Direction::Undirected).unwrap().0;
    let near = PointSet::new(&places).unwrap().k_nearest(8);
    let weights = SpatialWeights::binary(&near).unwrap().matrix().clone();
    let costs = CostTable::planar(&places, &places[..N / 10], 20_000.0).unwrap();
    let supply: Vec<f64> = (0..N / 10).map(|_| 0.3 + s.unit()).collect();
    let side = 200;
    let people = (0..side * side).map(|_| (4000.0 * s.unit().powi(6)).floor()).collect();
    let grid = PopulationGrid::new(side, side, 1.0, people).unwrap();
    let scores = Matrix::from_rows(400, 50, (0..400 * 50).map(|_| s.unit()).collect()).unwrap();
    let table = ActivityTable::from_matrix(&scores).unwrap();
    let presence = Presence::at_least(&scores, 0.8).unwrap();
    let relatedness = proximity(&presence);
    let lon_lat = places.iter().map(|p| LonLat::new(p.x / 1e4, 42.0 + p.y / 2e4).unwrap()).collect();
    let land = MultiPolygon(vec![Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: 1e5, y: 1e5 }).to_polygon()]);
    let cells = tessellate(&places, &land, &TessellationOptions::default()).unwrap().layer;
    let coarse = tessellate(&places[..N / 20], &land, &TessellationOptions::default()).unwrap().layer;
    Case {
        places,
        lon_lat,
        values,
        labels,
        network,
        small,
        weights,
        costs,
        supply,
        grid,
        cells,
        coarse,
        scores,
        table,
        presence,
        relatedness,
    }
}

/// What each file of `src` that uses threads is reached by.
pub(super) const CALLS: &[Call<Case>] = &[
    Call::new("network/community", "leiden", |c| {
        digits(leiden(&c.network, &CommunityOptions::default().runs(3)))
    }),
    Call::new("network/community", "louvain", |c| {
        digits(louvain(&c.network, &CommunityOptions::default().runs(3)))
    }),
    Call::new("network/centrality", "betweenness", |c| {
        digits([PathLength::Hops, PathLength::InverseWeight].map(|l| betweenness(&c.small, l, &Silent)))
    }),
    Call::new("network/centrality", "sampled_betweenness", |c| {
        digits(sampled_betweenness(&c.network, PathLength::Hops, 200, SEED, &Silent))
    }),
    Call::new("network/centrality", "closeness", |c| digits(closeness(&c.small, PathLength::Hops))),
    Call::new("network/structural_holes", "structural_holes", |c| {
        digits(structural_holes(&c.network, TieWeights::Used))
    }),
    Call::new("network/core_periphery", "core_evidence", |c| {
        digits(core_evidence(
            &c.network,
            CoreMeasure::PatternCorrelation,
            CoreNull::Density,
            5,
            SEED,
            &Silent,
        ))
    }),
    Call::new("network/null_model", "degree_preserving", |c| {
        digits(degree_preserving(&c.network, &swaps(), <[_]>::to_vec, &Silent))
    }),
    Call::new("network/null_model", "rich_club_normalised", |c| {
        digits(rich_club_normalised(&c.network, &swaps(), &Silent))
    }),
    Call::new("network/two_mode", "deal_participations", |c| {
        let all: Vec<Participation> =
            (c.network.edge_list()).map(|(a, b, _)| Participation { actor: a, project: b / 4 }).collect();
        digits(deal_participations(&all, &swaps(), <[_]>::to_vec, &Silent))
    }),
    Call::new("linkage/null", "mixing_evidence, permutations", |c| {
        let null = NullModel::LabelPermutationMonteCarlo { permutations: 99, seed: SEED, strata: None };
        digits(mixing_evidence(&c.network, &c.labels, Weighting::Weights, null, &Silent))
    }),
    Call::new("linkage/deterrence", "mixing_evidence, gravity", |c| {
        let null = NullModel::Gravity { positions_m: &c.places, bin_m: 5_000.0 };
        digits(mixing_evidence(&c.network, &c.labels, Weighting::Weights, null, &Silent))
    }),
    Call::new("linkage/deterrence", "deterrence", |c| {
        digits(deterrence(&c.network, &c.labels, Weighting::Weights, &c.places, 5_000.0, &Silent))
    }),
    Call::new("linkage/brokerage", "brokerage", |c| digits(brokerage(&c.network, &c.labels))),
    Call::new("linkage/gravity_model", "gravity_model", |c| {
        let n = 60;
        let pair = |k: usize| (k / n, k % n);
        let flow: Vec<f64> = (0..n * n).map(|k| (c.values[k % N] * 8.0).floor()).collect();
        let rows = (0..n * n).flat_map(|k| {
            let (a, b) = (c.places[pair(k).0], c.places[pair(k).1]);
            [(a - b).x.hypot((a - b).y).ln_1p(), f64::from(u8::from(pair(k).0 % 2 == pair(k).1 % 2))]
        });
        let covariates = Matrix::from_rows(n * n, 2, rows.collect()).unwrap();
        let [origin, destination] = [0, 1].map(|side| {
            (0..n * n).map(|k| if side == 0 { pair(k).0 } else { pair(k).1 } as u32).collect::<Vec<_>>()
        });
        let dyads =
            Dyads { flow: &flow, covariates: &covariates, origin: &origin, destination: &destination };
        digits(gravity_model(dyads, Effects::OriginDestination, StandardErrors::ClusteredTwoWay))
    }),
    Call::new("linkage/two_sided", "two_sided_evidence", |c| {
        let half = FEW as u32 / 2;
        let ties: Vec<(u32, u32)> =
            (c.small.edge_list()).filter(|t| t.0 < half && t.1 >= half).map(|t| (t.0, t.1 - half)).collect();
        let ties = TwoSidedTies { rows: FEW / 2, columns: FEW / 2, ties: &ties };
        let at: Vec<Coord<f64>> = c.lon_lat[..FEW].iter().map(|&p| p.into()).collect();
        let (rows, columns) = at.split_at(FEW / 2);
        let same = |i: usize, j: usize| c.labels.get(i) == c.labels.get(j + FEW / 2);
        let far = TwoSidedNull::DegreesAndDistance { rows, columns, bin_m: 50_000.0 };
        digits([TwoSidedNull::Degrees, far].map(|null| two_sided_evidence(ties, same, null)))
    }),
    Call::new("autocorrelation/mod", "global measures", |c| {
        let (x, y) = (&c.values, &reversed(&c.values));
        digits((
            moran(x, &c.weights, permutations(), Islands::Keep),
            geary(x, &c.weights, permutations(), Islands::Keep),
            general_g(x, &c.weights, permutations(), Islands::Keep),
            moran_bivariate(x, y, &c.weights, permutations(), Islands::Keep),
            lee_l(x, y, &c.weights, permutations(), Islands::Keep),
            join_counts(&c.labels, &c.weights, permutations(), Islands::Keep),
        ))
    }),
    Call::new("autocorrelation/local", "local measures", |c| {
        let options = LocalOptions::default();
        digits((
            local_moran(&c.values, &c.weights, &options),
            local_moran_bivariate(&c.values, &reversed(&c.values), &c.weights, &options),
            gi(&c.values, &c.weights, &options),
            gi_star(&c.values, &c.weights, SelfWeight::Largest, &options),
        ))
    }),
    Call::new("typology", "degurba_grid", |c| digits(degurba_grid(&c.grid, &GridRules::default()))),
    Call::new("typology", "Degurba::classify", |c| {
        let cells = c.grid.rows() * c.grid.columns();
        let units = Labels::new((0..cells as u32).map(|i| i / 100).collect(), cells / 100).unwrap();
        digits(Degurba::default().classify(&c.grid, &units))
    }),
    Call::new("accessibility/costs", "CostTable", |c| {
        let every_other: Vec<u32> = (0..N as u32).step_by(2).collect();
        digits((
            &c.costs,
            c.costs.select(&every_other, &[3, 5, 8]),
            CostTable::geodesic(&c.lon_lat, &c.lon_lat[..N / 10], 50_000.0),
        ))
    }),
    Call::new("accessibility/nearest", "nearest_k", |c| {
        let few = N / 10;
        digits((
            nearest_k(&c.costs, 3),
            nearest_k_planar(&c.places, &c.places[..few], 3),
            nearest_k_geodesic(&c.lon_lat, &c.lon_lat[..few], 3),
        ))
    }),
    Call::new("accessibility/catchment", "potential and floating catchments", |c| {
        digits((
            potential(&c.costs, &c.supply, &catchment()),
            two_step(&c.costs, &c.values, &c.supply, &catchment()),
            three_step(&c.costs, &c.values, &c.supply, &catchment(), Choice::WithinCutoff),
            balanced(&c.costs, &c.values, &c.supply, &catchment()),
        ))
    }),
    Call::new("accessibility/raam", "rational_agents", |c| {
        let options = AgentOptions::default().tau(20_000.0).tolerance(1e-2);
        digits(rational_agents(&c.costs, &c.values, &c.supply, &options, &Silent))
    }),
    Call::new("accessibility/roads", "Roads and CostTable::over_roads", |c| {
        let ties: Vec<(u32, u32, f64)> = c.network.edge_list().collect();
        let roads = Roads::new(road_network(N, &ties, Direction::Undirected).unwrap(), c.lon_lat.clone());
        let roads = roads.unwrap();
        let all: Vec<u32> = (0..N as u32).collect();
        digits((
            roads.nearest_nodes(&c.lon_lat[..N / 2], 20_000.0),
            CostTable::over_roads(roads.network(), &all, &all[..N / 10], 5.0, &Silent),
        ))
    }),
    Call::new("complementarity/table complementarity/relatedness", "relatedness", |c| {
        digits((
            &c.relatedness,
            c.presence.co_occurrence(),
            validated_projection(&c.presence, MultipleTesting::FalseDiscoveryRate, 0.05),
        ))
    }),
    Call::new("complementarity/density", "relatedness_density", |c| {
        digits(relatedness_density(&c.presence, &c.relatedness, SelfInclusion::Excluded))
    }),
    Call::new("complementarity/specialisation", "location quotients", |c| {
        digits((
            location_quotient(&c.table),
            shrunken_location_quotient(&c.table),
            standardised_location_quotient(&c.table, QuotientScale::Logarithmic),
        ))
    }),
    Call::new("complementarity/dissimilarity", "all_dissimilarities", |c| {
        digits(all_dissimilarities(&c.scores, Dissimilarity::JensenShannon))
    }),
    Call::new("complementarity/supply_demand", "gap_fill and michaely_pairs", |c| {
        digits((gap_fill(&c.scores, &c.scores), michaely_pairs(&c.table, &c.table)))
    }),
    Call::new("complementarity/interregional", "Interregional", |c| {
        let scores = Interregional::with_unknown(&c.presence, &c.relatedness, &[(0, 1), (7, 3)]).unwrap();
        let labels = Labels::new((0..scores.regions() as u32).map(|r| r % 2).collect(), 2).unwrap();
        let between = Between { labels: &labels, receiving: 0, giving: 1 };
        let places = &c.places[..scores.regions()];
        digits((
            scores.all_pairs(),
            scores.linkages(Ties::Potential, Some(between), Cells::All),
            scores.directed_gain(Ties::Potential, between),
            scores.partners(places, 3e4, 5, |_, _| true, &Silent),
        ))
    }),
    Call::new("complementarity/composite", "tied_complementarity_evidence and gravity_sets", |c| {
        let labels = Labels::new(c.labels.as_slice()[..FEW].to_vec(), 4).unwrap();
        let score = |i: usize, j: usize| c.values[i] * c.values[j];
        let distance = |i: usize, j: usize| {
            let d = c.places[i] - c.places[j];
            d.x.hypot(d.y)
        };
        digits((
            [Shuffle::Labels, Shuffle::Portfolios].map(|shuffle| {
                tied_complementarity_evidence(c.small.as_csr(), &labels, score, shuffle, 49, SEED, &Silent)
            }),
            gravity_sets(c.small.as_csr(), distance, 5_000.0, 3, SEED),
        ))
    }),
    Call::new("diffusion/simulate", "simulate", |c| {
        let options = CascadeOptions::default().runs(200);
        let model = SpreadModel::IndependentCascade;
        digits(simulate(&influence(c), model, &[1, 2, 3], Some(&c.values), &options, &Silent))
    }),
    Call::new("diffusion/reverse", "choose_seeds", |c| {
        let options = SeedOptions::default();
        let model = SpreadModel::IndependentCascade;
        digits(choose_seeds(&influence(c), model, &Budget::Count(5), &options, &Silent))
    }),
    Call::new("diffusion/contact", "ContactField and tell", |c| {
        let at: Vec<Coord<f64>> = c.lon_lat[..N / 4].iter().map(|&p| p.into()).collect();
        let near = |m: f64| (-m / 20_000.0).exp();
        let field = ContactField::from_distances(&at, &c.values[..at.len()], 60_000.0, near, &[]).unwrap();
        let needed = vec![1; at.len()];
        digits(tell(&field, &[0, 5], &needed, &TellingOptions::default().runs(50), &Silent))
    }),
    Call::new("matching/similarity", "similarity of nodes", |c| {
        let near = |i: usize, j: usize| Some((c.places[i].x - c.places[j].x).abs());
        let kind = Similarity::ResourceAllocation;
        digits((
            spectral_radius(&c.network, TieWeights::Used),
            most_similar(&c.network, kind, TieWeights::Ignored, 5, TiedPairs::LeftOut, &Silent),
            similar_within(&c.network, kind, TieWeights::Ignored, TiedPairs::Shown, (near, 5e3), &Silent),
        ))
    }),
    Call::new("matching/evaluation matching/score", "fit_score and evaluate", |c| {
        let hold_out = random_hold_out(&c.small, 0.2, SEED).unwrap();
        let distance =
            |i: usize, j: usize| (c.places[i].x - c.places[j].x).hypot(c.places[i].y - c.places[j].y);
        let terms = [Term::Degrees, Term::Distance];
        let mut fit = FitOptions::default();
        fit.others = 5_000;
        let by_x = |i: usize, scores: &mut [f64]| {
            (0..).zip(scores).for_each(|(j, s): (usize, &mut f64)| *s = -distance(i, j));
        };
        digits((
            fit_score(&hold_out, Pairs::of(&hold_out, &distance), &terms, |_, _| true, &fit, &Silent),
            evaluate(&hold_out, |i, j| i != j, by_x, &EvaluationOptions::default(), &Silent),
        ))
    }),
    Call::new("siting/engine siting/instance siting/lagrange siting/meeting", "sites and a meeting", |c| {
        let (people, places) = (&c.places[..300], &c.places[300..400]);
        let costs = SitingCosts::Planar { demands: people, candidates: places };
        let table = CostTable::planar(people, places, 60_000.0).unwrap();
        let weights = &c.values[..people.len()];
        // Large enough for bounds by relaxation.
        let options = || SitingOptions::new(Limit::Places(6)).exact_below(0).rounds(50);
        digits((
            p_median(weights, &costs, &options(), &Silent),
            max_covering(weights, &table, 20_000.0, &options(), &Silent),
            set_covering(weights, &table, 50_000.0, &options(), &Silent),
            p_centre(weights, &table, &options(), &Silent),
            capacitated(weights, &table, 1e5, &[60.0; 100], &options(), &Silent),
            meeting(weights, &costs),
        ))
    }),
    Call::new("siting/grouping", "workshops", |c| {
        let n = 60;
        let themes: Vec<Vec<u32>> = (0..n).map(|i| vec![i as u32 % 7, i as u32 % 5]).collect();
        let rurality = Labels::new((0..n as u32).map(|i| i % 2).collect(), 2).unwrap();
        let travel = |k: usize| (c.places[k / n].x - c.places[k % n].x).abs();
        let travel = Matrix::from_rows(n, n, (0..n * n).map(travel).collect()).unwrap();
        let who = Participants { themes: &themes, rurality: &rurality, travel: &travel };
        digits(workshops(&who, &WorkshopOptions::new(5, 8)))
    }),
    Call::new("space/neighbours", "PointSet", |c| {
        let set = PointSet::new(&c.places).unwrap();
        digits((set.k_nearest(5), set.within_each(2_000.0), set.counts_within(2_000.0)))
    }),
    Call::new("space/tessellation", "tessellate", |c| digits((&c.cells, &c.coarse))),
    Call::new("space/topology space/dissolve space/noding space/simplify", "topology", |c| {
        digits((contiguity(&c.cells, Rule::Queen), dissolve(&c.cells, &c.labels), simplify(&c.cells, 800.0)))
    }),
    Call::new("space/dissolve space/noding", "dissolve where borders differ", |c| {
        let both = (c.cells.len() + c.coarse.len()) as u32;
        let all =
            [&c.cells, &c.coarse].map(|l| (0..l.len()).map(|f| l.to_multi_polygon(f)).collect::<Vec<_>>());
        let groups = Labels::new((0..both).map(|i| i % 9).collect(), 9).unwrap();
        digits(dissolve(&Layer::from_features(&all.concat()), &groups))
    }),
    Call::new("space/contiguity", "contiguity_within", |c| {
        digits(contiguity_within(&c.coarse, Rule::Rook, 1.0))
    }),
    Call::new("space/overlay", "overlay_areas and overlapping_pairs", |c| {
        digits((overlay_areas(&c.cells, &c.coarse), overlapping_pairs(&c.cells)))
    }),
    Call::new("space/locate/build space/locate/mod", "Locator", |c| {
        digits(Locator::new(&c.coarse).unwrap().locate_many(&c.places))
    }),
    Call::new("space/measure", "areas, perimeters, centroids", |c| {
        digits((
            areas(&c.cells, Surface::Plane),
            perimeters(&c.cells, Surface::Plane),
            centroids(&c.cells),
            interior_points(&c.cells),
        ))
    }),
    Call::new("space/layer space/crs/projector", "Layer::map_coords and Projector::project", |c| {
        let moved = c.cells.clone().map_coords(|p| Coord { x: 0.1 * p.x, y: 0.3 * p.y });
        let mut at: Vec<Coord<f64>> =
            moved.coords().iter().map(|p| *p + Coord { x: 7e5, y: 6.6e6 }).collect();
        let done = projector(Crs::Epsg(Epsg(2154)), Crs::LON_LAT).unwrap().project(&mut at);
        digits((moved, done, at))
    }),
    Call::new("read/geojson/settle read/territories", "TerritoryReader on Lambert-93", |c| {
        let ring = |f: usize| -> Vec<[f64; 2]> {
            c.coarse.rings(f).next().unwrap().iter().map(|p| [7e5 + p.x, 6.6e6 + p.y]).collect()
        };
        let features: Vec<serde_json::Value> = (0..c.coarse.len())
            .map(|f| {
                serde_json::json!({"type": "Feature", "properties": {"code": format!("{:05}", 1001 + f)},
                    "geometry": {"type": "Polygon", "coordinates": [ring(f)]}})
            })
            .collect();
        let crs = serde_json::json!({"type": "name", "properties": {"name": "EPSG:2154"}});
        let file = serde_json::json!({"type": "FeatureCollection", "crs": crs, "features": features});
        let reader = TerritoryReader::new(Level::Commune).check_crossings();
        let (atlas, found) = reader.read_from(file.to_string().as_bytes(), "cells").unwrap();
        digits((atlas.base().geometry(), atlas.base().territories(), found))
    }),
];

fn swaps() -> SwapOptions {
    SwapOptions::default().replicates(12).seed(SEED)
}

fn reversed(values: &[f64]) -> Vec<f64> {
    values.iter().rev().copied().collect()
}

fn influence(c: &Case) -> InfluenceGraph {
    InfluenceGraph::from_network(&c.network, ArcProbability::Uniform(0.1)).unwrap()
}

const fn permutations() -> Test {
    Test::Permutation { permutations: 199, seed: SEED }
}

fn catchment() -> Catchment {
    Catchment::within(20_000.0).decay(Decay::Gaussian { sigma: 7_000.0 })
}
