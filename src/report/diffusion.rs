//! What people read of diffusion: whom to tell first, how far word of mouth carries, how uptake goes on.

mod request;

pub use request::deliver_diffusion;

use super::Language;
use super::practices::{PageFrame, what_is_rural};
use crate::diffusion::PeakState;
use crate::error::Result;
use crate::model::Rurality;
use crate::study::{DiffusionReport, Objective, PracticeUptake, SeedSet, Study, WordOfMouth};
use crate::write::Table;
use crate::write::page::{KeyFigure, Page, PageTable};
use crate::write::report::Align;
use crate::write::svg::{Axis, Marks, Plot, Series};

fn objective(objective: Objective, l: Language) -> &'static str {
    match objective {
        Objective::Actors => l.pick("acteurs touchés", "actors reached"),
        Objective::RuralActors => l.pick("acteurs ruraux touchés", "rural actors reached"),
        Objective::RuralPopulation => {
            l.pick("habitants des communes rurales touchées", "inhabitants of rural municipalities reached")
        }
    }
}

fn side(rurality: Option<Rurality>, l: Language) -> &'static str {
    rurality.map_or_else(|| l.pick("non situé", "not placed"), |r| l.rurality(r))
}

/// A page on the diffusion of practices.
///
/// # Errors
/// None on a report of this study.
pub fn diffusion_page(
    study: &Study,
    report: &DiffusionReport,
    frame: &PageFrame<'_>,
    language: Language,
) -> Result<Page> {
    let l = language;
    let seeds = l.count(report.seeds.len(), "acteur", "acteurs", "actor", "actors");
    let lead = l.pick(
        format!("À qui parler d’abord pour qu’une pratique gagne les territoires ruraux\u{a0}: {seeds}, avec des bornes."),
        format!("Whom to tell first so that a practice reaches rural territories: {seeds}, with bounds."),
    );
    let mut page = frame.page(l.pick("Diffusion des pratiques", "How practices spread"), lead, l);
    first_told(&mut page, study, report, frame, l);
    if let Some(word) = &report.word_of_mouth {
        word_of_mouth(&mut page, study, word, l)?;
    }
    uptake(&mut page, study, &report.uptake, l)?;
    page.source(what_is_rural(study, l));
    page.source(l.pick(
        "Cascade indépendante ou seuil linéaire sur le graphe des coopérations, chaque lien dans les deux sens. Les \
         probabilités sont une hypothèse, non une mesure\u{a0}: elles servent à comparer des listes d’acteurs. Choix par \
         ensembles atteignables à rebours (OPIM-C, 2018), bornes valables avec une probabilité d’au moins 99,9\u{202f}%.",
        "Independent cascade or linear threshold on the cooperation graph, each tie both ways. The probabilities are an \
         assumption, not a measurement: they serve to compare lists of actors. Choice by reverse reachable sets (OPIM-C, \
         2018); the bounds hold with a probability of at least 99.9%.",
    ));
    page.source(l.pick(
        "Bouche-à-oreille\u{a0}: Hägerstrand, sur des distances. Courbes\u{a0}: Bass (1969), moindres carrés, intervalles de \
         profil à 90\u{202f}%\u{202f}; sur des séries courtes, m et p sont connus pour être sous-estimés.",
        "Word of mouth: Hägerstrand, on distances. Curves: Bass (1969), least squares, 90% profile intervals; on short \
         series m and p are known to come out too low.",
    ));
    Ok(page)
}

