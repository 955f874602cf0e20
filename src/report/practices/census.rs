use std::collections::BTreeMap;

use geo_types::Coord;

use super::words::{first_side, form, maturity};
use super::{PageFrame, what_is_rural};
use crate::error::Result;
use crate::model::{Contours, Practice, PracticeForm, Rurality};
use crate::report::Language;
use crate::study::{AdoptionStep, BySide, FirstSide, Known, PracticeRow, PracticesReport, Study, ThemeGap};
use crate::write::Table;
use crate::write::page::{KeyFigure, Page, PageTable};
use crate::write::report::Align;
use crate::write::svg::{Background, Borders, Flow, FlowClass, FlowMap, FlowPoint, LineStyle, Svg};

fn or_dash(value: Option<f64>, show: impl Fn(f64) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), show)
}

fn side(rurality: Option<Rurality>, l: Language) -> &'static str {
    rurality.map_or_else(|| l.pick("non situé", "not placed"), |r| l.rurality(r))
}

fn name_of(study: &Study, actor: Option<u32>, l: Language) -> String {
    actor
        .and_then(|a| study.inventory().actors().get(a as usize))
        .map_or_else(|| l.pick("origine inconnue", "origin not known").to_owned(), |a| a.name.clone())
}

fn commune_of(study: &Study, actor: Option<u32>) -> Option<&str> {
    let base = study.places().get(actor? as usize)?.base?;
    study.atlas().base().territories().get(base as usize).map(|t| t.name.as_str())
}

/// A page on a census: what there is for whom, what rural territories lack, who took practices up from
/// whom, a map, and a card for each practice.
///
/// # Errors
/// None on a report of this study.
pub fn census_page(
    study: &Study,
    report: &PracticesReport,
    frame: &PageFrame<'_>,
    language: Language,
) -> Result<Page> {
    let l = language;
    let n = report.practices.len();
    let practices = l.count(n, "pratique", "pratiques", "practice", "practices");
    let all = l.integer(report.all);
    let adoptions = l.count(
        report.steps.len(),
        "adoption connue",
        "adoptions connues",
        "known adoption",
        "known adoptions",
    );
    let lead = if n == report.all {
        format!("{practices}{} {adoptions}.", l.pick(" et", " and"))
    } else {
        l.pick(
            format!("{practices} sur {all} dans la sélection, {adoptions}."),
            format!("{practices} of {all} selected, {adoptions}."),
        )
    };
    let mut page =
        frame.page(l.pick("Recensement des pratiques innovantes", "Census of innovative practices"), lead, l);
    overview(&mut page, study, report, frame, l);
    themes(&mut page, report, l);
    passage(&mut page, report, l);
    if let Some(map) = map(study, report, frame, l)? {
        let caption = l.pick("Qui a repris une pratique, et de qui", "Who took a practice up, and from whom");
        let reading = l.pick(
            "un arc plein relie deux acteurs quand le recensement nomme la source\u{202f}; en tirets, la source est déduite.",
            "a solid arc joins two actors where the census names the source; in dashes, the source is inferred.",
        );
        page.section(l.pick("Carte", "Map")).picture(map, caption, Some(reading.to_owned()));
    }
    cards(&mut page, study, report, l);
    page.source(what_is_rural(study, l));
    page.source(l.pick(
        "Source d’une adoption, par ordre\u{a0}: celle que nomme le recensement\u{202f}; sinon l’adoptant antérieur avec lequel \
         l’acteur coopère le plus\u{202f}; sinon le plus proche. Distances géodésiques entre communes ou positions.",
        "Source of an adoption, in this order: the one the census names; else the earlier adopter that the actor cooperates \
         with most; else the nearest one. Geodesic distances between municipalities or positions.",
    ));
    Ok(page)
}

