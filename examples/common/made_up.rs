//! Made-up surveys and a made-up census, for those who have none yet.

use std::path::{Path, PathBuf};

use rurban::model::ActorKind;
use rurban::read::CensusFiles;
use rurban::report::Language;
use rurban::report::practices::{AskedKinds, PageFrame, PracticesRequest, SurveyFile};

/// A file of `fixtures/surveys`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/surveys").join(name)
}

/// Bodies, practices and adoptions.
pub fn census() -> CensusFiles {
    let [practices, adoptions] = ["practices.csv", "adoptions.csv"].map(|name| Some(fixture(name)));
    CensusFiles::default().bodies(Some(fixture("bodies.csv"))).practices(practices, adoptions)
}

/// What stands at the top of a page on that census.
pub fn frame(language: Language) -> PageFrame<'static> {
    PageFrame::default().notice(language.pick(
        "Coopérations réelles, mais partielles\u{202f}; les pratiques et leurs reprises sont inventées pour l’exemple.",
        "Cooperations are real, but not all there are; practices and their uptake are made up for the example.",
    ))
}

/// All of them told, with a notice that they are made up.
pub fn practices(language: Language) -> PracticesRequest {
    let census = census().cooperations(Some(fixture("cooperations.csv"))).themes(Some(fixture("themes.csv")));
    PracticesRequest::default().surveys(surveys()).census(census).notice(language.pick(
        "Réponses, structures et pratiques inventées pour l’exemple\u{202f}; seules les communes sont réelles.",
        "Answers, bodies and practices are made up for the example; only the municipalities are real.",
    ))
}

/// Clusters got one questionnaire, territories the other.
fn surveys() -> Vec<SurveyFile> {
    let territories = vec![ActorKind::PetrPays, ActorKind::Epci, ActorKind::Gal];
    let of_clusters = SurveyFile::new(fixture("clusters_limesurvey.csv"));
    let of_territories = SurveyFile::new(fixture("territories_kobo.csv"));
    vec![
        of_clusters.asked(AskedKinds::AllBut(territories.clone())),
        of_territories.asked(AskedKinds::Only(territories)).mapping(fixture("territories_mapping.csv")),
    ]
}
