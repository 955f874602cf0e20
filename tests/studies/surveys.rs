//! A made-up export in the shape of each survey tool.

#![cfg(feature = "france-data")]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests stop on failure")]

use rurban::diagnostics::{Diagnostics, Place, Strictness};
use rurban::france::EmbeddedFrance;
use rurban::inventory::Inventory;
use rurban::model::{Actor, ActorId, ActorKind};
use rurban::progress::Silent;
use rurban::read::CodeBook;
use rurban::read::csv::{Layout, Reader};
use rurban::read::surveys::{Answer, ColumnUse, Mapping, Sheet, Survey, SurveyTool};
use rurban::report::Language;
use rurban::report::practices::{PageFrame, survey_page};
use rurban::study::{AnswersOptions, Study, StudyOptions};

fn sheet(text: &str) -> Sheet {
    Sheet::read(Reader::default().layout(Layout::Titled).open_str(text, "export.csv").unwrap()).unwrap().0
}

fn read(text: &str) -> (Sheet, Survey, Diagnostics) {
    let sheet = sheet(text);
    let (survey, found) = Survey::read(&sheet, &Mapping::propose(&sheet), Strictness::Lenient).unwrap();
    assert_eq!(found.kept() + found.dropped(), sheet.rows.len(), "{found}");
    assert_eq!(found.kept(), survey.respondents.len());
    (sheet, survey, found)
}

/// The options each respondent chose, by name; `–` for a blank.
fn chosen(survey: &Survey, question: &str) -> Vec<String> {
    let q = survey.question(question).unwrap();
    let name = |o: &u32| survey.questions[q].options[*o as usize].as_str();
    survey
        .respondents
        .iter()
        .map(|r| match &r.answers[q] {
            Answer::Options(o) => o.iter().map(name).collect::<Vec<_>>().join("+"),
            Answer::Text(t) => t.clone(),
            Answer::Blank => "–".to_owned(),
        })
        .collect()
}

#[test]
fn limesurvey_marks_unfinished_and_hidden_questions() {
    let text = "id,submitdate,lastpage,startlanguage,token,Organisme,Themes[SQ001],Themes[SQ002],Themes[other]\n\
                1,2017-01-01,3,fr,a,PETR A,Y,,\n2,,1,fr,b,PETR B,Y,Y,\n3,2017-01-02,3,fr,c,Pays C,N/A,N/A,\n\
                4,2017-01-03,3,fr,a,PETR A,,Y,la chasse\n5,2017-01-03,3,fr,d,PETR D,Y,Y,\n";
    let (sheet, survey, found) = read(text);
    assert_eq!(sheet.tool, SurveyTool::LimeSurvey);
    assert_eq!(chosen(&survey, "Themes"), ["–", "SQ002", "SQ001+SQ002"]);
    assert_eq!((found.count("unfinished_answer"), found.count("answered_twice")), (1, 1));
    assert_eq!(survey.questions[0].strangers["la chasse"], 1);
}

#[test]
fn limesurvey_full_text_and_r_headings() {
    let full = "submitdate,Thèmes [Bois],Thèmes [Eau]\nx,Oui,Non\nx,N/A,N/A\nx,Non,Oui\n";
    assert_eq!(chosen(&read(full).1, "Thèmes"), ["Bois", "–", "Eau"]);
    let r = "submitdate,Q1.SQ001.,Q1.SQ002.\nx,Y,\nx,,Y\n";
    assert_eq!(chosen(&read(r).1, "Q1"), ["SQ001", "SQ002"]);
}

#[test]
fn kobo_in_both_forms_is_counted_once() {
    let text = "start;g/structure;g/themes;g/themes/bois;g/themes/eau;_uuid\n\
                t;PETR A;bois eau;1;1;u1\nt;PETR B;eau;0;1;u2\nt;PETR C;;;;u3\n";
    let (sheet, survey, _) = read(text);
    assert_eq!((sheet.tool, survey.questions.len()), (SurveyTool::KoboToolbox, 1));
    assert_eq!(chosen(&survey, "themes"), ["bois+eau", "eau", "–"]);
    let single = "g/structure;g/themes;_uuid\nPETR A;bois eau;u1\nPETR B;eau;u2\nPETR C;bois;u3\n";
    assert_eq!(chosen(&read(single).1, "themes"), ["bois+eau", "eau", "bois"]);
}

