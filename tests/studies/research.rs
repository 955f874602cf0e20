//! Firms that work with laboratories, on a small study made by hand and on the embedded France.

use rurban::atlas::{Atlas, Territory};
use rurban::diagnostics::{Place, Strictness};
use rurban::evidence::Null;
use rurban::inventory::{Inventory, SourceTitle};
use rurban::model::{
    Actor, ActorId, ActorKind, CommuneCode, Cooperation, CooperationKind, DensityLevel, EnterpriseSize,
    Level, Participation, Period, ProjectId, Rurality, TerritoryCode,
};
use rurban::progress::Silent;
use rurban::read::{ActorFile, ActorReader, OwnFiles, ParticipantReader};
use rurban::space::LonLat;
use rurban::study::{
    FirmGround, FirmLaboratoryOptions, FirmLaboratoryStatistic, FirmsAndLaboratories, KindPair,
    LinkageOptions, Study, StudyOptions,
};

const COMMUNES: [&str; 4] = ["01001", "01002", "02001", "02002"];

/// Four communes in a row, 0.5° apart, the outer ones rural; each is its own EPCI, two make a région.
fn atlas() -> Atlas {
    let mut builder = Atlas::builder(Level::Commune, Strictness::Strict);
    for (i, code) in COMMUNES.into_iter().enumerate() {
        let mut t = Territory::new(TerritoryCode::new(code).unwrap(), code);
        t.population = Some(100.0 * (i + 1) as f64);
        t.point = Some(LonLat::new(1.0 + 0.5 * i as f64, 46.0).unwrap());
        let rural = i == 0 || i == 3;
        t.density = Some(if rural { DensityLevel::DispersedRural } else { DensityLevel::LargeUrbanCentre });
        builder.add(t, Place::file("atlas")).unwrap();
    }
    let (mut atlas, _) = builder.finish().unwrap();
    for (level, of) in [(Level::Epci, ["a", "b", "c", "d"]), (Level::Region, ["w", "w", "e", "e"])] {
        let mut names = of.to_vec();
        names.dedup();
        let units = names.iter().map(|n| (TerritoryCode::new(*n).unwrap(), (*n).to_owned()));
        atlas.add_level(level, units, COMMUNES.into_iter().zip(of), Strictness::Strict).unwrap();
    }
    atlas
}

fn title(french: &str, english: &str) -> SourceTitle {
    SourceTitle { french: french.to_owned(), english: english.to_owned() }
}

fn id(name: &str) -> ActorId {
    ActorId::new(name).unwrap()
}

/// Firms fA, fB, fD in communes 1, 2, 4, fX nowhere; laboratories lA, lB, lC in communes 1, 2, 3.
fn inventory() -> Inventory {
    let mut builder = Inventory::builder(Strictness::Lenient);
    let place = || Place::file("t");
    for (name, commune) in [
        ("fA", Some(0)),
        ("fB", Some(1)),
        ("fD", Some(3)),
        ("fX", None),
        ("lA", Some(0)),
        ("lB", Some(1)),
        ("lC", Some(2)),
    ] {
        let kind = if name.starts_with('f') { ActorKind::Enterprise } else { ActorKind::ResearchCentre };
        let mut actor = Actor::new(id(name), name, kind);
        actor.commune = commune.map(|c: usize| CommuneCode::new(COMMUNES[c]).unwrap());
        actor.size = (name == "fD").then_some(EnterpriseSize::Micro);
        if name == "lC" {
            actor.themes = vec!["domain:Physics".to_owned(), "other".to_owned()];
        }
        builder.add_actor(actor, place()).unwrap();
    }
    for (project, year, source, members) in [
        // fA twice, as sources have it: one pair all the same.
        ("p1", Some(2010), "anr", &["fA", "lB", "lC", "fA"][..]),
        ("p2", Some(2011), "anr", &["fB", "lB"]),
        ("p3", Some(2011), "h2020", &["fA", "fD", "lC"]),
        ("p4", None, "anr", &["fX", "lA"]),
        ("p5", Some(2012), "anr", &["fA"]),
        ("p6", Some(2012), "anr", &["lA", "lB"]),
    ] {
        for member in members {
            let mut p = Participation::new(
                id(member),
                ProjectId::new(project).unwrap(),
                CooperationKind::ResearchProject,
            );
            p.period = year.and_then(|y| Period::new(y, y + 2).ok());
            p.source = source.to_owned();
            builder.add_participation(p, place()).unwrap();
        }
    }
    let mut tie = Cooperation::new(id("fD"), id("lA"), CooperationKind::ResearchProject);
    tie.period = Period::new(2012, 2012).ok();
    tie.source = "ilab".to_owned();
    builder.add_cooperation(tie, place()).unwrap();
    builder.finish().0
}

