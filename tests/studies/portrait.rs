//! Money of programmes and portraits of territories on the embedded France and on small made-up ones.
#![cfg(feature = "france-data")]

use std::sync::LazyLock;
use std::time::Instant;

use rurban::diagnostics::{Place, Strictness};
use rurban::france::EmbeddedFrance;
use rurban::france::programmes::{Crosswalk, overseas_regions};
use rurban::model::{
    ActorId, AsOf, FundingCode, FundingLine, FundingStatus, Level, Measure, MoneySource, ProjectId,
    TerritoryCode,
};
use rurban::progress::Silent;
use rurban::read::{ColumnNames, FundingReader, Role, csv::Reader};
use rurban::report::Language;
use rurban::report::funding::funding_page;
use rurban::report::memento::{Theme, memento};
use rurban::report::portrait::{PortraitOptions, Portraits};
use rurban::study::{FundingOptions, FundingReport, Study, StudyOptions};

static FRANCE: LazyLock<Study> = LazyLock::new(|| {
    let france = EmbeddedFrance::load().unwrap();
    Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap().0
});

fn code(text: &str) -> FundingCode {
    FundingCode::new(text).unwrap()
}

fn of_measure(report: &FundingReport, measure: Measure) -> f64 {
    report.measures.iter().find(|m| m.code == Some(measure.into())).unwrap().total_eur
}

/// Totals and régions as the Commission's table has them (figures worked out apart from this crate).
#[test]
fn amounts_are_those_of_the_table() {
    let report = FRANCE.funding(&FundingOptions::default(), None).unwrap();
    let tenths = |eur: f64| (eur / 1e5).round() / 10.0;
    let thousandths = |eur: f64| (eur / 1e3).round() / 1e3;
    assert_eq!((thousandths(report.total_eur), thousandths(report.together_eur)), (12_010.643, 2_312.254));
    assert_eq!((report.together_share.unwrap() * 1e4).round() / 100.0, 19.25);
    let four = [
        (Measure::BUSINESS_DEVELOPMENT, 861.4),
        (Measure::VILLAGE_RENEWAL, 568.9),
        (Measure::COOPERATION, 169.1),
        (Measure::LEADER, 712.9),
    ];
    for (measure, millions) in four {
        assert_eq!(tenths(of_measure(&report, measure)), millions, "{measure}");
    }
    let expected = [
        ("84", 2421.0, 367.5, 130.9),
        ("76", 2089.9, 278.1, 116.8),
        ("75", 1648.1, 287.5, 96.4),
        ("27", 1021.8, 211.5, 54.2),
        ("44", 655.8, 187.1, 46.0),
        ("93", 540.5, 110.6, 28.7),
        ("52", 461.1, 112.1, 45.0),
        ("28", 421.0, 131.7, 40.0),
        ("04", 385.5, 111.3, 20.8),
        ("53", 370.7, 108.0, 38.4),
        ("24", 353.5, 91.6, 23.7),
        ("32", 259.5, 90.0, 26.5),
        ("01", 174.0, 40.3, 9.3),
        ("94", 148.9, 28.6, 8.5),
        ("02", 130.2, 45.6, 7.0),
        ("03", 112.0, 59.9, 11.2),
        ("06", 60.0, 29.9, 3.2),
        ("11", 58.1, 20.9, 6.2),
    ];
    assert_eq!(report.territories.len(), expected.len());
    let leader = report.measures.iter().position(|m| m.code == Some(Measure::LEADER.into())).unwrap();
    for (region, total, four, m19) in expected {
        let t = report.territories.iter().find(|t| t.code == region).unwrap();
        // The figures to check by have one decimal, halves rounded either way.
        for (eur, millions) in [(t.total_eur, total), (t.together_eur, four), (t.by_measure_eur[leader], m19)]
        {
            assert!((eur / 1e6 - millions).abs() < 0.050_001, "{}: {eur}", t.name);
        }
    }
    // Placed and national money are all there is, to the cent.
    let placed: f64 = report.territories.iter().map(|t| t.total_eur).sum();
    let national: f64 = report.unplaced.iter().map(|u| u.total_eur).sum();
    assert!((placed + national - report.total_eur).abs() < 0.005);
    let unplaced: Vec<&str> = report.unplaced.iter().map(|u| u.programme_id.as_str()).collect();
    assert_eq!(unplaced, ["2014FR06RDNP001", "2014FR06RDRN001"]);
}

