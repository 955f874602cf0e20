//! The census of practices and the surveys, from files to pages.

#![cfg(feature = "france-data")]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests stop on failure")]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rurban::diagnostics::{Diagnostics, Strictness};
use rurban::diffusion::PeakState;
use rurban::france::EmbeddedFrance;
use rurban::inventory::{Inventory, InventoryBuilder};
use rurban::model::{ActorKind, CooperationKind, Maturity, PracticeForm, Rurality};
use rurban::progress::Silent;
use rurban::read::surveys::{Answer, Mapping, Sheet, Survey, SurveyTool};
use rurban::read::vocabulary::Vocabulary;
use rurban::read::{
    ActorReader, CensusWords, PracticeReader, TieColumns, UnknownActors, csv, read_cooperations,
};
use rurban::report::Language;
use rurban::report::diffusion::diffusion_page;
use rurban::report::practices::{PageFrame, SurveyFile, write_census};
use rurban::study::{
    AnswersOptions, Barriers, DiffusionBudget, DiffusionOptions, FirstSide, Known, Objective, PracticeFilter,
    PracticesOptions, SeedSet, Study, StudyOptions, WordOfMouthOptions,
};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/surveys").join(name)
}

fn themes() -> Vocabulary {
    Vocabulary::read(csv::Reader::default().open_path(fixture("themes.csv")).unwrap()).unwrap().0
}

fn study_of(inventory: Inventory) -> Study {
    let atlas = EmbeddedFrance::load().unwrap().atlas;
    Study::new(atlas, inventory, &StudyOptions::default(), &Silent).unwrap().0
}

struct MadeUp {
    study: Study,
    words: CensusWords,
    practices: Diagnostics,
    adoptions: Diagnostics,
    inventory: Diagnostics,
}

/// The bodies, ties and census of the fixtures.
fn made_up() -> &'static MadeUp {
    static STUDY: OnceLock<MadeUp> = OnceLock::new();
    STUDY.get_or_init(|| {
        let codes = EmbeddedFrance::code_book().unwrap();
        let mut builder = Inventory::builder(Strictness::Lenient);
        let bodies = ActorReader::new(ActorKind::Organisation, "made up").codes(codes.clone());
        bodies.read_path(fixture("bodies.csv"), &mut builder).unwrap();
        let (columns, kind) = (TieColumns::default(), CooperationKind::Other);
        read_cooperations(fixture("cooperations.csv"), &columns, kind, "made up", &mut builder).unwrap();
        let reader = PracticeReader::new("census").codes(codes).themes(themes());
        let (words, practices) = reader.read_path(fixture("practices.csv"), &mut builder).unwrap();
        let table = csv::Reader::default().open_path(fixture("adoptions.csv")).unwrap();
        let adoptions = reader.read_adoptions(table, &mut builder).unwrap();
        let (inventory, account) = builder.finish();
        MadeUp { study: study_of(inventory), words, practices, adoptions, inventory: account }
    })
}

fn census(text: &str) -> (InventoryBuilder, CensusWords, Diagnostics) {
    let mut builder = Inventory::builder(Strictness::Lenient);
    let reader = PracticeReader::new("c").themes(themes());
    let (words, found) = reader.read_str(text, "c.csv", &mut builder).unwrap();
    (builder, words, found)
}

