//! What people read: both languages say the same figures, names of other people are inert, files stay
//! where they belong.

#![cfg(feature = "france-data")]
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use rurban::atlas::{Atlas, Territory};
use rurban::autocorrelation::LocalInference;
use rurban::diagnostics::{Diagnostics, Place, Strictness};
use rurban::france::zones::ZONES;
use rurban::france::{EmbeddedFrance, OwnBeside};
use rurban::inventory::Inventory;
use rurban::model::{Actor, ActorId, ActorKind, CommuneCode, DensityLevel, Level, TerritoryCode};
use rurban::profiles::{ProfileCell, ProfileRules, Profiles};
use rurban::progress::Silent;
use rurban::read::{ActorFile, OwnFiles};
use rurban::report::access::{AccessRequest, AccessView, CostUnit, FacilityKinds, Focus, access};
use rurban::report::complementarity::{Nomenclature, Sides, Subject, complementarity, contracts};
use rurban::report::linkage::LinkageScope;
use rurban::report::places::PlacesRequest;
use rurban::report::rurality::{
    FigureTable, RuralityRequest, class_name, inequality, rural_funding, score_name, spatial_class,
    structure, typologies, what_if,
};
use rurban::report::{
    AtlasOptions, FranceRequest, Language, Outlet, Part, StudyFiles, TerritoryRequest, Wording, written_text,
};
use rurban::space::LonLat;
use rurban::study::{
    AccessMethod, AccessOptions, Capacity, ComplementarityOptions, SpatialClass, SpatialOptions, Study,
    StudyOptions, TerritoryScore,
};
use rurban::write::Table;

static FRANCE: LazyLock<Study> = LazyLock::new(|| {
    let france = EmbeddedFrance::load().unwrap();
    Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap().0
});

/// The numbers of a text, sorted, whatever its language.
fn figures(text: &str, language: Language) -> Vec<String> {
    let plain: String = match language {
        Language::French => text.replace('\u{202f}', "_").replace('\u{2212}', "-").replace(',', "."),
        Language::English => text.replace(',', "_"),
    };
    // `_` stands for what groups thousands: only between digits, three after it.
    let chars: Vec<char> = plain.chars().collect();
    let digit = |i: usize| chars.get(i).is_some_and(char::is_ascii_digit);
    let mut all = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        if !digit(i) {
            i += 1;
            continue;
        }
        let mut number = String::new();
        while i < chars.len() {
            let grouped = chars[i] == '_' && digit(i + 1) && digit(i + 2) && digit(i + 3) && !digit(i + 4);
            let point = chars[i] == '.' && digit(i + 1) && !number.contains('.');
            if digit(i) || point {
                number.push(chars[i]);
            } else if !grouped {
                break;
            }
            i += 1;
        }
        all.push(number);
    }
    all.sort();
    all
}

/// A report in both languages: the same figures in the text, the same CSV files byte for byte.
fn told<'a>(report: impl Fn(&Wording) -> Part<'a>) -> [String; 2] {
    let folder = tempfile::tempdir().unwrap();
    let texts = Language::ALL.map(|language| {
        let part = report(&Wording::new(language).source("Insee & <co>"));
        let written = part.write(&folder.path().join(language.tag())).unwrap();
        assert_eq!(part.file_names().count(), written.len());
        for path in written.iter().filter(|p| p.extension().is_some_and(|e| e == "svg")) {
            check_picture(path, language);
        }
        part.to_string()
    });
    for entry in std::fs::read_dir(folder.path().join("fr")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "csv") {
            let english = folder.path().join("en").join(path.file_name().unwrap());
            assert_eq!(std::fs::read(&path).unwrap(), std::fs::read(english).unwrap(), "{}", path.display());
        }
    }
    assert_eq!(figures(&texts[0], Language::French), figures(&texts[1], Language::English), "{texts:#?}");
    for text in &texts {
        check_inert(text);
    }
    assert_ne!(texts[0], texts[1]);
    texts
}

