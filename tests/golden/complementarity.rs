//! Complementarity against EconGeo, ecomplexity, fermi-cref, scipy, vegan and hand-checked toys.
#![allow(clippy::unwrap_used, reason = "a bad golden file must stop the test")]

use rurban::complementarity::agglomeration::{coagglomeration, ellison_glaeser};
use rurban::complementarity::complexity::{Parts, Stop, economic_complexity, fitness};
use rurban::complementarity::dissimilarity::{Dissimilarity, all_dissimilarities};
use rurban::complementarity::interregional::{Cells, Ties};
use rurban::complementarity::specialisation::{
    Reference, expy, hachman, herfindahl, hoover, krugman, prody, shannon, spatial_gini,
    specialisation_coefficient,
};
use rurban::complementarity::{
    ActivityTable, Interregional, Normalisation, Presence, SelfInclusion, location_quotient, proximity,
    relatedness, relatedness_density,
};
use rurban::matrix::Matrix;
use serde_json::Value;

use crate::support::{Input, all_close, close, input, number, numbers, values, within};

/// Matrix of a golden file.
fn matrix(value: &Value) -> Matrix {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(numbers).collect();
    Matrix::from_rows(rows.len(), rows[0].len(), rows.concat()).unwrap()
}

/// A CSV input with a column of row names.
fn table(name: &str) -> ActivityTable {
    let Input { header, rows } = input(name);
    let cells: Vec<f64> = rows.iter().flat_map(|r| r[1..].iter().map(|v| v.parse().unwrap())).collect();
    let counts = Matrix::from_rows(rows.len(), header.len() - 1, cells).unwrap();
    ActivityTable::from_matrix(&counts).unwrap()
}

