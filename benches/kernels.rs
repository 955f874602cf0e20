//! Measures for embedders that no question of the facade asks, on the tables, graphs and outlines of France.
//!
//! `cargo bench --bench kernels`: one table, as `--bench france`. What is neither in the facade nor here is not
//! public.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "benches may panic and print")]

use rurban::atlas::Atlas;
use rurban::autocorrelation::{LocalOptions, Test, gi, local_moran};
use rurban::complementarity::Presence;
use rurban::complementarity::agglomeration::{coagglomeration, ellison_glaeser};
use rurban::complementarity::dissimilarity::{Dissimilarity, all_dissimilarities};
use rurban::complementarity::input_output::{input_output_complementarity, input_output_relatedness};
use rurban::complementarity::nomenclature::{MaskedCells, Nomenclature, aggregate_regions};
use rurban::complementarity::specialisation::{
    QuotientScale, Reference, expy, hoover, specialisation_coefficient, standardised_location_quotient,
    variety,
};
use rurban::complementarity::supply_demand::{gap_fill, michaely, michaely_pairs};
use rurban::diffusion::{ArcProbability, ContactField, InfluenceGraph, SpreadModel, exact_spread};
use rurban::france::EmbeddedFrance;
use rurban::france::programmes::programme_area;
use rurban::france::vintage::commune_of_arrondissement;
use rurban::inequality::Distribution;
use rurban::labels::Labels;
use rurban::linkage::{
    OddsCorrection, Weighting, areal_segregation, coleman_homophily, freeman_segregation,
    multigroup_segregation, odds_ratio_within,
};
use rurban::matching::{blocking_pairs, random_hold_out, stable_matching};
use rurban::matrix::{Csr, Matrix};
use rurban::model::Level;
use rurban::network::{
    CommunityOptions, Direction, Network, PathLength, SwapOptions, TieWeights, betweenness,
    bridging_centrality, dominant_share, k_core, leiden, noise_corrected, rich_club_normalised,
    within_module_z,
};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::space::contiguity::{Rule, contiguity, contiguity_within};
use rurban::space::measure::{Surface, centroids, compactness};
use rurban::space::neighbours::PointSet;
use rurban::space::overlay::{assign, overlay_points};
use rurban::space::weights::SpatialWeights;
use rurban::study::{ActivitySource, Counting, LinkageOptions, SpatialOptions, Study, StudyOptions};
use rurban::typology::functional_areas;

mod common;

use common::Table;

fn main() {
    // `cargo test --benches` asks for a test run: there is none.
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    println!("| measure | of | ms |\n|---|---|---:|");
    let mut t = Table(0);
    let mut france = EmbeddedFrance::load().unwrap();
    france.draw_approximate_outlines(&Silent).unwrap();
    let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap();
    tables(&mut t, &study);
    networks(&mut t, &study);
    grounds(&mut t, study.atlas());
    studies(&mut t, &study);
    println!("\n{} measures", t.0);
}