fn check_inert(text: &str) {
    let steering = |c: char| {
        (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!text.chars().any(steering), "{text:?}");
}

/// A picture has a title, its sources, and no markup of others.
fn check_picture(path: &Path, language: Language) {
    let svg = std::fs::read_to_string(path).unwrap();
    assert_eq!(svg.matches("<svg ").count(), svg.matches("</svg>").count());
    assert!(svg.contains("Insee &amp; &lt;co&gt;"), "{} names no source", path.display());
    let computed = language.pick("calculs rurban", "computed with rurban");
    assert!(
        svg.contains(computed) && !svg.contains("<script") && !svg.contains("<co>"),
        "{}",
        path.display()
    );
    // The sources are on the sheet.
    let head = svg.split_once("viewBox=\"0 0 ").unwrap().1.split_once('"').unwrap().0;
    let height: f64 = head.split_once(' ').unwrap().1.parse().unwrap();
    let y = svg.rsplit_once("y=\"").unwrap().1.split_once('"').unwrap().0;
    assert!(y.parse::<f64>().unwrap() < height, "{}", path.display());
}

#[test]
fn figures_are_read_alike_in_both_languages() {
    let french =
        figures("1\u{202f}234,5 (31,8\u{202f}% sur 12\u{202f}345\u{202f}678), 3,0", Language::French);
    let english = figures("1,234.5 (31.8% of 12,345,678), 3.0", Language::English);
    assert_eq!(french, english);
    assert_eq!(french, ["1234.5", "12345678", "3.0", "31.8"]);
    assert_ne!(figures("3.1", Language::English), figures("3,0", Language::French));
}

#[test]
fn rurality_says_the_published_shares_with_their_people() {
    let [french, english] = told(|w| typologies(&FRANCE, w).unwrap());
    assert!(french.contains("31,8\u{202f}% (21\u{202f}934\u{202f}872 sur 68\u{202f}952\u{202f}941)"));
    assert!(english.contains("31.8% (21,934,872 of "));
    assert!(english.contains("92.7% (") && english.contains("699 attraction areas"));
    assert!(french.contains("rural périurbain") && french.contains("sans classe"));
    assert!(english.contains("Very dispersed rural") && !english.contains("Bourgs ruraux"));
    let [french, english] = told(|w| what_if(&FRANCE, w).unwrap());
    assert!(french.contains("urbain → rural") && english.contains("urban to rural"));
    let [french, english] = told(|w| rural_funding(&FRANCE, w).unwrap());
    assert!(french.contains("FEADER") && english.contains("16,098"));
}

#[test]
fn structure_and_inequality_say_what_stands_in_the_study() {
    let level = Level::Departement;
    let measures = FRANCE.territory_measures(&level, &FRANCE.reach(&Silent).unwrap()).unwrap();
    let score = TerritoryScore::ResearchDistance;
    let values: Vec<f64> = measures.iter().map(|m| score.of(m)).collect();
    let options = SpatialOptions::default().local(LocalInference::ClosedForm);
    let found = FRANCE.spatial_structure(&level, &values, &options).unwrap();
    let [french, english] =
        told(|w| structure(&FRANCE, &level, (score_name(score, w.language), &values), &options, w).unwrap());
    assert!(english.contains(&format!("{:.4}", found.moran.observed)));
    assert!(french.contains(&format!("{:.4}", found.moran.observed).replace('.', ",")));
    assert!(french.contains("mètres jusqu’à la recherche") && english.contains("metres to research"));
    let [french, _] =
        told(|w| inequality(&FRANCE, &level, (score_name(score, w.language), &values), w).unwrap());
    assert!(french.contains("T de Theil entre les groupes"));
    let negative = vec![-1.0; values.len()];
    let [french, _] = told(|w| inequality(&FRANCE, &level, ("x", &negative), w).unwrap());
    assert!(french.contains("négatives"));
}

#[test]
fn access_is_told_for_the_country_and_for_one_territory() {
    let (kinds, method) = (vec![ActorKind::ResearchCentre], AccessMethod::TwoStep);
    let supply = FRANCE.supply(&kinds, Capacity::One).unwrap();
    let report = FRANCE.access(&AccessOptions::new(supply).method(method, 30_000.0), &Silent).unwrap();
    let view = AccessView::new(kinds, method, 30.0, CostUnit::Kilometres);
    let [french, english] = told(|w| access(&FRANCE, &report, &view, w).unwrap());
    assert!(french.contains("laboratoires et organismes de recherche (2SFCA, 30\u{a0}km)"));
    let rural = report.of_rurality(rurban::model::Rurality::Rural).nearest_mean.unwrap() / 1e3;
    assert!(english.contains(&format!("{rural:.1}")));
    let focus = Focus::of(FRANCE.atlas(), &Level::PetrPays, "Portes de Gascogne").unwrap();
    let view = view.by(Level::PetrPays).focus(Some(focus));
    let [french, english] = told(|w| access(&FRANCE, &report, &view, w).unwrap());
    assert!(french.contains("Gimont") && english.contains("Gimont"));
    assert!(Focus::of(FRANCE.atlas(), &Level::PetrPays, "nowhere at all").is_err());
}

#[test]
fn complementarity_is_told_with_its_contracts_and_limits() {
    let france = EmbeddedFrance::load().unwrap();
    let level = Level::PetrPays;
    let row = FRANCE.atlas().level(&level).unwrap().search("Portes de Gascogne").unwrap();
    let options = || ComplementarityOptions::default().permutations(19).draws(9);
    for nomenclature in [Nomenclature::Sectors, Nomenclature::Fields] {
        let sides = nomenclature.sides(&FRANCE, &france.sectors, &level).unwrap();
        let compared = FRANCE.complementarity(&sides.giving, sides.receiving.as_ref(), &options()).unwrap();
        let [french, english] = told(|w| {
            let subject = nomenclature.subject(row, 300e3, w.language);
            let mut part = complementarity(&compared, &sides, &subject, &Silent, w).unwrap();
            part.append(contracts(&compared, &france.reciprocity_contracts, w).unwrap());
            part
        });
        assert!(french.contains("Limites") && english.contains("Limits:"));
        assert!(!french.contains("agronomy") && !french.contains("rows"));
        if nomenclature == Nomenclature::Fields {
            assert!(french.contains("agronomie") && french.contains("au rang"));
            assert!(english.contains("Toulouse Métropole: the city is number 3 of 46 urban EPCI"));
        }
    }
    assert!("sector".parse::<Nomenclature>().unwrap_err().to_string().contains("sectors"));
}

const HOSTILE: &str = "<script>alert(1)</script>\u{1b}[2J\u{202e}\"&'=cmd|'/c'!A1\nx";

/// Six communes near Auch with a hostile name, four of them with a firm of that name.
fn hostile() -> Study {
    let mut atlas = Atlas::builder(Level::Commune, Strictness::Strict);
    let mut inventory = Inventory::builder(Strictness::Strict);
    for i in 0..6_u32 {
        let code = format!("3200{i}");
        let mut t = Territory::new(TerritoryCode::new(&code).unwrap(), format!("{i} {HOSTILE}"));
        t.point = Some(LonLat::new(0.5 + 0.1 * f64::from(i), 43.6 + 0.05 * f64::from(i % 3)).unwrap());
        t.population = Some(100.0 + f64::from(i));
        let rural = i % 2 == 0;
        t.density = Some(if rural { DensityLevel::RuralTown } else { DensityLevel::LargeUrbanCentre });
        atlas.add(t, Place::file("atlas")).unwrap();
        let id = ActorId::new(format!("a{i}")).unwrap();
        let mut actor = Actor::new(id, HOSTILE, ActorKind::Enterprise);
        actor.commune = Some(CommuneCode::new(&code).unwrap());
        if i < 4 {
            inventory.add_actor(actor, Place::file("actors")).unwrap();
        }
    }
    let mut atlas = atlas.finish().unwrap().0;
    atlas.draw_approximate_outlines(&EmbeddedFrance::land().unwrap(), &ZONES, &Silent).unwrap();
    Study::new(atlas, inventory.finish().0, &StudyOptions::default(), &Silent).unwrap().0
}

fn hostile_profiles(study: &Study) -> Profiles {
    let rules = ProfileRules::default().strictness(Strictness::Strict);
    let mut profiles = Profiles::builder("jobs", study.atlas().base(), &rules, "cells");
    let cells = [(0, "a"), (0, "b"), (1, "b"), (1, "c"), (2, "a"), (2, "c"), (3, "c"), (3, "d"), (5, "d")];
    for (row, activity) in cells {
        let (territory, name) = (format!("3200{row}"), format!("{activity} {HOSTILE}"));
        let cell =
            ProfileCell { territory: &territory, activity, name: Some(&name), count: Some(1.0), line: None };
        profiles.add(cell).unwrap();
    }
    profiles.finish().unwrap().0
}

#[test]
fn hostile_names_are_inert_everywhere() {
    let study = hostile();
    let (kinds, method) = (vec![ActorKind::Enterprise], AccessMethod::Enhanced);
    let supply = study.supply(&kinds, Capacity::One).unwrap();
    let report = study.access(&AccessOptions::new(supply).method(method, 30_000.0), &Silent).unwrap();
    let view = AccessView::new(kinds, method, 30.0, CostUnit::Kilometres).by(Level::Commune);
    told(|w| access(&study, &report, &view, w).unwrap());
    let focus = Focus::of(study.atlas(), &Level::Commune, "32001").unwrap();
    told(|w| access(&study, &report, &view.clone().focus(Some(focus.clone())), w).unwrap());

    let values = [1.0, 5.0, 2.0, 6.0, 3.0, 9.0];
    let options = SpatialOptions::default().local(LocalInference::ClosedForm);
    told(|w| structure(&study, &Level::Commune, (HOSTILE, &values), &options, w).unwrap());
    told(|w| inequality(&study, &Level::Commune, (HOSTILE, &values), w).unwrap());
    // No levels, no attributes: what cannot be had is said, not an error.
    let [french, _] = told(|w| typologies(&study, w).unwrap());
    assert!(french.contains("non calculable sur ces données"));

    let giving = hostile_profiles(&study);
    let sides = Sides::summed(&study, giving, Diagnostics::new(Strictness::Strict), &Level::Commune).unwrap();
    let options = ComplementarityOptions::default().permutations(9).draws(9);
    let compared = study.complementarity(&sides.giving, None, &options).unwrap();
    let subject = Subject::new(0, format!("../../{HOSTILE}"), 300e3);
    told(|w| complementarity(&compared, &sides, &subject, &Silent, w).unwrap());
}

#[test]
fn files_stay_in_their_folder() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("new/one");
    let mut part = Part::new();
    part.table("../out\u{7}side.csv", Table::new().with("n", vec![1_i64]).unwrap());
    let written = part.write(&inside).unwrap();
    assert_eq!(written, [inside.join(".._out_side.csv")]);
    assert_eq!(std::fs::read_to_string(&written[0]).unwrap(), "n\n1\n");
    assert!(written_text(&written, &inside, Language::French).starts_with("1\u{a0}fichier écrit dans "));
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(part.write(&file).unwrap_err().to_string().contains("file"));
}