#[test]
fn the_made_up_census_is_read_and_nothing_is_lost() {
    let m = made_up();
    assert_eq!(
        (m.practices.seen(), m.practices.kept(), m.practices.dropped()),
        (40, 40, 0),
        "{}",
        m.practices
    );
    assert_eq!(m.adoptions.seen(), m.adoptions.kept() + m.adoptions.dropped());
    assert_eq!(m.adoptions.dropped(), 0, "{}", m.adoptions);
    assert_eq!((m.inventory.count("no_origin"), m.inventory.count("adoption_before_creation")), (1, 1));
    let practices = m.study.inventory().practices();
    assert!(practices.iter().all(|p| p.form.is_some() || p.name.starts_with("Chasse")));
    let first = &practices[0];
    assert_eq!((first.form, first.maturity), (Some(PracticeForm::SharedPlace), Some(Maturity::Transferred)));
    assert_eq!((first.means.posts_fte, first.means.meetings_per_year), (Some(1.5), Some(6.0)));
    assert_eq!(practices[1].means.funds_eur, Some(40_000.0));
    assert_eq!(practices[1].themes, ["Circuits courts et alimentation locale"]);
    // What no term was taken for stays as it is written, and is said.
    assert_eq!(practices[39].themes, ["gestion cynégétique"]);
    assert_eq!((m.practices.count("word_proposed"), m.practices.count("word_unknown")), (1, 1));
    let [taken, proposed, unknown] = m.words.themes.counts();
    assert!(taken >= 25 && proposed + unknown >= 1, "{taken} {proposed} {unknown}");
}

#[test]
fn practices_are_counted_by_theme_form_and_rurality_and_gaps_are_shown() {
    let study = &made_up().study;
    let labels: Vec<String> = themes().terms().iter().map(|t| t.label.clone()).collect();
    let report = study.practices(&PracticesOptions::default().themes(labels)).unwrap();
    assert_eq!((report.all, report.practices.len(), report.without_origin), (40, 40, 1));
    let by_hand: usize = study.inventory().practices().iter().map(|p| p.themes.len().max(1)).sum();
    assert_eq!(report.counts.iter().map(|c| c.practices).sum::<usize>(), by_hand);
    let gaps: Vec<&str> = report.gaps().map(|g| g.theme.as_str()).collect();
    // Nobody at all has a practice on these two.
    assert!(gaps.contains(&"Vie associative") && gaps.contains(&"Services publics"), "{gaps:?}");
    for gap in &report.themes {
        let of = |p: &&rurban::model::Practice| p.themes.contains(&gap.theme);
        assert_eq!(gap.practices, study.inventory().practices().iter().filter(of).count());
        assert_eq!(gap.origins.total(), gap.practices);
    }
    let adoptions: usize = study.inventory().practices().iter().map(|p| p.adoptions.len()).sum();
    assert_eq!(report.steps.len(), adoptions);
    assert_eq!(report.practices.iter().map(|p| p.adopters.total()).sum::<usize>(), adoptions);
    assert_eq!(report.orders().values().sum::<usize>(), 40);
}

#[test]
fn filters_keep_what_they_say() {
    let study = &made_up().study;
    let with = |filter| study.practices(&PracticesOptions::default().filter(filter)).unwrap();
    let practice = |row: &rurban::study::PracticeRow| &study.inventory().practices()[row.practice];
    let mobility = with(PracticeFilter::default().themes(vec!["mobilités".to_owned()]));
    assert!(!mobility.practices.is_empty());
    assert!(mobility.practices.iter().all(|p| practice(p).themes.contains(&"Mobilités".to_owned())));
    let rural = with(PracticeFilter::default().origin(Rurality::Rural));
    let urban = with(PracticeFilter::default().origin(Rurality::Urban));
    assert_eq!(rural.practices.len() + urban.practices.len(), 39);
    let ptce = with(PracticeFilter::default().forms(vec![PracticeForm::Ptce]).origin(Rurality::Rural));
    assert!(ptce.practices.iter().all(|p| practice(p).form == Some(PracticeForm::Ptce)));
    let words = with(PracticeFilter::default().text("ateliers partages"));
    assert_eq!(practice(&words.practices[0]).name, "Atelier de transformation partagé");
    assert!(with(PracticeFilter::default().text("introuvable")).practices.is_empty());
    let adopted = with(PracticeFilter::default().adopter(Rurality::Rural));
    assert!(adopted.practices.iter().all(|p| p.adopters.rural > 0));
}

