//! The mémentos of the programme: one page on a theme, made from a study. Method, map, cases, figures,
//! limits.

use std::path::PathBuf;

use geo_types::Coord;

use super::funding::funding_sentences;
use super::{Language, Outlet};
use crate::error::Result;
use crate::evidence::Measured;
use crate::france::MAINLAND;
use crate::model::{ActorKind, Contours, Level, LinkClass, Rurality};
use crate::progress::Progress;
use crate::space::Layer;
use crate::space::simplify::simplify;
use crate::study::{BelongingOptions, FundingOptions, Perimeters, Study, TerritoryMeasures};
use crate::write::page::{KeyFigure, Page, PageTable, PageWords, Section};
use crate::write::report::Align;
use crate::write::svg::{Background, FlowMap, FlowPoint, Svg};

/// The themes of the programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Theme {
    /// Places of innovation.
    InnovationPlaces,
    /// Forms of animation of Pays and territorial poles.
    Animation,
    /// Belonging to a territory and to networks.
    Belonging,
    /// New approaches to economy and employment.
    Economy,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::InnovationPlaces, Self::Animation, Self::Belonging, Self::Economy];

    /// Short stable key, for file names.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::InnovationPlaces => "memento_innovation_places",
            Self::Animation => "memento_animation",
            Self::Belonging => "memento_belonging",
            Self::Economy => "memento_economy",
        }
    }

    /// Its title.
    #[must_use]
    pub fn title(self, l: Language) -> &'static str {
        match self {
            Self::InnovationPlaces => l.pick("Les lieux d’innovation", "Places of innovation"),
            Self::Animation => l.pick(
                "Les formes d’animation des Pays et pôles territoriaux",
                "Forms of animation of Pays and territorial poles",
            ),
            Self::Belonging => l.pick("L’appartenance", "Belonging"),
            Self::Economy => l.pick(
                "De nouvelles approches de l’économie et de l’emploi",
                "New approaches to economy and employment",
            ),
        }
    }
}

keyed!(Theme, "theme of a memento", shown);

/// Writes the mémentos of all themes as HTML, Markdown and CSV into the folder of the outlet, and says where
/// each is. Gives the pages.
///
/// # Errors
/// Those of [`memento`]; [`Error::Io`](crate::Error::Io) when a file cannot be written.
pub fn deliver_mementos(study: &Study, outlet: &mut Outlet<'_>) -> Result<Vec<PathBuf>> {
    let folder = outlet.folder()?;
    let mut written = Vec::new();
    for theme in Theme::ALL {
        let page = memento(study, theme, outlet.language, outlet.progress)?;
        written.push(page.write_files(&folder, theme.key())?);
        outlet.say(written[written.len() - 1].display().to_string());
    }
    Ok(written)
}

/// The mémento of a theme.
///
/// # Errors
/// [`Error::Unknown`](crate::Error::Unknown) when the atlas lacks EPCI, PETR/Pays or régions.
pub fn memento(study: &Study, theme: Theme, l: Language, progress: &dyn Progress) -> Result<Page> {
    let mut page = Page::new(
        format!("{}{}{}", l.pick("Mémento", "Memento"), l.colon(), theme.title(l)),
        l.pick(PageWords::french(), PageWords::english()),
    );
    match theme {
        Theme::InnovationPlaces => innovation_places(study, &mut page, l, progress)?,
        Theme::Animation => animation(study, &mut page, l, progress)?,
        Theme::Belonging => belonging(study, &mut page, l, progress)?,
        Theme::Economy => economy(study, &mut page, l, progress)?,
    }
    let section = page.section(l.pick("Limites", "Limits"));
    section.list([
        l.pick(
            "Les données ouvertes ne disent que ce qui est publié\u{a0}: un lieu ou un lien absent n’est pas un lieu ou un lien \
             qui n’existe pas.",
            "Open data only tell what is published: a place or tie that is absent may well exist.",
        ),
        l.pick(
            "Les rapports montrés sont des comparaisons, non des effets.",
            "What is shown are comparisons, not effects.",
        ),
    ]);
    page.source(l.pick(
        "Insee, ANCT, keep.eu, CORDIS, ROR, fablabs.io, cohesiondata.ec.europa.eu\u{202f}; calculs rurban.",
        "INSEE, ANCT, keep.eu, CORDIS, ROR, fablabs.io, cohesiondata.ec.europa.eu; computed by rurban.",
    ));
    Ok(page)
}