fn small(options: &FirmLaboratoryOptions) -> FirmsAndLaboratories {
    let (study, _) = Study::new(atlas(), inventory(), &StudyOptions::default(), &Silent).unwrap();
    study.firms_and_laboratories(options, &Silent).unwrap()
}

#[test]
fn a_small_study_is_counted_by_hand() {
    let ground = FirmGround { title: title("ateliers", "workshops"), of_base: vec![1.0; 4] };
    let r = small(&FirmLaboratoryOptions::default().ground(ground).deals(19));
    let c = &r.coverage;
    assert_eq!((c.projects_seen, c.projects, c.undated), (7, 5, 1));
    assert_eq!((c.firms, c.firms_without_place, c.laboratories, c.laboratories_without_place), (4, 1, 3, 0));
    assert_eq!((c.pairs, c.pairs_placed, c.ties), (7, 6, 6));
    let sources: Vec<_> =
        r.sources.iter().map(|s| (s.source.as_str(), s.projects, s.pairs, s.rural_pairs)).collect();
    assert_eq!(sources, [("anr", 3, 4, 2), ("h2020", 1, 2, 2), ("ilab", 1, 1, 1)]);

    let rural = r.rural();
    assert_eq!((rural.rurality, rural.firms, rural.by_size), (Some(Rurality::Rural), 2, [1, 0, 0, 1]));
    assert_eq!((rural.projects, rural.pairs, rural.laboratories, rural.firms_once), (3, 5, 3, 0));
    assert_eq!((rural.pairs_placed, rural.elsewhere, rural.beyond, rural.with_urban), (5, 5, 3, 4));
    assert_eq!((rural.pairs_around, rural.pairs_classed), (5, 5));
    assert_eq!((r.urban().firms, r.urban().elsewhere, r.sides[2].firms), (1, 0, 1));
    assert_eq!((r.rural_population_share, r.rural_ground_share), (Some(0.5), Some(0.5)));
    // fB is where its laboratory is.
    assert_eq!(r.urban().quartiles_m, Some([0.0; 3]));
    assert_eq!(r.distances.iter().map(|d| d.rural).collect::<Vec<_>>(), [0, 0, 2, 2, 1, 0, 0]);

    let years: Vec<_> = r
        .years
        .iter()
        .filter(|y| y.source.is_none())
        .map(|y| (y.year, y.projects, y.rural_projects, y.participations, y.rural_participations))
        .collect();
    assert_eq!(years, [(2010, 1, 1, 1, 1), (2011, 2, 1, 3, 2), (2012, 1, 1, 1, 1)]);
    let trend = r.trends[0].participations.value().unwrap();
    assert_eq!((r.trends[0].years, trend.evidence.observed, trend.slope), (3, 0.0, 0.0));
    assert!(r.trends[1].participations.reason().unwrap().contains("too few"));

    let cities: Vec<_> =
        r.cities().iter().map(|t| (t.code.clone(), t.pairs_with_rural, t.rural_partners)).collect();
    assert_eq!(cities, [("c".to_owned(), 3, 2), ("a".to_owned(), 1, 1), ("b".to_owned(), 1, 1)]);
    let w = &r.without;
    assert_eq!((w.territories, w.without, w.rural, w.rural_without), (4, 1, 2, 0));
    assert_eq!(w.population_share, Some(0.3));
    // Three firms in four cells: 4 (3/4)³ are empty; variance Σ p(1−p) + Σ_{i≠j} ((2/4)³ − p²).
    let chance = w.against_ground.as_ref().unwrap().value().unwrap();
    assert_eq!(chance.observed, 1.0);
    assert!((chance.expected - 1.6875).abs() < 1e-12);
    assert!((chance.sd.unwrap().powi(2) - 0.339_843_75).abs() < 1e-12);

    let actors = inventory();
    let name = |a: u32| actors.actors()[a as usize].name.as_str();
    let best = &r.laboratories[0];
    assert_eq!((name(best.actor), best.rural_firms, best.rural_projects, best.pairs), ("lC", 2, 2, 3));
    let firms: Vec<_> = r.firms.iter().map(|f| (name(f.actor), f.projects, f.laboratories, f.near)).collect();
    assert_eq!(firms, [("fA", 2, 2, 0), ("fD", 2, 2, 0)]);
    assert!((r.firms[0].nearest_m.unwrap() / 1e3 - 38.74).abs() < 0.05, "{:?}", r.firms[0].nearest_m);
    assert_eq!(
        (r.fields[0].field.as_str(), r.fields[0].rural_pairs, r.fields[0].urban_pairs),
        ("Physics", 3, 0)
    );
    assert_eq!((r.flows.len(), r.flows[0].pairs), (4, 2));
}