/// The two region × activity tables with what a case says of them.
fn cases(case: &str, what: &str) -> [(&'static str, Value, ActivityTable); 2] {
    let load = |name| (name, values(&format!("{case}_{name}_{what}")), table(&format!("{name}.csv")));
    ["rs60x20", "rs320x88"].map(load)
}

/// A CSV input of numbers without header.
fn bare(name: &str) -> Matrix {
    let Input { header, mut rows } = input(name);
    rows.insert(0, header);
    let columns = rows[0].len();
    let cells = rows.concat().iter().map(|v| v.parse().unwrap()).collect();
    Matrix::from_rows(rows.len(), columns, cells).unwrap()
}

/// Peers give 0 where this crate gives NaN.
fn nan_as_zero(values: &[f64]) -> Vec<f64> {
    values.iter().map(|v| if v.is_nan() { 0.0 } else { *v }).collect()
}

/// Equal within half a unit of a peer's last printed digit.
#[track_caller]
fn close_when_rounded(got: &[f64], want: &[f64], unit: f64) {
    assert_eq!(got.len(), want.len());
    for (g, w) in got.iter().zip(want).filter(|(g, w)| !(g.is_nan() && w.is_nan())) {
        within(*g, *w, unit * 0.500_001);
    }
}

fn without(matrix: &Matrix, row: usize, column: usize) -> Vec<f64> {
    let rows = (0..matrix.rows()).filter(|&r| r != row);
    rows.flat_map(|r| matrix.row(r).iter().enumerate().filter(|(i, _)| *i != column).map(|(_, v)| *v))
        .collect()
}

fn row_means(matrix: &Matrix) -> Vec<f64> {
    let mean = |r: usize| {
        let defined: Vec<f64> = matrix.row(r).iter().copied().filter(|v| !v.is_nan()).collect();
        defined.iter().sum::<f64>() / defined.len() as f64
    };
    (0..matrix.rows()).map(mean).collect()
}

#[test]
fn g11_specialisation_as_in_econgeo() {
    let (v, t) = (values("G11_econgeo_doc"), table("econgeo_doc5x5.csv"));
    let lq = location_quotient(&t);
    all_close(lq.as_slice(), matrix(&v["location_quotient"]).as_slice(), 1e-9);
    let presence = Presence::of(&t);
    assert_eq!(presence, Presence::at_least(&matrix(&v["location_quotient_bin"]), 1.0).unwrap());
    all_close(
        &presence.diversity().iter().map(|&d| f64::from(d)).collect::<Vec<_>>(),
        &numbers(&v["diversity_rca"]),
        0.0,
    );
    all_close(
        &presence.ubiquity().iter().map(|&d| f64::from(d)).collect::<Vec<_>>(),
        &numbers(&v["ubiquity_rca"]),
        0.0,
    );
    all_close(&hachman(&t), &numbers(&v["Hachman"]), 1e-9);
    all_close(&krugman(&t, Reference::Whole), &numbers(&v["Krugman"]), 1e-9);
    all_close(&specialisation_coefficient(&t, Reference::Whole), &numbers(&v["spec_coeff"]), 1e-9);
    all_close(&herfindahl(&t), &numbers(&v["Herfindahl"]), 1e-9);
    close_when_rounded(&shannon(&t), &numbers(&v["entropy"]), 1e-3);
    let listed = |case: &str, key: &str| -> Vec<f64> {
        v[case].as_array().unwrap().iter().map(|e| number(&e[key])).collect()
    };
    let halved: Vec<f64> =
        spatial_gini(&t, Some(t.region_totals())).unwrap().iter().map(|g| g / 2.0).collect();
    close_when_rounded(&halved, &listed("locational_Gini", "Loc.Gini"), 1e-3);
    close_when_rounded(&spatial_gini(&t, None).unwrap(), &listed("Gini", "Gini"), 1e-3);
    let percent: Vec<f64> = hoover(&t, None).unwrap().iter().map(|h| h * 100.0).collect();
    all_close(&percent, &listed("Hoover_index", "Hoover.index"), 1e-9);
    // The case does not record the populations: these whole ratios are the ones that give its values.
    let by_population = spatial_gini(&t, Some(&[5.0, 7.0, 9.0, 11.0, 13.0])).unwrap();
    close_when_rounded(&by_population, &listed("Hoover_Gini", "Hoover.Gini"), 1e-3);
    // Nor the incomes, for which the same holds.
    let income = [5.0, 10.0, 15.0, 25.0, 50.0];
    all_close(&prody(&t, &income).unwrap(), matrix(&v["prody"]).as_slice(), 1e-9);
    all_close(&expy(&t, &income).unwrap(), matrix(&v["expy"]).as_slice(), 1e-9);
}

#[test]
fn g12_relatedness_as_in_econgeo() {
    let (v, cooc) = (values("G12_econgeo_relatedness"), bare("econgeo_cooc6.csv"));
    for (case, normalisation) in [
        ("prob", Normalisation::Probability),
        ("association", Normalisation::Association),
        ("cosine", Normalisation::Cosine),
        ("jaccard", Normalisation::Jaccard),
    ] {
        let got = relatedness(&cooc, normalisation).unwrap();
        // = relatedness, by kind
        all_close(got.as_slice(), matrix(&v[case]).as_slice(), 1e-9);
    }
    let presence = Presence::at_least(&bare("econgeo_pres5x4.csv"), 1.0).unwrap();
    let phi = bare("econgeo_rel4.csv");
    // EconGeo uses the diagonal of the relatedness it is given.
    let density = relatedness_density(&presence, &phi, SelfInclusion::Included).unwrap();
    close_when_rounded(density.as_slice(), matrix(&v["density"]).as_slice(), 1e-2);
    for (case, present) in [("density_ext", false), ("density_int", true)] {
        let mut part = density.clone();
        for r in 0..part.rows() {
            for i in (0..part.columns()).filter(|&i| presence.has(r, i) != present) {
                part[(r, i)] = f64::NAN;
            }
        }
        // = relatedness density inside and outside, rounded to whole numbers
        close_when_rounded(part.as_slice(), matrix(&v[case]).as_slice(), 1.0);
    }
}

#[test]
fn g13_pipeline_as_in_econgeo() {
    for (name, v, t) in cases("G13", "econgeo") {
        all_close(&krugman(&t, Reference::Whole), &numbers(&v["Krugman"]), 1e-9);
        all_close(&hachman(&t), &numbers(&v["Hachman"]), 1e-9);
        // The peer overflows 32-bit integers in regions with more than 46,340 units.
        for ((got, want), size) in herfindahl(&t).iter().zip(numbers(&v["HHI"])).zip(t.region_totals()) {
            if *size <= 46_340.0 {
                // = Herfindahl of regions of up to 46,340 units
                close(*got, want, 1e-9);
            }
        }
        close_when_rounded(&shannon(&t), &numbers(&v["entropy"]), 1e-3);
        let presence = Presence::of(&t);
        let cooc = presence.co_occurrence();
        let off_diagonal: f64 =
            cooc.as_slice().iter().sum::<f64>() - (0..cooc.rows()).map(|i| cooc[(i, i)]).sum::<f64>();
        close(off_diagonal, number(&v["cooc_sum"]), 0.0);
        let phi = relatedness(&cooc, Normalisation::Probability).unwrap();
        close(phi.as_slice().iter().sum(), number(&v["relatedness_prob_sum"]), 1e-9);
        let density = relatedness_density(&presence, &phi, SelfInclusion::Excluded).unwrap();
        // Means of values that the peer rounded to two decimals.
        close_when_rounded(&row_means(&density), &numbers(&v["density_rowmeans"]), 1e-2);
        if name == "rs60x20" {
            all_close(
                &nan_as_zero(location_quotient(&t).as_slice()),
                &nan_as_zero(matrix(&v["LQ"]).as_slice()),
                1e-9,
            );
            all_close(phi.as_slice(), matrix(&v["relatedness_prob"]).as_slice(), 1e-9);
            close_when_rounded(density.as_slice(), matrix(&v["density"]).as_slice(), 1e-2);
        }
    }
}

#[test]
fn g14_presence_proximity_and_density() {
    for (name, v, t) in cases("G14", "complexity") {
        let presence = Presence::of(&t);
        close(presence.count() as f64, number(&v["n_presence"]), 0.0);
        all_close(
            &presence.diversity().iter().map(|&d| f64::from(d)).collect::<Vec<_>>(),
            &numbers(&v["diversity"]),
            0.0,
        );
        all_close(
            &presence.ubiquity().iter().map(|&d| f64::from(d)).collect::<Vec<_>>(),
            &numbers(&v["ubiquity"]),
            0.0,
        );
        let phi = proximity(&presence);
        let trace: f64 = (0..phi.rows()).map(|i| phi[(i, i)]).sum();
        close(phi.as_slice().iter().sum::<f64>() - trace, number(&v["proximity_sum_selfexcl"]), 1e-9);
        // The peers leave the empty region (3) and the empty activity (5) out.
        let included = relatedness_density(&presence, &phi, SelfInclusion::Included).unwrap();
        let share = |m: &Matrix| row_means(m).iter().map(|d| d / 100.0).collect::<Vec<f64>>();
        let mut want = numbers(&v["density_rowmean_ecomplexity_selfincl"]);
        assert!(want[3].is_nan());
        want[3] = 0.0;
        // = relatedness density, own activity included
        all_close(&share(&included), &want, 1e-8);
        let excluded = relatedness_density(&presence, &phi, SelfInclusion::Excluded).unwrap();
        let mut want = numbers(&v["relatedness_selfexcl_rowmean"]);
        want[3] = 0.0;
        // = relatedness density, own activity excluded
        all_close(&share(&excluded), &want, 1e-8);
        all_close(&row_means(&excluded), &numbers(&v["BB_own_density_rowmean"]), 1e-8);
        if name == "rs60x20" {
            all_close(&without(&location_quotient(&t), 3, 5), &without(&matrix(&v["LQ"]), 3, 5), 1e-8);
            let mut off = phi.clone();
            for i in 0..off.rows() {
                off[(i, i)] = 0.0;
            }
            all_close(&without(&off, 5, 5), matrix(&v["proximity"]).as_slice(), 1e-8);
            for (got, case) in
                [(&included, "density_ecomplexity_selfincl"), (&excluded, "relatedness_selfexcl")]
            {
                let got: Vec<f64> = without(got, 3, 5).iter().map(|d| d / 100.0).collect();
                // = added relatedness density between regions
                all_close(&got, &without(&matrix(&v[case]), 3, 5), 1e-8);
            }
        }
    }
}

#[test]
fn g14_complementary_linkages() {
    for (name, v, t) in cases("G14", "complexity") {
        let ties = bare(&format!("{name}_ties.csv"));
        let presence = Presence::of(&t);
        let kernel = Interregional::new(&presence, &proximity(&presence)).unwrap();
        let linkages = kernel.linkages(Ties::Dense(&ties), None, Cells::All).unwrap();
        let totals: Vec<f64> = (0..t.regions()).map(|r| nan_as_zero(linkages.row(r)).iter().sum()).collect();
        all_close(&totals, &numbers(&v["BB_CL_total_by_region"]), 1e-8);
        let pairs = kernel.all_pairs();
        all_close(pairs.row(0), &numbers(&v["BB_pair_mean_RDadd_to_missing_row0"]), 1e-8);
        if name == "rs60x20" {
            all_close(&nan_as_zero(linkages.as_slice()), matrix(&v["BB_CL"]).as_slice(), 1e-8);
            all_close(pairs.as_slice(), matrix(&v["BB_pair_mean_RDadd_to_missing"]).as_slice(), 1e-8);
        }
    }
}

#[test]
fn g15_toy_linkages_checked_by_hand() {
    let v = values("G15_toy_balland_boschma");
    let presence = Presence::at_least(&matrix(&v["X"]), 1.0).unwrap();
    let phi = matrix(&v["phi"]);
    let own = relatedness_density(&presence, &phi, SelfInclusion::Excluded).unwrap();
    all_close(own.as_slice(), matrix(&v["own_density"]).as_slice(), 1e-9);
    let kernel = Interregional::new(&presence, &phi).unwrap();
    let linkages = kernel.linkages(Ties::Dense(&matrix(&v["W"])), None, Cells::All).unwrap();
    all_close(linkages.as_slice(), matrix(&v["CL"]).as_slice(), 1e-9);
    all_close(kernel.all_pairs().as_slice(), matrix(&v["mean_RDadd_missing"]).as_slice(), 1e-9);
}

#[test]
fn g14_complexity_and_fitness() {
    let defined = |v: &[f64]| -> Vec<f64> { v.iter().copied().filter(|v| !v.is_nan()).collect() };
    for (_, v, t) in cases("G14", "complexity") {
        let presence = Presence::of(&t);
        let c = economic_complexity(&presence, Parts::Refuse).unwrap();
        all_close(&c.regions, &numbers(&v["ECI_ecomplexity"]), 1e-8);
        all_close(&defined(&c.regions), &numbers(&v["ECI_svd_z_ddof0"]), 1e-8);
        all_close(&c.activities, &numbers(&v["PCI_ecomplexity"]), 1e-8);
        let sigma = numbers(&v["singular_values"]);
        // = singular values
        all_close(&[c.singular_value, c.next_singular_value], &sigma[1..3], 1e-8);
        let f = fitness(&presence, Stop::Never, 200).unwrap();
        for (got, case) in [(&f.regions, "fitness_200it_ref"), (&f.activities, "complexity_Q_200it_ref")] {
            let want = numbers(&v[case]);
            let ratios: Vec<f64> = defined(got).iter().zip(&want).map(|(g, w)| g / w).collect();
            // = our fitness and complexity over the peer's
            all_close(&ratios, &vec![1.0; want.len()], 1e-6);
        }
    }
}

#[test]
fn g13_complexity_follows_econgeo_kci() {
    for (_, v, t) in cases("G13", "econgeo") {
        let c = economic_complexity(&Presence::of(&t), Parts::Refuse).unwrap();
        let eci: Vec<f64> = c.regions.into_iter().filter(|v| !v.is_nan()).collect();
        let kci = numbers(&v["KCI"]);
        // The peer rounds its transition matrix to four decimals and fixes neither sign nor scale.
        let n = eci.len() as f64;
        let mean = kci.iter().sum::<f64>() / n;
        let sd = (kci.iter().map(|k| (k - mean).powi(2)).sum::<f64>() / n).sqrt();
        let pearson = eci.iter().zip(&kci).map(|(e, k)| e * (k - mean) / sd).sum::<f64>() / n;
        // = correlation of complexity with KCI
        within(pearson.abs(), 1.0, 1e-3);
    }
}

/// The given rows of a dense matrix.
fn rows_of(m: &Matrix, rows: &[usize]) -> Matrix {
    let cells = rows.iter().flat_map(|&r| m.row(r).to_vec()).collect();
    Matrix::from_rows(rows.len(), m.columns(), cells).unwrap()
}

#[test]
fn g14_dissimilarities_as_in_scipy() {
    for (_, v, t) in cases("G14", "complexity") {
        let rows: Vec<usize> = numbers(&v["dissim_rows"]).iter().map(|&r| r as usize).collect();
        let counts = rows_of(&t.to_matrix(), &rows);
        let presence = Presence::of(&t);
        let bits = rows.iter().flat_map(|&r| (0..t.activities()).map(move |i| (r, i)));
        let bits = bits.map(|(r, i)| f64::from(presence.has(r, i))).collect();
        let bits = Matrix::from_rows(rows.len(), t.activities(), bits).unwrap();
        for (case, profiles, measure) in [
            ("krugman_pair", &counts, Dissimilarity::Krugman),
            ("braycurtis_counts", &counts, Dissimilarity::BrayCurtis),
            ("jaccard_presence", &bits, Dissimilarity::Jaccard),
            ("hellinger", &counts, Dissimilarity::Hellinger),
            ("jensenshannon_dist_base2", &counts, Dissimilarity::JensenShannon),
        ] {
            let got = all_dissimilarities(profiles, measure).unwrap();
            // = dissimilarities of all pairs, by kind
            all_close(got.as_slice(), matrix(&v[case]).as_slice(), 1e-8);
        }
        let similarity: Vec<f64> = all_dissimilarities(&counts, Dissimilarity::Cosine)
            .unwrap()
            .as_slice()
            .iter()
            .map(|d| 1.0 - d)
            .collect();
        all_close(&similarity, matrix(&v["cosine_sim"]).as_slice(), 1e-8);
    }
}

#[test]
fn g37_dissimilarities_and_diversity_as_in_vegan() {
    let (v, t) = (values("G37_vegan_dissimilarity"), table("rs60x20.csv"));
    let rows: Vec<usize> =
        v["rows"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()[1..].parse().unwrap()).collect();
    let counts = rows_of(&t.to_matrix(), &rows);
    for (case, measure, factor) in [
        ("bray", Dissimilarity::BrayCurtis, 1.0),
        ("jaccard_bin", Dissimilarity::Jaccard, 1.0),
        // vegan leaves the factor 1/sqrt 2 out.
        ("hellinger_euclid", Dissimilarity::Hellinger, 2f64.sqrt()),
    ] {
        let got = all_dissimilarities(&counts, measure).unwrap();
        let got: Vec<f64> = got.as_slice().iter().map(|d| d * factor).collect();
        // = dissimilarities of all pairs, by kind
        all_close(&got, matrix(&v[case]).as_slice(), 1e-12);
    }
    let at = |values: Vec<f64>| -> Vec<f64> { rows.iter().map(|&r| values[r]).collect() };
    let nats: Vec<f64> = at(shannon(&t)).iter().map(|h| h * std::f64::consts::LN_2).collect();
    all_close(&nats, &numbers(&v["shannon_e"]), 1e-12);
    let simpson: Vec<f64> = at(herfindahl(&t)).iter().map(|h| 1.0 - h).collect();
    all_close(&simpson, &numbers(&v["simpson"]), 1e-12);
}

#[test]
fn g23_agglomeration_from_the_definitions() {
    let (v, t, h) = (values("G23_ellison_glaeser"), table("rs60x20.csv"), bare("eg_herfindahl.csv"));
    // The case leaves the empty activity (5) out.
    let mut plants = h.as_slice().to_vec();
    plants.insert(5, f64::NAN);
    let got = ellison_glaeser(&t, &plants).unwrap();
    let kept = |v: &[f64]| -> Vec<f64> { v.iter().copied().filter(|v| !v.is_nan()).collect() };
    all_close(&kept(&got.raw), &numbers(&v["G"]), 1e-9);
    all_close(&kept(&got.gamma), &numbers(&v["gamma"]), 1e-9);
    all_close(&kept(coagglomeration(&t).as_slice()), matrix(&v["coagg"]).as_slice(), 1e-9);
}