#[test]
fn who_has_it_from_whom_is_stated_tied_or_guessed() {
    let actors = "id;nom;type;commune\nville;Ville;autre;31555\nb;Bourg;autre;32013\nc;Loin;autre;67482\nd;Pays;autre;32107\n";
    let mut builder = Inventory::builder(Strictness::Lenient);
    ActorReader::new(ActorKind::Organisation, "t").read_str(actors, "a.csv", &mut builder).unwrap();
    let ties = tempfile::NamedTempFile::with_suffix(".csv").unwrap();
    std::fs::write(ties.path(), "acteur1;acteur2;poids\nc;d;2\n").unwrap();
    let columns = TieColumns::default();
    read_cooperations(ties.path(), &columns, CooperationKind::Other, "t", &mut builder).unwrap();
    let reader = PracticeReader::new("t");
    let text = "id;pratique;origine;debut\np;Navette;ville;2001\nq;Sans date;b;\n";
    reader.read_str(text, "p.csv", &mut builder).unwrap();
    let text = "pratique;adoptant;annee;depuis\nNavette;b;2003;ville\np;c;2005;\np;d;2006;\nq;c;;\np;z;2010;\nx;b;2010;\n";
    let found = reader
        .read_adoptions(csv::Reader::default().open_str(text, "ad.csv").unwrap(), &mut builder)
        .unwrap();
    assert_eq!((found.kept(), found.count("unknown_adopter"), found.count("unknown_practice")), (4, 1, 1));
    let study = study_of(builder.finish().0);
    let report = study.practices(&PracticesOptions::default()).unwrap();
    let id = |a: Option<u32>| a.map(|a| study.inventory().actors()[a as usize].id.to_string());
    let steps: Vec<(Option<String>, Option<Known>)> =
        report.steps.iter().map(|s| (id(s.from), s.known)).collect();
    let some = |s: &str| Some(s.to_owned());
    // Strasbourg has no tie to either, so the nearer of Toulouse and Condom's neighbour; the Pays is tied to it.
    assert_eq!(steps[0], (some("ville"), Some(Known::Stated)));
    assert_eq!(steps[1].1, Some(Known::Nearest));
    assert_eq!(steps[2], (some("c"), Some(Known::Tied)));
    assert_eq!(steps[3], (None, None));
    let (ville, bourg) = ([1.4437, 43.6043], [0.5867, 43.6465]);
    let near = rurban::space::distance::geodesic_m(ville.into(), bourg.into()).unwrap();
    assert!((report.steps[0].distance_m.unwrap() - near).abs() < 8_000.0, "{:?}", report.steps[0]);
    let order = report.practices[0].order;
    assert_eq!(
        (order.rural_lag_years().is_some(), order.urban_year),
        (order.rural_year.is_some(), Some(2001))
    );
    assert_ne!(report.practices[0].order.first, FirstSide::NotKnown);
}

#[test]
fn odd_practices_are_kept_or_dropped_and_always_said() {
    let text = "id;pratique;origine;commune;themes;forme;debut;fin;budget;adoptants\n\
                1;Sans origine;;;Sport de haut niveau;cercle;2010;;;\n\
                2;Origine inconnue;Personne;;Tourisme;PTCE;2010;;;\n\
                3;Avant sa création;Atelier;32013;Tourisme;PTCE;2010;;;Ville (2008) | Ville (2011)\n\
                3;Encore la 3;Atelier;32013;;;;;;\n\
                4;;Atelier;32013;;;;;;\n\
                5;Dates;Atelier;;Mobilités;tiers lieux;bientôt;;beaucoup;\n\
                6;Fin avant début;Atelier;;Mobilités;tiers lieux;2015;2012;-3;Atelier (2016)\n\
                7;Ville;Ville;31555;Mobilités;;;;;\n";
    let (builder, words, found) = census(text);
    assert_eq!((found.seen(), found.kept(), found.dropped()), (8, 6, 2), "{found}");
    for kind in ["unnamed_practice", "bad_date", "bad_period", "word_unknown", "added_actor", "unknown_actor"]
    {
        assert!(found.count(kind) > 0, "{kind}: {found}");
    }
    assert_eq!(found.count("bad_amount"), 2, "{found}");
    let (inventory, account) = builder.finish();
    for (kind, n) in [("duplicate_practice", 1), ("no_origin", 2), ("adopted_by_origin", 1)] {
        assert_eq!(account.count(kind), n, "{kind}: {account}");
    }
    assert_eq!(words.forms.counts(), [2, 0, 1]);
    assert_eq!(inventory.practices()[0].themes, ["Sport de haut niveau"]);
    // The town was not known yet when the third row named it: a census names bodies before it uses them.
    assert!(inventory.practices()[2].adoptions.is_empty());
    let (strict, reader) = (Inventory::builder(Strictness::Strict), PracticeReader::new("c"));
    let mut strict = strict;
    assert!(reader.strictness(Strictness::Strict).read_str(text, "c.csv", &mut strict).is_err());
    let leave = PracticeReader::new("c").unknown_actors(UnknownActors::LeaveOut);
    let mut builder = Inventory::builder(Strictness::Lenient);
    leave.read_str(text, "c.csv", &mut builder).unwrap();
    assert!(builder.finish().0.actors().is_empty());
}