#[test]
fn words_exist_in_both_languages() {
    for class in SpatialClass::ALL {
        assert_ne!(spatial_class(class, Language::French), spatial_class(class, Language::English));
    }
    for score in TerritoryScore::ALL {
        assert_ne!(score_name(score, Language::French), score_name(score, Language::English));
    }
    for n in Nomenclature::ALL {
        assert_ne!(n.limits(Language::French), n.limits(Language::English));
        assert_eq!(n.key().parse::<Nomenclature>().unwrap(), n);
    }
    for method in AccessMethod::ALL {
        assert_eq!(method.key().parse::<AccessMethod>().unwrap(), method);
    }
    assert_eq!(class_name("Bourgs ruraux", Language::English), "Rural towns");
    assert_eq!(class_name("of theirs", Language::French), "of theirs");
}

/// Three communes with two actors each, one name that a spreadsheet would run, some ties.
fn tied() -> Study {
    use rurban::model::{Cooperation, CooperationKind};
    let mut atlas = Atlas::builder(Level::Commune, Strictness::Strict);
    let mut inventory = Inventory::builder(Strictness::Strict);
    for i in 0..3_u32 {
        let code = format!("3200{i}");
        let mut t = Territory::new(TerritoryCode::new(&code).unwrap(), format!("Commune {i}"));
        t.point = Some(LonLat::new(0.5 + 0.2 * f64::from(i), 43.6).unwrap());
        t.population = Some(100.0);
        t.density = Some(if i == 0 { DensityLevel::LargeUrbanCentre } else { DensityLevel::RuralTown });
        atlas.add(t, Place::file("atlas")).unwrap();
        for k in 0..2 {
            let id = ActorId::new(format!("a{i}{k}")).unwrap();
            let name = if i + k == 0 { "=1+1;\"x\"".to_owned() } else { format!("Actor {i} {k}") };
            let mut actor = Actor::new(id, name, ActorKind::ResearchCentre);
            actor.commune = Some(CommuneCode::new(&code).unwrap());
            inventory.add_actor(actor, Place::file("actors")).unwrap();
        }
    }
    for (a, b) in [("a00", "a10"), ("a00", "a20"), ("a01", "a11"), ("a10", "a11"), ("a20", "a11")] {
        let [a, b] = [a, b].map(|id| ActorId::new(id).unwrap());
        let tie = Cooperation::new(a, b, CooperationKind::JointUnit);
        inventory.add_cooperation(tie, Place::file("ties")).unwrap();
    }
    let mut atlas = atlas.finish().unwrap().0;
    atlas.draw_approximate_outlines(&EmbeddedFrance::land().unwrap(), &ZONES, &Silent).unwrap();
    Study::new(atlas, inventory.finish().0, &StudyOptions::default(), &Silent).unwrap().0
}

