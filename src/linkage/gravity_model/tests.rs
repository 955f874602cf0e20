use super::*;

fn fit(flow: &[f64], x: &[f64], effects: Effects) -> Result<GravityFit> {
    let origin: Vec<u32> = (0..flow.len() as u32).map(|i| i / 4).collect();
    let destination: Vec<u32> = (0..flow.len() as u32).map(|i| i % 4).collect();
    let covariates = Matrix::from_rows(flow.len(), 1, x.to_vec())?;
    let dyads = Dyads { flow, covariates: &covariates, origin: &origin, destination: &destination };
    gravity_model(dyads, effects, StandardErrors::Hc1)
}

#[test]
fn undefined_fits_say_why() {
    let why = |r: Result<GravityFit>| r.unwrap_err().as_undefined();
    let y: Vec<f64> = (0..16).map(|i| f64::from(i * 7 % 5)).collect();
    // A covariate of origins alone is collinear with the fixed effects.
    let by_origin: Vec<f64> = (0..16).map(|i| f64::from(i / 4)).collect();
    assert_eq!(why(fit(&y, &by_origin, Effects::OriginDestination)), Some(Undefined::Separation));
    assert_eq!(why(fit(&y, &[2.0; 16], Effects::Constant)), Some(Undefined::Separation));
    assert_eq!(why(fit(&[0.0; 16], &by_origin, Effects::Constant)), Some(Undefined::Empty));
    assert_eq!(why(fit(&[], &[], Effects::OriginDestination)), Some(Undefined::Empty));
    // Flows only where the covariate is 1: its coefficient has no bound.
    let only: Vec<f64> = (0..16).map(|i| f64::from(i % 2)).collect();
    assert!(why(fit(&only, &only, Effects::Constant)).is_some());
    assert!(fit(&[-1.0; 16], &by_origin, Effects::Constant).is_err());
    assert!(fit(&y, &[f64::NAN; 16], Effects::Constant).is_err());
    assert!(fit(&y, &[1.0; 3], Effects::Constant).is_err());
}

fn with_errors(
    flow: &[f64],
    columns: &[&[f64]],
    units: (usize, usize),
    effects: Effects,
    errors: StandardErrors,
) -> Result<GravityFit> {
    let n = flow.len();
    let rows: Vec<f64> = (0..n).flat_map(|i| columns.iter().map(move |c| c[i])).collect();
    let covariates = Matrix::from_rows(n, columns.len(), rows)?;
    let origin: Vec<u32> = (0..n).map(|i| (i / units.1) as u32).collect();
    let destination: Vec<u32> = (0..n).map(|i| (i % units.1) as u32).collect();
    assert!(n <= units.0 * units.1);
    let dyads = Dyads { flow, covariates: &covariates, origin: &origin, destination: &destination };
    gravity_model(dyads, effects, errors)
}

fn fitted(flow: &[f64], columns: &[&[f64]], units: (usize, usize), effects: Effects) -> Result<GravityFit> {
    with_errors(flow, columns, units, effects, StandardErrors::Hc1)
}