fn overview(page: &mut Page, study: &Study, report: &PracticesReport, frame: &PageFrame<'_>, l: Language) {
    let section = page.section(l.pick("Vue d’ensemble", "Overview"));
    if !frame.notice.is_empty() {
        section.remark(frame.notice.as_str());
    }
    let n = report.practices.len();
    let origin = |r: Rurality| report.practices.iter().filter(|p| p.rurality == Some(r)).count();
    let adopters =
        |of: &dyn Fn(BySide) -> usize| report.practices.iter().map(|p| of(p.adopters)).sum::<usize>();
    let (rural, total) = (adopters(&|a| a.rural), adopters(&BySide::total));
    section.figures([
        KeyFigure::new(
            l.pick("pratiques nées en territoire rural", "practices begun in rural territories"),
            l.integer(origin(Rurality::Rural)),
            l.share(origin(Rurality::Rural), n),
        ),
        KeyFigure::new(
            l.pick("adoptions par des acteurs ruraux", "adoptions by rural actors"),
            l.integer(rural),
            l.share(rural, total),
        ),
        KeyFigure::new(
            l.pick("thèmes sans aucun acteur rural", "themes without any rural actor"),
            l.integer(report.gaps().count()),
            format!("{} {}", l.pick("sur", "of"), l.integer(report.themes.len())),
        ),
    ]);
    if report.without_origin > 0 {
        let n = l.count(report.without_origin, "pratique", "pratiques", "practice", "practices");
        section.remark(l.pick(
            format!("{n} sans origine connue\u{a0}: dans aucune classe de ruralité."),
            format!("{n} without a known origin: in no class of rurality."),
        ));
    }
    let mut table = PageTable::new(
        l.pick("Les pratiques", "The practices"),
        [
            (l.pick("pratique", "practice"), Align::Left),
            (l.pick("origine", "origin"), Align::Left),
            (l.pick("ruralité", "rurality"), Align::Left),
            (l.pick("forme", "form"), Align::Left),
            (l.pick("thèmes", "themes"), Align::Left),
            (l.pick("début", "begun"), Align::Right),
            (l.pick("adoptants ruraux", "rural adopters"), Align::Right),
            (l.pick("adoptants urbains", "urban adopters"), Align::Right),
            (l.pick("distance moyenne", "mean distance"), Align::Right),
        ],
    );
    for row in &report.practices {
        let practice = &study.inventory().practices()[row.practice];
        let place = commune_of(study, row.origin).map(|c| format!(" ({c})")).unwrap_or_default();
        table.push([
            practice.name.clone(),
            format!("{}{place}", name_of(study, row.origin, l)),
            side(row.rurality, l).to_owned(),
            practice.form.map_or("–", |f| form(f, l)).to_owned(),
            practice.themes.join(l.semicolon()),
            practice.period.map_or("–".to_owned(), |p| p.from.to_string()),
            l.integer(row.adopters.rural),
            l.integer(row.adopters.urban),
            or_dash(row.mean_distance_m, |d| l.kilometres(d)),
        ]);
    }
    section.folded_table(table.note(l.pick(
        "Distance moyenne des adoptants situés à l’origine. Les adoptants non situés ne sont dans aucune des deux colonnes.",
        "Mean distance from the origin of the adopters that are placed. Adopters not placed are in neither column.",
    )));
}

