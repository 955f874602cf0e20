//! Access of the embedded France and of small studies, against brute force and against arithmetic.

#![cfg(feature = "france-data")]
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::sync::LazyLock;

use geo::line_measures::{Distance, Geodesic};
use geo_types::{Coord, Point};
use rurban::Error;
use rurban::accessibility::{AgentOptions, Catchment, Choice, CostTable, Decay, Roads, road_network};
use rurban::atlas::{Atlas, Territory};
use rurban::diagnostics::{Place, Strictness};
use rurban::france::EmbeddedFrance;
use rurban::france::zones::ZONES;
use rurban::inventory::Inventory;
use rurban::labels::Labels;
use rurban::model::{Actor, ActorId, ActorKind, CommuneCode, DensityLevel, Level, Rurality, TerritoryCode};
use rurban::network::Direction;
use rurban::progress::Silent;
use rurban::read::csv::Reader;
use rurban::read::{CostColumns, CostEnds, roads, travel_costs};
use rurban::space::LonLat;
use rurban::space::crs::Epsg;
use rurban::study::{
    AccessCosts, AccessMeasure, AccessOptions, AccessReport, Capacity, Covered, FacilityAccess, Offer, Study,
    StudyOptions,
};

static FRANCE: LazyLock<Study> = LazyLock::new(|| {
    let france = EmbeddedFrance::load().unwrap();
    Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap().0
});

fn options(study: &Study, kind: ActorKind) -> AccessOptions<'static> {
    AccessOptions::new(study.supply(&[kind], Capacity::One).unwrap())
}

/// Positions of the actors of a kind, with their indices.
fn places(study: &Study, kind: ActorKind) -> Vec<(u32, Point<f64>)> {
    let of_kind = (0..).zip(study.inventory().actors()).filter(|(_, a)| a.kind == kind);
    of_kind.filter_map(|(i, a)| Some((i, Point(Coord::from(a.position?))))).collect()
}

fn measured(study: &Study) -> impl Iterator<Item = (usize, Point<f64>)> {
    let base = study.atlas().base().territories();
    base.iter().enumerate().filter_map(|(i, t)| Some((i, Point(Coord::from(t.point?)))))
}

#[test]
fn distances_and_counts_are_those_of_brute_force() {
    let study = &*FRANCE;
    let kind = ActorKind::PublicService;
    let report = study.access(&options(study, kind), &Silent).unwrap();
    let facilities = places(study, kind);
    let overseas = |p: Point<f64>| ZONES.zone_of(p.0).is_none_or(|z| z.crs != Epsg::LAMBERT_93.crs());
    let mut looked_at = 0;
    for (n, (i, at)) in measured(study).enumerate() {
        if n % 200 != 0 && !(overseas(at) && n % 5 == 0) {
            continue;
        }
        looked_at += 1;
        let mut all: Vec<(f64, u32)> =
            facilities.iter().map(|&(actor, p)| (Geodesic.distance(at, p), actor)).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let t = &report.territories[i];
        let want: Vec<(f64, u32)> = all.iter().copied().take(3).filter(|f| f.0 <= 500_000.0).collect();
        let got: Vec<(f64, u32)> = t.nearest.iter().map(|f| (f.cost, f.actor)).collect();
        assert_eq!(got, want, "{i}");
        let near = all.iter().filter(|f| f.0 <= 30_000.0).count();
        assert_eq!(t.opportunities, Some(near as f64));
        assert_eq!(t.covered, if near > 0 { Covered::Yes } else { Covered::No });
    }
    assert!(looked_at > 190, "{looked_at}");
}