fn first_told(page: &mut Page, study: &Study, report: &DiffusionReport, frame: &PageFrame<'_>, l: Language) {
    let section = page.section(l.pick("À qui parler d’abord", "Whom to tell first"));
    if !frame.notice.is_empty() {
        section.remark(frame.notice.as_str());
    }
    let choice = &report.choice;
    if report.seeds.is_empty() {
        section.paragraph(l.pick(
            "Le budget ne permet de parler à personne\u{a0}: aucun acteur n’est choisi.",
            "The budget allows nobody to be told: no actor is chosen.",
        ));
        return;
    }
    let what = objective(report.objective, l);
    let reached = |value: f64| l.decimal(value, 0);
    let ratio = choice.ratio.map_or("–".to_owned(), |r| l.percent(r, 0));
    section.figures([
        KeyFigure::new(
            what,
            reached(choice.estimate),
            l.pick(
                format!(
                    "estimation\u{202f}; au moins {}, sur {}",
                    reached(choice.lower),
                    reached(choice.total_weight)
                ),
                format!("estimate; at least {}, of {}", reached(choice.lower), reached(choice.total_weight)),
            ),
        ),
        KeyFigure::new(
            l.pick("part garantie du meilleur choix possible", "guaranteed share of the best choice"),
            ratio,
            l.pick(
                format!(
                    "demandé\u{a0}: {}\u{202f}; aucun choix ne dépasse {}",
                    l.percent(choice.target, 0),
                    reached(choice.upper)
                ),
                format!(
                    "asked for: {}; no choice exceeds {}",
                    l.percent(choice.target, 0),
                    reached(choice.upper)
                ),
            ),
        ),
    ]);
    let mut table = PageTable::new(
        l.pick("Acteurs à informer d’abord, dans l’ordre", "Actors to tell first, in order"),
        [
            ("", Align::Right),
            (l.pick("acteur", "actor"), Align::Left),
            (l.pick("type", "kind"), Align::Left),
            (l.pick("ruralité", "rurality"), Align::Left),
            (l.pick("partenaires", "partners"), Align::Right),
            (l.pick("touchés, cumul", "reached, cumulated"), Align::Right),
            (l.pick("coût", "cost"), Align::Right),
        ],
    );
    for (rank, seed) in report.seeds.iter().enumerate() {
        let actor = &study.inventory().actors()[seed.actor as usize];
        table.push([
            l.integer(rank + 1),
            actor.name.clone(),
            l.actor_kinds(actor.kind).to_owned(),
            side(seed.rurality, l).to_owned(),
            l.integer(seed.partners),
            reached(seed.reach),
            seed.cost.map_or("–".to_owned(), |c| l.decimal(c, 1)),
        ]);
    }
    section.table(table);
    if !report.compared.is_empty() {
        let mut table = PageTable::new(
            l.pick("Ce que d’autres listes auraient touché", "What other lists would have reached"),
            [
                (l.pick("liste", "list"), Align::Left),
                (what, Align::Right),
                (l.pick("erreur type", "standard error"), Align::Right),
                (l.pick("acteurs ruraux", "rural actors"), Align::Right),
                (l.pick("acteurs", "actors"), Align::Right),
            ],
        );
        for set in &report.compared {
            let name = match set.set {
                SeedSet::Chosen => l.pick("choisie", "chosen"),
                SeedSet::MostPartners => {
                    l.pick("ceux qui ont le plus de partenaires", "those with most partners")
                }
                SeedSet::Random => {
                    l.pick("tirée au sort parmi les acteurs liés", "drawn at random from tied actors")
                }
            };
            table.push([
                format!("{name} (n\u{a0}=\u{a0}{})", l.integer(set.actors.len())),
                l.decimal(set.mean, 1),
                set.standard_error.map_or("–".to_owned(), |e| l.decimal(e, 2)),
                l.decimal(set.rural_actors, 1),
                l.decimal(set.actors_reached, 1),
            ]);
        }
        section.table(table.note(l.pick(
            "Moyennes de cascades simulées qui n’ont pas servi au choix.",
            "Means of simulated cascades that played no part in the choice.",
        )));
    }
    let (isolates, rural) = (l.integer(report.isolates), l.integer(report.rural_actors));
    section.remark(l.pick(
        format!("{isolates} acteurs sans partenaire connu ne peuvent ni informer ni être informés\u{202f}; l’étude compte {rural} acteurs ruraux."),
        format!("{isolates} actors without a known partner can neither tell nor be told; the study has {rural} rural actors."),
    ));
}