#[test]
fn adoptions_before_creation_lose_their_year_only() {
    let mut builder = Inventory::builder(Strictness::Lenient);
    let actors = "id;nom;commune\na;Atelier;32013\nv;Ville;31555\n";
    ActorReader::new(ActorKind::Organisation, "t").read_str(actors, "a.csv", &mut builder).unwrap();
    let text = "id;pratique;origine;debut;adoptants\n1;P;a;2010;Ville (2008) | Ville (2011)\n";
    PracticeReader::new("t").read_str(text, "p.csv", &mut builder).unwrap();
    let (inventory, account) = builder.finish();
    assert_eq!((account.count("adoption_before_creation"), account.count("repeated_adoption")), (1, 1));
    let adoptions = &inventory.practices()[0].adoptions;
    assert_eq!((adoptions.len(), adoptions[0].year), (1, None));
    let report = study_of(inventory).practices(&PracticesOptions::default()).unwrap();
    assert_eq!((report.practices[0].undated, report.steps[0].year), (1, None));
}

#[test]
fn geojson_practices_are_where_their_points_are() {
    let text = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"pratique":"Atelier",
        "origine":"Les Ateliers","forme":"PTCE"},"geometry":{"type":"Point","coordinates":[0.587,43.646]}}]}"#;
    let mut builder = Inventory::builder(Strictness::Lenient);
    let (_, found) = PracticeReader::new("g").read_str(text, "p.geojson", &mut builder).unwrap();
    assert_eq!((found.kept(), found.count("added_actor")), (1, 1));
    let (inventory, _) = builder.finish();
    assert!((inventory.actors()[0].position.unwrap().lon() - 0.587).abs() < 1e-9);
}

/// The answers to the question on themes, by name, and the account.
fn shape(sheet: &Sheet, question: &str, options: &[&str]) -> (Vec<String>, Diagnostics) {
    let mapping = Mapping::propose(sheet).with_options(question, options);
    let (survey, found) = Survey::read(sheet, &mapping, Strictness::Lenient).unwrap();
    assert_eq!(found.seen(), sheet.rows.len());
    let q = survey.question(question).unwrap();
    let name = |o: &u32| survey.questions[q].options[*o as usize].clone();
    let text = |r: &rurban::read::surveys::Respondent| match &r.answers[q] {
        Answer::Options(o) => {
            let mut names: Vec<String> = o.iter().map(name).collect();
            names.sort_unstable();
            format!("{}: {}", r.organisation.clone().unwrap_or_default(), names.join("+"))
        }
        other => format!("{other:?}"),
    };
    (survey.respondents.iter().map(text).collect(), found)
}