#[test]
fn chance_keeps_what_it_must_and_reasons_are_kept() {
    let r = small(&FirmLaboratoryOptions::default().deals(49));
    let dealt = r.dealt(FirmLaboratoryStatistic::RuralUrban).unwrap();
    assert_eq!((dealt.null, dealt.observed), (Null::TwoMode, 4.0));
    // Firms × laboratories of each project stay: rural pairs are at most all of them.
    assert!(r.dealt(FirmLaboratoryStatistic::RuralPairs).unwrap().expected <= 7.0);
    assert_eq!(small(&FirmLaboratoryOptions::default().deals(49)), r);
    // One project of one urban firm: nothing rural is defined.
    let r = small(&FirmLaboratoryOptions::default().sources(&["nobody"]));
    assert_eq!((r.coverage.projects, r.rural().firms, r.years.len()), (0, 0, 0));
    assert!(r.tests.iter().all(|t| t.evidence.reason().is_some()));
    assert_eq!(r.without.without, 4);
    let bad =
        FirmLaboratoryOptions::default().ground(FirmGround { title: title("", ""), of_base: vec![1.0] });
    let (study, _) = Study::new(atlas(), inventory(), &StudyOptions::default(), &Silent).unwrap();
    assert!(study.firms_and_laboratories(&bad, &Silent).is_err());
    let unknown = FirmLaboratoryOptions::default().level(Level::Gal);
    assert!(study.firms_and_laboratories(&unknown, &Silent).is_err());
}

#[test]
fn slices_by_source_and_period_add_up() {
    let (study, _) = Study::new(atlas(), inventory(), &StudyOptions::default(), &Silent).unwrap();
    let period = Period::new(2011, 2013).unwrap();
    let options = LinkageOptions::default().swaps(19);
    let pair = KindPair::FIRMS_LABORATORIES;
    let slices = study.linkage_slices(pair, &[period], &options, &Silent).unwrap();
    let rows: Vec<_> =
        slices.iter().map(|s| (s.source.as_str(), s.period.is_some(), s.ties, s.labelled, s.cross)).collect();
    // fX has no place; p4 no date, so that it is in no period, and p1 runs until 2012.
    assert_eq!(
        rows,
        [
            ("anr", false, 4, 3, 2),
            ("anr", true, 3, 3, 2),
            ("h2020", false, 2, 2, 2),
            ("h2020", true, 2, 2, 2),
            ("ilab", false, 1, 1, 0),
            ("ilab", true, 1, 1, 0)
        ]
    );
    let nulls = |i: usize| slices[i].tests.iter().filter_map(|t| Some(t.value()?.null)).collect::<Vec<_>>();
    assert_eq!(nulls(0), [Null::Configuration, Null::Gravity, Null::TwoMode]);
    // A direct tie has no participations to deal.
    assert_eq!(nulls(4), [Null::Configuration, Null::Gravity]);
}

/// The columns of the organisations file of CORDIS with rows made up here.
const CORDIS: &str = "projectID,projectAcronym,organisationID,name,shortName,SME,activityType,postCode,city,country,nutsCode,geolocation,order,role,ecContribution,netEcContribution,totalCost,endOfParticipation
501,GRAIN,901,MOULINS DU VALLON SAS,,true,PRC,01000,Amont,FR,FRK21,\"46.0,1.0\",1,participant,120000.5,120000.5,\"150000,25\",false
501,GRAIN,902,INSTITUT DES GRAINS,IDG,false,REC,01000,Aval,FR,FRK21,\"46.0,1.5\",2,coordinator,300000,300000,300000,false
501,GRAIN,903,KORN GMBH,,true,PRC,10115,Berlin,DE,DE300,\"52.5,13.4\",3,participant,90000,90000,90000,false
501,GRAIN,901,MOULINS DU VALLON SAS,,true,PRC,01000,Amont,FR,FRK21,\"46.0,1.0\",4,participant,-5,0,0,false
502,SEUL,901,MOULINS DU VALLON SAS,,true,PRC,01000,Amont,FR,FRK21,,1,coordinator,0,0,0,false
,SANS,902,INSTITUT DES GRAINS,IDG,false,REC,01000,Aval,FR,FRK21,,1,participant,1,1,1,false
";