/// Points of some actors, rural and urban, over the régions; `None` without outlines.
fn map(study: &Study, kinds: &[ActorKind], title: &str, l: Language) -> Result<Option<Svg>> {
    let Some(layer) = study.atlas().level(&Level::Region)?.geometry() else { return Ok(None) };
    let regions: Vec<_> = (0..layer.len()).map(|i| layer.to_multi_polygon(i)).collect();
    let layer = simplify(&Layer::from_features(&regions), 0.03)?;
    let points: Vec<FlowPoint> = study
        .inventory()
        .actors()
        .iter()
        .zip(study.places())
        .filter(|(a, _)| kinds.contains(&a.kind))
        .filter_map(|(a, p)| {
            let class = u32::from(p.rurality()? == Rurality::Urban);
            Some(FlowPoint::new(Coord::from(p.point?), class, &a.name).size(1.0))
        })
        .collect();
    let classes = [Rurality::Rural, Rurality::Urban].map(|r| l.rurality(r).to_owned());
    FlowMap::new(title)
        .description(title)
        .background(Background::new(&layer, Contours::Surveyed))
        .points(&classes, &points)
        .off_map(l.pick("hors de la carte", "off the map"))
        .bounds(MAINLAND)
        .render_in(l.pictures())
        .map(Some)
}

/// How many actors of some kinds there are, and how many are in rural communes.
#[derive(Clone, Copy, Default)]
struct Counted {
    all: usize,
    rural: usize,
    placed: usize,
}

fn counted(study: &Study, kinds: &[ActorKind]) -> Counted {
    let mut c = Counted::default();
    for (_, p) in
        study.inventory().actors().iter().zip(study.places()).filter(|(a, _)| kinds.contains(&a.kind))
    {
        c.all += 1;
        c.placed += usize::from(p.rurality().is_some());
        c.rural += usize::from(p.rurality() == Some(Rurality::Rural));
    }
    c
}

fn method<'p>(page: &'p mut Page, text: &str, l: Language) -> &'p mut Section {
    page.section(l.pick("Méthode", "Method")).paragraph(text)
}

fn kind_position(kind: ActorKind) -> usize {
    ActorKind::ALL.iter().position(|k| *k == kind).unwrap_or(0)
}

/// Actors of a kind by région, per 100,000 inhabitants.
fn by_region(measures: &[TerritoryMeasures], kind: ActorKind, caption: &str, l: Language) -> PageTable {
    let mut table = PageTable::new(
        caption,
        [
            ("région", Align::Left),
            (l.pick("nombre", "number"), Align::Right),
            (l.pick("pour 100\u{202f}000 habitants", "per 100,000 inhabitants"), Align::Right),
            (l.pick("distance moyenne", "mean distance"), Align::Right),
        ],
    );
    for m in measures.iter().filter(|m| m.actors[kind_position(kind)] > 0) {
        let n = m.actors[kind_position(kind)];
        let each = m.territory.population.filter(|p| *p > 0.0).map(|p| n as f64 / p * 1e5);
        table.push([
            m.shown_name().into_owned(),
            l.integer(n),
            each.map_or_else(|| "–".to_owned(), |v| l.decimal(v, 1)),
            l.kilometres(m.innovation_distance_m.unwrap_or(f64::NAN)),
        ]);
    }
    table
}