#[test]
fn what_is_handed_out_is_what_there_is() {
    let study = &*FRANCE;
    let kind = ActorKind::InnovationPlace;
    let near_counts_more = Catchment::within(20_000.0).decay(Decay::Steps(vec![
        (5_000.0, 1.0),
        (10_000.0, 0.68),
        (20_000.0, 0.22),
    ]));
    let three = AccessMeasure::ThreeStep(Choice::WithinCutoff);
    for (measure, catchment) in [
        (AccessMeasure::TwoStep, Catchment::within(1_500.0)),
        (AccessMeasure::TwoStep, near_counts_more.clone()),
        (three, near_counts_more.clone()),
        (AccessMeasure::Balanced, near_counts_more),
    ] {
        let report =
            study.access(&options(study, kind).measure(measure).catchment(catchment), &Silent).unwrap();
        let reached: f64 = report.facilities.iter().filter(|f| f.offer.is_some()).map(|f| f.supply).sum();
        let scores = report.territories.iter().filter_map(|t| Some((t.score?, t.population.unwrap_or(0.0))));
        let (out, there): (f64, f64) = if measure == AccessMeasure::Balanced {
            (scores.map(|s| s.0).sum(), report.facilities.iter().filter_map(|f| f.offer).sum())
        } else {
            (scores.map(|s| s.0 * s.1).sum(), reached)
        };
        assert!((out / there - 1.0).abs() < 1e-9, "{measure:?}: {out} {there}");
        let c = &report.coverage;
        assert_eq!(c.supply, c.facilities as f64);
        assert_eq!(reached + c.supply_unreached, c.supply);
        assert_eq!(c.measured + c.without_point, c.territories);
        let everybody: f64 = study.atlas().base().territories().iter().filter_map(|t| t.population).sum();
        assert_eq!(c.population + c.population_left_out, everybody);
        let all = report.overall();
        let covered = all.covered_share.unwrap() * c.population;
        assert!((covered + c.population_uncovered - c.population).abs() < 1.0);
    }
    // At 1.5 km some innovation places are beyond the point of every commune, and counted.
    let close = options(study, kind).catchment(Catchment::within(1_500.0));
    assert!(study.access(&close, &Silent).unwrap().coverage.facilities_unreached > 0);
}

/// At equilibrium everybody is somewhere, the score is travel plus crowding at the best centre in
/// reach, and hardly anything could be saved by changing.
#[test]
fn rational_agents_have_nowhere_better_to_go() {
    let study = &*FRANCE;
    let kind = ActorKind::InnovationPlace;
    let (tau, reach) = (20_000.0, 30_000.0);
    let agents = AccessMeasure::RationalAgents(AgentOptions::default().tau(tau));
    let options = options(study, kind).measure(agents).catchment(Catchment::within(reach));
    let report = study.access(&options, &Silent).unwrap();
    let load = |f: &FacilityAccess| f.offer.map_or(0.0, |offer| f.supply / offer);
    let loads: f64 = report.facilities.iter().map(load).sum();
    let covered = report.coverage.population - report.coverage.population_uncovered;
    assert!((loads / covered - 1.0).abs() < 1e-9, "{loads} {covered}");
    let mean_load = report.coverage.population / report.coverage.supply;
    let centres: Vec<(Point<f64>, f64)> = report
        .facilities
        .iter()
        .map(|f| {
            let at = study.inventory().actors()[f.actor as usize].position.unwrap();
            (Point(Coord::from(at)), load(f) / (f.supply * mean_load))
        })
        .collect();
    let mut uncovered = 0;
    for (_, (i, at)) in measured(study).enumerate().filter(|(n, _)| n % 200 == 0) {
        let t = &report.territories[i];
        let ways = centres.iter().map(|&(c, crowding)| (Geodesic.distance(at, c), crowding));
        let best = ways.filter(|w| w.0 <= reach).map(|w| w.0 / tau + w.1).reduce(f64::min);
        assert_eq!((t.covered == Covered::Yes, t.is_measured()), (best.is_some(), true), "{i}");
        match (best, t.score) {
            (Some(best), Some(score)) => assert!((score / best - 1.0).abs() < 1e-9, "{i}: {score} {best}"),
            (best, score) => assert_eq!(best, score, "{i}"),
        }
        uncovered += usize::from(best.is_none());
    }
    assert!((1..100).contains(&uncovered), "{uncovered}");
}