#[test]
fn tables_stand_beside_the_page_for_programs_and_for_spreadsheets() {
    let study = tied();
    let folder = tempfile::tempdir().unwrap();
    let files = StudyFiles::measure(&study, &Silent).unwrap();
    let written = files.write(folder.path(), &Level::Commune, &AtlasOptions::default(), &Silent).unwrap();
    assert!(written.iter().all(|p| std::fs::metadata(p).unwrap().len() > 0));
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let rows = |text: &str, delimiter: u8| -> Vec<Vec<String>> {
        let text = text.trim_start_matches('\u{feff}');
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(text.as_bytes());
        reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
    };
    let dictionary = rows(&read("dictionnaire.csv"), b',');
    for table in ["territories", "actors", "links"] {
        let (plain, excel) = (read(&format!("tables/{table}.csv")), read(&format!("excel/{table}.csv")));
        assert!(!plain.starts_with('\u{feff}') && excel.starts_with('\u{feff}'));
        assert_eq!(excel.matches("\r\n").count(), excel.matches('\n').count());
        let (plain, excel) = (rows(&plain, b','), rows(&excel, b';'));
        assert_eq!((plain.len(), plain[0].len()), (excel.len(), excel[0].len()));
        assert!(excel.iter().flatten().all(|c| !c.starts_with(['=', '+', '-', '@'])));
        for (k, column) in plain[0].iter().enumerate() {
            let entry = dictionary.iter().find(|r| r[0] == table && r[1] == *column).expect(column);
            // What it is called in a spreadsheet, what it means, and both again in English.
            assert_eq!(entry[2], excel[0][k]);
            assert!([3, 5, 6, 7].iter().all(|&i| !entry[i].is_empty()), "{entry:?}");
            if column.ends_with("_share") || column == "urban_exposure" {
                assert!(entry[2].contains("0 à 1") && entry[4].contains("0 à 1"));
                let shares = plain[1..].iter().filter_map(|r| r[k].parse::<f64>().ok());
                assert!(shares.into_iter().all(|s| (0.0..=1.0).contains(&s)));
            }
        }
    }
    let excel = rows(&read("excel/actors.csv"), b';');
    assert_eq!(excel[1][1], "'=1+1;\"x\"");
    let kind = Language::French.actor_kinds(ActorKind::ResearchCentre);
    assert!(excel.iter().flatten().any(|c| c == kind));
    assert!(rows(&read("tables/actors.csv"), b',').iter().flatten().any(|c| c == "=1+1;\"x\""));
    let network = read("network.graphml");
    assert_eq!((network.matches("<node ").count(), network.matches("<edge ").count()), (6, 5));
}

