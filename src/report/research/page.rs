//! The page.

use super::sentences;
use crate::error::Result;
use crate::evidence::Measured;
use crate::inventory::SourceTitle;
use crate::model::{Contours, EnterpriseSize};
use crate::report::Language;
use crate::space::{Bounds, Layer};
use crate::study::{FirmsAndLaboratories, Study};
use crate::write::page::{KeyFigure, Page, PageTable, PageWords, Section};
use crate::write::report::Align;
use crate::write::svg::{
    Axis, Background, Bars, Flow, FlowClass, FlowMap, FlowPoint, LineStyle, Marks, Plot, Series, Svg,
};

/// What the map of the page is drawn on.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct ResearchMap<'a> {
    /// Land, where the level has no outlines of its own.
    pub land: Option<&'a Layer>,
    /// The part to show; everything when `None`.
    pub bounds: Option<Bounds>,
    /// Last line of the page: program, version, date.
    pub footer: &'a str,
}

impl<'a> ResearchMap<'a> {
    /// Sets the land.
    #[must_use]
    pub const fn land(mut self, land: &'a Layer) -> Self {
        self.land = Some(land);
        self
    }

    /// Sets the part to show.
    #[must_use]
    pub const fn bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = Some(bounds);
        self
    }

    /// Sets the last line of the page.
    #[must_use]
    pub const fn footer(mut self, footer: &'a str) -> Self {
        self.footer = footer;
        self
    }
}

/// The page: rural firms that work with laboratories, how many, where, how far, with whom, growing or not,
/// against chance, the territories that have none, and what the data cannot say.
///
/// # Errors
/// None on a report of this study.
pub fn research_page(
    study: &Study,
    found: &FirmsAndLaboratories,
    map: &ResearchMap<'_>,
    language: Language,
) -> Result<Page> {
    let (r, l) = (found, language);
    let words = match l {
        Language::French => PageWords::french(),
        Language::English => PageWords::english(),
    };
    let title = l.pick(
        "Entreprises rurales et laboratoires\u{a0}: état des lieux",
        "Rural firms and laboratories: where things stand",
    );
    let mut page = Page::new(title, words).lead(sentences::how_many(r, l)).footer(map.footer);
    essentials(page.section(l.pick("L’essentiel", "In short")), r, l);
    where_they_are(page.section(l.pick("Où sont-elles\u{202f}?", "Where are they?")), study, r, map, l)?;
    with_whom(
        page.section(l.pick("Avec qui, à quelle distance\u{202f}?", "With whom, how far?")),
        study,
        r,
        l,
    )?;
    over_time(page.section(l.pick("En hausse ou non\u{202f}?", "Growing or not?")), study, r, l)?;
    by_chance(page.section(l.pick("Plus que le hasard\u{202f}?", "More than chance?")), r, l);
    with_none(
        page.section(l.pick("Les territoires qui n’en ont pas", "The territories that have none")),
        r,
        l,
    );
    firms(page.section(l.pick("Les entreprises rurales", "The rural firms")), study, r, l);
    page.section(l.pick("Ce que les données ne disent pas", "What the data cannot say"))
        .list(sentences::limits(r, l));
    for source in sentences::sources(study, r, l) {
        page.source(source);
    }
    if let Some(ground) = &r.options.ground {
        page.source(titled(&ground.title, l));
    }
    page.source(l.pick(
        "Commune rurale\u{a0}: selon la définition de l’étude, par défaut la grille communale de densité (bourgs ruraux, rural à habitat dispersé et très dispersé). \
         Une paire est une entreprise et un laboratoire dans un même projet, comptée une fois même si la source la répète.",
        "Rural commune: by the definition of the study, by default the density grid of communes (rural towns, dispersed and very dispersed rural). A pair is a firm \
         and a laboratory in one project, counted once however often the source repeats it.",
    ));
    Ok(page)
}

fn titled(title: &SourceTitle, l: Language) -> &str {
    l.pick(title.french.as_str(), title.english.as_str())
}