fn themes(page: &mut Page, report: &PracticesReport, l: Language) {
    let section = page.section(l.pick("Thèmes, formes et lacunes", "Themes, forms and gaps"));
    let gaps: Vec<&ThemeGap> = report.gaps().collect();
    let describe = |g: &&ThemeGap| {
        let n = l.count(g.practices, "pratique", "pratiques", "practice", "practices");
        let urban = g.origins.urban + g.adopters.urban;
        let urban = l.count(urban, "acteur urbain", "acteurs urbains", "urban actor", "urban actors");
        match g.practices {
            0 => l.pick(
                format!("{}\u{a0}: aucune pratique recensée.", g.theme),
                format!("{}: no practice recorded.", g.theme),
            ),
            _ => l.pick(
                format!("{}\u{a0}: {n}, {urban}, aucun acteur rural.", g.theme),
                format!("{}: {n}, {urban}, no rural actor.", g.theme),
            ),
        }
    };
    if gaps.is_empty() {
        section.paragraph(l.pick(
            "Chaque thème a au moins un acteur rural, à l’origine d’une pratique ou parmi ses adoptants.",
            "Each theme has at least one rural actor, as origin of a practice or among its adopters.",
        ));
    } else {
        section.paragraph(l.pick(
            "Thèmes du vocabulaire qu’aucun acteur rural du recensement ne porte ni n’a repris\u{a0}:",
            "Themes of the vocabulary that no rural actor of the census began or took up:",
        ));
        section.list(gaps.iter().map(describe));
    }
    let mut table = PageTable::new(
        l.pick(
            "Thèmes par ruralité de l’origine et des adoptants",
            "Themes by rurality of origins and adopters",
        ),
        [
            (l.pick("thème", "theme"), Align::Left),
            (l.pick("pratiques", "practices"), Align::Right),
            (l.pick("origine rurale", "rural origin"), Align::Right),
            (l.pick("origine urbaine", "urban origin"), Align::Right),
            (l.pick("adoptants ruraux", "rural adopters"), Align::Right),
            (l.pick("adoptants urbains", "urban adopters"), Align::Right),
        ],
    );
    let mut rows: Vec<&ThemeGap> = report.themes.iter().filter(|t| t.practices > 0).collect();
    rows.sort_by(|a, b| b.practices.cmp(&a.practices).then_with(|| a.theme.cmp(&b.theme)));
    for t in rows {
        let counts = [t.practices, t.origins.rural, t.origins.urban, t.adopters.rural, t.adopters.urban];
        table.push(std::iter::once(t.theme.clone()).chain(counts.map(|n| l.integer(n))));
    }
    section.table(table.note(l.pick(
        "Une pratique de plusieurs thèmes compte dans chacun.",
        "A practice of several themes counts in each.",
    )));
    let mut table = PageTable::new(
        l.pick("Thème × forme × ruralité de l’origine", "Theme × form × rurality of the origin"),
        [
            (l.pick("thème", "theme"), Align::Left),
            (l.pick("forme", "form"), Align::Left),
            (l.pick("origine", "origin"), Align::Left),
            (l.pick("pratiques", "practices"), Align::Right),
            (l.pick("adoptants ruraux", "rural adopters"), Align::Right),
            (l.pick("adoptants urbains", "urban adopters"), Align::Right),
        ],
    );
    for c in &report.counts {
        table.push([
            c.theme.clone().unwrap_or_else(|| l.pick("sans thème", "no theme").to_owned()),
            c.form.map_or("–", |f| form(f, l)).to_owned(),
            side(c.rurality, l).to_owned(),
            l.integer(c.practices),
            l.integer(c.adopters.rural),
            l.integer(c.adopters.urban),
        ]);
    }
    section.folded_table(table);
}

fn mean(values: impl Iterator<Item = f64>) -> Option<(f64, usize)> {
    let (sum, n) = values.fold((0.0, 0_usize), |(sum, n), v| (sum + v, n + 1));
    (n > 0).then(|| (sum / n as f64, n))
}

