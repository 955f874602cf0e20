#![allow(clippy::unwrap_used, reason = "tests stop on what must not happen")]

use proptest::prelude::*;
use rurban::Error;
use rurban::error::Undefined;
use rurban::inequality::Distribution;
use rurban::labels::Labels;

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-10 * a.abs().max(b.abs()).max(1.0)
}

/// Value, heads and class (3 is none) of units.
fn units(least: f64) -> impl Strategy<Value = (Vec<f64>, Vec<f64>, Labels)> {
    prop::collection::vec((least..100.0, 1..50_u8, 0..4_u32), 1..30).prop_map(|v| {
        let of = v.iter().map(|u| if u.2 == 3 { Labels::NONE } else { u.2 }).collect();
        let heads = v.iter().map(|u| f64::from(u.1)).collect();
        (v.iter().map(|u| u.0).collect(), heads, Labels::new(of, 3).unwrap())
    })
}

proptest! {
    #[test]
    fn parts_add_up_and_scale_does_not_matter((y, p, groups) in units(0.5), scale in 0.01..1e4) {
        let d = Distribution::weighted(&y, &p).unwrap();
        for split in [d.theil_t_by(&groups).unwrap(), d.theil_l_by(&groups).unwrap()] {
            prop_assert!(near(split.between + split.within, split.total));
            prop_assert!(near(split.groups.iter().map(|g| g.value_share).sum(), 1.0));
            prop_assert_eq!(split.unlabelled, groups.unlabelled());
        }
        let bigger: Vec<f64> = y.iter().map(|v| v * scale).collect();
        let big = Distribution::weighted(&bigger, &p).unwrap();
        prop_assert!(near(d.theil_t().unwrap(), big.theil_t().unwrap()));
        prop_assert!(near(d.theil_l().unwrap(), big.theil_l().unwrap()));
        prop_assert!(near(d.atkinson(0.7).unwrap(), big.atkinson(0.7).unwrap()));
    }

    #[test]
    fn a_weight_is_a_number_of_equal_heads((y, p, _) in units(0.0)) {
        let d = Distribution::weighted(&y, &p).unwrap();
        let heads: Vec<f64> = y.iter().zip(&p).flat_map(|(&v, &n)| vec![v; n as usize]).collect();
        prop_assume!(d.mean() > 1e-3);
        let one_by_one = Distribution::new(&heads).unwrap();
        prop_assert!(near(d.theil_t().unwrap(), one_by_one.theil_t().unwrap()));
        prop_assert!(near(d.gini().unwrap(), one_by_one.gini().unwrap()));
        let total = heads.len() as f64;
        let differences: f64 = heads.iter().flat_map(|a| heads.iter().map(move |b| (a - b).abs())).sum();
        prop_assert!(near(d.gini().unwrap(), differences / (2.0 * total * total * d.mean())));
        let curve = d.lorenz().unwrap();
        let area: f64 = (1..curve.value.len())
            .map(|k| (curve.population[k] - curve.population[k - 1]) * (curve.value[k] + curve.value[k - 1]))
            .sum();
        prop_assert!(near(1.0 - area, d.gini().unwrap()));
    }

    #[test]
    fn atkinson_is_its_formula_and_joins_theil_l((y, p, _) in units(0.5), epsilon in 0.0..3.0) {
        let d = Distribution::weighted(&y, &p).unwrap();
        let heads: f64 = p.iter().sum();
        let e: f64 = 1.0 - epsilon;
        prop_assume!(e.abs() > 0.05);
        let sum: f64 = y.iter().zip(&p).map(|(v, w)| w / heads * (v / d.mean()).powf(e)).sum();
        prop_assert!(near(d.atkinson(epsilon).unwrap(), 1.0 - sum.powf(1.0 / e)));
        let one = d.atkinson(1.0).unwrap();
        prop_assert!(near(one, 1.0 - (-d.theil_l().unwrap()).exp()));
        prop_assert!((one - d.atkinson(1.0 + 1e-9).unwrap()).abs() < 1e-6);
    }
}

#[test]
fn who_has_nothing_counts_for_t_but_leaves_l_without_a_value() {
    let d = Distribution::per_capita(&[4.0, 0.0, 0.0], &[2.0, 2.0, 0.0]).unwrap();
    assert!(near(d.theil_t().unwrap(), 2.0_f64.ln()));
    assert_eq!(d.theil_l().unwrap_err().as_undefined(), Some(Undefined::ZeroTotal));
    assert_eq!(d.atkinson(1.0).unwrap(), 1.0);
    assert_eq!(d.atkinson(2.0).unwrap(), 1.0);
    assert_eq!(d.atkinson(0.0).unwrap(), 0.0);
    assert!(near(d.atkinson(0.5).unwrap(), 0.5));
    let split = d.theil_t_by(&Labels::new(vec![0, 1, 2], 3).unwrap()).unwrap();
    assert_eq!((split.within, split.between), (0.0, split.total));
    assert!(split.groups[1].inequality.is_nan() && split.groups[2].mean.is_nan());
}

#[test]
fn bad_input_is_refused() {
    assert!(matches!(Distribution::new(&[1.0, -1.0]), Err(Error::Value { index: 1, .. })));
    assert!(matches!(Distribution::new(&[f64::NAN]), Err(Error::Value { .. })));
    assert!(matches!(Distribution::weighted(&[1.0], &[]), Err(Error::Shape { .. })));
    assert!(matches!(Distribution::weighted(&[1.0], &[-1.0]), Err(Error::Value { .. })));
    assert!(matches!(Distribution::per_capita(&[1.0, 1.0], &[1.0, 0.0]), Err(Error::Value { index: 1, .. })));
    assert_eq!(Distribution::new(&[]).unwrap_err().as_undefined(), Some(Undefined::Empty));
    assert!(Distribution::new(&[f64::MAX, f64::MAX]).unwrap().gini().is_ok());
    let zero = Distribution::new(&[0.0, 0.0]).unwrap();
    assert_eq!(zero.theil_t().unwrap_err().as_undefined(), Some(Undefined::ZeroTotal));
    assert!(zero.gini().is_err() && zero.lorenz().is_err() && zero.atkinson(0.5).is_err());
    let d = Distribution::new(&[1.0, 2.0]).unwrap();
    assert!(matches!(d.atkinson(-1.0), Err(Error::Parameter { .. })));
    let labels = Labels::new(vec![0, 0], 2).unwrap();
    assert!(matches!(d.ratio(&labels, 0, 2), Err(Error::Parameter { .. })));
    assert_eq!(d.ratio(&labels, 0, 1).unwrap_err().as_undefined(), Some(Undefined::Empty));
    assert!(matches!(d.theil_t_by(&Labels::new(vec![0], 1).unwrap()), Err(Error::Shape { .. })));
}