#[test]
fn amounts_per_rural_inhabitant_are_marked_where_they_mislead() {
    let report = FRANCE.funding(&FundingOptions::default(), None).unwrap();
    let per_rural = |region: &str| {
        let t = report.territories.iter().find(|t| t.code == region).unwrap();
        ((t.per_rural_inhabitant_eur.unwrap() * 10.0).round() / 10.0, t.few_rural)
    };
    let expected = [("27", 140.5), ("93", 142.2), ("84", 131.1), ("76", 121.2), ("75", 92.9), ("32", 52.0)];
    for (region, euros) in expected {
        assert_eq!(per_rural(region), (euros, false), "{region}");
    }
    assert_eq!(per_rural("11"), (38.0, true));
    let (reunion, marked) = per_rural("04");
    assert!(marked && (reunion - 4_646.0).abs() < 1.0, "{reunion}");
    let outside = report.outside_farming;
    assert!((outside.at_most_eur - outside.at_least_eur - 861.4e6).abs() < 0.1e6);
}

/// Gini and Herfindahl against brute force, quotients against their definition, Theil parts that add up.
#[test]
fn concentration_and_inequality_agree_with_their_definitions() {
    let groups = overseas_regions(FRANCE.atlas().level(&Level::Region).unwrap());
    let report = FRANCE.funding(&FundingOptions::default(), Some(&groups)).unwrap();
    let people = |t: &rurban::study::TerritoryFunding| t.population.unwrap();
    let (mut double, mut total, mut all) = (0.0, 0.0, 0.0);
    for a in &report.territories {
        total += a.together_eur;
        all += people(a);
        for b in &report.territories {
            double += people(a) * people(b) * (a.together_eur / people(a) - b.together_eur / people(b)).abs();
        }
    }
    let gini = double / (2.0 * all * all * (total / all));
    assert!((report.gini.value().unwrap() - gini).abs() < 1e-12);
    let theil = report.theil.as_ref().unwrap().value().unwrap();
    assert!((theil.between + theil.within - theil.total).abs() < 1e-12 && theil.between > 0.0);
    for (m, measure) in report.measures.iter().enumerate() {
        let placed: f64 = report.territories.iter().map(|t| t.by_measure_eur[m]).sum();
        if placed > 0.0 {
            let hhi: f64 = report.territories.iter().map(|t| (t.by_measure_eur[m] / placed).powi(2)).sum();
            assert!((measure.concentration.unwrap() - hhi).abs() < 1e-12, "{}", measure.name);
        }
        let money: f64 = report.territories.iter().map(|t| t.total_eur).sum();
        for t in &report.territories {
            let share = t.by_measure_eur[m] / t.total_eur;
            if let Some(q) = t.quotients[m] {
                assert!((q - share / (placed / money)).abs() < 1e-9);
            }
        }
    }
}

/// A study of its own lines over the embedded territories.
fn with_lines(lines: Vec<FundingLine>) -> (Study, rurban::diagnostics::Diagnostics) {
    let france = EmbeddedFrance::load().unwrap();
    let mut builder = rurban::inventory::Inventory::builder(Strictness::Lenient);
    for actor in france.inventory.actors() {
        builder.add_actor(actor.clone(), Place::file("actors")).unwrap();
    }
    for (i, line) in lines.into_iter().enumerate() {
        builder.add_funding(line, Place::file("lines").record(i)).unwrap();
    }
    builder.add_co_funding().unwrap();
    let (inventory, found) = builder.finish();
    (Study::new(france.atlas, inventory, &StudyOptions::default(), &Silent).unwrap().0, found)
}

fn line(code_text: &str, status: FundingStatus, date: &str, eur: f64) -> FundingLine {
    let mut line = FundingLine::new("P", eur);
    line.code = Some(code(code_text));
    line.status = status;
    line.as_of = AsOf::new(date).ok();
    line.territory = Some((Level::Region, TerritoryCode::new("76").unwrap()));
    line
}

#[test]
fn versions_are_compared_and_not_added_up() {
    use FundingStatus::{Committed, Paid, Planned};
    let (study, found) = with_lines(vec![
        line("M19", Planned, "2016", 100.0),
        line("M19", Planned, "2020", 80.0),
        line("M19", Committed, "2020-12", 60.0),
        line("M19", Paid, "2020-12", 45.0),
        line("M19", Paid, "2020-12", -5.0),
        line("6.4", Planned, "2020", 20.0),
        line("6.1", Planned, "2020", -1.0),
        line("M06", Planned, "2020", f64::NAN),
    ]);
    assert_eq!((found.count("bad_amount"), found.count("negative_amount")), (2, 1));
    let report = study.funding(&FundingOptions::default(), None).unwrap();
    assert_eq!((report.total_eur, report.earlier_dates, report.lines), (100.0, 1, 5));
    let p = report.territories[0].progression;
    assert_eq!((p.planned_eur, p.committed_eur, p.paid_eur), (Some(100.0), Some(60.0), Some(40.0)));
    assert_eq!((p.committed_share(), p.paid_share()), (Some(0.6), Some(40.0 / 60.0)));
    let change = &report.changes[0];
    assert_eq!((change.before_eur, change.after_eur, report.changes.len()), (100.0, 80.0, 2));
    let outside = report.outside_farming;
    assert_eq!((outside.at_least_eur, outside.at_most_eur), (100.0, 100.0));
}