fn essentials(section: &mut Section, r: &FirmsAndLaboratories, l: Language) {
    let s = r.rural();
    let level = l.levels(&r.options.level);
    let n = |n: usize| l.pick(format!("n\u{a0}= {}", l.integer(n)), format!("n = {}", l.integer(n)));
    let share = |part: usize, whole: usize| {
        if whole == 0 { "–".to_owned() } else { l.percent(part as f64 / whole as f64, 1) }
    };
    let known = s.firms + r.urban().firms;
    let median = s.quartiles_m.map_or_else(|| "–".to_owned(), |q| l.kilometres(q[1]));
    let urban = r.urban().quartiles_m.map_or_else(|| "–".to_owned(), |q| l.kilometres(q[1]));
    section.figures([
        KeyFigure::new(
            l.pick(
                "entreprises rurales qui travaillent avec un laboratoire",
                "rural firms that work with a laboratory",
            ),
            l.integer(s.firms),
            l.pick(
                format!(
                    "{} des {} entreprises dont la commune est connue",
                    share(s.firms, known),
                    l.integer(known)
                ),
                format!("{} of the {} firms whose commune is known", share(s.firms, known), l.integer(known)),
            ),
        ),
        KeyFigure::new(
            l.pick(
                format!("territoires d’où elles viennent ({level})"),
                format!("territories they come from ({level})"),
            ),
            l.integer(s.territories),
            l.pick(
                format!("sur {}", l.integer(r.without.territories)),
                format!("of {}", l.integer(r.without.territories)),
            ),
        ),
        KeyFigure::new(
            l.pick("paires vers un autre territoire", "pairs that leave the territory"),
            share(s.elsewhere, s.pairs_placed),
            n(s.pairs_placed),
        ),
        KeyFigure::new(
            l.pick("distance médiane au laboratoire", "median distance to the laboratory"),
            median,
            l.pick(format!("{urban} pour les entreprises urbaines"), format!("{urban} for urban firms")),
        ),
    ]);
    section.list(
        sentences::beside(r, l)
            .into_iter()
            .chain([sentences::elsewhere(r, l), sentences::how_far(r, l), sentences::cities(r, l)])
            .chain(sentences::against_chance(r, l)),
    );
}

fn where_they_are(
    section: &mut Section,
    study: &Study,
    r: &FirmsAndLaboratories,
    map: &ResearchMap<'_>,
    l: Language,
) -> Result<()> {
    if let Some(picture) = flows(study, r, map, l)? {
        let level = l.levels(&r.options.level);
        section.picture(
            picture,
            l.pick(
                format!("Territoires ({level}) ayant une entreprise rurale, et ceux de leurs laboratoires"),
                format!("Territories ({level}) with a rural firm, and those of their laboratories"),
            ),
            Some(
                l.pick(
                    "un arc relie le territoire d’une entreprise rurale à celui d’un laboratoire partenaire\u{202f}; \
                     son épaisseur suit le nombre de paires.",
                    "an arc joins the territory of a rural firm and that of a partner laboratory; its width follows \
                     the number of pairs.",
                )
                .to_owned(),
            ),
        );
    }
    let mut rows: Vec<_> = r.territories.iter().filter(|t| t.rural_firms > 0).collect();
    rows.sort_by(|a, b| {
        b.rural_firms.cmp(&a.rural_firms).then(b.rural_pairs.cmp(&a.rural_pairs)).then(a.code.cmp(&b.code))
    });
    let mut table = PageTable::new(
        l.pick(
            "Territoires qui ont le plus d’entreprises rurales travaillant avec un laboratoire",
            "Territories with most rural firms that work with a laboratory",
        ),
        [
            (l.pick("territoire", "territory"), Align::Left),
            (l.pick("entreprises rurales", "rural firms"), Align::Right),
            (l.pick("paires", "pairs"), Align::Right),
            (l.pick("population", "population"), Align::Right),
        ],
    );
    for t in rows.iter().take(15) {
        table.push([
            t.name.clone(),
            l.integer(t.rural_firms),
            l.integer(t.rural_pairs),
            t.population.map_or_else(|| l.missing().to_owned(), |p| l.integer(p as i64)),
        ]);
    }
    let read = rows.first().map(|t| {
        l.pick(
            format!(
                "{} a {} entreprises rurales qui travaillent avec un laboratoire.",
                t.name,
                l.integer(t.rural_firms)
            ),
            format!("{} has {} rural firms that work with a laboratory.", t.name, l.integer(t.rural_firms)),
        )
    });
    let table = if let Some(read) = read { table.reading(read) } else { table };
    section.table(table);
    Ok(())
}

