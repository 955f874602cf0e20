#![allow(clippy::unwrap_used, clippy::wildcard_imports, reason = "tests use most of the room and may panic")]

use proptest::prelude::*;
use rurban::labels::Labels;
use rurban::matrix::Matrix;
use rurban::typology::*;

fn grids() -> impl Strategy<Value = (usize, usize, Vec<f64>)> {
    (1_usize..14, 1_usize..14).prop_flat_map(|(rows, columns)| {
        let cell = prop_oneof![
            1 => Just(f64::NAN),
            2 => Just(0.0),
            4 => (0_i32..400).prop_map(f64::from),
            4 => (400_i32..9000).prop_map(f64::from),
        ];
        (Just(rows), Just(columns), prop::collection::vec(cell, rows * columns))
    })
}

/// Members of the cluster of `start` among cells of at least `least`, by plain search.
fn cluster(
    rows: usize,
    columns: usize,
    population: &[f64],
    least: f64,
    start: usize,
    queen: bool,
) -> Vec<usize> {
    let mut seen = vec![false; population.len()];
    let mut open = vec![start];
    let mut members = Vec::new();
    while let Some(i) = open.pop() {
        if seen[i] || population[i].is_nan() || population[i] < least {
            continue;
        }
        seen[i] = true;
        members.push(i);
        for j in 0..rows * columns {
            let apart = (i / columns).abs_diff(j / columns) + (i % columns).abs_diff(j % columns);
            let diagonal =
                (i / columns).abs_diff(j / columns) == 1 && (i % columns).abs_diff(j % columns) == 1;
            if apart == 1 || (queen && diagonal) {
                open.push(j);
            }
        }
    }
    members
}

proptest! {
    #[test]
    fn clusters_are_those_of_a_plain_search((rows, columns, population) in grids()) {
        let grid = PopulationGrid::new(rows, columns, 1.0, population.clone()).unwrap();
        let rules = GridRules::default().smoothing(EdgeSmoothing::None).max_gap_km2(0.0);
        let got = degurba_grid(&grid, &rules).unwrap();
        let holds = |i: usize, rule: ClusterRule, queen: bool| {
            let members = cluster(rows, columns, &population, rule.density_per_km2, i, queen);
            members.iter().map(|&m| population[m]).sum::<f64>() >= rule.population && !members.is_empty()
        };
        for (i, class) in got.classes.iter().enumerate() {
            let Some(class) = *class else {
                prop_assert!(population[i].is_nan());
                continue;
            };
            let centre = holds(i, rules.urban_centre, false);
            let dense = holds(i, rules.dense_cluster, false);
            let urban = holds(i, rules.urban_cluster, true);
            let rural = holds(i, rules.rural_cluster, true);
            prop_assert_eq!(class == CellClass::UrbanCentre, centre);
            prop_assert_eq!(class == CellClass::DenseUrbanCluster, dense && !centre);
            prop_assert_eq!(class.level1() >= 2, urban);
            prop_assert_eq!(class == CellClass::RuralCluster, rural && !urban);
        }
        let people: f64 = (0..population.len())
            .filter(|&i| got.classes[i] == Some(CellClass::UrbanCentre))
            .map(|i| population[i])
            .sum();
        prop_assert!((got.centre_population.iter().sum::<f64>() - people).abs() < 1e-6);
    }

    #[test]
    fn turning_the_grid_turns_the_classes((rows, columns, population) in grids()) {
        let grid = PopulationGrid::new(rows, columns, 1.0, population.clone()).unwrap();
        let turned = Matrix::from_rows(rows, columns, population).unwrap().transposed();
        let turned = PopulationGrid::new(columns, rows, 1.0, turned.as_slice().to_vec()).unwrap();
        let rules = GridRules::default().urban_centre(ClusterRule::new(1500.0, 15_000.0));
        for rules in [rules, rules.smoothing(EdgeSmoothing::R2022A)] {
            let classes = degurba_grid(&grid, &rules).unwrap().classes;
            let back = degurba_grid(&turned, &rules).unwrap().classes;
            for (i, class) in classes.iter().enumerate() {
                prop_assert_eq!(back[i % columns * rows + i / columns], *class);
            }
        }
    }
}