/// Measures of tables of activities.
fn tables(t: &mut Table, study: &Study) {
    let fields = study.profiles(&Level::Epci, ActivitySource::Themes("field"), Counting::Full).unwrap().0;
    let table = fields.table();
    let (rows, activities) = (table.regions(), table.activities());
    let of = format!("{rows} EPCI × {activities} fields");
    let even = vec![1.0; activities];
    let departement = study.atlas().level(&Level::Epci).unwrap().territories().iter();
    let groups = Labels::from_keys(departement.map(|t| Some(t.name.len() % 50))).0;
    let parents = Labels::new((0..activities as u32).map(|a| a % 5).collect(), 5).unwrap();
    t.row("ellison_glaeser", &of, || ellison_glaeser(table, &vec![0.01; activities]));
    t.row("coagglomeration", &of, || Ok(coagglomeration(table)));
    t.row("all_dissimilarities, Jensen–Shannon", &of, || {
        all_dissimilarities(&table.to_matrix(), Dissimilarity::JensenShannon)
    });
    let flows = Presence::of(table).co_occurrence();
    let related = t.row("input_output_relatedness", "fields × fields", || input_output_relatedness(&flows));
    if let Some(related) = related {
        t.row("input_output_complementarity", &of, || input_output_complementarity(table, &related));
    }
    t.row("aggregate_regions", &of, || aggregate_regions(table, &groups, MaskedCells::Propagate));
    t.row("standardised_location_quotient", &of, || {
        Ok(standardised_location_quotient(table, QuotientScale::Linear))
    });
    t.row("specialisation_coefficient", &of, || Ok(specialisation_coefficient(table, Reference::Rest)));
    t.row("variety", &of, || variety(table, &parents));
    t.row("hoover", &of, || hoover(table, None));
    t.row("expy", &of, || expy(table, &vec![1.0; rows]));
    t.row("michaely", "two profiles of fields", || michaely(&even, table.activity_totals()));
    t.row("michaely_pairs", &of, || michaely_pairs(table, table));
    t.row("gap_fill", &of, || gap_fill(&table.to_matrix(), &table.to_matrix()));
    t.row("Profiles::group_activities", &of, || {
        let names = (0..5).map(|i| rurban::profiles::Activity::new(i.to_string(), "group"));
        fields.group_activities(&parents, names.collect::<rurban::Result<_>>()?, MaskedCells::Propagate)
    });
    t.row("Nomenclature::from_prefixes", "10,000 codes", || {
        let codes: Vec<String> = (0..10_000).map(|i| format!("{i:05}")).collect();
        Nomenclature::from_prefixes(&codes.iter().map(String::as_str).collect::<Vec<_>>(), &[3, 2])
    });
    let people: Vec<f64> = study.atlas().base().territories().iter().filter_map(|t| t.population).collect();
    t.row("atkinson", "communes", || Distribution::new(&people)?.atkinson(0.5));
    let half: Vec<f64> = people.iter().map(|p| 0.5 * p).collect();
    t.row("areal_segregation", "communes", || areal_segregation(&half, &people));
    t.row("multigroup_segregation", &of, || multigroup_segregation(&table.to_matrix()));
}

/// Measures of the graph of all ties.
fn networks(t: &mut Table, study: &Study) {
    let graph = study.network(|_| true).unwrap();
    let of = format!("{} actors, {} ties", graph.nodes(), graph.edges());
    let sides = study.rurality_labels();
    let groups = leiden(&graph, &CommunityOptions::default()).unwrap().of;
    let regions = study.territory_labels(&Level::Region).unwrap();
    t.row("coleman_homophily", &of, || coleman_homophily(&graph, &sides, Weighting::Edges));
    t.row("freeman_segregation", &of, || freeman_segregation(&graph, &sides, Weighting::Edges));
    t.row("odds_ratio_within", &of, || odds_ratio_within(&graph, &sides, OddsCorrection::Haldane));
    t.row("noise_corrected", &of, || Ok(noise_corrected(&graph)));
    let between = betweenness(&graph, PathLength::Hops, &Silent);
    t.row("bridging_centrality", &of, || bridging_centrality(&graph, &between));
    t.row("dominant_share", &of, || dominant_share(&groups, &regions, None));
    t.row("within_module_z", &of, || within_module_z(&graph, &groups, TieWeights::Used));
    t.row("k_core", &of, || k_core(&graph, 5));
    t.row("rich_club_normalised, 20 rewirings", &of, || {
        rich_club_normalised(&graph, &SwapOptions::default().replicates(20), &Silent)
    });
    t.row("from_petgraph, to_petgraph", &of, || {
        let theirs = graph.to_petgraph::<rurban::petgraph::Undirected>();
        Network::from_petgraph(&theirs, |e| *e.weight(), Direction::Undirected).map(|_| ())
    });
    t.row("random_hold_out", &of, || random_hold_out(&graph, 0.1, Seed(1)));
    let small = InfluenceGraph::from_network(
        &Network::from_edges(8, &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0)], Direction::Directed)
            .unwrap()
            .0,
        ArcProbability::Uniform(0.3),
    )
    .unwrap();
    t.row("exact_spread", "8 actors", || exact_spread(&small, SpreadModel::IndependentCascade, &[0]));
    let field = ContactField::from_grid(200, 200, &Matrix::filled(5, 5, 0.04));
    if let Ok(field) = field {
        t.row("expected_tellings", "40,000 places", || field.expected_tellings(&[0, 20_100]));
    }
    let pairs: Vec<_> = (0..1000_u32)
        .flat_map(|a| (0..20).map(move |b| (a, (a * 7 + b * 13) % 1000, f64::from((a * b) % 97))))
        .map(|(left, right, score)| rurban::matching::ScoredPair { left, right, score })
        .collect();
    let capacity = vec![2; 1000];
    let stable = stable_matching(&pairs, &capacity, &capacity).unwrap();
    t.row("blocking_pairs", "20,000 pairs", || blocking_pairs(&pairs, &capacity, &capacity, &stable));
}

