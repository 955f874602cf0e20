//! What became of files of a user.

use std::path::Path;

use super::Outlet;
use crate::diagnostics::Strictness;
use crate::error::{Error, Result};
use crate::france::{EmbeddedFrance, OwnBeside};
use crate::read::{OwnFiles, TieCount};
use crate::study::Study;

/// Reads files of a user into the embedded France, and gives their accounts to the outlet.
pub(super) fn read_own(
    france: &mut EmbeddedFrance,
    own: &OwnFiles,
    beside: OwnBeside,
    strictness: Strictness,
    outlet: &mut Outlet<'_>,
) -> Result<TieCount> {
    let mut hear = |what: &str, path: &Path, found: &_| outlet.on_file(what, path, found);
    let (ties, found) = france.read_own(own, beside, strictness, &mut hear)?;
    outlet.account("INVENTORY", &found);
    Ok(ties)
}

/// Says how many actors of the user (all from this one on) are placed and how many ties are kept; fails when their files came to
/// nothing: no tie is left, or no actor has a place.
pub(super) fn check_use(study: &Study, ties: TieCount, first: usize, outlet: &mut Outlet<'_>) -> Result<()> {
    let actors = || study.inventory().actors().iter().zip(study.places()).skip(first);
    let (all, placed) = (actors().count(), actors().filter(|(_, p)| p.base.is_some()).count());
    let TieCount { seen, kept, .. } = ties;
    let l = outlet.language;
    let nothing = if all == 0 {
        l.pick(
            "AUCUN ACTEUR N’A ÉTÉ LU\u{a0}: les fichiers n’en ont pas, ou toutes les lignes ont été écartées. Voyez \
             les remarques ci-dessus",
            "NO ACTOR WAS READ: the files hold none, or all rows were dropped. See the findings above",
        )
        .to_owned()
    } else if placed == 0 {
        l.pick(
            format!(
                "AUCUN DE VOS {all} ACTEURS N’EST LOCALISÉ\u{a0}: la carte n’en montre aucun. Voyez les remarques \
                 ci-dessus"
            ),
            format!("NONE OF YOUR {all} ACTORS IS PLACED: the map shows none of them. See the findings above"),
        )
    } else if seen > 0 && kept == 0 {
        l.pick(
            format!(
                "LES {seen} LIENS SONT TOUS ÉCARTÉS\u{a0}: leurs acteurs n’ont pas été trouvés. Voyez les remarques \
                 ci-dessus"
            ),
            format!("ALL {seen} TIES WERE DROPPED: no actor was found for them. See the findings above"),
        )
    } else {
        outlet.say(l.pick(
            format!("\n{placed} de vos {all} acteurs localisés, {kept} liens gardés sur {seen}"),
            format!("\n{placed} of {all} actors of yours are placed, {kept} of {seen} ties kept"),
        ));
        return Ok(());
    };
    Err(Error::Request(nothing))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::report::Language;
    use crate::study::StudyOptions;

    fn used(rows: &str, ties: TieCount) -> (Result<()>, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("actors.csv");
        std::fs::write(&path, format!("id,name,commune\n{rows}")).unwrap();
        let own =
            OwnFiles { actors: vec![path.display().to_string().parse().unwrap()], ..OwnFiles::default() };
        let mut france = EmbeddedFrance::load().unwrap();
        let mut heard = String::new();
        let mut outlet = Outlet::new("nowhere", Language::English, |text| heard.push_str(text));
        read_own(&mut france, &own, OwnBeside::Nothing, Strictness::Lenient, &mut outlet).unwrap();
        let (study, _) = france.into_study(&StudyOptions::default(), &Silent).unwrap();
        let outcome = check_use(&study, ties, 0, &mut outlet);
        drop(outlet);
        (outcome, heard)
    }

    #[test]
    fn files_that_came_to_nothing_are_an_error_that_says_so() {
        let (none, lost) = (TieCount::default(), TieCount { seen: 3, kept: 0 });
        let (outcome, heard) = used("1,Mairie,32013\n2,Nulle part,\n", none);
        assert!(
            outcome.is_ok() && heard.ends_with("\n1 of 2 actors of yours are placed, 0 of 0 ties kept"),
            "{heard}"
        );
        for (rows, ties, words) in [
            ("", none, "NO ACTOR WAS READ"),
            ("2,Nulle part,\n", none, "NONE OF YOUR 1 ACTORS IS PLACED"),
            ("1,Mairie,32013\n", lost, "ALL 3 TIES WERE DROPPED"),
        ] {
            let error = used(rows, ties).0.unwrap_err().to_string();
            assert!(error.starts_with(words), "{error}");
        }
    }
}