/// A ring of 3,000 per cell around `inside`, on a 7 × 7 grid of the empty.
fn ring(inside: f64) -> Vec<f64> {
    (0..49)
        .map(|i| match (i / 7, i % 7) {
            (3, 3) => inside,
            (1..=5, 1..=5) => 3000.0,
            _ => 0.0,
        })
        .collect()
}

#[test]
fn gaps_water_and_missing_cells() {
    let rules = GridRules::default().smoothing(EdgeSmoothing::None);
    let grid = |inside| PopulationGrid::new(7, 7, 1.0, ring(inside)).unwrap();
    let at = |g: &PopulationGrid, r: &GridRules, i: usize| degurba_grid(g, r).unwrap().classes[i];
    assert_eq!(at(&grid(0.0), &rules, 24), Some(CellClass::UrbanCentre), "a gap is filled");
    assert_eq!(at(&grid(0.0), &rules.max_gap_km2(1.0), 24), Some(CellClass::VeryLowDensityRural));
    assert_eq!(at(&grid(f64::NAN), &rules, 24), None, "no data, no class");
    let mut land = vec![1.0; 49];
    (land[0], land[24]) = (0.1, 0.1);
    let wet = grid(0.0).with_land(land).unwrap();
    assert_eq!(at(&wet, &rules, 0), Some(CellClass::Water));
    assert_eq!(at(&wet, &rules, 24), Some(CellClass::UrbanCentre), "a pond in town is town");
    let smooth = rules.max_gap_km2(0.0).smoothing(EdgeSmoothing::R2023A);
    assert_eq!(at(&wet, &smooth, 24), Some(CellClass::Water), "water does not join by majority");
    assert_eq!(at(&grid(0.0), &smooth, 24), Some(CellClass::UrbanCentre));
    // 400 people on a fifth of a km² of land live at 2,000 per km².
    let mut land = vec![1.0; 49];
    land[24] = 0.2;
    let shore = grid(400.0).with_land(land).unwrap();
    let no_fill = rules.max_gap_km2(0.0);
    assert_eq!(at(&shore, &no_fill, 24), Some(CellClass::UrbanCentre));
    assert_eq!(at(&grid(400.0), &no_fill, 24), Some(CellClass::Suburban));
    let mut built = vec![0.0; 49];
    built[24] = 0.3;
    let built = grid(0.0).with_built_up(built).unwrap();
    assert_eq!(at(&built, &no_fill.built_up(Some(0.2)), 24), Some(CellClass::UrbanCentre));
    assert_eq!(at(&built, &no_fill, 24), Some(CellClass::VeryLowDensityRural));
}

#[test]
fn semi_dense_clusters_keep_their_distance() {
    let row = |apart: usize| {
        let mut cells = vec![350.0; 20];
        cells[0] = 6000.0;
        cells[apart..apart + 3].fill(1000.0);
        let grid = PopulationGrid::new(1, 20, 1.0, cells).unwrap();
        degurba_grid(&grid, &GridRules::default()).unwrap().classes[apart + 2]
    };
    assert_eq!(row(2), Some(CellClass::Suburban));
    assert_eq!(row(3), Some(CellClass::SemiDenseUrbanCluster));
}

#[test]
fn units_without_people_go_by_land() {
    let grid = PopulationGrid::new(1, 4, 1.0, vec![0.0, 0.0, 100.0, 0.0]).unwrap();
    let grid = grid.with_land(vec![1.0, 1.0, 1.0, 0.0]).unwrap();
    let units = Labels::new(vec![0, 0, 1, 2], 3).unwrap();
    let classes = degurba_grid(&grid, &GridRules::default()).unwrap();
    let shares = unit_shares(&grid, &classes, &units).unwrap();
    let got = degurba_units(&shares.shares, &UnitRules::July2024).unwrap();
    assert_eq!(got, [Some(UnitClass::MostlyUninhabited), Some(UnitClass::DispersedRural), None]);
    assert!(unit_shares(&grid, &classes, &Labels::new(vec![0], 1).unwrap()).is_err());
}