fn word_of_mouth(page: &mut Page, study: &Study, word: &WordOfMouth, l: Language) -> Result<()> {
    let level = l.levels(&word.level);
    let section = page.section(l.pick("De proche en proche", "From place to place"));
    let first = l.integer(word.first.len());
    section.paragraph(l.pick(
        format!("{first} {level} en parlent d’abord, puis chaque territoire gagné en parle une fois par période, d’autant moins loin que la distance est grande."),
        format!("{first} {level} tell first; then each territory that adopts tells once a period, the less far the greater the distance."),
    ));
    let periods: Vec<f64> = (0..word.free.adopters.len()).map(|t| t as f64).collect();
    let free_name = l.pick("sans barrière", "without barriers");
    let hindered_name = l.pick("avec barrières", "with barriers");
    let mut series =
        vec![Series { name: free_name, x: &periods, y: &word.free.adopters, marks: Marks::Line }];
    if let Some(hindered) = &word.hindered {
        series.push(Series { name: hindered_name, x: &periods, y: &hindered.adopters, marks: Marks::Line });
    }
    let title = l.pick("Territoires gagnés au fil des périodes", "Territories that adopted, by period");
    let plot = Plot {
        title,
        x_label: l.pick("période", "period"),
        y_label: level,
        x_axis: Axis::Linear,
        y_axis: Axis::Linear,
        series: &series,
    };
    section.picture(plot.render_in(l.pictures())?, title, None);
    let mut table = PageTable::new(
        l.pick("Territoires gagnés à la fin, en moyenne", "Territories that adopted in the end, on average"),
        [
            ("", Align::Left),
            (l.pick("ruraux", "rural"), Align::Right),
            (l.pick("urbains", "urban"), Align::Right),
            (l.pick("tous", "all"), Align::Right),
        ],
    );
    let all = |r| word.rurality.iter().filter(|x| **x == Some(r)).count();
    for (name, report) in [(free_name, Some(&word.free)), (hindered_name, word.hindered.as_ref())] {
        let Some(report) = report else { continue };
        let of = |r| {
            format!(
                "{} {} {}",
                l.decimal(word.adopters_of(report, r), 1),
                l.pick("sur", "of"),
                l.integer(all(r))
            )
        };
        let total = report.adopters.last().copied().unwrap_or(0.0);
        table.push([
            name.to_owned(),
            of(Rurality::Rural),
            of(Rurality::Urban),
            format!("{} {} {}", l.decimal(total, 1), l.pick("sur", "of"), l.integer(word.territories.len())),
        ]);
    }
    section.table(table);
    let units = study.atlas().level(&word.level)?.territories();
    let report = word.hindered.as_ref().unwrap_or(&word.free);
    let mut likely: Vec<usize> = (0..word.territories.len())
        .filter(|&i| word.rurality[i] == Some(Rurality::Rural) && !word.first.contains(&(i as u32)))
        .collect();
    likely.sort_by(|&a, &b| report.probability[b].total_cmp(&report.probability[a]).then(a.cmp(&b)));
    let mut table = PageTable::new(
        l.pick("Territoires ruraux les plus souvent gagnés", "Rural territories that adopted most often"),
        [
            (l.pick("territoire", "territory"), Align::Left),
            (l.pick("part des simulations", "share of the runs"), Align::Right),
        ],
    );
    for i in likely.into_iter().take(12) {
        table.push([units[word.territories[i] as usize].name.clone(), l.percent(report.probability[i], 0)]);
    }
    let runs = l.integer(report.runs);
    section.table(table.note(l.pick(format!("{runs} simulations."), format!("{runs} runs."))));
    Ok(())
}