#[test]
fn framaforms_has_three_heading_rows() {
    let text = ",,,,,,\n,,,Organisme,Thèmes,,Courriel\nSerial,SID,Draft,,Bois,Eau,\n\
                1,11,0,PETR A,X,,a@a.fr\n2,12,1,PETR B,X,X,b@b.fr\n3,13,0,Pays C,,X,c@c.fr\n";
    let (sheet, survey, found) = read(text);
    assert_eq!(sheet.tool, SurveyTool::Framaforms);
    assert_eq!(chosen(&survey, "Thèmes"), ["Bois", "Eau"]);
    assert_eq!((found.count("unfinished_answer"), found.count("personal_columns")), (1, 1));
    assert!(!serde_json::to_string(&survey).unwrap().contains("a@a.fr"));
}

#[test]
fn google_options_with_commas_need_their_list() {
    let text = "Horodateur,Organisme,Thèmes\n1,PETR A,\"Eau, air, sols, Bois\"\n2,PETR B,Bois\n3,PETR C,\"Bois, chasse\"\n";
    let sheet = sheet(text);
    assert_eq!(sheet.tool, SurveyTool::GoogleForms);
    let mut mapping = Mapping::propose(&sheet);
    let themes = mapping.columns.iter_mut().find(|c| c.question == "Thèmes").unwrap();
    (themes.used, themes.separator) = (ColumnUse::Multiple, Some(",".to_owned()));
    let mapping = mapping.with_options("Thèmes", &["Eau", "Eau, air, sols", "Bois"]);
    // Written out and read back it is the same mapping.
    let (back, _) =
        Mapping::read(Reader::default().layout(Layout::Plain).open_str(&mapping.to_csv(), "m.csv").unwrap())
            .unwrap();
    let (survey, found) = Survey::read(&sheet, &back, Strictness::Lenient).unwrap();
    assert_eq!(chosen(&survey, "Thèmes"), ["Eau, air, sols+Bois", "Bois", "Bois"]);
    assert_eq!((survey.questions[0].strangers["chasse"], found.count("no_option")), (1, 1));
}

#[test]
fn microsoft_and_sphinx_cells() {
    let text = "ID,Heure de début,Heure de fin,Organisme,Thèmes\n1,a,b,PETR A,Bois;Eau;\n2,a,b,PETR B,Eau;\n3,a,b,PETR C,Bois;\n";
    let (sheet, survey, _) = read(text);
    assert_eq!(sheet.tool, SurveyTool::MicrosoftForms);
    assert_eq!(chosen(&survey, "Thèmes"), ["Bois+Eau", "Eau", "Bois"]);
    let sphinx = "CLE\tOrganisme\tThème_1\tThème_2\n1\tPETR A\tForêt\tEau\n2\tPETR B\tEau\t\n3\tPETR C\tForêt\t\n4\tPETR D\tForêt\tEau\n5\tPETR E\tEau\tForêt\n";
    let bytes = encoding_rs::WINDOWS_1252.encode(sphinx).0.into_owned();
    let sheet = Sheet::read(Reader::default().layout(Layout::Titled).open_from(&bytes[..], "s.csv").unwrap())
        .unwrap()
        .0;
    assert_eq!(sheet.tool, SurveyTool::Sphinx);
    let (survey, _) = Survey::read(&sheet, &Mapping::propose(&sheet), Strictness::Lenient).unwrap();
    assert_eq!(chosen(&survey, "Thème"), ["Eau+Forêt", "Eau", "Forêt", "Eau+Forêt", "Eau+Forêt"]);
}

#[test]
fn respondents_are_matched_or_reported_and_no_side_is_no_test() {
    let mut builder = Inventory::builder(Strictness::Lenient);
    for (id, name) in [("p1", "PETR du Pays A"), ("p2", "PETR B"), ("p3", "PETR B")] {
        let actor = Actor::new(ActorId::new(id).unwrap(), name, ActorKind::PetrPays);
        builder.add_actor(actor, Place::file("t")).unwrap();
    }
    let (inventory, _) = builder.finish();
    let text = "Organisme,Identifiant,Thèmes\nPetr, pays A,,Bois\n";
    assert!(Mapping::propose(&sheet(text)).columns.iter().any(|c| c.used == ColumnUse::Id));
    let text =
        "Organisme;Identifiant;Thèmes\nle PETR Pays A;;Bois\nPETR B;;Eau\nautre;p3;Bois\nautres;;Bois\n";
    let (_, survey, _) = read(text);
    let atlas = EmbeddedFrance::load().unwrap().atlas;
    let codes = CodeBook::default();
    let (matched, found) = survey.match_respondents(&inventory, &atlas, &codes, "export.csv").unwrap();
    let actors: Vec<Option<u32>> = matched.iter().map(|m| m.actor).collect();
    assert_eq!(actors, [Some(0), None, Some(2), None]);
    assert_eq!(found.count("unmatched_respondent"), 2);
    let (study, _) = Study::new(atlas, inventory, &StudyOptions::default(), &Silent).unwrap();
    let options = AnswersOptions::default();
    let report = study.answers(&survey, &matched, &options).unwrap();
    assert_eq!((report.respondents, report.unclassed, report.family), (4, 4, 0));
    assert!(report.options.iter().all(|o| o.rural.is_none() && o.p.is_none()));
    assert_eq!((report.response.len(), report.response[0].rate.count, report.response[0].rate.n), (1, 2, 3));
    assert!(study.answers(&survey, &matched[1..], &options).is_err());
    assert!(study.answers(&survey, &matched, &options.asked(vec![3])).is_err());
}