#[test]
fn the_files_of_cordis_are_read_as_published() {
    let mut builder = Inventory::builder(Strictness::Lenient);
    let reader = ParticipantReader::new("cordis").country("FR");
    let found = reader.read_str(CORDIS, "organization.csv", &mut builder).unwrap();
    assert_eq!((found.kept(), found.dropped()), (3, 2));
    assert_eq!((found.count("other_country"), found.count("no_project")), (1, 1));
    let (inventory, d) = builder.finish();
    // The second line of a participant is dropped with its negative amount.
    assert_eq!(d.count("repeated_participation"), 1);
    let actors: Vec<_> = inventory.actors().iter().map(|a| (a.id.as_str(), a.kind, a.size)).collect();
    assert_eq!(
        actors,
        [
            ("cordis:901", ActorKind::Enterprise, Some(EnterpriseSize::Sme)),
            ("cordis:902", ActorKind::ResearchCentre, None)
        ]
    );
    assert!((inventory.actors()[0].position.unwrap().lon() - 1.0).abs() < 1e-12);
    let project = &inventory.projects()[0];
    assert_eq!((project.participants.len(), project.funding_eur), (2, Some(420_000.5)));
    assert_eq!(inventory.projects()[1].funding_eur, Some(0.0));
}

/// The columns of the partners file of the ANR with rows made up here.
const ANR: &str = "Projet.Code_Decision_ANR;Projet.Partenaire.Code_Decision_ANR;Projet.Partenaire.Est_coordinateur;Projet.Partenaire.Nom_organisme;Projet.Partenaire.Code_RNSR;Projet.Partenaire.Categorie_organisme;Projet.Partenaire.Adresse.Ville;Projet.Partenaire.Adresse.Region;Projet.Partenaire.Adresse.Pays
ANR-15-CE21-0007;ANR-15-CE21-0007-01;True;Laboratoire des farines;200611689J;Laboratoire public;02001 CEDEX 3;Aval;France
ANR-15-CE21-0007;ANR-15-CE21-0007-02;False;Moulins du Vallon;;PME;01001;Amont;France
ANR-15-CE21-0007;ANR-15-CE21-0007-03;False;Silos Réunis;;Entreprise autre que TPE ou PME;Ailleurs;Amont;France
";

#[test]
fn the_files_of_the_anr_are_read_as_published() {
    let mut builder = Inventory::builder(Strictness::Lenient);
    // The communes of the small atlas are called as their codes.
    let reader = ParticipantReader::new("anr").communes(atlas().base());
    let found = reader.read_str(ANR, "partenaires.csv", &mut builder).unwrap();
    assert_eq!((found.kept(), found.dropped(), found.count("unknown_city")), (3, 0, 1));
    let (inventory, _) = builder.finish();
    let actors: Vec<_> = inventory
        .actors()
        .iter()
        .map(|a| (a.id.as_str(), a.kind, a.commune.map(|c| c.to_string()).unwrap_or_default()))
        .collect();
    assert_eq!(
        actors,
        [
            ("rnsr:200611689J", ActorKind::ResearchCentre, "02001".to_owned()),
            ("anr:moulinsduvallon@01001", ActorKind::Enterprise, "01001".to_owned()),
            ("anr:silosreunis@", ActorKind::Enterprise, String::new())
        ]
    );
    let project = &inventory.projects()[0];
    assert_eq!((project.id.as_str(), project.period), ("anr:ANR-15-CE21-0007", Period::new(2015, 2015).ok()));
    let none = ParticipantReader::new("x").read_str(
        "a;b\n1;2\n",
        "x.csv",
        &mut Inventory::builder(Strictness::Lenient),
    );
    assert!(none.unwrap_err().to_string().contains("projectid"));
}

/// The columns of the directory of research structures with rows made up here.
#[test]
fn the_directory_of_structures_is_read_as_published() {
    let text = "Numéro national de structure;Libellé;Sigle;Année de création;Type de structure;Code postal;Commune;Code commune;Domaine scientifique\n\
                200611689J;Laboratoire des farines;LF;2006;Unité mixte;02001;Aval;02001;Chimie|Sciences agronomiques et écologiques\n";
    let mut builder = Inventory::builder(Strictness::Lenient);
    let found =
        ActorReader::new(ActorKind::ResearchCentre, "rnsr").read_str(text, "rnsr.csv", &mut builder).unwrap();
    assert_eq!(found.kept(), 1);
    let actor = &builder.actors()[0];
    assert_eq!((actor.id.as_str(), actor.name.as_str()), ("200611689J", "Laboratoire des farines"));
    assert_eq!(actor.commune.unwrap().as_str(), "02001");
    assert_eq!(actor.themes, ["Chimie", "Sciences agronomiques et écologiques"]);
}