fn passage(page: &mut Page, report: &PracticesReport, l: Language) {
    let section = page.section(l.pick("De qui à qui, à quelle distance", "From whom to whom, and how far"));
    let mut table = PageTable::new(
        l.pick("Adoptions selon la source", "Adoptions by how the source is known"),
        [
            (l.pick("source", "source"), Align::Left),
            (l.pick("rural → rural", "rural → rural"), Align::Right),
            (l.pick("rural → urbain", "rural → urban"), Align::Right),
            (l.pick("urbain → rural", "urban → rural"), Align::Right),
            (l.pick("urbain → urbain", "urban → urban"), Align::Right),
            (l.pick("non situées", "not placed"), Align::Right),
            (l.pick("distance moyenne", "mean distance"), Align::Right),
            (l.pick("si la source était tirée au sort", "were the source drawn at random"), Align::Right),
        ],
    );
    for (known, name) in [
        (Some(Known::Stated), l.pick("nommée par le recensement", "named by the census")),
        (Some(Known::Tied), l.pick("déduite d’une coopération", "inferred from a tie")),
        (Some(Known::Nearest), l.pick("supposée\u{a0}: la plus proche", "guessed: the nearest")),
        (None, l.pick("inconnue", "not known")),
    ] {
        let steps: Vec<&AdoptionStep> = report.steps.iter().filter(|s| s.known == known).collect();
        let pair = |from, to| {
            let is = |s: &&&AdoptionStep| s.from_rurality == Some(from) && s.rurality == Some(to);
            steps.iter().filter(is).count()
        };
        let pairs = [
            pair(Rurality::Rural, Rurality::Rural),
            pair(Rurality::Rural, Rurality::Urban),
            pair(Rurality::Urban, Rurality::Rural),
            pair(Rurality::Urban, Rurality::Urban),
        ];
        let rest = steps.len() - pairs.iter().sum::<usize>();
        let both = || steps.iter().filter_map(|s| s.distance_m.zip(s.expected_distance_m));
        let show = |m: Option<(f64, usize)>| {
            m.map_or("–".to_owned(), |(d, n)| {
                format!("{} (n\u{a0}=\u{a0}{})", l.kilometres(d), l.integer(n))
            })
        };
        let counts = pairs.into_iter().chain([rest]).map(|n| l.integer(n));
        let distances = [show(mean(both().map(|b| b.0))), show(mean(both().map(|b| b.1)))];
        table.push(std::iter::once(name.to_owned()).chain(counts).chain(distances));
    }
    section.table(table.note(l.pick(
        "Dernière colonne\u{a0}: distance moyenne à tous ceux qui avaient déjà la pratique. Une source supposée est par \
         construction la plus proche\u{a0}: sa distance ne prouve rien.",
        "Last column: mean distance to all who had the practice already. A guessed source is the nearest one by \
         construction: its distance proves nothing.",
    )));
    let orders = report.orders();
    let count = |first: FirstSide| orders.get(&first).copied().unwrap_or(0);
    let ordered = count(FirstSide::Rural) + count(FirstSide::Urban) + count(FirstSide::SameYear);
    let mut lags: Vec<i32> = report.practices.iter().filter_map(|p| p.order.rural_lag_years()).collect();
    lags.sort_unstable();
    let mut items: Vec<String> = orders
        .iter()
        .map(|(first, n)| {
            let n = l.count(*n, "pratique", "pratiques", "practice", "practices");
            format!("{}{}{n}", first_side(*first, l), l.colon())
        })
        .collect();
    if lags.len() >= 5 {
        let middle = lags[lags.len() / 2];
        let years = l.count(middle.unsigned_abs() as usize, "an", "ans", "year", "years");
        items.push(match middle {
            0 => l.pick("écart médian nul".to_owned(), "median lag of 0 years".to_owned()),
            m if m > 0 => l.pick(
                format!(
                    "écart médian\u{a0}: les ruraux {years} après les urbains (n\u{a0}=\u{a0}{})",
                    lags.len()
                ),
                format!("median lag: rural {years} after urban (n\u{a0}=\u{a0}{})", lags.len()),
            ),
            _ => l.pick(
                format!(
                    "écart médian\u{a0}: les ruraux {years} avant les urbains (n\u{a0}=\u{a0}{})",
                    lags.len()
                ),
                format!("median lag: rural {years} before urban (n\u{a0}=\u{a0}{})", lags.len()),
            ),
        });
    }
    section.heading(l.pick("Rural après urbain, ou avant", "Rural after urban, or before"));
    section.list(items);
    if ordered < 5 {
        section.remark(l.too_few(ordered));
    }
}

fn map(study: &Study, report: &PracticesReport, frame: &PageFrame<'_>, l: Language) -> Result<Option<Svg>> {
    let at = |actor: u32| study.places()[actor as usize].point.map(Coord::from);
    // Those who have a practice, each once, with the number of practices they have.
    let mut practices: BTreeMap<u32, usize> = BTreeMap::new();
    for row in &report.practices {
        if let Some(origin) = row.origin {
            *practices.entry(origin).or_default() += 1;
        }
    }
    report.steps.iter().for_each(|s| *practices.entry(s.actor).or_default() += 1);
    let mut index = BTreeMap::new();
    let mut points = Vec::new();
    for (&actor, &n) in &practices {
        let Some(place) = at(actor) else { continue };
        let class = match study.places()[actor as usize].rurality() {
            Some(Rurality::Rural) => 0,
            Some(Rurality::Urban) => 1,
            None => 2,
        };
        index.insert(actor, points.len() as u32);
        points.push(FlowPoint::new(place, class, name_of(study, Some(actor), l)).size(n as f64));
    }
    if points.is_empty() {
        return Ok(None);
    }
    let mut flows: Vec<Flow> = Vec::new();
    for step in &report.steps {
        let ends = step.from.and_then(|f| Some((*index.get(&f)?, *index.get(&step.actor)?)));
        if let Some((from, to)) = ends.filter(|(from, to)| from != to) {
            flows.push(Flow::new(from, to, u32::from(step.known != Some(Known::Stated))));
        }
    }
    let classes = [
        l.pick("acteur rural", "rural actor"),
        l.pick("acteur urbain", "urban actor"),
        l.pick("acteur non situé", "actor not placed"),
    ]
    .map(str::to_owned);
    let kinds = [
        FlowClass::new(l.pick("source nommée", "source named"), LineStyle::Solid),
        FlowClass::new(l.pick("source déduite", "source inferred"), LineStyle::Dashed),
    ];
    let (drawn, all) = (flows.len(), report.steps.len());
    let title = l.pick(
        format!("{drawn} adoptions sur {all} ont une source située"),
        format!("{drawn} of {all} adoptions have a placed source"),
    );
    let mut map = FlowMap::new(&title).points(&classes, &points).flows(&kinds, &flows);
    if let Some(land) = frame.land {
        map = map.background(Background::new(land, Contours::Surveyed).borders(Borders::Hidden));
    }
    Ok(Some(map.render_in(l.pictures())?))
}