/// Most arcs that a map still shows apart.
const MOST_ARCS: usize = 250;

/// The map of the pairs of rural firms.
fn flows(study: &Study, r: &FirmsAndLaboratories, map: &ResearchMap<'_>, l: Language) -> Result<Option<Svg>> {
    let units = study.atlas().level(&r.options.level)?.territories();
    let around = study.atlas().level(&r.options.around)?;
    let outlined = around.geometry().zip(around.geometry_quality());
    let ground = outlined
        .map(|(layer, quality)| Background::new(layer, Contours::from(quality)))
        .or_else(|| map.land.map(|land| Background::new(land, Contours::Surveyed)));
    let Some(ground) = ground else { return Ok(None) };
    // A territory that has both is drawn with its firms.
    let mut points = Vec::new();
    let mut of = vec![None; units.len()];
    for (i, (t, unit)) in r.territories.iter().zip(units).enumerate() {
        let (class, size) = if t.rural_firms > 0 { (0, t.rural_firms) } else { (1, t.pairs_with_rural) };
        let Some(at) = unit.point.filter(|_| size > 0) else { continue };
        of[i] = Some(points.len() as u32);
        let point = FlowPoint::new(at.into(), class, t.name.clone()).size(size as f64);
        points.push(if class == 1 && t.pairs_with_rural >= 40 { point.labelled() } else { point });
    }
    // Hundreds of single pairs would hide the thick arcs.
    let between = || r.flows.iter().filter(|f| f.firms != f.laboratories);
    let least = between().nth(MOST_ARCS).map_or(1, |f| f.pairs + 1);
    let least = if between().any(|f| f.pairs >= least) { least } else { 1 };
    let arcs: Vec<Flow> = between()
        .filter(|f| f.pairs >= least)
        .filter_map(|f| {
            let [from, to] = [f.firms, f.laboratories].map(|t| of[t as usize]);
            Some(Flow::new(from?, to?, 0).weight(f.pairs as f64))
        })
        .collect();
    let classes = l.pick(
        ["territoires d’entreprises rurales", "autres territoires de laboratoires"],
        ["territories of rural firms", "other territories of laboratories"],
    );
    let name = l.pick(
        format!("liens entre territoires, {least} paires et plus"),
        format!("ties between territories, {least} pairs and more"),
    );
    let arc_class = [FlowClass::new(name, LineStyle::Solid)];
    let title = l.pick("Entreprises rurales et leurs laboratoires", "Rural firms and their laboratories");
    let mut picture = FlowMap::new(title);
    let classes = classes.map(str::to_owned);
    picture = picture
        .background(ground)
        .points(&classes, &points)
        .flows(&arc_class, &arcs)
        .off_map(l.pick("hors de la carte", "off the map"));
    if let Some(bounds) = map.bounds {
        picture = picture.bounds(bounds);
    }
    picture.render_in(l.pictures()).map(Some)
}