#[test]
fn thresholds_changed_units_switch() {
    let grid = PopulationGrid::new(1, 3, 1.0, vec![30_000.0, 100.0, 10.0]).unwrap();
    let units = Labels::new(vec![0, 1, 2], 3).unwrap();
    let now = Degurba::default();
    let lower = Degurba { grid: now.grid.urban_centre(ClusterRule::new(1500.0, 25_000.0)), ..now };
    let switched = now.what_if(&lower, &grid, &units).unwrap();
    let want = Switch { unit: 0, from: Some(UnitClass::DenseTown), to: Some(UnitClass::City) };
    assert_eq!(switched, [want]);
    assert!(now.what_if(&now, &grid, &units).unwrap().is_empty());
    assert!(switches(&[Some(1)], &[]).is_err());
}

#[test]
fn bad_grids_are_refused() {
    let new = |rows, population| PopulationGrid::new(rows, 2, 1.0, population);
    assert!(new(1, vec![1.0, -1.0]).unwrap_err().to_string().contains("population[1]"));
    assert!(new(1, vec![1.0, f64::INFINITY]).is_err());
    assert!(new(2, vec![1.0, 1.0]).is_err());
    assert!(new(usize::MAX, vec![1.0, 1.0]).is_err());
    assert!(PopulationGrid::new(1, 1, 0.0, vec![1.0]).is_err());
    let grid = new(1, vec![1.0, 1.0]).unwrap();
    assert!(grid.clone().with_land(vec![1.0, 1.1]).is_err());
    assert!(grid.clone().with_built_up(vec![0.5]).is_err());
    assert!(degurba_grid(&grid, &GridRules::default().max_gap_km2(f64::NAN)).is_err());
    let empty = PopulationGrid::new(0, 0, 1.0, vec![]).unwrap();
    assert!(degurba_grid(&empty, &GridRules::default()).unwrap().classes.is_empty());
}

#[test]
fn regions_by_rural_share_and_city() {
    let region = |rural, largest_centre| RegionPopulation {
        total: 1e6,
        rural,
        largest_centre,
        largest_centre_within: f64::min(largest_centre, 3e5),
    };
    let rules = RegionRules::default();
    let class = |r| regional_typology(&[r], &rules).unwrap()[0].unwrap();
    assert_eq!(class(region(5.1e5, 0.0)), RegionClass::Rural);
    assert_eq!(class(region(5.0e5, 0.0)), RegionClass::Intermediate);
    assert_eq!(class(region(2.0e5, 0.0)), RegionClass::Intermediate);
    assert_eq!(class(region(1.9e5, 0.0)), RegionClass::Urban);
    assert_eq!(class(region(5.1e5, 2e5)), RegionClass::Rural, "the centre must be larger");
    assert_eq!(class(region(5.1e5, 6e5)), RegionClass::Intermediate, "one step up at most");
    assert_eq!(class(region(3.0e5, 6e5)), RegionClass::Urban);
    assert!(regional_typology(&[region(1.1e6, 0.0)], &rules).is_err());
    assert!(regional_typology(&[], &rules.bounds(0.6, 0.5)).is_err());
    assert_eq!(epci_typology(&[6.0, 0., 0., 0., 1., 1., 1.]).unwrap(), Some(RegionClass::Urban));
    assert_eq!(epci_typology(&[2.0, 1., 1., 1., 2., 1., 1.]).unwrap(), Some(RegionClass::Intermediate));
    assert_eq!(epci_typology(&[1.0, 0., 0., 0., 2., 1., 1.]).unwrap(), Some(RegionClass::Rural));
    assert_eq!(epci_typology(&[0.0; 7]).unwrap(), None);
    assert!(epci_typology(&[-1.0, 0., 0., 0., 0., 0., 0.]).is_err());
    assert!(rural_setting(Some(-1.0), PERIURBAN_POLE).is_err());
}