/// With one bin, distance takes nothing away: partners drawn by degrees and distance are those drawn by
/// degrees, also where actors share a point.
#[test]
fn ties_against_distance_are_those_against_degrees_when_all_are_equally_far() {
    let study = tied();
    let all = study.tie_chances_by(&[Level::Commune], 1e7, &Silent).unwrap();
    assert_eq!(all[0], study.tie_chances(&Level::Commune, 1e7, &Silent).unwrap());
    for t in &all[0] {
        let (degrees, distance) = (t.degrees.value().unwrap(), t.distance.value().unwrap());
        assert_eq!((degrees.observed, degrees.n), (distance.observed, distance.n));
        assert!((degrees.expected - distance.expected).abs() < 1e-12, "{t:?}");
    }
    // By hand in 25 km bins: communes are 16 km apart, so that 0–1 and 1–2 are in the bin of no distance
    // and only 0–2 is in the next one. Ends of ties: 2 + 1, 2 + 3, 2 + 0.
    let near = study.tie_chances(&Level::Commune, 25_000.0, &Silent).unwrap();
    let (in_first, in_second) = (4.0, 1.0);
    let mass_first = 2.0 * 1.0 + 2.0 * 3.0 + 3.0 * 5.0 + 5.0 * 2.0;
    let (f, g) = (in_first / mass_first, in_second / (3.0 * 2.0));
    let chance = |own: f64| (5.0 * f + 2.0 * g) / ((3.0 - own) * f + 5.0 * f + 2.0 * g);
    let expected = 2.0 * chance(2.0) + chance(1.0);
    assert!((near[0].distance.value().unwrap().expected - expected).abs() < 1e-12);
}