fn uptake(page: &mut Page, study: &Study, uptake: &[PracticeUptake], l: Language) -> Result<()> {
    if uptake.is_empty() {
        return Ok(());
    }
    let section = page.section(l.pick("La reprise de chaque pratique", "The uptake of each practice"));
    let mut table = PageTable::new(
        l.pick("Courbes de reprise", "Curves of uptake"),
        [
            (l.pick("pratique", "practice"), Align::Left),
            (l.pick("depuis", "since"), Align::Right),
            (l.pick("adoptions datées", "dated adoptions"), Align::Right),
            (l.pick("sommet", "peak"), Align::Left),
            (l.pick("niveau final m [90\u{202f}%]", "final level m [90%]"), Align::Right),
            ("p", Align::Right),
            ("q", Align::Right),
            ("R²", Align::Right),
        ],
    );
    let mut best: Option<(&PracticeUptake, f64)> = None;
    for u in uptake {
        let total: f64 = u.new_adopters.iter().sum();
        let name = study.inventory().practices()[u.practice].name.clone();
        let Some(fit) = u.curve.value() else {
            let why =
                l.pick("série trop courte ou trop peu d’adoptions", "series too short, or too few adoptions");
            table.push([name, u.from.to_string(), l.decimal(total, 0), why.to_owned()]);
            continue;
        };
        let passed = fit.peak == PeakState::Passed;
        let peak = if passed {
            format!(
                "{} {}",
                l.pick("passé, vers", "passed, about"),
                i32::from(u.from) + fit.peak_time.floor() as i32
            )
        } else {
            l.pick("non passé\u{a0}: aucun niveau final ne se lit", "not passed: no final level can be read")
                .to_owned()
        };
        let level = if passed {
            let high = fit.m.high.map_or("∞".to_owned(), |h| l.decimal(h, 0));
            format!("{} [{} – {high}]", l.decimal(fit.curve.m, 0), l.decimal(fit.m.low, 0))
        } else {
            "–".to_owned()
        };
        table.push([
            name,
            u.from.to_string(),
            l.decimal(total, 0),
            peak,
            level,
            l.decimal(fit.curve.p, 3),
            l.decimal(fit.curve.q, 3),
            fit.r_squared.map_or("–".to_owned(), |r| l.decimal(r, 2)),
        ]);
        if best.is_none_or(|b| total > b.1) {
            best = Some((u, total));
        }
    }
    section.table(table.note(l.pick(
        "Avant le sommet, beaucoup de niveaux finaux vont aussi bien à la série\u{a0}: aucun n’est donné.",
        "Before the peak many final levels fit a series as well: none is given.",
    )));
    if let Some((u, _)) = best
        && let Some(fit) = u.curve.value()
    {
        let years: Vec<f64> = (0..=u.new_adopters.len()).map(|t| f64::from(u.from) + t as f64).collect();
        let mut sum = 0.0;
        let mut seen = vec![0.0];
        seen.extend(u.new_adopters.iter().map(|n| {
            sum += n;
            sum
        }));
        let curve: Vec<f64> = (0..=u.new_adopters.len()).map(|t| fit.curve.adopters(t as f64)).collect();
        let name = &study.inventory().practices()[u.practice].name;
        let title = format!("{name}{}{}", l.colon(), l.pick("adoptants cumulés", "cumulated adopters"));
        let plot = Plot {
            title: &title,
            x_label: l.pick("année (début)", "year (start)"),
            y_label: l.pick("adoptants", "adopters"),
            x_axis: Axis::Linear,
            y_axis: Axis::Linear,
            series: &[
                Series { name: l.pick("recensés", "recorded"), x: &years, y: &seen, marks: Marks::Dots },
                Series {
                    name: l.pick("courbe de Bass", "Bass curve"),
                    x: &years,
                    y: &curve,
                    marks: Marks::Line,
                },
            ],
        };
        section.picture(plot.render_in(l.pictures())?, title.as_str(), None);
    }
    Ok(())
}

/// The actors to tell first as a table, for a spreadsheet.
///
/// # Errors
/// None on a report of this study.
pub fn seed_table<'a>(study: &'a Study, report: &DiffusionReport) -> Result<Table<'a>> {
    let seeds = &report.seeds;
    let actor = |a: u32| &study.inventory().actors()[a as usize];
    Table::new()
        .with("rank", (1..=seeds.len()).map(|r| r as i64).collect::<Vec<_>>())?
        .with("id", seeds.iter().map(|s| actor(s.actor).id.as_str()).collect::<Vec<_>>())?
        .with("name", seeds.iter().map(|s| actor(s.actor).name.as_str()).collect::<Vec<_>>())?
        .with("kind", seeds.iter().map(|s| actor(s.actor).kind.key()).collect::<Vec<_>>())?
        .with("rurality", seeds.iter().map(|s| s.rurality.map(|r| r.to_string())).collect::<Vec<_>>())?
        .with("partners", seeds.iter().map(|s| s.partners as i64).collect::<Vec<_>>())?
        .with("reach", seeds.iter().map(|s| s.reach).collect::<Vec<_>>())?
        .with("cost", seeds.iter().map(|s| s.cost.unwrap_or(f64::NAN)).collect::<Vec<_>>())
}