#[test]
fn titles_totals_and_whole_duplicates_are_no_answers() {
    let rows = "Horodatage;Structure;Commune;Code postal;Thème;Avis\n\
                1/9;PETR A;Auch;32000;Bois;oui\n2/9;Pays B;Saint-Clar;32380;Eau;non\n\
                3/9;Pays C;Foix;09000;Bois;oui\n3/9;Pays C;Foix;09000;Bois;oui\n4/9;GAL D;Muret;31600;Eau;oui\n";
    let titled = format!("Enquête ruralité 2026\n\n{rows}Total : 4 réponses\nSource : enquête en ligne\n");
    let table = Reader::default().layout(Layout::Titled).open_str(&titled, "e.csv").unwrap();
    let (sheet, account) = Sheet::read(table).unwrap();
    assert_eq!((sheet.header[1].as_str(), sheet.header.len(), sheet.rows.len()), ("Structure", 6, 5));
    assert_eq!(["header_line", "note", "ragged_row"].map(|k| account.count(k)), [1, 2, 0]);
    assert_eq!((account.kept(), account.dropped()), (5, 2), "{account}");
    let (_, survey, found) = read(&titled);
    assert_eq!((survey.respondents.len(), found.count("answered_twice")), (4, 1));
    assert_eq!(survey.questions.iter().map(|q| q.name.as_str()).collect::<Vec<_>>(), ["Thème", "Avis"]);
    assert_eq!(survey.respondents[0].postcode.as_deref(), Some("32000"));
    // Without a title, with the total in all its columns.
    let (sheet, survey, found) = read(&format!("{rows};Total;;;4;3 %\n"));
    assert_eq!((sheet.rows.len(), survey.respondents.len(), found.count("columns")), (5, 4, 1));
    let text = format!("{rows}Total;4;3 %;;;\nTotal général : 4;;;;;\n");
    let table = Reader::default().layout(Layout::Titled).open_str(&text, "e.csv").unwrap();
    let account = Sheet::read(table).unwrap().1;
    assert_eq!((account.count("total_row"), account.count("note"), account.kept()), (1, 1, 5), "{account}");
    // Bodies that are called so answer something.
    let named = "Organisme;Commune;Thème\nTotal;Pau;Bois\nTotalEnergies;Pau;Eau\nNotes de bas;Pau;Eau\n";
    assert_eq!(read(named).1.respondents.len(), 3);
    // No organisation: a person and all answers alike are one answer, the same ticks of others are not.
    let people = "Nom;Thème;Avis\nA;Bois;oui\nB;Bois;oui\nA;Bois;oui\nA;Eau;oui\n";
    let (_, survey, found) = read(people);
    assert_eq!((survey.respondents.len(), found.count("answered_twice")), (3, 1));
    let nobody = "Thème;Avis\nBois;oui\nBois;oui\nEau;oui\n";
    assert_eq!(read(nobody).1.respondents.len(), 3);
}

#[test]
fn a_postcode_tells_communes_of_one_name_apart_and_no_rate_is_no_card() {
    let text = "Structure;Commune;Code postal;Thème\nPays B;Saint-Clar;32380;Eau\nPays C;Saint-Denis;97400;Bois\n\
                Pays D;Saint-Denis;93200;Bois\n";
    let (sheet, survey, _) = read(text);
    let france = EmbeddedFrance::load().unwrap();
    let empty = Inventory::builder(Strictness::Strict).finish().0;
    let (matched, found) =
        survey.match_respondents(&empty, &france.atlas, &CodeBook::default(), &sheet.file).unwrap();
    let codes: Vec<&str> = matched
        .iter()
        .map(|m| france.atlas.base().territories()[m.base.unwrap() as usize].code.as_str())
        .collect();
    assert_eq!(codes, ["32370", "97411", "93066"], "{found}");
    let study = Study::new(france.atlas, empty, &StudyOptions::default(), &Silent).unwrap().0;
    let report = study.answers(&survey, &matched, &AnswersOptions::default()).unwrap();
    let page =
        survey_page(&study, &report, &survey, &PageFrame::default(), Language::French).to_html().unwrap();
    assert!(page.contains("Le taux de réponse n’est pas connu") && !page.contains("0/0"));
    assert!(!page.contains("Taux de réponse par type"));
}