fn with_whom(section: &mut Section, study: &Study, r: &FirmsAndLaboratories, l: Language) -> Result<()> {
    let actors = study.inventory().actors();
    section.paragraph(sentences::elsewhere(r, l)).paragraph(sentences::how_far(r, l));
    let labels: Vec<String> = r
        .distances
        .iter()
        .enumerate()
        .map(|(i, d)| {
            let from = d.from_m / 1000;
            r.distances.get(i + 1).map_or_else(
                || l.pick(format!("plus de {from} km"), format!("over {from} km")),
                |next| format!("{from}–{} km", next.from_m / 1000),
            )
        })
        .collect();
    let all: usize = r.distances.iter().map(|d| d.rural).sum();
    if all > 0 {
        let values: Vec<f64> = r.distances.iter().map(|d| 100.0 * d.rural as f64 / all as f64).collect();
        let picture = Bars {
            title: l.pick("Paires des entreprises rurales par distance", "Pairs of rural firms by distance"),
            value_label: l.pick("% des paires", "% of pairs"),
            labels: &labels,
            values: &values,
        }
        .render_in(l.pictures())?;
        let n = l.integer(all);
        section.picture(
            picture,
            l.pick(
                format!("Distance au laboratoire (n\u{a0}= {n} paires)"),
                format!("Distance to the laboratory (n = {n} pairs)"),
            ),
            None,
        );
    }
    let mut table = PageTable::new(
        l.pick(
            "Villes et territoires dont les laboratoires travaillent le plus avec des entreprises rurales",
            "Cities and territories whose laboratories work most with rural firms",
        ),
        [
            (l.pick("territoire", "territory"), Align::Left),
            (l.pick("paires", "pairs"), Align::Right),
            (l.pick("entreprises rurales", "rural firms"), Align::Right),
            (l.pick("laboratoires", "laboratories"), Align::Right),
        ],
    );
    for t in r.cities().into_iter().take(15) {
        table.push([
            t.name.clone(),
            l.integer(t.pairs_with_rural),
            l.integer(t.rural_partners),
            l.integer(t.laboratories),
        ]);
    }
    section.table(table);
    let mut table = PageTable::new(
        l.pick(
            "Laboratoires qui travaillent le plus avec des entreprises rurales",
            "Laboratories that work most with rural firms",
        ),
        [
            (l.pick("laboratoire", "laboratory"), Align::Left),
            (l.pick("territoire", "territory"), Align::Left),
            (l.pick("entreprises rurales", "rural firms"), Align::Right),
            (l.pick("projets", "projects"), Align::Right),
            (l.pick("paires", "pairs"), Align::Right),
        ],
    );
    for x in r.laboratories.iter().take(20) {
        table.push([
            actors[x.actor as usize].name.clone(),
            x.territory.map_or_else(|| l.missing().to_owned(), |t| r.territories[t as usize].name.clone()),
            l.integer(x.rural_firms),
            l.integer(x.rural_projects),
            l.integer(x.rural_pairs),
        ]);
    }
    section.folded_table(table);
    if !r.fields.is_empty() {
        let mut table = PageTable::new(
            l.pick("Domaines des laboratoires partenaires", "Fields of the partner laboratories"),
            [
                (l.pick("domaine", "field"), Align::Left),
                (l.pick("paires rurales", "rural pairs"), Align::Right),
                (l.pick("paires urbaines", "urban pairs"), Align::Right),
                (l.pick("rapport des parts", "ratio of shares"), Align::Right),
            ],
        )
        .note(l.pick(
            "Rapport\u{a0}: part du domaine parmi les paires des entreprises rurales dont le domaine est connu, rapportée à la même part chez les urbaines.",
            "Ratio: share of the field among the pairs of rural firms with a known field over the same share of urban firms.",
        ));
        for f in &r.fields {
            table.push([
                f.field.clone(),
                l.integer(f.rural_pairs),
                l.integer(f.urban_pairs),
                f.ratio
                    .filter(|_| f.rural_pairs + f.urban_pairs >= 5)
                    .map_or_else(|| "–".to_owned(), |x| l.decimal(x, 2)),
            ]);
        }
        section.table(table);
    }
    Ok(())
}

