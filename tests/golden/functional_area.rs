//! Functional areas against the hand-computed toy of the rule.

use rurban::labels::Labels;
use rurban::matrix::Csr;
use rurban::typology::{AreaRole, functional_areas};

use crate::support::{all_close, number, values};

#[test]
fn g34_attraction_areas() {
    let v = values("G34_aav_fua_toy");
    let names = ["P", "Q", "a", "b", "c", "d", "e", "f"];
    let index = |name: &str| names.iter().position(|n| *n == name).unwrap() as u32;
    let flows: Vec<(u32, u32, f64)> = v["flows"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(pair, share)| {
            let (from, to) = pair.split_once("->").unwrap();
            (index(from), index(to), number(share))
        })
        .collect();
    let flows = Csr::from_triplets(8, 8, &flows).unwrap();
    let mut cores = vec![Labels::NONE; 8];
    (cores[0], cores[1]) = (0, 1);
    let cores = Labels::new(cores, 2).unwrap();
    let areas = functional_areas(&flows, &[1.0; 8], &cores, 0.15, None).unwrap();
    assert_eq!(areas.area_of_core, [0, 0]);
    let with = |role: AreaRole| -> Vec<&str> {
        (0..8).filter(|&i| areas.role[i] == role).map(|i| names[i]).collect()
    };
    let list =
        |key: &str| -> Vec<&str> { v[key].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect() };
    for (role, key) in
        [(AreaRole::Core, "merged"), (AreaRole::Crown, "crown"), (AreaRole::Outside, "outside")]
    {
        let ids = |list: Vec<&str>| -> Vec<f64> { list.into_iter().map(|n| f64::from(index(n))).collect() };
        // = units of each role
        all_close(&ids(with(role)), &ids(list(key)), 0.0);
    }
}