fn innovation_places(study: &Study, page: &mut Page, l: Language, progress: &dyn Progress) -> Result<()> {
    let kinds = [ActorKind::InnovationPlace];
    method(
        page,
        l.pick(
            "Fablabs, fabriques de territoire et manufactures de proximité, placés dans leur commune\u{202f}; est rural ce qui est \
             dans une commune rurale de la grille de densité\u{202f}; distances à vol d’oiseau, pondérées par les habitants.",
            "Fablabs, fabriques de territoire and manufactures de proximité, placed in their commune; rural is what is in a rural \
             commune of the density grid; distances as the crow flies, weighted by inhabitants.",
        ),
        l,
    );
    let c = counted(study, &kinds);
    let measures = study.territory_measures(&Level::Region, &study.reach(progress)?)?;
    let section = page.section(l.pick("Chiffres", "Figures"));
    section.figures([
        KeyFigure::new(l.pick("lieux d’innovation", "innovation places"), l.integer(c.all), ""),
        KeyFigure::new(
            l.pick("en commune rurale", "in rural communes"),
            l.share(c.rural, c.placed),
            l.pick("des lieux placés", "of those placed"),
        ),
    ]);
    section.table(by_region(
        &measures,
        ActorKind::InnovationPlace,
        l.pick("Lieux d’innovation par région", "Innovation places by région"),
        l,
    ));
    draw(
        study,
        page,
        &kinds,
        l.pick("Lieux d’innovation ruraux et urbains", "Rural and urban innovation places"),
        l,
    )?;
    cases(study, page, &kinds, l);
    Ok(())
}

fn draw(study: &Study, page: &mut Page, kinds: &[ActorKind], title: &str, l: Language) -> Result<()> {
    let section = page.section(l.pick("Carte", "Map"));
    match map(study, kinds, title, l)? {
        Some(map) => section.picture(map, title, None),
        None => section.remark(l.pick("Contours absents\u{a0}: pas de carte.", "No outlines: no map.")),
    };
    Ok(())
}

/// Rural actors of some kinds with the most ties.
fn cases(study: &Study, page: &mut Page, kinds: &[ActorKind], l: Language) {
    let mut ties = vec![[0_usize; 2]; study.places().len()];
    for link in study.links() {
        for i in [link.a, link.b] {
            ties[i as usize][0] += 1;
            ties[i as usize][1] += usize::from(link.class == LinkClass::UrbanRural);
        }
    }
    let actors = study.inventory().actors();
    let rural = |i: &usize| study.places()[*i].rurality() == Some(Rurality::Rural);
    let mut list: Vec<usize> =
        (0..actors.len()).filter(|i| kinds.contains(&actors[*i].kind)).filter(rural).collect();
    list.sort_by(|a, b| ties[*b].cmp(&ties[*a]).then_with(|| actors[*a].name.cmp(&actors[*b].name)));
    let communes = study.atlas().base().territories();
    let mut table = PageTable::new(
        l.pick(
            "Cas\u{a0}: acteurs ruraux, les plus liés d’abord (12)",
            "Cases: rural actors, the most tied first (12)",
        ),
        [
            (l.pick("nom", "name"), Align::Left),
            (l.pick("commune", "commune"), Align::Left),
            (l.pick("liens connus", "known ties"), Align::Right),
            (l.pick("dont rural–urbain", "of them rural–urban"), Align::Right),
        ],
    );
    for i in list.into_iter().take(12) {
        let commune = study.places()[i].base.map_or_else(String::new, |b| communes[b as usize].name.clone());
        table.push([actors[i].name.clone(), commune, l.integer(ties[i][0]), l.integer(ties[i][1])]);
    }
    page.section(l.pick("Cas", "Cases")).table(table);
}