/// What a request says, and how it ends.
fn heard(
    folder: &Path,
    run: impl FnOnce(&mut Outlet<'_>) -> rurban::Result<Vec<PathBuf>>,
) -> (String, String) {
    let mut said = String::new();
    let mut outlet = Outlet::new(folder, Language::English, |text| said.extend([text, "\n"]));
    let end = match run(&mut outlet) {
        Ok(written) => format!("{written:?}"),
        Err(e) => e.to_string(),
    };
    drop(outlet);
    (said, end)
}

#[test]
fn requests_say_what_is_missing_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    let actors = folder.path().join("actors.csv");
    std::fs::write(&actors, "id,name\n1,Mairie\n").unwrap();
    let path = |name: &str| folder.path().join(name);
    let no_actors = OwnFiles { cooperations: vec![actors.clone()], ..OwnFiles::default() };
    let request = FranceRequest::default().own(no_actors, OwnBeside::Nothing, Strictness::Lenient);
    assert!(heard(folder.path(), |o| request.run(o)).1.starts_with("ties need actors"));
    let file = |path: &Path| ActorFile { path: path.to_owned(), kind: ActorKind::Organisation };
    let own = |path: &Path| OwnFiles { actors: vec![file(path)], ..OwnFiles::default() };
    let request = TerritoryRequest::default().own(own(&actors), Strictness::Lenient);
    assert!(heard(folder.path(), |o| request.run(o)).1.starts_with("your actors need territories"));
    let request =
        FranceRequest::default().own(own(&path("none.csv")), OwnBeside::Nothing, Strictness::Lenient);
    assert!(heard(folder.path(), |o| request.run(o)).1.contains("none.csv"));
    let request = AccessRequest::default().territory(Some("Nulle-Part-sur-Rien".to_owned()));
    assert!(heard(folder.path(), |o| request.run(o)).1.contains("Nulle-Part-sur-Rien"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is written");

    let figures = folder.path().join("figures.csv");
    std::fs::write(&figures, "EPCI;lits;medecins\n200067106;1;2\n").unwrap();
    let table = FigureTable::new(&figures, &["territory=EPCI".to_owned()]).unwrap();
    let request = RuralityRequest::default().table(Some(table));
    let error = heard(folder.path(), |o| request.run(&FRANCE, o)).1;
    assert!(error.contains("EPCI, lits, medecins") && error.contains("--column"), "{error}");
    assert_eq!(FigureTable::new("a.csv", &["figure=n".to_owned()]).unwrap().column, "n");
    assert_eq!("any".parse::<FacilityKinds>().unwrap().0.len(), ActorKind::ALL.len());
    let two = "gal,epci".parse::<FacilityKinds>().unwrap();
    assert_eq!(two.0, [ActorKind::Gal, ActorKind::Epci]);
    assert!("gal,nothing".parse::<FacilityKinds>().is_err());
    assert!("moon".parse::<LinkageScope>().unwrap_err().to_string().contains("interreg, joint_unit, all"));
    assert!(EmbeddedFrance::level("gal").unwrap_err().to_string().contains("petr_pays"));
    assert_eq!(EmbeddedFrance::level("epci").unwrap(), Level::Epci);
}

#[test]
fn a_user_s_places_stand_in_for_the_embedded_ones() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, rows: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("id,name,commune\n{rows}")).unwrap();
        Some(ActorFile { path, kind: ActorKind::InnovationPlace })
    };
    let out = folder.path().join("out");
    let candidates = write("candidates.csv", "a,Auch,32013\nb,Condom,32107\n");
    let request = PlacesRequest::default().new_places(1).cover_km(15.0).region(Some("76".to_owned()));
    let run = request.clone().files(write("existing.csv", "x,Auch,32013\n"), candidates.clone());
    let (said, end) = heard(&out, |o| run.run(o));
    // Auch is there already, so that Condom is chosen.
    assert!(said.contains("ACTORS ") && said.contains("Condom"), "{said}");
    for name in ["new_places.csv", "communes.csv", "places.html"] {
        assert!(end.contains(name) && out.join(name).is_file(), "{end}");
    }
    assert_eq!(std::fs::read_to_string(out.join("new_places.csv")).unwrap().lines().count(), 2);
    let run = request.files(write("empty.csv", ""), candidates);
    assert!(heard(&out, |o| run.run(o)).1.starts_with("NO PLACE WAS READ from "));
}
