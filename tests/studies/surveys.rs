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
use rurban::study::{AnswersOptions, Study, StudyOptions};

fn sheet(text: &str) -> Sheet {
    Sheet::read(Reader::default().layout(Layout::Plain).open_str(text, "export.csv").unwrap()).unwrap().0
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
    let sheet = Sheet::read(Reader::default().layout(Layout::Plain).open_from(&bytes[..], "s.csv").unwrap())
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