#[test]
fn overseas_communes_reach_what_is_in_their_part_only() {
    let study = &*FRANCE;
    let zone_of = |p: LonLat| ZONES.zone_of(p.into()).map(|z| z.name.as_ref());
    for kind in [ActorKind::ResearchCentre, ActorKind::PublicService, ActorKind::InnovationPlace] {
        let options = options(study, kind).catchment(Catchment::within(50_000.0));
        let report = study.access(&options, &Silent).unwrap();
        let base = study.atlas().base().territories();
        let mut overseas = [0; 2];
        for (t, commune) in report.territories.iter().zip(base) {
            let Some(point) = commune.point else {
                assert_eq!((t.covered, t.score), (Covered::NoPoint, None));
                continue;
            };
            let zone = zone_of(point);
            for near in &t.nearest {
                let there = study.inventory().actors()[near.actor as usize].position.unwrap();
                assert_eq!(zone_of(there), zone, "{}", commune.name);
            }
            if zone != Some("mainland France and Corsica") {
                overseas[usize::from(t.covered == Covered::Yes)] += 1;
            }
        }
        println!("{kind}: overseas communes covered {}, not {}", overseas[1], overseas[0]);
        // The embedded list of research organisations has none overseas.
        assert_eq!(overseas[1] == 0, kind == ActorKind::ResearchCentre);
    }
}

#[test]
fn levels_and_sides_add_up() {
    let study = &*FRANCE;
    let report = study.access(&options(study, ActorKind::ResearchCentre), &Silent).unwrap();
    let all = report.overall();
    for level in [Level::Departement, Level::Region, Level::Commune] {
        let units = study.access_by(&level, &report).unwrap();
        assert_eq!(units.len(), study.atlas().level(&level).unwrap().territories().len());
        let population: f64 = units.iter().map(|s| s.population).sum();
        assert_eq!(population, all.population, "{level}");
        let score: f64 = units.iter().filter_map(|s| Some(s.score_mean? * s.population)).sum();
        assert!((score / population / all.score_mean.unwrap() - 1.0).abs() < 1e-9, "{level}");
        assert_eq!(units.iter().map(|s| s.territories).sum::<usize>(), all.territories);
    }
    let sides = [Rurality::Rural, Rurality::Urban].map(|s| report.of_rurality(s));
    assert_eq!(sides[0].population + sides[1].population, all.population);
    for (k, band) in report.bands.iter().enumerate() {
        for (side, summary) in [Rurality::Rural, Rurality::Urban].into_iter().zip(&sides) {
            let curve = report.cumulative_shares(|_, t| t.rurality == Some(side));
            assert!(curve.windows(2).all(|w| w[0].cost <= w[1].cost && w[0].share <= w[1].share));
            let last = curve.iter().rfind(|r| r.cost <= *band).unwrap().share;
            assert!((last - summary.within[k].unwrap()).abs() < 1e-9);
        }
    }
    let departements = study.atlas().level(&Level::Departement).unwrap().membership().clone();
    for groups in [report.rurality_labels(), departements] {
        let i = report.inequality(&groups).unwrap();
        assert!((i.theil.between + i.theil.within - i.theil.total).abs() < 1e-12);
        assert!(i.gini > 0.0 && i.gini < 1.0 && i.theil.between > 0.0 && i.theil.within > 0.0);
    }
}

#[test]
fn a_given_table_of_straight_lines_gives_the_same_scores() {
    let study = &*FRANCE;
    let straight = options(study, ActorKind::InnovationPlace);
    let report = study.access(&straight, &Silent).unwrap();
    let base = study.atlas().base().territories();
    let mut triplets = Vec::new();
    let facilities = places(study, ActorKind::InnovationPlace);
    let to: Vec<LonLat> = facilities.iter().map(|(_, p)| LonLat::new(p.x(), p.y()).unwrap()).collect();
    let with_point: Vec<(usize, LonLat)> =
        base.iter().enumerate().filter_map(|(i, t)| Some((i, t.point?))).collect();
    let from: Vec<LonLat> = with_point.iter().map(|p| p.1).collect();
    let costs = CostTable::geodesic(&from, &to, 30_000.0).unwrap();
    for (row, (i, _)) in with_point.iter().enumerate() {
        triplets.extend(costs.as_csr().row(row).map(|(f, c)| (*i as u32, facilities[f as usize].0, c)));
    }
    let table = CostTable::from_triplets(base.len(), study.places().len(), &triplets).unwrap();
    let given = study.access(&straight.clone().costs(AccessCosts::ToActors(&table)), &Silent).unwrap();
    let c = &given.coverage;
    // Who has no facility within 30 km is in no row of this table: it was not looked at.
    assert_eq!(c.without_costs, report.coverage.without_point + report.coverage.uncovered);
    for (a, b) in report.territories.iter().zip(&given.territories).filter(|(_, b)| b.is_measured()) {
        assert!((a.score.unwrap() - b.score.unwrap()).abs() <= 1e-12 * a.score.unwrap());
        assert_eq!(a.opportunities, b.opportunities);
        assert_eq!(a.nearest_cost(), b.nearest_cost());
    }
}

