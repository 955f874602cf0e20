//! Its pictures.

use geo_types::Coord;

use super::{Subject, Told, km};
use crate::error::Result;
use crate::matrix::Matrix;
use crate::report::Wording;
use crate::report::maps::{Over, contours, frame, value_map};
use crate::study::{Needs, Search};
use crate::write::svg::{Colours, HeatMap, Svg};

/// What pictures show.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) told: &'a Told<'a>,
    pub(super) needs: &'a Needs,
    pub(super) subject: &'a Subject,
    pub(super) wording: &'a Wording,
}

/// What each possible partner could give, over the giving territories; none where they have no outlines.
pub(super) fn map(Shown { told, needs, subject, wording }: Shown<'_>) -> Result<Option<Svg>> {
    let (l, compared) = (told.l, told.compared);
    let level = compared.study().atlas().level(compared.giving().level()?)?;
    let Some(layer) = level.geometry() else { return Ok(None) };
    let search = Search::default();
    let scores: Vec<f64> = (0..layer.len())
        .map(|s| {
            let shown = compared.rank(subject.row, s, search).ok().flatten().is_some();
            if shown { compared.score(subject.row, s) } else { f64::NAN }
        })
        .collect();
    let point = |p: Option<crate::space::LonLat>| p.map(Coord::from);
    let own = point(needs.row.point);
    let lines: Vec<[Coord<f64>; 2]> = (needs.partners.iter())
        .filter_map(|p| Some([own?, point(compared.giving_row(p.row)?.point)?]))
        .collect();
    let (name, what) = (&needs.row.name, &subject.title);
    let title = if let Some(best) = needs.partners.first() {
        let (best, score, far) = (told.giver(best.row), l.decimal(best.score, 1), km(best.distance_m, l));
        l.pick(
            format!("{name}, {what}\u{a0}: à explorer d’abord, {best} (apport {score}, {far})"),
            format!("{name}, {what}: explore {best} first (gain {score}, {far})"),
        )
    } else {
        l.pick(
            format!("{name}, {what}\u{a0}: aucun partenaire à explorer"),
            format!("{name}, {what}: no partner to explore"),
        )
    };
    let label = l.pick("apport, sur 100", "gain, of 100");
    let n = l.integer(needs.partners.len());
    let note = l.pick(
        format!("Traits\u{a0}: les {n} partenaires de plus grand apport."),
        format!("Lines: the {n} partners of largest gain."),
    );
    let over = Over { note: &note, lines: &lines, points: own.as_slice() };
    let place = (layer, contours(level), frame(layer));
    value_map([&title, label], place, &scores, &over, wording).map(Some)
}

/// What each of the best partners adds to each activity that is lacking; none where nothing is lacking or
/// nobody could give.
pub(super) fn heat_map(Shown { told, needs, subject, wording }: Shown<'_>) -> Result<Option<Svg>> {
    let (l, compared) = (told.l, told.compared);
    if needs.lacks.is_empty() || needs.partners.is_empty() {
        return Ok(None);
    }
    let stacked = compared.linkages().regions() - compared.receiving().table().regions() + subject.row;
    let activities: Vec<String> = needs.lacks.iter().map(|n| told.activity(n.activity)).collect();
    let partners: Vec<String> = needs.partners.iter().map(|p| told.giver(p.row).to_owned()).collect();
    let added: Vec<Vec<f64>> =
        needs.partners.iter().map(|p| compared.linkages().added_density(stacked, p.row)).collect();
    let values: Vec<f64> =
        needs.lacks.iter().flat_map(|n| added.iter().map(move |column| column[n.activity])).collect();
    let most = values.iter().enumerate().filter(|v| v.1.is_finite()).max_by(|a, b| a.1.total_cmp(b.1));
    let name = &needs.row.name;
    let title = if let Some((i, value)) = most {
        let (activity, partner) = (&activities[i / partners.len()], &partners[i % partners.len()]);
        let (activity, value) = (l.quote(activity), l.decimal(*value, 1));
        l.pick(
            format!("{name}\u{a0}: l’apport le plus grand est celui de {partner} en {activity} ({value})"),
            format!("{name}: the largest addition is that of {partner} in {activity} ({value})"),
        )
    } else {
        l.pick(format!("{name}\u{a0}: ce qu’apportent les partenaires"), format!("{name}: what partners add"))
    };
    let map = HeatMap {
        title: &title,
        rows: &activities,
        columns: &partners,
        values: &Matrix::from_rows(activities.len(), partners.len(), values)?,
        colours: Colours::Sequential,
    };
    let note = l.pick(
        "Lecture\u{a0}: densité de proximité (sur 100) que chaque partenaire ajoute à ce qui manque.",
        "How to read: relatedness density (of 100) that each partner adds to what is lacking.",
    );
    Ok(Some(map.render_in(l.pictures())?.captioned(&format!("{note} {}", wording.source_line()))))
}