#[test]
fn money_below_the_level_counts_where_it_lies_and_above_is_not_spread() {
    let mut commune = line("M07", FundingStatus::Committed, "2020", 10.0);
    commune.territory = Some((Level::Commune, TerritoryCode::new("32013").unwrap()));
    let region = line("M07", FundingStatus::Committed, "2020", 5.0);
    let (study, _) = with_lines(vec![commune, region]);
    let by_region = study.funding(&FundingOptions::default(), None).unwrap();
    assert_eq!((by_region.territories.len(), by_region.territories[0].total_eur), (1, 15.0));
    let by_departement = study.funding(&FundingOptions::default().level(Level::Departement), None).unwrap();
    assert_eq!(
        (by_departement.territories[0].code.as_str(), by_departement.territories[0].total_eur),
        ("32", 10.0)
    );
    assert_eq!(by_departement.unplaced[0].total_eur, 5.0);
    assert_eq!(by_departement.total_eur, 15.0);
}

#[test]
fn a_study_without_money_says_so() {
    let (study, _) = with_lines(Vec::new());
    let report = study.funding(&FundingOptions::default(), None).unwrap();
    assert_eq!((report.total_eur, report.together_share, report.territories.len()), (0.0, None, 0));
    assert!(report.gini.value().is_none());
    let page = funding_page(&study, &report, Language::French).unwrap();
    assert!(page.to_html().unwrap().contains("0,0"));
}

#[test]
fn beneficiaries_of_one_operation_are_tied() {
    let ids: Vec<ActorId> = FRANCE.inventory().actors().iter().take(3).map(|a| a.id.clone()).collect();
    let resolve = |name: &str| ids.iter().find(|id| id.as_str() == name).cloned();
    let text = format!(
        "operation,measure,bénéficiaire,funder,amount\nO1,19.3,{0},Region X,10\nO1,19.3,{1},Region X,20\n\
         O2,16.7,{2},,5\nO3,16.7,Nobody,,5\n",
        ids[0], ids[1], ids[2]
    );
    let reader = FundingReader::default()
        .columns(ColumnNames::default().with(Role::Project, "operation"))
        .status(FundingStatus::Committed)
        .beneficiaries(&resolve);
    let (lines, found) = reader.read(Reader::default().open_str(&text, "leader.csv").unwrap()).unwrap();
    assert_eq!((found.kept(), lines[0].funder.as_deref()), (4, Some("Region X")));
    assert_eq!(lines[0].operation, Some(ProjectId::new("O1").unwrap()));
    let (study, _) = with_lines(lines);
    let links: Vec<_> = study.links().iter().filter(|l| l.source == "co-funding").collect();
    assert_eq!((links.len(), links[0].kind), (1, rurban::model::CooperationKind::LeaderCooperation));
    let report = study.funding(&FundingOptions::default(), None).unwrap();
    assert_eq!((report.beneficiaries.len(), report.beneficiaries[0].total_eur), (4, 20.0));
}

#[test]
fn the_crosswalk_goes_both_ways() {
    let crosswalk = Crosswalk::embedded().unwrap();
    assert_eq!(crosswalk.of_2023(code("19.2"))[0].of_2023, "77.05");
    assert!(crosswalk.of_2023(code("6.4")).iter().any(|c| c.of_2023 == "73"));
    assert!(crosswalk.of_2014(code("73.01")).iter().any(|c| c.of_2014 == code("M07")));
    let bad = Reader::default()
        .open_str("measure_2014_2022,intervention_2023_2027,certainty\nM19,77.05,perhaps\n", "c.csv")
        .unwrap();
    assert!(Crosswalk::read(bad).unwrap_err().to_string().contains("c.csv:2"));
}