fn over_time(section: &mut Section, study: &Study, r: &FirmsAndLaboratories, l: Language) -> Result<()> {
    let all: Vec<_> = r.years.iter().filter(|y| y.source.is_none()).collect();
    let name = |source: &Option<String>| {
        source.as_ref().map_or_else(
            || l.pick("toutes sources", "all sources").to_owned(),
            |s| l.source(study.inventory(), s).to_owned(),
        )
    };
    section.list(
        r.trends.iter().map(|t| format!("{}{}{}", name(&t.source), l.colon(), sentences::growth(t, l))),
    );
    let x: Vec<f64> = all.iter().map(|y| f64::from(y.year)).collect();
    let [participations, projects] = [
        all.iter().map(|y| y.rural_participations as f64).collect::<Vec<f64>>(),
        all.iter().map(|y| y.rural_projects as f64).collect(),
    ];
    if x.len() > 1 {
        let series = [
            Series {
                name: l.pick("participations d’entreprises rurales", "participations of rural firms"),
                x: &x,
                y: &participations,
                marks: Marks::Line,
            },
            Series {
                name: l.pick("projets avec une entreprise rurale", "projects with a rural firm"),
                x: &x,
                y: &projects,
                marks: Marks::Line,
            },
        ];
        let title = l.pick("Par année de début", "By first year");
        let picture = Plot {
            title,
            x_label: l.pick("année", "year"),
            y_label: l.pick("nombre", "number"),
            x_axis: Axis::Linear,
            y_axis: Axis::Linear,
            series: &series,
        }
        .render_in(l.pictures())?;
        section.picture(picture, title, None);
    }
    let mut table = PageTable::new(
        l.pick("Par année et source", "By year and source"),
        [
            (l.pick("source", "source"), Align::Left),
            (l.pick("année", "year"), Align::Right),
            (l.pick("projets", "projects"), Align::Right),
            (l.pick("avec une entreprise rurale", "with a rural firm"), Align::Right),
            (l.pick("participations d’entreprises", "participations of firms"), Align::Right),
            (l.pick("dont rurales", "rural ones"), Align::Right),
        ],
    )
    .note(l.pick(
        "* année que les sources ne couvrent pas entière, hors des tendances",
        "* year that the sources cover in part, left out of trends",
    ));
    for y in r.years.iter().filter(|y| y.source.is_none() || y.projects > 0) {
        table.push([
            y.source.clone().unwrap_or_else(|| name(&None)),
            format!("{}{}", y.year, if y.whole { "" } else { "*" }),
            l.integer(y.projects),
            l.integer(y.rural_projects),
            l.integer(y.participations),
            l.integer(y.rural_participations),
        ]);
    }
    section.folded_table(table);
    Ok(())
}

fn by_chance(section: &mut Section, r: &FirmsAndLaboratories, l: Language) {
    section.paragraph(l.pick(
        "Ce que l’on voit, à côté de ce que donnerait le hasard, en trois sens. Le dernier est celui qui compte\u{a0}: les \
         entreprises gardent leur nombre de projets, les projets leur nombre d’entreprises et tous leurs laboratoires.",
        "What is seen beside what chance would give, in three meanings. The last one is the one that counts: firms keep \
         their number of projects, projects their number of firms and all their laboratories.",
    ));
    let mut table = PageTable::new(
        l.pick("Entreprises rurales et laboratoires comparés au hasard", "Rural firms and laboratories against chance"),
        [
            (l.pick("mesure", "measure"), Align::Left),
            (l.pick("attendu", "expected"), Align::Left),
            (l.pick("observé", "observed"), Align::Right),
            (l.pick("attendu", "expected"), Align::Right),
            ("z", Align::Right),
            ("p", Align::Right),
            ("n", Align::Right),
            ("", Align::Left),
        ],
    )
    .note(l.pick(
        "n\u{a0}: liens entreprise × laboratoire pour les deux premiers hasards, entreprises pour le troisième.",
        "n: firm × laboratory ties for the first two meanings of chance, firms for the third.",
    ));
    for t in &r.tests {
        let what = sentences::statistic(t.statistic, r, l);
        match &t.evidence {
            Measured::Value(e) => table.push([
                what,
                sentences::chance(e.null, l).to_owned(),
                sentences::shown(t.statistic, e.null, e.observed, l),
                sentences::shown(t.statistic, e.null, e.expected, l),
                e.z.map_or_else(|| "–".to_owned(), |z| l.decimal(z, 1)),
                e.p.map_or_else(|| "–".to_owned(), |p| l.p_value(p)),
                l.integer(e.n),
                sentences::verdict(e, l).to_owned(),
            ]),
            Measured::Undefined(_) => table.push([what, l.too_few(r.rural().firms)]),
        }
    }
    section.table(table);
}