#[cfg(feature = "parallel")]
#[test]
fn threads_do_not_change_a_byte() {
    let study = &*FRANCE;
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let report = study.access(&options(study, ActorKind::InnovationPlace), &Silent).unwrap();
            let rows = study.access_by(&Level::Departement, &report).unwrap();
            serde_json::to_string(&(report, rows)).unwrap()
        })
    };
    let one = run(1);
    assert!(one == run(2));
    assert!(one == run(8));
}

/// Communes `A` (rural, 100 inhabitants), `B` (urban, 300), `C` (rural, 50), `D` (urban, 80, no
/// point) and `E` (no density level, no population) a tenth of a degree apart on the equator.
fn small(actors: &[(&str, Option<f64>)]) -> Study {
    let mut atlas = Atlas::builder(Level::Commune, Strictness::Strict);
    for (code, lon, population, density) in [
        ("A", Some(0.0), Some(100.0), Some(DensityLevel::RuralTown)),
        ("B", Some(0.1), Some(300.0), Some(DensityLevel::SmallTown)),
        ("C", Some(0.5), Some(50.0), Some(DensityLevel::DispersedRural)),
        ("D", None, Some(80.0), Some(DensityLevel::SmallTown)),
        ("E", Some(0.2), None, None),
    ] {
        let mut t = Territory::new(TerritoryCode::new(code).unwrap(), code);
        t.point = lon.map(|lon| LonLat::new(lon, 0.0).unwrap());
        (t.population, t.density) = (population, density);
        atlas.add(t, Place::file("small")).unwrap();
    }
    let mut inventory = Inventory::builder(Strictness::Strict);
    for &(id, lon) in actors {
        let mut a = Actor::new(ActorId::new(id).unwrap(), id, ActorKind::PublicService);
        a.position = lon.map(|lon| LonLat::new(lon, 0.0).unwrap());
        a.capacity = lon.filter(|lon| *lon > 0.0).map(|lon| lon * 100.0);
        inventory.add_actor(a, Place::file("small")).unwrap();
    }
    let (atlas, inventory) = (atlas.finish().unwrap().0, inventory.finish().0);
    Study::new(atlas, inventory, &StudyOptions::default(), &Silent).unwrap().0
}

fn scores(report: &AccessReport) -> Vec<Option<f64>> {
    report.territories.iter().map(|t| t.score).collect()
}