#[test]
fn every_tool_gives_the_same_answers() {
    let options = ["Eau, air, sols", "Forêt et filière bois", "Mobilités"];
    let open = |name: &str| Sheet::open_path(fixture(name)).unwrap().0;
    let (google, sphinx, framaforms) = (open("google.csv"), open("sphinx.csv"), open("framaforms.csv"));
    assert_eq!(
        [google.tool, sphinx.tool, framaforms.tool],
        [SurveyTool::GoogleForms, SurveyTool::Sphinx, SurveyTool::Framaforms]
    );
    let (want, found) = shape(&google, "Quels thèmes ?", &options);
    assert_eq!((want.len(), found.count("no_option")), (12, 0), "{found}");
    assert!(want.iter().any(|w| w.contains("Eau, air, sols+")), "{want:?}");
    assert_eq!(shape(&sphinx, "THEMES", &options).0, want);
    // The draft is left out.
    let (mut other, found) = shape(&framaforms, "Thèmes", &[]);
    assert_eq!(found.count("unfinished_answer"), 1);
    let mut without = want.clone();
    without.remove(4);
    other.iter_mut().zip(&without).for_each(|(a, b)| assert_eq!(a, b));
    assert_eq!(other.len(), 11);
    #[cfg(feature = "xlsx")]
    {
        let microsoft = open("microsoft.xlsx");
        assert_eq!(microsoft.tool, SurveyTool::MicrosoftForms);
        assert_eq!(shape(&microsoft, "Quels thèmes ?", &options).0, want);
    }
}

#[test]
fn the_two_surveys_end_in_pages() {
    let m = made_up();
    let codes = EmbeddedFrance::code_book().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let asked = |clusters: bool| -> Vec<u32> {
        let actors = m.study.inventory().actors().iter().enumerate();
        let of = |k| matches!(k, ActorKind::Cluster | ActorKind::InnovationPlace) == clusters;
        actors.filter(|(_, a)| of(a.kind)).map(|(i, _)| i as u32).collect()
    };
    for (name, mapping, clusters) in
        [("clusters_limesurvey", None, true), ("territories_kobo", Some("territories_mapping.csv"), false)]
    {
        let options = AnswersOptions::default().asked(asked(clusters)).vocabulary(themes());
        let mut file = SurveyFile::new(fixture(&format!("{name}.csv"))).codes(codes.clone()).options(options);
        if let Some(mapping) = mapping {
            file = file.mapping(fixture(mapping));
        }
        for language in Language::ALL {
            let frame = PageFrame::default().notice("Inventé.");
            let (files, found) = file.write(&m.study, &frame, language, folder.path()).unwrap();
            assert_eq!(found.seen(), found.kept() + found.dropped());
            assert_eq!(files.len(), if mapping.is_some() { 2 } else { 3 });
            assert!(found.count("personal_columns") > 0 && found.count("answered_twice") >= 1, "{found}");
            let page = std::fs::read_to_string(folder.path().join(format!("{name}.html"))).unwrap();
            let (rate, percent) = language.pick(("Taux de réponse", "\u{202f}%"), ("Response rate", "%"));
            assert!(page.contains(rate) && page.contains(percent));
            assert!(!page.contains("exemple.fr") && !page.contains("01 00 00"), "personal data");
            // Response rates come before any share.
            assert!(page.find(rate).unwrap() < page.find("Fisher").or(page.find("χ²")).unwrap());
        }
    }
    let proposed = Mapping::open_path(folder.path().join("clusters_limesurvey_mapping.csv")).unwrap().0;
    let sheet = Sheet::open_path(fixture("clusters_limesurvey.csv")).unwrap().0;
    assert_eq!(proposed, Mapping::propose(&sheet));
    let (survey, found) = Survey::read(&sheet, &proposed, Strictness::Lenient).unwrap();
    assert_eq!((found.count("unfinished_answer"), found.count("answered_twice")), (6, 3));
    let (who, found) =
        survey.match_respondents(m.study.inventory(), m.study.atlas(), &codes, "clusters").unwrap();
    assert_eq!(found.count("unmatched_respondent") + found.count("respondent_by_commune"), 0, "{found}");
    let report = m.study.answers(&survey, &who, &AnswersOptions::default().asked(asked(true))).unwrap();
    assert_eq!(report.rural + report.urban + report.unclassed, report.respondents);
    let answered: usize = report.response.iter().map(|r| r.rate.count).sum();
    assert_eq!(answered, report.respondents);
    let research = report.options.iter().find(|o| o.option == "Recherche et innovation").unwrap();
    assert!(research.difference.unwrap() < 0.0 && research.p_adjusted.unwrap() >= research.p.unwrap());
    // From everybody asked, no interval is left; from some, it is narrower.
    let finite = AnswersOptions::default().asked(asked(true)).finite_population(true);
    let finite = m.study.answers(&survey, &who, &finite).unwrap();
    let width = |r: &rurban::study::AnswersReport| {
        let share = r.options[0].rural.unwrap();
        share.high - share.low
    };
    assert!(width(&finite) < width(&report));
    let texts = &report.texts.iter().find(|t| t.question.contains("réussir")).unwrap();
    assert!(texts.terms[0].total() >= texts.terms[1].total() && texts.n > 20);
}