fn with_none(section: &mut Section, r: &FirmsAndLaboratories, l: Language) {
    section.paragraph(sentences::without(r, l));
    let list = sentences::largest_without(r);
    let mut table = PageTable::new(
        l.pick(
            "Les plus peuplés des territoires sans entreprise connue travaillant avec un laboratoire",
            "Most populous territories without a known firm that works with a laboratory",
        ),
        [
            (l.pick("territoire", "territory"), Align::Left),
            (l.pick("ruralité", "rurality"), Align::Left),
            (l.pick("population", "population"), Align::Right),
            (l.pick("laboratoires actifs", "active laboratories"), Align::Right),
            (r.options.ground.as_ref().map_or("–", |g| titled(&g.title, l)), Align::Right),
        ],
    );
    for t in list.into_iter().take(20) {
        table.push([
            t.name.clone(),
            t.rurality.map_or_else(|| l.missing().to_owned(), |x| l.rurality(x).to_owned()),
            t.population.map_or_else(|| l.missing().to_owned(), |p| l.integer(p as i64)),
            l.integer(t.laboratories),
            t.ground.map_or_else(|| l.missing().to_owned(), |g| l.integer(g as i64)),
        ]);
    }
    section.folded_table(table);
}

fn firms(section: &mut Section, study: &Study, r: &FirmsAndLaboratories, l: Language) {
    let [micro, sme, large, unknown] = r.rural().by_size.map(|n| l.integer(n));
    let size = |s| l.enterprise_size(s);
    section.paragraph(l.pick(
        format!(
            "Par taille\u{a0}: {micro} ({}), {sme} ({}), {large} ({}), {unknown} de taille inconnue.",
            size(EnterpriseSize::Micro),
            size(EnterpriseSize::Sme),
            size(EnterpriseSize::Large)
        ),
        format!(
            "By size: {micro} ({}), {sme} ({}), {large} ({}), {unknown} of unknown size.",
            size(EnterpriseSize::Micro),
            size(EnterpriseSize::Sme),
            size(EnterpriseSize::Large)
        ),
    ));
    let (actors, base) = (study.inventory().actors(), study.atlas().base().territories());
    let mut table = PageTable::new(
        l.pick(
            "Entreprises rurales qui ont le plus de projets avec des laboratoires",
            "Rural firms with most projects with laboratories",
        ),
        [
            (l.pick("entreprise", "firm"), Align::Left),
            (l.pick("commune", "commune"), Align::Left),
            (l.pick("projets", "projects"), Align::Right),
            (l.pick("laboratoires", "laboratories"), Align::Right),
            (l.pick("le plus proche", "nearest"), Align::Right),
            (l.pick("années", "years"), Align::Right),
        ],
    );
    for f in r.firms.iter().take(30) {
        let commune = study.places()[f.actor as usize].base.map(|b| base[b as usize].name.clone());
        table.push([
            actors[f.actor as usize].name.clone(),
            commune.unwrap_or_else(|| l.missing().to_owned()),
            l.integer(f.projects),
            l.integer(f.laboratories),
            f.nearest_m.map_or_else(|| l.missing().to_owned(), |m| l.kilometres(m)),
            f.years.map_or_else(|| l.missing().to_owned(), |y| y.to_string()),
        ]);
    }
    section.folded_table(table);
}