#[test]
fn small_studies_are_as_computed_by_hand() {
    // A tenth of a degree on the equator is 11.13 km: within 12 km, x at A serves A and B, y at B
    // serves A, B and E.
    let study = small(&[("x", Some(0.0)), ("y", Some(0.1)), ("lost", None)]);
    let supply = study.supply(&[ActorKind::PublicService], Capacity::One).unwrap();
    let options = AccessOptions::new(supply).catchment(Catchment::within(12_000.0));
    let report = study.access(&options, &Silent).unwrap();
    let head = 2.0 / 400.0;
    assert_eq!(scores(&report), [Some(head), Some(head), Some(0.0), None, Some(1.0 / 400.0)]);
    let c = &report.coverage;
    assert_eq!((c.territories, c.measured, c.without_point, c.uncovered), (5, 4, 1, 1));
    assert_eq!((c.without_population, c.unknown_rurality, c.facilities_without_place), (1, 1, 1));
    assert_eq!((c.population, c.population_left_out, c.population_uncovered), (450.0, 80.0, 50.0));
    let rural = report.of_rurality(Rurality::Rural);
    assert_eq!((rural.territories, rural.population), (2, 150.0));
    assert_eq!(rural.covered_share, Some(100.0 / 150.0));
    assert_eq!(rural.nearest_median, Some(0.0));
    let degree = Geodesic.distance(Point::new(0.0, 0.0), Point::new(1.0, 0.0));
    assert!((rural.nearest_mean.unwrap() - 0.4 * degree * 50.0 / 150.0).abs() < 1e-6);
    // 400 of 450 heads share evenly what there is: Gini is the share of the others, Theil ln(450/400).
    let i = report.inequality(&Labels::new(vec![0; 5], 1).unwrap()).unwrap();
    assert!((i.gini - 50.0 / 450.0).abs() < 1e-12);
    assert!((i.theil.total - (450.0_f64 / 400.0).ln()).abs() < 1e-12);

    // With stated capacities only y (10) has any.
    let stated = study.supply(&[ActorKind::PublicService], Capacity::Stated).unwrap();
    assert_eq!((stated.actors(), stated.amounts(), stated.without_capacity()), (&[1][..], &[10.0][..], 2));

    // Nobody is near when one must not go far.
    let near = study.access(&options.clone().nearest_within(30_000.0), &Silent).unwrap();
    assert_eq!((near.territories[2].nearest_cost(), near.overall().population_without_nearest), (None, 50.0));
}

#[test]
fn actors_known_by_commune_are_at_its_point() {
    let mut atlas = Atlas::builder(Level::Commune, Strictness::Strict);
    for (code, lon) in [("01001", Some(0.0)), ("01002", Some(0.1)), ("01004", None)] {
        let mut t = Territory::new(TerritoryCode::new(code).unwrap(), code);
        (t.point, t.population) = (lon.map(|lon| LonLat::new(lon, 0.0).unwrap()), Some(100.0));
        atlas.add(t, Place::file("small")).unwrap();
    }
    // The commune of the third has no point; the second has neither commune nor position.
    let mut inventory = Inventory::builder(Strictness::Strict);
    for (id, commune) in [("x", Some("01002")), ("lost", None), ("nowhere", Some("01004"))] {
        let mut a = Actor::new(ActorId::new(id).unwrap(), id, ActorKind::PublicService);
        a.commune = commune.map(|c| CommuneCode::new(c).unwrap());
        inventory.add_actor(a, Place::file("small")).unwrap();
    }
    let (atlas, inventory) = (atlas.finish().unwrap().0, inventory.finish().0);
    let study = Study::new(atlas, inventory, &StudyOptions::default(), &Silent).unwrap().0;

    let supply = study.supply(&[ActorKind::PublicService], Capacity::One).unwrap();
    let options = AccessOptions::new(supply).catchment(Catchment::within(12_000.0));
    let report = study.access(&options, &Silent).unwrap();
    assert_eq!(scores(&report), [Some(1.0 / 200.0), Some(1.0 / 200.0), None]);
    let c = &report.coverage;
    assert_eq!((c.facilities, c.facilities_without_position, c.facilities_without_place), (1, 1, 2));
    assert_eq!(study.nearest_actor_m(ActorKind::PublicService).unwrap()[1], 0.0);
    let found = study.actor_index().unwrap().nearest(LonLat::new(0.1, 0.0).unwrap(), 5, |_, _| true);
    assert_eq!(found.unwrap().len(), 1);
}