fn animation(study: &Study, page: &mut Page, l: Language, progress: &dyn Progress) -> Result<()> {
    method(
        page,
        l.pick(
            "PETR et Pays (périmètres des contrats de ruralité 2016–2019)\u{202f}; les acteurs et les liens connus de chacun disent ce \
             que l’animation peut relier, non ce qu’elle a produit.",
            "PETR and Pays (perimeters of the rural contracts of 2016–2019); the known actors and ties of each tell what animation \
             may join, not what came of it.",
        ),
        l,
    );
    let measures = study.territory_measures(&Level::PetrPays, &study.reach(progress)?)?;
    let tied = measures.iter().filter(|m| m.internal_links + m.external_links > 0).count();
    let people: f64 = measures.iter().filter_map(|m| m.territory.population).sum();
    let section = page.section(l.pick("Chiffres", "Figures"));
    section.figures([
        KeyFigure::new("PETR, Pays", l.integer(measures.len()), ""),
        KeyFigure::new(l.pick("habitants", "inhabitants"), l.decimal(people, 0), ""),
        KeyFigure::new(
            l.pick("avec au moins un lien connu", "with at least one known tie"),
            l.share(tied, measures.len()),
            "",
        ),
    ]);
    let mut order: Vec<&TerritoryMeasures> = measures.iter().collect();
    let outside = |m: &TerritoryMeasures| m.external_links;
    order.sort_by(|a, b| outside(b).cmp(&outside(a)).then_with(|| a.territory.code.cmp(&b.territory.code)));
    let mut table = PageTable::new(
        l.pick(
            "PETR et Pays les plus liés à l’extérieur (20)",
            "PETR and Pays with most ties to the outside (20)",
        ),
        [
            (l.pick("territoire", "territory"), Align::Left),
            (l.pick("habitants", "inhabitants"), Align::Right),
            (l.pick("acteurs", "actors"), Align::Right),
            (l.pick("liens dedans", "ties inside"), Align::Right),
            (l.pick("liens dehors", "ties outside"), Align::Right),
        ],
    );
    for m in order.iter().take(20) {
        table.push([
            m.shown_name().into_owned(),
            m.territory.population.map_or_else(|| "–".to_owned(), |p| l.decimal(p, 0)),
            l.integer(m.actor_count()),
            l.integer(m.internal_links),
            l.integer(m.external_links),
        ]);
    }
    section.table(table);
    let kinds = [ActorKind::PetrPays, ActorKind::Gal];
    draw(study, page, &kinds, l.pick("PETR, Pays et GAL", "PETR, Pays and LEADER groups"), l)?;
    cases(study, page, &kinds, l);
    Ok(())
}

fn belonging(study: &Study, page: &mut Page, l: Language, progress: &dyn Progress) -> Result<()> {
    method(
        page,
        l.pick(
            "Part des liens dont les deux bouts sont dans le même périmètre, face à ce que donneraient le nombre de liens de chacun et \
             la distance (classes de 25\u{a0}km, Expert et al. 2011).",
            "Share of ties with both ends in one perimeter, against what numbers of ties and distance give (bins of 25 km, Expert et \
             al. 2011).",
        ),
        l,
    );
    let mut table = PageTable::new(
        l.pick("Liens à l’intérieur des périmètres, par échelon", "Ties inside perimeters, by level"),
        [
            (l.pick("échelon", "level"), Align::Left),
            (l.pick("liens", "ties"), Align::Right),
            (l.pick("à l’intérieur", "inside"), Align::Right),
            (l.pick("attendus", "expected"), Align::Right),
            ("z", Align::Right),
        ],
    );
    let mut best = Vec::new();
    for level in [Level::Epci, Level::PetrPays, Level::Departement, Level::Region] {
        let perimeters = Perimeters::of_level(study.atlas(), &level)?;
        let report = study.belonging(&perimeters, &BelongingOptions::default(), progress)?;
        match &report.beyond_distance {
            Measured::Value(e) => table.push([
                l.levels(&level).to_owned(),
                l.integer(report.ties.len()),
                l.decimal(e.observed, 0),
                l.decimal(e.expected, 1),
                e.z.map_or_else(|| "–".to_owned(), |z| l.decimal(z, 1)),
            ]),
            Measured::Undefined(_) => table.push([l.levels(&level).to_owned(), l.integer(report.ties.len())]),
        }
        if level == Level::PetrPays {
            best = report.territories;
        }
    }
    page.section(l.pick("Chiffres", "Figures")).table(table);
    best.sort_by(|a, b| b.inside.cmp(&a.inside).then_with(|| a.perimeter.code.cmp(&b.perimeter.code)));
    let mut table = PageTable::new(
        l.pick(
            "PETR et Pays avec le plus de liens internes (12)",
            "PETR and Pays with most ties inside (12)",
        ),
        [
            (l.pick("territoire", "territory"), Align::Left),
            (l.pick("à l’intérieur", "inside"), Align::Right),
            (l.pick("vers l’extérieur", "leaving"), Align::Right),
        ],
    );
    for t in best.iter().take(12) {
        table.push([t.perimeter.name.clone(), l.integer(t.inside), l.integer(t.leaving)]);
    }
    page.section(l.pick("Cas", "Cases")).table(table);
    draw(
        study,
        page,
        &[ActorKind::Network, ActorKind::Cluster],
        l.pick("Réseaux, pôles et clusters", "Networks and clusters"),
        l,
    )
}