/// The Commission's own table, read as it is published.
#[test]
#[ignore = "needs RURBAN_DATA"]
fn the_published_table_is_read_as_it_is() {
    let folder = crate::common::real_data("funding");
    let reader = || FundingReader::default();
    let table = |name: &str| Reader::default().open_path(folder.join(name)).unwrap();
    let sum = |lines: &[FundingLine]| {
        let eu = lines.iter().filter(|l| l.money == MoneySource::EuropeanUnion);
        (eu.map(|l| l.amount_eur).sum::<f64>() / 1e3).round() / 1e3
    };
    let start = Instant::now();
    let (lines, found) = reader().read(table("eafrd-2014-2020-by-programme-measure.csv")).unwrap();
    assert_eq!((found.kept(), lines.len(), sum(&lines)), (346, 692, 12_010.643));
    println!("read: {:?}", start.elapsed());
}

/// Portraits of the PETR and Pays of the embedded France, without outlines.
static PETR: LazyLock<Portraits<'static>> =
    LazyLock::new(|| Portraits::new(&FRANCE, Level::PetrPays, &PortraitOptions::default(), &Silent).unwrap());

#[test]
fn a_portrait_says_numbers_comparisons_and_certainty() {
    let page = PETR.page(PETR.find("Portes de Gascogne").unwrap()).unwrap();
    let html = page.to_html().unwrap();
    for heading in [
        "Identité",
        "Chiffres clés",
        "Qui est là",
        "Les liens",
        "Partenaires à explorer",
        "Accès",
        "Fonds",
        "Appartenance",
    ] {
        assert!(html.contains(&format!(">{heading}</h2>")), "{heading}");
    }
    assert!(html.contains("Occitanie") && html.contains("sur 124") && html.contains("médiane"));
    assert!(html.contains("Ce que nous ne savons pas"));
    assert!(html.len() < 400_000, "{}", html.len());
    for causal in ["grâce à", "entraîne", "permet ", "because", "leads to"] {
        assert!(!html.contains(causal), "{causal}");
    }
    // French typography: a no-break space before double signs.
    let text = page.to_markdown();
    for sign in [" :", " ;", " ?", " %"] {
        let shown = text
            .lines()
            // Names of data keep their own signs: rows of tables, links, the holders of what is lacked.
            .find(|line| {
                let ours = line.split("ce qui manque et s’y trouve").next().unwrap_or(line);
                !line.starts_with('|') && !line.starts_with("- [") && ours.contains(sign)
            });
        assert_eq!(shown, None, "{sign:?}");
    }
}