fn cards(page: &mut Page, study: &Study, report: &PracticesReport, l: Language) {
    let section = page.section(l.pick("Fiches", "Cards"));
    for row in &report.practices {
        let practice = &study.inventory().practices()[row.practice];
        section.heading(practice.name.as_str());
        if !practice.description.is_empty() {
            section.paragraph(practice.description.as_str());
        }
        section.list(card(study, practice, row, report, l));
    }
}

fn card(
    study: &Study,
    practice: &Practice,
    row: &PracticeRow,
    report: &PracticesReport,
    l: Language,
) -> Vec<String> {
    let line = |name: &str, value: String| format!("{name}{}{value}", l.colon());
    let place = commune_of(study, row.origin).map(|c| format!(", {c}")).unwrap_or_default();
    let mut lines = vec![line(
        l.pick("Origine", "Origin"),
        format!("{}{place} ({})", name_of(study, row.origin, l), side(row.rurality, l)),
    )];
    let mut state: Vec<String> = Vec::new();
    state.extend(practice.form.map(|f| form(f, l).to_owned()));
    state.extend(practice.maturity.map(|m| maturity(m, l).to_owned()));
    state.extend(practice.period.map(|p| {
        if p.to > p.from { p.to_string() } else { format!("{} {}", l.pick("depuis", "since"), p.from) }
    }));
    if !state.is_empty() {
        lines.push(line(l.pick("Forme et maturité", "Form and maturity"), state.join(", ")));
    }
    if !practice.themes.is_empty() {
        lines.push(line(l.pick("Thèmes", "Themes"), practice.themes.join(l.semicolon())));
    }
    let mut means: Vec<String> = Vec::new();
    means.extend(
        practice.means.posts_fte.map(|v| format!("{}\u{a0}{}", l.decimal(v, 1), l.pick("ETP", "FTE"))),
    );
    means.extend(practice.means.meetings_per_year.map(|v| {
        l.count(v as usize, "réunion par an", "réunions par an", "meeting a year", "meetings a year")
    }));
    means.extend(
        practice
            .means
            .funds_eur
            .map(|v| format!("{}\u{a0}€{}", l.decimal(v, 0), l.pick(" par an", " a year"))),
    );
    if !means.is_empty() {
        lines.push(line(l.pick("Moyens", "Means"), means.join(", ")));
    }
    if !practice.success_factors.is_empty() {
        let list = practice.success_factors.join(l.semicolon());
        lines.push(line(l.pick("Facteurs de succès", "Success factors"), list));
    }
    if !practice.pitfalls.is_empty() {
        lines.push(line(l.pick("Écueils", "Pitfalls"), practice.pitfalls.join(l.semicolon())));
    }
    let adopters = report.steps.iter().filter(|s| s.practice == row.practice);
    let adopters: Vec<String> = adopters
        .map(|s| {
            let name = name_of(study, Some(s.actor), l);
            s.year.map_or_else(|| name.clone(), |y| format!("{name} ({y})"))
        })
        .collect();
    if !adopters.is_empty() {
        let head = format!("{} ({})", l.pick("Adoptants", "Adopters"), l.integer(adopters.len()));
        lines.push(line(&head, adopters.join(l.semicolon())));
    }
    lines
}