#[test]
fn a_survey_without_rural_answers_says_so() {
    let m = made_up();
    let text = "Organisme,Commune,Thèmes\nMairie A,75056,Bois\nMairie B,69123,Eau\nMairie C,13055,Eau\n";
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (files, found) = SurveyFile::new(file.path())
        .write(&m.study, &PageFrame::default(), Language::French, folder.path())
        .unwrap();
    assert_eq!(found.count("respondent_by_commune"), 3, "{found}");
    let page = std::fs::read_to_string(&files[1]).unwrap();
    assert!(page.contains("Aucune réponse rurale"));
}

#[test]
fn the_census_ends_in_a_page() {
    let m = made_up();
    let folder = tempfile::tempdir().unwrap();
    let land = rurban::space::Layer::from_features([&EmbeddedFrance::land().unwrap()]);
    for language in Language::ALL {
        let frame = PageFrame::default().notice("!").land(&land);
        let options = PracticesOptions::default();
        let vocabulary = themes();
        let files =
            write_census(&m.study, &options, &m.words, Some(&vocabulary), &frame, language, folder.path())
                .unwrap();
        assert_eq!(files.len(), 4);
        let page = std::fs::read_to_string(&files[0]).unwrap();
        assert!(page.contains("Atelier de transformation partagé") && page.contains("<svg"));
        assert!(page.contains(language.pick("origine inconnue", "origin not known")));
    }
    let words = std::fs::read_to_string(folder.path().join("words.csv")).unwrap();
    assert!(words.contains("gestion cynégétique;proposed") && words.contains("cercle;unknown"), "{words}");
}

fn quick() -> DiffusionOptions {
    let mut word = WordOfMouthOptions::default();
    word.telling = word.telling.runs(20).periods(5);
    DiffusionOptions::default().cascades(2_000).word_of_mouth(Some(word))
}