#[test]
fn every_number_of_the_page_is_in_its_table() {
    let page = PETR.page(0).unwrap();
    let table = page.to_table().unwrap();
    let mut csv = Vec::new();
    rurban::write::csv::write_csv(&mut csv, &table, rurban::write::csv::CsvStyle::default()).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    let digits = |text: &str| -> Vec<String> {
        text.split(|c: char| !(c.is_ascii_digit() || c == ',' || c == '\u{202f}'))
            .map(|t| t.trim_matches(|c| c == ',' || c == '\u{202f}').to_owned())
            .filter(|t| !t.is_empty())
            .collect()
    };
    let headings = ["Tableau", "Figure"];
    let body: String = page
        .to_markdown()
        .lines()
        .filter(|l| !headings.iter().any(|h| l.contains(h)))
        .collect::<Vec<_>>()
        .join("\n");
    let missing: Vec<String> = digits(&body).into_iter().filter(|n| !csv.contains(n.as_str())).collect();
    // Heads of columns are named in the table too.
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn both_languages_say_the_same_numbers() {
    let english = Portraits::new(
        &FRANCE,
        Level::PetrPays,
        &PortraitOptions::default().language(Language::English),
        &Silent,
    )
    .unwrap();
    let rows = |p: &Portraits<'_>| p.page(3).unwrap().to_table().unwrap().rows();
    assert!(rows(&english).abs_diff(rows(&PETR)) <= 2);
    let html = english.page(3).unwrap().to_html().unwrap();
    assert!(html.contains("lang=\"en\"") && !html.contains(" habitants") && html.contains("inhabitants"));
}

#[test]
fn the_index_links_every_page_and_two_can_be_compared() {
    let html = PETR.index().unwrap().to_html().unwrap();
    assert_eq!(html.matches(".html\">").count(), PETR.len());
    assert!(html.contains("type=\"search\""));
    let page = PETR.comparison(0, 1).unwrap().to_html().unwrap();
    assert!(page.contains("Chiffres clés et rangs"));
    assert!(PETR.page(PETR.len()).is_err());
    assert!(PETR.find("nowhere at all").is_err());
}

const HOSTILE: &str = "</title><script>alert(1)</script>\"'& ; =cmd|' /C calc'!A0 \u{202e}";

/// A country of four communes in one région: one EPCI without people, one without an actor, hostile names.
fn small() -> Study {
    use rurban::atlas::{Atlas, Territory};
    use rurban::model::{Actor, ActorKind, CommuneCode, DensityLevel};
    use rurban::space::LonLat;
    let mut builder = Atlas::builder(Level::Commune, Strictness::Lenient);
    for (i, code) in ["01001", "01002", "01004", "01005"].into_iter().enumerate() {
        let mut t = Territory::new(TerritoryCode::new(code).unwrap(), format!("{HOSTILE}{i}"));
        t.population = (i != 3).then_some(1_000.0 * (i as f64 + 1.0));
        t.area_km2 = (i != 3).then_some(10.0);
        t.point = (i != 3).then(|| LonLat::new(2.0 + i as f64 / 10.0, 46.0).unwrap());
        t.density = (i != 3).then_some(if i == 0 {
            DensityLevel::LargeUrbanCentre
        } else {
            DensityLevel::DispersedRural
        });
        builder.add(t, Place::file("small").record(i)).unwrap();
    }
    let (mut atlas, _) = builder.finish().unwrap();
    let name = |code: &str| (TerritoryCode::new(code).unwrap(), format!("{}{code}", HOSTILE.repeat(20)));
    let members = [("01001", "E1"), ("01002", "E1"), ("01004", "E2"), ("01005", "E3")];
    atlas.add_level(Level::Epci, ["E1", "E2", "E3"].map(name), members, Strictness::Lenient).unwrap();
    let all = members.map(|(c, _)| (c, "R"));
    atlas.add_level(Level::Region, [name("R")], all, Strictness::Lenient).unwrap();
    let mut inventory = rurban::inventory::Inventory::builder(Strictness::Lenient);
    for (id, commune) in [("a", "01001"), ("b", "01002")] {
        let mut actor =
            Actor::new(ActorId::new(id).unwrap(), format!("{HOSTILE}{id}"), ActorKind::ResearchCentre);
        actor.commune = CommuneCode::new(commune).ok();
        inventory.add_actor(actor, Place::file("small")).unwrap();
    }
    let id = |s: &str| ActorId::new(s).unwrap();
    let tie = rurban::model::Cooperation::new(id("a"), id("b"), rurban::model::CooperationKind::JointUnit);
    inventory.add_cooperation(tie, Place::file("small")).unwrap();
    Study::new(atlas, inventory.finish().0, &StudyOptions::default(), &Silent).unwrap().0
}

#[test]
fn a_portrait_stands_without_actors_ties_funds_people_or_outlines() {
    let study = small();
    for level in [Level::Epci, Level::Commune, Level::Region] {
        let portraits = Portraits::new(&study, level.clone(), &PortraitOptions::default(), &Silent).unwrap();
        for t in 0..portraits.len() {
            let page = portraits.page(t).unwrap();
            let html = page.to_html().unwrap();
            assert!(!html.contains("<script") && !html.contains("NaN"), "{level} {t}");
            assert!(html.contains("pas assez de liens pour conclure") || html.contains("Pas assez de liens"));
            assert!(html.contains("Contours absents") && html.contains("Aucun financement connu"));
            assert!(!portraits.file_name(t).unwrap().contains(['/', '<', ' ']));
        }
        let index = portraits.index().unwrap().to_html().unwrap();
        assert_eq!(index.matches("<script").count(), 1);
    }
    let epci = Portraits::new(&study, Level::Epci, &PortraitOptions::default(), &Silent).unwrap();
    assert!(epci.page(1).unwrap().to_html().unwrap().contains("Aucun acteur connu"));
    assert!(epci.page(2).unwrap().to_html().unwrap().contains("donnée absente"));
    assert!(Portraits::new(&study, Level::PetrPays, &PortraitOptions::default(), &Silent).is_err());
}

/// By hand: a is urban, b rural, one tie; whatever the draw, the partner of either is of the other side.
#[test]
fn chances_of_one_tie_are_certain() {
    let chances = small().tie_chances(&Level::Epci, 25_000.0, &Silent).unwrap();
    let labels = chances[0].labels.value().unwrap();
    assert_eq!((chances[0].ties, chances[0].rural_urban), (1, 1));
    assert_eq!((labels.observed, labels.expected), (1.0, 1.0));
    assert_eq!((chances[1].ties, chances[1].labels.value().is_none()), (0, true));
}

#[test]
fn mementos_are_made_from_the_study() {
    for theme in Theme::ALL {
        let page = memento(&FRANCE, theme, Language::French, &Silent).unwrap();
        let html = page.to_html().unwrap();
        for heading in ["Méthode", "Chiffres", "Carte", "Cas", "Limites"] {
            assert!(
                html.contains(&format!(">{heading}</h2>")),
                "{} {heading}",
                theme.title(Language::French)
            );
        }
    }
}