/// The practices as a table, for a spreadsheet or a map.
///
/// # Errors
/// None on a report of this study.
pub fn practice_table<'a>(study: &'a Study, report: &PracticesReport) -> Result<Table<'a>> {
    let rows = &report.practices;
    let of = |row: &PracticeRow| &study.inventory().practices()[row.practice];
    let actor = |row: &PracticeRow| row.origin.map(|o| &study.inventory().actors()[o as usize]);
    let number = |f: &dyn Fn(&PracticeRow) -> Option<f64>| -> Vec<f64> {
        rows.iter().map(|r| f(r).unwrap_or(f64::NAN)).collect()
    };
    let count =
        |f: &dyn Fn(&PracticeRow) -> usize| -> Vec<i64> { rows.iter().map(|r| f(r) as i64).collect() };
    Table::new()
        .with("id", rows.iter().map(|r| of(r).id.as_str()).collect::<Vec<_>>())?
        .with("name", rows.iter().map(|r| of(r).name.as_str()).collect::<Vec<_>>())?
        .with("origin", rows.iter().map(|r| actor(r).map(|a| a.id.as_str())).collect::<Vec<_>>())?
        .with("origin name", rows.iter().map(|r| actor(r).map(|a| a.name.as_str())).collect::<Vec<_>>())?
        .with("commune", rows.iter().map(|r| commune_of(study, r.origin)).collect::<Vec<_>>())?
        .with("rurality", rows.iter().map(|r| r.rurality.map(|s| s.to_string())).collect::<Vec<_>>())?
        .with("form", rows.iter().map(|r| of(r).form.map(PracticeForm::key)).collect::<Vec<_>>())?
        .with(
            "maturity",
            rows.iter().map(|r| of(r).maturity.map(crate::model::Maturity::key)).collect::<Vec<_>>(),
        )?
        .with("themes", rows.iter().map(|r| of(r).themes.join("|")).collect::<Vec<_>>())?
        .with("since", rows.iter().map(|r| of(r).period.map(|p| i64::from(p.from))).collect::<Vec<_>>())?
        .with("posts fte", number(&|r| of(r).means.posts_fte))?
        .with("meetings per year", number(&|r| of(r).means.meetings_per_year))?
        .with("funds eur", number(&|r| of(r).means.funds_eur))?
        .with("success factors", rows.iter().map(|r| of(r).success_factors.join("|")).collect::<Vec<_>>())?
        .with("pitfalls", rows.iter().map(|r| of(r).pitfalls.join("|")).collect::<Vec<_>>())?
        .with("rural adopters", count(&|r| r.adopters.rural))?
        .with("urban adopters", count(&|r| r.adopters.urban))?
        .with("unclassed adopters", count(&|r| r.adopters.unclassed))?
        .with("mean distance m", number(&|r| r.mean_distance_m))?
        .with(
            "first side",
            rows.iter().map(|r| first_side(r.order.first, Language::English)).collect::<Vec<_>>(),
        )
}

/// The adoptions as a table: who took what up, when, from whom and how that is known.
///
/// # Errors
/// None on a report of this study.
pub fn adoption_table<'a>(study: &'a Study, report: &PracticesReport) -> Result<Table<'a>> {
    let steps = &report.steps;
    let id = |actor: u32| study.inventory().actors()[actor as usize].id.as_str();
    let known = |k: Known| match k {
        Known::Stated => "stated",
        Known::Tied => "tied",
        Known::Nearest => "nearest",
    };
    let practice = |s: &AdoptionStep| study.inventory().practices()[s.practice].id.as_str();
    Table::new()
        .with("practice", steps.iter().map(practice).collect::<Vec<_>>())?
        .with("adopter", steps.iter().map(|s| id(s.actor)).collect::<Vec<_>>())?
        .with("rurality", steps.iter().map(|s| s.rurality.map(|r| r.to_string())).collect::<Vec<_>>())?
        .with("year", steps.iter().map(|s| s.year.map(i64::from)).collect::<Vec<_>>())?
        .with("from", steps.iter().map(|s| s.from.map(id)).collect::<Vec<_>>())?
        .with("known", steps.iter().map(|s| s.known.map(known)).collect::<Vec<_>>())?
        .with("distance m", steps.iter().map(|s| s.distance_m.unwrap_or(f64::NAN)).collect::<Vec<_>>())?
        .with(
            "expected distance m",
            steps.iter().map(|s| s.expected_distance_m.unwrap_or(f64::NAN)).collect::<Vec<_>>(),
        )
}