#[test]
fn the_chosen_actors_reach_more_rural_ones_than_others() {
    let study = &made_up().study;
    let report = study.diffusion(&quick().budget(DiffusionBudget::Count(8)), &Silent).unwrap();
    assert_eq!(report.seeds.len(), 8);
    let reach = |set| report.compared.iter().find(|c| c.set == set).unwrap();
    let chosen = reach(SeedSet::Chosen);
    assert!(chosen.mean >= reach(SeedSet::Random).mean && chosen.mean >= reach(SeedSet::MostPartners).mean);
    assert!(report.choice.lower <= chosen.mean && chosen.mean <= report.choice.upper);
    assert!((chosen.mean - chosen.rural_actors).abs() < 1e-9);
    assert!((report.choice.total_weight - report.rural_actors as f64).abs() < 1e-9);
    let word = report.word_of_mouth.as_ref().unwrap();
    let hindered = word.hindered.as_ref().unwrap();
    assert!(hindered.adopters.last() <= word.free.adopters.last());
    let all = word.adopters_of(&word.free, Rurality::Rural) + word.adopters_of(&word.free, Rurality::Urban);
    assert!((all - word.free.adopters.last().unwrap()).abs() < 1e-6);
    // A series is fitted, or it is said why not; before the peak it is flagged.
    let dated: usize = report.uptake.iter().map(|u| u.new_adopters.iter().sum::<f64>() as usize).sum();
    let years = study.inventory().practices().iter().flat_map(|p| &p.adoptions).filter(|a| a.year.is_some());
    assert_eq!(dated, years.count());
    assert!(report.uptake.iter().any(|u| u.curve.value().is_some_and(|f| f.peak == PeakState::Passed)));
    for language in Language::ALL {
        let page =
            diffusion_page(study, &report, &PageFrame::default(), language).unwrap().to_html().unwrap();
        assert!(page.contains(language.pick("hypothèse", "assumption")));
    }
}

#[test]
fn budgets_objectives_and_bad_options() {
    let study = &made_up().study;
    let none = study.diffusion(&quick().budget(DiffusionBudget::Count(0)), &Silent).unwrap();
    assert!(none.seeds.is_empty() && none.compared.is_empty() && none.choice.ratio.is_none());
    let page = diffusion_page(study, &none, &PageFrame::default(), Language::French).unwrap();
    assert!(page.to_html().unwrap().contains("budget"));
    let costs = DiffusionBudget::KindCosts { costs: vec![(ActorKind::Cluster, 3.0)], other: 1.0, total: 6.0 };
    let costly = study.diffusion(&quick().budget(costs).objective(Objective::Actors), &Silent).unwrap();
    assert!(costly.seeds.iter().map(|s| s.cost.unwrap()).sum::<f64>() <= 6.0);
    let more = DiffusionBudget::Count(10_000);
    let all = study.diffusion(&quick().budget(more).objective(Objective::RuralPopulation), &Silent).unwrap();
    assert!(all.seeds.len() <= study.inventory().actors().len());
    let people: f64 = (study.atlas().base().territories().iter().enumerate())
        .filter(|(i, t)| {
            t.density.is_some_and(|d| d.rurality() == Rurality::Rural)
                && study.places().iter().any(|p| p.base == Some(*i as u32))
        })
        .filter_map(|(_, t)| t.population)
        .sum();
    assert!((all.choice.total_weight - people).abs() < 1e-6 * people);
    let bad = |change: &dyn Fn(&mut WordOfMouthOptions)| {
        let mut word = WordOfMouthOptions::default();
        change(&mut word);
        study.diffusion(&quick().word_of_mouth(Some(word)), &Silent).is_err()
    };
    assert!(bad(&|w| w.half_distance_m = 0.0) && bad(&|w| w.practice = Some(40)));
    assert!(bad(&|w| w.barriers = vec![Barriers::Rurality { passing: 1.5 }]));
    let outside = rurban::diffusion::ArcProbability::Uniform(1.2);
    let options = quick().spread(rurban::diffusion::SpreadModel::IndependentCascade, outside);
    assert!(study.diffusion(&options, &Silent).is_err());
    let heavy = rurban::diffusion::ArcProbability::Uniform(0.9);
    let options = quick().spread(rurban::diffusion::SpreadModel::LinearThreshold, heavy);
    assert!(study.diffusion(&options, &Silent).is_err());
}

#[cfg(feature = "parallel")]
#[test]
fn studies_are_the_same_bytes_on_any_threads() {
    let study = &made_up().study;
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let diffusion = study.diffusion(&quick(), &Silent).unwrap();
            let practices = study.practices(&PracticesOptions::default()).unwrap();
            (serde_json::to_string(&diffusion).unwrap(), serde_json::to_string(&practices).unwrap())
        })
    };
    let one = on(1);
    assert!(on(3) == one && on(8) == one);
}