#[test]
fn separation_is_found_before_fitting() {
    let gone = Some(Undefined::Separation);
    let y = [3.0, 1.0, 2.0, 5.0, 4.0, 0.0, 0.0, 0.0];
    let why = |x: &[f64]| fitted(&y, &[x], (8, 1), Effects::Constant).unwrap_err().as_undefined();
    assert_eq!(why(&[0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]), gone);
    assert_eq!(why(&[0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 1.0, 5.0]), gone);
    assert_eq!(why(&[0.0, 0.0, 0.0, 0.0, 0.0, -2.0, -1.0, -5.0]), gone);
    // Of either sign it is bounded.
    let both = [0.0, 0.0, 0.0, 0.0, 0.0, 2.0, -1.0, -5.0];
    assert!(fitted(&y, &[&both], (8, 1), Effects::Constant).unwrap().coefficients[1].abs() < 5.0);
    // A second covariate is estimated without the separated dyads.
    let dummy = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0];
    let z = [0.3, 0.1, 0.2, 0.9, 0.4, 0.8, 0.1, 0.2];
    let f = fitted(&y, &[&z, &dummy], (8, 1), Effects::Constant);
    assert_eq!(f.unwrap_err().as_undefined(), gone);
    // Thirty dyads of six units: no flow crosses the border.
    let pairs: Vec<(usize, usize)> =
        (0..6).flat_map(|i| (0..6).filter(move |&j| j != i).map(move |j| (i, j))).collect();
    let crosses = |(i, j): (usize, usize)| (i < 3) != (j < 3);
    let flow: Vec<f64> = pairs
        .iter()
        .map(|&p| if crosses(p) { 0.0 } else { 1.0 + (p.0 * 5 + p.1 * 3) as f64 % 7.0 })
        .collect();
    let border: Vec<f64> = pairs.iter().map(|&p| f64::from(u8::from(crosses(p)))).collect();
    let near: Vec<f64> = pairs.iter().map(|&(i, j)| (i * 7 + j * j * 3) as f64 % 5.0).collect();
    for effects in [Effects::Constant, Effects::OriginDestination] {
        let origin: Vec<u32> = pairs.iter().map(|p| p.0 as u32).collect();
        let destination: Vec<u32> = pairs.iter().map(|p| p.1 as u32).collect();
        let fit = |columns: &[&[f64]], flow: &[f64]| {
            let rows = (0..30).flat_map(|i| columns.iter().map(move |c| c[i])).collect();
            let covariates = Matrix::from_rows(30, columns.len(), rows).unwrap();
            let dyads = Dyads { flow, covariates: &covariates, origin: &origin, destination: &destination };
            gravity_model(dyads, effects, StandardErrors::Hc1)
        };
        assert_eq!(fit(&[&border], &flow).unwrap_err().as_undefined(), gone, "{effects:?}");
        // With effects there are no more dyads left than parameters.
        let why = fit(&[&near, &border], &flow).unwrap_err().as_undefined();
        assert!(why == gone || why == Some(Undefined::TooFew { needed: 13 }), "{effects:?}");
        // One dyad of its own.
        let mut some = flow.clone();
        some.iter_mut().zip(&pairs).for_each(|(y, p)| *y += if crosses(*p) { 1.5 } else { 0.0 });
        some[7] = 0.0;
        let own: Vec<f64> = (0..30).map(|i| f64::from(u8::from(i == 7))).collect();
        assert_eq!(fit(&[&own], &some).unwrap_err().as_undefined(), gone);
        assert!(fit(&[&near], &some).unwrap().separated_dyads.is_empty());
    }
}

#[test]
fn effects_alone_can_separate() {
    // Origins 0, 1 send to destinations 0, 1; origins 2, 3 to 2, 3: what is between the blocks one way
    // only has no bound, both ways it does.
    let mut flow = vec![2.0, 1.0, 3.0, 4.0];
    let (mut origin, mut destination) = (vec![0, 0, 1, 1], vec![0, 1, 0, 1]);
    flow.extend([1.0, 5.0, 2.0, 2.0]);
    origin.extend([2, 2, 3, 3]);
    destination.extend([2, 3, 2, 3]);
    flow.extend([0.0, 0.0]);
    origin.extend([0, 1]);
    destination.extend([2, 2]);
    let x: Vec<f64> = (0..flow.len()).map(|i| (i * i % 7) as f64).collect();
    let fit = |flow: &[f64], origin: &[u32], destination: &[u32], x: &[f64]| {
        let covariates = Matrix::from_rows(x.len(), 1, x.to_vec()).unwrap();
        let dyads = Dyads { flow, covariates: &covariates, origin, destination };
        gravity_model(dyads, Effects::OriginDestination, StandardErrors::Hc1)
    };
    assert_eq!(fit(&flow, &origin, &destination, &x).unwrap().separated_dyads, [8, 9]);
    // More dyads within the blocks, so that there is something left to fit.
    for i in 0..12u32 {
        flow.push(f64::from(1 + i * 5 % 4));
        origin.push(i % 2 + 2 * (i % 4 / 2));
        destination.push((i / 2) % 2 + 2 * (i % 4 / 2));
    }
    let x: Vec<f64> = (0..flow.len()).map(|i| (i * i % 7) as f64).collect();
    let f = fit(&flow, &origin, &destination, &x).unwrap();
    assert_eq!(f.separated_dyads, [8, 9]);
    flow.push(0.0);
    origin.push(3);
    destination.push(0);
    let x: Vec<f64> = (0..flow.len()).map(|i| (i * i % 7) as f64).collect();
    let both = fit(&flow, &origin, &destination, &x);
    assert!(!matches!(&both, Ok(f) if f.separated > 0), "{both:?}");
}

#[test]
fn one_cluster_has_no_errors() {
    let (y, x) = ([3.0, 1.0, 2.0, 5.0], [1.0, 0.0, 2.0, 5.0]);
    let by = |errors| with_errors(&y, &[&x], (4, 1), Effects::Constant, errors);
    for errors in [StandardErrors::ClusteredDestination, StandardErrors::ClusteredTwoWay] {
        assert_eq!(by(errors).unwrap_err().as_undefined(), Some(Undefined::SingleClass));
    }
    assert!(by(StandardErrors::ClusteredOrigin).unwrap().standard_errors[1].is_finite());
}