fn economy(study: &Study, page: &mut Page, l: Language, progress: &dyn Progress) -> Result<()> {
    let kinds = [ActorKind::Enterprise, ActorKind::Cluster, ActorKind::InnovationPlace];
    method(
        page,
        l.pick(
            "Entreprises, pôles et lieux d’innovation connus, leurs liens avec la recherche, et les fonds de développement rural hors \
             agriculture.",
            "Known enterprises, clusters and innovation places, their ties with research, and the money of rural development outside \
             farming.",
        ),
        l,
    );
    let section = page.section(l.pick("Chiffres", "Figures"));
    section.figures(kinds.map(|kind| {
        let c = counted(study, &[kind]);
        KeyFigure::new(
            l.actor_kinds(kind),
            l.integer(c.all),
            l.pick(
                format!("en commune rurale\u{a0}: {}", l.share(c.rural, c.placed)),
                format!("in rural communes: {}", l.share(c.rural, c.placed)),
            ),
        )
    }));
    let actors = study.inventory().actors();
    let of = |i: u32, kind: ActorKind| actors[i as usize].kind == kind;
    let pair = |a: u32, b: u32| of(a, ActorKind::Enterprise) && of(b, ActorKind::ResearchCentre);
    let (mut ties, mut across) = (0, 0);
    for link in study.links().iter().filter(|k| pair(k.a, k.b) || pair(k.b, k.a)) {
        ties += 1;
        across += usize::from(link.class == LinkClass::UrbanRural);
    }
    section.paragraph(l.pick(
        format!(
            "Liens entre entreprises et laboratoires\u{a0}: {}, dont rural–urbain\u{a0}: {}.",
            l.integer(ties),
            l.share(across, ties)
        ),
        format!(
            "Ties of enterprises and research centres: {}, rural–urban: {}.",
            l.integer(ties),
            l.share(across, ties)
        ),
    ));
    for sentence in funding_sentences(&study.funding(&FundingOptions::default(), None)?, l) {
        section.paragraph(sentence);
    }
    let measures = study.territory_measures(&Level::Region, &study.reach(progress)?)?;
    section.table(by_region(
        &measures,
        ActorKind::Enterprise,
        l.pick("Entreprises connues par région", "Known enterprises by région"),
        l,
    ));
    draw(
        study,
        page,
        &kinds,
        l.pick("Entreprises, pôles et lieux d’innovation", "Enterprises, clusters and innovation places"),
        l,
    )?;
    cases(study, page, &kinds, l);
    Ok(())
}