/// Measures of outlines and of points.
fn grounds(t: &mut Table, atlas: &Atlas) {
    let communes = atlas.base().geometry().unwrap();
    let epci = atlas.level(&Level::Epci).unwrap().geometry().unwrap();
    t.row("compactness", "communes", || Ok(compactness(communes, Surface::Ellipsoid)));
    t.row("centroids", "communes", || Ok(centroids(communes)));
    t.row("contiguity_within", "EPCI", || contiguity_within(epci, Rule::Queen, 1e-6));
    t.row("assign", "communes to EPCI", || assign(communes, epci));
    t.row("AtlasLevel::envelope_index", "communes", || atlas.base().envelope_index().map(|_| ()));
    let touching = contiguity(epci, Rule::Queen);
    let weights = SpatialWeights::from_contiguity(&touching).unwrap();
    t.row("symmetrised", "EPCI", || weights.symmetrised());
    let people: Vec<f64> = atlas
        .level(&Level::Epci)
        .unwrap()
        .territories()
        .iter()
        .map(|t| t.population.unwrap_or(0.0))
        .collect();
    t.row("gi", "EPCI", || gi(&people, weights.matrix(), &LocalOptions::default()));
    t.row("clusters_fdr", "EPCI", || {
        local_moran(&people, weights.matrix(), &LocalOptions::default())?.clusters_fdr(0.05)
    });
    let places: Vec<_> = (0..35_000_u32)
        .map(|i| rurban::geo_types::Coord { x: f64::from(i % 187) * 5e3, y: f64::from(i / 187) * 5e3 })
        .collect();
    let near = PointSet::new(&places).unwrap().k_nearest(8);
    t.row("inverse_distance", "35,000 places, 8 nearest", || SpatialWeights::inverse_distance(&near, 1.0));
    let level = |level| atlas.level(&level).unwrap().membership().clone();
    let (departements, regions) = (level(Level::Departement), level(Level::Region));
    let ones = vec![1.0; departements.len()];
    t.row("overlay_points", "communes: départements, régions", || {
        overlay_points(&departements, &regions, &ones)
    });
    let n = 10_000_u32;
    let flows: Vec<_> =
        (0..n).flat_map(|i| (0..5).map(move |k| (i, (i / 50) * 50, f64::from(10 * k)))).collect();
    let flows = Csr::from_triplets(n as usize, n as usize, &flows).unwrap();
    let cores: Vec<u32> = (0..n).map(|i| if i % 50 == 0 { i / 50 } else { Labels::NONE }).collect();
    let cores = Labels::new(cores, n as usize / 50).unwrap();
    t.row("functional_areas", "10,000 units, 200 cores", || {
        functional_areas(&flows, &vec![200.0; n as usize], &cores, 0.15, None)
    });
}

/// Questions of a study that no example asks, and tables of the embedded France.
fn studies(t: &mut Table, study: &Study) {
    let periods =
        [(2004, 2007), (2008, 2011), (2012, 2015)].map(|(a, b)| rurban::model::Period::new(a, b).unwrap());
    t.row("linkage_periods", "three periods", || {
        study.linkage_periods(&periods, &LinkageOptions::default().permutations(99).swaps(19), &Silent)
    });
    t.row("actor_profiles", "all actors, fields", || {
        study.actor_profiles(ActivitySource::Themes("field"), Counting::Full)
    });
    let epci = study.atlas().level(&Level::Epci).unwrap().territories();
    let x: Vec<f64> = epci.iter().map(|t| t.population.unwrap_or(f64::NAN)).collect();
    let y: Vec<f64> = epci.iter().map(|t| t.area_km2.unwrap_or(f64::NAN)).collect();
    let drawn = SpatialOptions::default().test(Test::Permutation { permutations: 999, seed: Seed(1) });
    t.row("spatial_association, 999 permutations", "EPCI", || {
        study.spatial_association(&Level::Epci, &x, &y, &drawn)
    });
    t.row("employment_zones", "all", EmbeddedFrance::employment_zones);
    t.row("access_indicators", "communes", EmbeddedFrance::access_indicators);
    t.row("residential_moves", "all", EmbeddedFrance::residential_moves);
    t.row("programme_area, commune_of_arrondissement", "one code", || {
        Ok((programme_area("2014FR06RDRP042"), commune_of_arrondissement("75101")))
    });
}