/// A user's file called as an embedded source is not credited to its producer.
#[cfg(feature = "france-data")]
#[test]
fn a_file_of_the_same_name_is_not_the_source() {
    use rurban::france::EmbeddedFrance;
    let france = EmbeddedFrance::load().unwrap();
    assert!(france.inventory.source_title("h2020").unwrap().english.contains("CORDIS"));
    let folder = std::env::temp_dir().join("rurban_same_name");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("h2020.csv");
    std::fs::write(&path, "id,name,insee\nmine,Mine,01004\n").unwrap();
    let own =
        OwnFiles { actors: vec![ActorFile { path, kind: ActorKind::Enterprise }], ..OwnFiles::default() };
    let book = EmbeddedFrance::code_book().unwrap();
    for (mut builder, source) in [
        (Inventory::builder(Strictness::Lenient), "h2020"),
        (france.inventory.into_builder(Strictness::Lenient), "h2020.csv"),
    ] {
        own.read(&mut builder, None, &book, &mut |_, _, _| {}).unwrap();
        let (inventory, _) = builder.finish();
        let mine = &inventory.actors()[inventory.find("mine").unwrap()];
        assert_eq!(mine.source, source);
        assert_eq!(inventory.source_title(&mine.source), None);
    }
}

/// The state of things that the report shows. The source lists 12,814 pairs line by line in 2,457 ANR
/// projects (asserted beside the loader); a study counts a firm and a laboratory once in a project, gives a
/// body one kind and puts it where its lines put it most often (`fixtures/README.md` has both counts).
#[cfg(feature = "france-data")]
#[test]
fn the_state_of_rural_firms_and_laboratories() {
    use rurban::france::{EmbeddedFrance, FranceOptions, ResearchScope};
    let options = FranceOptions::default().research(ResearchScope::FirmsWithLaboratories);
    let france = EmbeddedFrance::load_with(&options).unwrap();
    let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap();
    let options = FirmLaboratoryOptions::default()
        .years(Period::new(2010, 2022).unwrap())
        .whole_years(Period::new(2010, 2021).unwrap())
        .ground(EmbeddedFrance::firm_ground(study.atlas()).unwrap())
        .deals(39);
    let anr = study.firms_and_laboratories(&options.clone().sources(&["anr", "pia"]), &Silent).unwrap();
    let c = &anr.coverage;
    assert_eq!((c.projects_seen, c.projects, c.pairs, c.pairs_placed), (2_457, 2_453, 11_866, 11_190));
    let rural = anr.rural();
    assert_eq!((rural.firms, rural.pairs, rural.pairs_placed), (254, 943, 922));
    assert_eq!((rural.territories, rural.elsewhere), (177, 908));
    assert_eq!(anr.cities()[0].pairs_with_rural, 122);

    // Few firms are in a PETR or Pays: each share is of the pairs of which it is known.
    let pays = study.firms_and_laboratories(&options.clone().level(Level::PetrPays), &Silent).unwrap();
    let s = pays.rural();
    assert!(s.pairs_placed < s.pairs_around && s.elsewhere <= s.pairs_placed, "{s:?}");
    assert!(s.beyond <= s.pairs_around && s.with_urban <= s.pairs_classed, "{s:?}");

    let r = study.firms_and_laboratories(&options, &Silent).unwrap();
    assert_eq!((r.rural().firms, r.urban().firms, r.sides[2].firms), (291, 2_645, 819));
    assert_eq!((r.without.without, r.without.rural, r.without.rural_without), (872, 862, 697));
    let chance = r.without.against_ground.as_ref().unwrap().value().unwrap();
    assert!((chance.expected - 575.9).abs() < 0.05);
    // Three in four leave the région, and yet far fewer than participations dealt anew would.
    let near = r.dealt(FirmLaboratoryStatistic::SameAround).unwrap();
    assert!((near.observed - 0.245_886).abs() < 1e-6 && near.expected < 0.1);
    assert!(near.z.is_some_and(|z| z > 8.0));
    let trend = r.trends[0].participations.value().unwrap();
    assert_eq!((r.trends[0].years, trend.evidence.observed), (12, -33.0));
    assert!(r.years.iter().any(|y| y.year == 2022 && !y.whole));
    for language in rurban::report::Language::ALL {
        let text = rurban::report::research::research_text(&r, language);
        assert!(text.lines().count() >= 10 && text.contains("291"), "{text}");
        let map = rurban::report::research::ResearchMap::default();
        let page = rurban::report::research::research_page(&study, &r, &map, language).unwrap();
        assert!(page.to_html().unwrap().contains("RNSR"));
    }
}