#[test]
fn costs_between_communes_and_over_roads() {
    let study = small(&[("x", Some(0.0)), ("y", Some(0.1))]);
    let supply = study.supply(&[ActorKind::PublicService], Capacity::One).unwrap();
    let options = AccessOptions::new(supply).catchment(Catchment::within(30.0)).bands(vec![10.0, 30.0]);
    // Minutes: A to B 20, back 40; C to A 30; nothing from D and E.
    let text = "commune;vers;minutes\nA;B;20\nB;A;40\nC;A;30\nZ;A;1\nC;Z;1\nC;B;-3\nC;C;\nC;A;31\n";
    let communes = CostEnds::territories(study.atlas().base());
    let read = |text: &str, strictness| {
        let table = Reader::default().strictness(strictness).open_str(text, "times.csv").unwrap();
        travel_costs(table, &CostColumns::default().destination(&["vers"]), &communes, &communes)
    };
    let (table, found) = read(text, Strictness::Lenient).unwrap();
    assert_eq!((found.seen(), found.kept(), found.dropped(), table.pairs()), (8, 3, 5, 3));
    for kind in ["unknown_origin", "unknown_destination", "negative_cost", "blank_cost", "repeated_way"] {
        assert_eq!(found.count(kind), 1, "{kind}");
    }
    let repeated = found.findings().iter().find(|f| f.kind == "repeated_way").unwrap();
    assert_eq!((repeated.place.line, table.get(2, 0)), (Some(9), Some(30.0)));
    let strict = read("commune;vers;minutes\nA;B;20\nA;B;10\n", Strictness::Strict).unwrap_err();
    assert_eq!(
        strict.to_string(),
        "times.csv:2: this way is there at 10 too, which is kept; 20 is left out [repeated_way]"
    );
    assert!(matches!(
        read("commune;vers\nA;B\n", Strictness::Lenient),
        Err(Error::Unknown { kind: "column", .. })
    ));

    let base = FRANCE.atlas().base();
    let [from, to] = [0, 1].map(|_| CostEnds::territories(base));
    let spreadsheet =
        Reader::default().open_str("origin,destination,minutes\n1004,01001,9\n", "t.csv").unwrap();
    let (_, found) = travel_costs(spreadsheet, &CostColumns::default(), &from, &to).unwrap();
    assert_eq!(found.count("lost_zero"), 1, "{found}");

    // x serves C, y serves A; with no way inside a commune B reaches nothing within 30.
    let between = |own| AccessCosts::BetweenTerritories { table: &table, own };
    let report = study.access(&options.clone().costs(between(None)), &Silent).unwrap();
    assert_eq!(scores(&report), [Some(1.0 / 100.0), Some(0.0), Some(1.0 / 50.0), None, None]);
    assert_eq!((report.coverage.without_costs, report.coverage.uncovered), (2, 1));
    assert_eq!(report.territories[1].nearest_cost(), Some(40.0));
    // With a way inside, x serves A and C, y serves A and B.
    let report = study.access(&options.clone().costs(between(Some(5.0))), &Silent).unwrap();
    let (x, y) = (1.0 / 150.0, 1.0 / 400.0);
    assert_eq!(scores(&report), [Some(x + y), Some(y), Some(x), None, None]);
    assert_eq!(report.of_rurality(Rurality::Rural).within, [Some(100.0 / 150.0), Some(1.0)]);

    // The same over roads: one way from A to B, none to C.
    let nodes = "id,lon,lat\n1,0.0,0.0001\n2,0.1,0.001\n3,0.5,0.0\n3,0.6,0.0\n4,,\n";
    let sections = "from,to,minutes\n1,2,20\n1,2,25\n1,1,3\n2,3,0\n2,9,4\n";
    let open = |text, name| Reader::default().open_str(text, name).unwrap();
    let (map, found) = roads(
        open(nodes, "nodes.csv"),
        open(sections, "roads.csv"),
        &CostColumns::default(),
        Direction::Directed,
    )
    .unwrap();
    assert_eq!((map.network().nodes(), map.network().edges(), found.kept(), found.dropped()), (3, 1, 5, 5));
    for kind in ["duplicate_node", "node_without_position", "loop", "zero_cost", "unknown_node"] {
        assert_eq!(found.count(kind), 1, "{kind}");
    }
    let over = |snap_m| AccessCosts::Roads { roads: &map, snap_m, off_road_cost_per_m: 0.0 };
    let report = study.access(&options.clone().costs(over(1_000.0)), &Silent).unwrap();
    assert_eq!(scores(&report), [Some(1.0 / 100.0 + y), Some(y), Some(0.0), None, None]);
    assert_eq!((report.coverage.off_roads, report.coverage.without_point), (1, 1));
    assert_eq!(report.territories[4].covered, Covered::OffRoads);
    // A and x are 11.06 m from node 1, B and y 110.57 m from node 2.
    let way = |off_road_cost_per_m| AccessCosts::Roads { roads: &map, snap_m: 1_000.0, off_road_cost_per_m };
    let slow = study.access(&options.clone().costs(way(0.1)), &Silent).unwrap();
    let nearest = [0, 1].map(|t| slow.territories[t].nearest_cost().unwrap());
    assert!(
        (nearest[0] - 2.0 * 1.106).abs() < 1e-3 && (nearest[1] - 2.0 * 11.057).abs() < 1e-3,
        "{nearest:?}"
    );
    assert_eq!(scores(&slow), [Some(1.0 / 100.0), Some(1.0 / 300.0), Some(0.0), None, None]);
    for cost in [-1.0, f64::NAN] {
        assert!(matches!(study.access(&options.clone().costs(way(cost)), &Silent), Err(Error::Value { .. })));
    }
    // y is too far from its node.
    let report = study.access(&options.clone().costs(over(50.0)), &Silent).unwrap();
    assert_eq!((report.coverage.facilities_off_roads, report.coverage.facilities), (1, 1));

    let other = CostTable::from_triplets(4, 5, &[]).unwrap();
    for costs in [
        AccessCosts::ToActors(&table),
        AccessCosts::ToActors(&other),
        AccessCosts::BetweenTerritories { table: &other, own: None },
    ] {
        assert!(matches!(study.access(&options.clone().costs(costs), &Silent), Err(Error::Shape { .. })));
    }
    for own in [-1.0, f64::NAN] {
        let costs = between(Some(own));
        assert!(matches!(study.access(&options.clone().costs(costs), &Silent), Err(Error::Parameter { .. })));
    }
    assert!(matches!(
        Roads::new(road_network(2, &[], Direction::Directed).unwrap(), Vec::new()),
        Err(Error::Shape { .. })
    ));
}