#[test]
fn saturated_models_are_refused() {
    let few = |r: Result<GravityFit>| matches!(r.unwrap_err().as_undefined(), Some(Undefined::TooFew { .. }));
    let y = [3.0, 1.0, 2.0, 5.0];
    assert!(few(fitted(&y, &[&[1.0, 0.0, 2.0, 5.0]], (2, 2), Effects::OriginDestination)));
    assert!(few(fitted(&y[..2], &[&[1.0, 0.0]], (2, 1), Effects::Constant)));
    for level in [0.1, 0.7] {
        let x: Vec<f64> = (0..9).map(|i| f64::from(i * i % 5)).collect();
        let f = fitted(&[level; 9], &[&x], (3, 3), Effects::Constant).unwrap();
        assert!(f.pseudo_r2.is_nan(), "{f:?}");
    }
}

#[test]
fn units_of_flow_and_covariates_do_not_matter() {
    let x: Vec<f64> = (0..30).map(|i| f64::from(i * i % 11)).collect();
    let y: Vec<f64> = (0..30).map(|i| f64::from(i * 7 % 5)).collect();
    for effects in [Effects::Constant, Effects::OriginDestination] {
        let fit = |a: f64, b: f64| {
            let (y, x): (Vec<f64>, Vec<f64>) = y.iter().zip(&x).map(|(y, x)| (y * a, x * b)).unzip();
            let f = fitted(&y, &[&x], (5, 6), effects).unwrap();
            let at = f.coefficients.len() - 1;
            (f.coefficients[at] * b, f.standard_errors[at] * b, f.separated)
        };
        let want = fit(1.0, 1.0);
        for (a, b) in [(0.1, 1.0), (1e-12, 1.0), (1e80, 1.0), (1.0, 1e-9), (1.0, 1e9)] {
            let got = fit(a, b);
            assert!(
                (got.0 - want.0).abs() < 1e-8 && (got.1 - want.1).abs() < 1e-8,
                "{a} {b} {got:?} {want:?}"
            );
            assert_eq!(got.2, want.2);
        }
    }
}

#[test]
fn exact_flows_are_recovered() {
    let x: Vec<f64> = (0..16).map(|i| f64::from(i * i % 11)).collect();
    let y: Vec<f64> =
        x.iter().enumerate().map(|(i, x)| (0.3 * x + (i / 4) as f64 - 0.5 * (i % 4) as f64).exp()).collect();
    let f = fit(&y, &x, Effects::OriginDestination).unwrap();
    assert!((f.coefficients[0] - 0.3).abs() < 1e-8 && f.n == 16);
    assert!((intrazonal_distance_km(std::f64::consts::PI) - 0.66).abs() < 1e-15);
}

#[test]
fn the_unit_changes_nothing_but_the_unit() {
    let y = [3.0, 1.0, 2.0, 5.0, 4.0, 0.0, 7.0, 1.0];
    let x = [0.5, 1.0, 0.25, 2.0, 1.5, 0.0, 3.0, 0.75];
    for errors in [StandardErrors::Model, StandardErrors::Hc1] {
        let run = |flow_unit: i32, x_unit: i32| {
            let flow = y.map(|v| libm::ldexp(v, flow_unit));
            let covariate = x.map(|v| libm::ldexp(v, x_unit));
            with_errors(&flow, &[&covariate], (8, 1), Effects::Constant, errors).unwrap()
        };
        let (plain, wild) = (run(0, 0), run(900, -700));
        let near = |a: f64, b: f64| assert!((a - b).abs() <= 1e-9 * b.abs(), "{a} {b}");
        near(wild.coefficients[0], plain.coefficients[0] + 900.0 * std::f64::consts::LN_2);
        near(libm::ldexp(wild.coefficients[1], -700), plain.coefficients[1]);
        let model = if errors == StandardErrors::Model { libm::exp2(-450.0) } else { 1.0 };
        near(libm::ldexp(wild.standard_errors[1], -700), model * plain.standard_errors[1]);
        near(libm::ldexp(wild.deviance, -900), plain.deviance);
        near(wild.pseudo_r2, plain.pseudo_r2);
    }
    // So small that its coefficient is beyond all numbers.
    let covariate = x.map(|v| libm::ldexp(v, -1070));
    assert!(matches!(fitted(&y, &[&covariate], (8, 1), Effects::Constant), Err(Error::Value { .. })));
}