#[test]
fn bad_input_is_named() {
    let study = small(&[("x", None), ("y", None)]);
    let supply = |kind| study.supply(&[kind], Capacity::One);
    let unknown = supply(ActorKind::ResearchCentre).unwrap_err().to_string();
    assert_eq!(unknown, "no facility \"research_centre\"; the actors of this study are: 2 public_service");
    let stated = study.supply(&ActorKind::ALL, Capacity::Stated).unwrap_err().to_string();
    assert!(stated.contains("there are 2, but none states what it offers"), "{stated}");
    assert!(study.supply_by(|_, _| Offer::Of(f64::NAN)).is_err());
    assert!(study.supply_by(|_, _| Offer::Of(-1.0)).is_err());

    let lost = AccessOptions::new(supply(ActorKind::PublicService).unwrap());
    let error = study.access(&lost, &Silent).unwrap_err().to_string();
    assert!(error.contains("none of the 2 facilities has a position"), "{error}");

    let study = small(&[("x", Some(0.0))]);
    let good = AccessOptions::new(study.supply(&ActorKind::ALL, Capacity::One).unwrap());
    for bad in [
        good.clone().catchment(Catchment::within(0.0)),
        good.clone().catchment(Catchment::within(-5.0)),
        good.clone().catchment(Catchment::within(f64::NAN)),
        good.clone().catchment(Catchment::all()),
        good.clone()
            .catchment(Catchment::within(1e4).decay(Decay::Gaussian { sigma: 0.0 }))
            .measure(AccessMeasure::Potential),
        good.clone().nearest(0),
        good.clone().nearest_within(f64::NAN),
        good.clone().bands(vec![2.0, 1.0]),
        good.clone().bands(vec![f64::INFINITY]),
    ] {
        assert!(matches!(study.access(&bad, &Silent), Err(Error::Parameter { .. })), "{bad:?}");
    }
    let report = study.access(&good, &Silent).unwrap();
    assert!(matches!(study.access_by(&Level::Gal, &report), Err(Error::Unknown { kind: "level", .. })));
    assert!(matches!(report.inequality(&Labels::new(vec![0], 1).unwrap()), Err(Error::Shape { .. })));
    let other = AccessReport { territories: Vec::new(), ..report };
    assert!(matches!(study.access_by(&Level::Commune, &other), Err(Error::Shape { .. })));
    assert!(other.distribution().is_err());
    assert_eq!(other.overall().score_mean, None);
    assert!(other.cumulative_shares(|_, _| true).is_empty());
}
