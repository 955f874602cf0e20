//! The programmes of rural development from the angle of local development, as a page.

use std::path::PathBuf;

use super::{Language, Outlet};
use crate::error::Result;
use crate::evidence::Measured;
use crate::france::programmes::{Certainty, Crosswalk};
use crate::labels::Labels;
use crate::model::{FundingCode, FundingStatus, Level, Measure, MoneySource};
use crate::study::{FundingOptions, FundingReport, Study, TerritoryFunding};
use crate::write::page::{KeyFigure, Page, PageTable, PageWords};
use crate::write::report::Align;
use crate::write::svg::{Bars, Choropleth, Colours, Coordinates, Svg};

/// Name of a measure or intervention; the source's own where we have none.
#[must_use]
pub fn measure_name(code: Option<FundingCode>, source: &str, language: Language) -> String {
    let Some(code) = code else {
        let none = language.pick("sans mesure", "no measure");
        return if source.is_empty() || source == "VOID" {
            none.to_owned()
        } else {
            format!("{none} ({source})")
        };
    };
    let (french, english) = match (code.measure().map(Measure::number), code) {
        (Some(1), _) => ("Transfert de connaissances", "Knowledge transfer"),
        (Some(2), _) => ("Conseil", "Advisory services"),
        (Some(3), _) => ("Systèmes de qualité", "Quality schemes"),
        (Some(4), _) => ("Investissements physiques", "Physical investment"),
        (Some(5), _) => ("Potentiel de production", "Restoring agricultural potential"),
        (Some(6), _) => ("Exploitations et entreprises", "Farm and business development"),
        (Some(7), _) => ("Services de base et villages", "Basic services and villages"),
        (Some(8), _) => ("Forêts", "Forests"),
        (Some(9), _) => ("Groupements de producteurs", "Producer groups"),
        (Some(10), _) => ("Agroenvironnement et climat", "Agri-environment and climate"),
        (Some(11), _) => ("Agriculture biologique", "Organic farming"),
        (Some(12), _) => ("Natura 2000 et eau", "Natura 2000 and water"),
        (Some(13), _) => ("Contraintes naturelles (ICHN)", "Areas with natural constraints"),
        (Some(16), _) => ("Coopération", "Cooperation"),
        (Some(17), _) => ("Gestion des risques", "Risk management"),
        (Some(19), _) | (_, FundingCode::Intervention { article: 77, number: 5 }) => ("LEADER", "LEADER"),
        (Some(20), _) => ("Assistance technique", "Technical assistance"),
        _ => (source, source),
    };
    format!("{code} {}", language.pick(french, english)).trim_end().to_owned()
}

/// What money of a status is called.
#[must_use]
pub const fn status_name(status: FundingStatus, language: Language) -> &'static str {
    match (status, language) {
        (FundingStatus::Planned, Language::French) => "prévu",
        (FundingStatus::Committed, Language::French) => "engagé",
        (FundingStatus::Paid, Language::French) => "payé",
        (FundingStatus::Planned, Language::English) => "planned",
        (FundingStatus::Committed, Language::English) => "committed",
        (FundingStatus::Paid, Language::English) => "paid",
    }
}

fn money_name(money: Option<MoneySource>, l: Language) -> &'static str {
    match money {
        Some(MoneySource::EuropeanUnion) => l.pick("Feader", "EAFRD"),
        Some(MoneySource::National) => l.pick("contrepartie nationale", "national counterpart"),
        Some(MoneySource::OtherPublic) => l.pick("autres fonds publics", "other public money"),
        Some(MoneySource::Private) => l.pick("fonds privés", "private money"),
        None => l.pick("toutes origines", "all sources"),
    }
}

/// Millions of euros with one decimal.
fn millions(eur: f64, l: Language) -> String {
    format!("{}\u{a0}M€", l.decimal(eur / 1e6, 1))
}

fn euros(eur: Option<f64>, l: Language) -> String {
    eur.map_or_else(|| "–".to_owned(), |e| format!("{}\u{a0}€", l.decimal(e, usize::from(e.abs() < 100.0))))
}

fn percent(share: Option<f64>, l: Language) -> String {
    share.map_or_else(|| "–".to_owned(), |s| l.percent(s, 1))
}

fn measured(value: &Measured<f64>, l: Language) -> String {
    value.value().map_or_else(|| "–".to_owned(), |v| l.decimal(*v, 2))
}

/// What the tables say, in four sentences: how much, on what, where most for each inhabitant, what may be
/// outside farming.
#[must_use]
pub fn funding_sentences(report: &FundingReport, l: Language) -> Vec<String> {
    let mut said = Vec::new();
    let codes: Vec<String> = report.options.measures.iter().map(ToString::to_string).collect();
    let n = report.territories.len();
    let (money, status) = (money_name(report.options.money, l), status_name(report.status, l));
    said.push(l.pick(
        format!(
            "{money} {status}\u{a0}: {} au total, dont {} ({}) pour les mesures {} ({} lignes lues).",
            millions(report.total_eur, l),
            millions(report.together_eur, l),
            percent(report.together_share, l),
            l.list(&codes),
            l.integer(report.lines),
        ),
        format!(
            "{money} {status}: {} in all, {} of it ({}) for the measures {} ({} lines read).",
            millions(report.total_eur, l),
            millions(report.together_eur, l),
            percent(report.together_share, l),
            l.list(&codes),
            l.integer(report.lines),
        ),
    ));
    let leader = report.measures.iter().find(|m| {
        m.code == Some(Measure::LEADER.into())
            || m.code == Some(FundingCode::Intervention { article: 77, number: 5 })
    });
    if let Some(m) = leader {
        let n = m.territories;
        said.push(l.pick(
            format!(
                "LEADER en représente {}, soit {} de tout l’argent, dans {n} régions sur {}\u{202f}; rapporté aux \
                 habitants, l’indice de Gini entre régions est de {} (0\u{a0}: égalité).",
                millions(m.total_eur, l),
                percent(m.share, l),
                report.territories.len(),
                measured(&m.gini, l),
            ),
            format!(
                "LEADER is {} of it, {} of all money, in {n} of {} régions; over inhabitants its Gini coefficient \
                 between régions is {} (0: equality).",
                millions(m.total_eur, l),
                percent(m.share, l),
                report.territories.len(),
                measured(&m.gini, l),
            ),
        ));
    }
    let per_head = |t: &&TerritoryFunding| (!t.few_rural).then_some(t.per_rural_inhabitant_eur).flatten();
    let ranked = || report.territories.iter().filter(|t| per_head(t).is_some());
    let by = |a: &&TerritoryFunding, b: &&TerritoryFunding| {
        per_head(a).unwrap_or(f64::NAN).total_cmp(&per_head(b).unwrap_or(f64::NAN))
    };
    if let (Some(high), Some(low)) = (ranked().max_by(by), ranked().min_by(by)) {
        let marked = report.territories.iter().filter(|t| t.few_rural).count();
        said.push(l.pick(
            format!(
                "Par habitant des communes rurales, ces mesures vont de {} ({}) à {} ({}), parmi {} régions\u{202f}; \
                 {marked} autres où moins de {} des habitants vivent en commune rurale sont laissées de côté.",
                euros(per_head(&low), l),
                low.name,
                euros(per_head(&high), l),
                high.name,
                ranked().count(),
                l.percent(report.options.few_rural_share, 0),
            ),
            format!(
                "For each inhabitant of a rural commune these measures range from {} ({}) to {} ({}), among {} \
                 régions; {marked} others where fewer than {} of the people live in rural communes are set aside.",
                euros(per_head(&low), l),
                low.name,
                euros(per_head(&high), l),
                high.name,
                ranked().count(),
                l.percent(report.options.few_rural_share, 0),
            ),
        ));
    }
    let outside = report.outside_farming;
    let partly: Vec<String> = report.options.partly_outside_farming.iter().map(ToString::to_string).collect();
    let certain = l.pick("certain", "certain");
    said.push(if outside.at_least_eur < outside.at_most_eur {
        l.pick(
            format!(
                "Hors agriculture\u{a0}: entre {} ({certain}) et {} au plus ({}), car {} n’est pas détaillée par \
                 sous-mesure\u{202f}; n\u{a0}=\u{a0}{n} régions.",
                millions(outside.at_least_eur, l),
                millions(outside.at_most_eur, l),
                percent((report.total_eur > 0.0).then(|| outside.at_most_eur / report.total_eur), l),
                l.list(&partly),
            ),
            format!(
                "Outside farming: between {} ({certain}) and {} at most ({}), as {} is not known by sub-measure; \
                 n\u{a0}=\u{a0}{n} régions.",
                millions(outside.at_least_eur, l),
                millions(outside.at_most_eur, l),
                percent((report.total_eur > 0.0).then(|| outside.at_most_eur / report.total_eur), l),
                l.list(&partly),
            ),
        )
    } else {
        l.pick(
            format!("Hors agriculture\u{a0}: {} (n\u{a0}=\u{a0}{n} régions).", millions(outside.at_least_eur, l)),
            format!("Outside farming: {} (n\u{a0}=\u{a0}{n} régions).", millions(outside.at_least_eur, l)),
        )
    });
    said
}

/// Says what a study knows of funding and writes `funding.html`, `funding.md` and `funding.csv`; `groups` of
/// territories as for [`Study::funding`]. Gives the page.
///
/// # Errors
/// Those of [`Study::funding`]; [`Error::Io`](crate::Error::Io) when a file cannot be written.
pub fn deliver_funding(
    study: &Study,
    options: &FundingOptions,
    groups: Option<&Labels>,
    outlet: &mut Outlet<'_>,
) -> Result<PathBuf> {
    let report = study.funding(options, groups)?;
    for sentence in funding_sentences(&report, outlet.language) {
        outlet.say(sentence);
    }
    let page = funding_page(study, &report, outlet.language)?.write_files(&outlet.folder()?, "funding")?;
    outlet.say(page.display().to_string());
    Ok(page)
}

/// The page on the money of programmes: four sentences, map and bars by région, tables.
///
/// Maps need outlines of the level; without them the page says that there are none.
///
/// # Errors
/// [`Error::Unknown`](crate::Error::Unknown) when the study is not the report's.
pub fn funding_page(study: &Study, report: &FundingReport, l: Language) -> Result<Page> {
    let mut page = Page::new(
        l.pick(
            "Les programmes de développement rural vus du développement local",
            "The rural development programmes from the angle of local development",
        ),
        l.pick(PageWords::french(), PageWords::english()),
    )
    .lead(l.pick(
        "Mesures 6, 7, 16 et 19 (articles 19, 20 et 35, LEADER) par région d’aujourd’hui.",
        "Measures 6, 7, 16 and 19 (articles 19, 20 and 35, LEADER) by present-day région.",
    ));
    let section = page.section(l.pick("Ce que disent les chiffres", "What the figures say"));
    let codes: Vec<String> = report.options.measures.iter().map(ToString::to_string).collect();
    section.figures([
        KeyFigure::new(
            money_name(report.options.money, l),
            millions(report.total_eur, l),
            format!("{}, {} {}", status_name(report.status, l), report.lines, l.pick("lignes", "lines")),
        ),
        KeyFigure::new(
            l.list(&codes),
            millions(report.together_eur, l),
            l.pick(
                format!("{} du total", percent(report.together_share, l)),
                format!("{} of the total", percent(report.together_share, l)),
            ),
        ),
        KeyFigure::new(
            l.pick("Hors agriculture, au plus", "Outside farming, at most"),
            millions(report.outside_farming.at_most_eur, l),
            l.pick(
                format!("au moins {}", millions(report.outside_farming.at_least_eur, l)),
                format!("at least {}", millions(report.outside_farming.at_least_eur, l)),
            ),
        ),
    ]);
    for sentence in funding_sentences(report, l) {
        section.paragraph(sentence);
    }

    let section = page.section(l.pick("Par région", "By région"));
    match map(study, report, l)? {
        Some(map) => section.picture(
            map,
            l.pick(
                "Mesures de développement local par habitant, contours approchés, hors outre-mer",
                "Measures of local development for each inhabitant, approximate outlines, without overseas",
            ),
            None,
        ),
        None => {
            section.remark(l.pick("Pas de carte\u{a0}: contours absents.", "No map: there are no outlines."))
        }
    };
    let labels: Vec<String> = report.territories.iter().map(|t| t.name.clone()).collect();
    let values: Vec<f64> = report.territories.iter().map(|t| (t.together_eur / 1e5).round() / 10.0).collect();
    section.picture(
        Bars {
            title: l.pick("Mesures de développement local", "Measures of local development"),
            value_label: l.pick("millions d’euros", "million euros"),
            labels: &labels,
            values: &values,
        }
        .render_in(l.pictures())?,
        l.pick("Montants par région", "Amounts by région"),
        None,
    );
    section.table(by_territory(report, l));
    if report
        .territories
        .iter()
        .any(|t| t.progression.committed_eur.is_some() || t.progression.paid_eur.is_some())
    {
        section.table(progression(report, l));
    }
    section.table(quotients(report, l));
    if !report.unplaced.is_empty() {
        let mut table = PageTable::new(
            l.pick("Programmes nationaux, jamais répartis", "National programmes, never spread"),
            [(l.pick("programme", "programme"), Align::Left), ("M€", Align::Right)],
        );
        for u in &report.unplaced {
            table.push([format!("{} ({})", u.programme, u.programme_id), millions(u.total_eur, l)]);
        }
        section.table(table);
    }

    let section = page.section(l.pick("Par mesure", "By measure"));
    section.table(by_measure(report, l));
    if let Some(Measured::Value(theil)) = &report.theil {
        section.paragraph(l.pick(
            format!(
                "Inégalité par habitant (Theil) entre régions\u{a0}: {}, dont {} entre la métropole et l’outre-mer et {} à \
                 l’intérieur (n\u{a0}=\u{a0}{}).",
                l.decimal(theil.total, 3),
                l.decimal(theil.between, 3),
                l.decimal(theil.within, 3),
                report.territories.len()
            ),
            format!(
                "Inequality per inhabitant (Theil) between régions: {}, {} of it between mainland and overseas and {} \
                 within (n\u{a0}=\u{a0}{}).",
                l.decimal(theil.total, 3),
                l.decimal(theil.between, 3),
                l.decimal(theil.within, 3),
                report.territories.len()
            ),
        ));
    }
    if !report.changes.is_empty() {
        section.folded_table(changes(study, report, l)?);
    }
    if !report.beneficiaries.is_empty() {
        section.folded_table(beneficiaries(report, l));
    }
    #[cfg(feature = "france-data")]
    page.section(l.pick("2014–2022 et 2023–2027", "2014–2022 and 2023–2027"))
        .folded_table(crosswalk(&Crosswalk::embedded()?, l));

    let section = page.section(l.pick("Ce que nous ne savons pas", "What we do not know"));
    section.list([
        l.pick(
            "Ces montants sont ceux de la maquette, par programme et par mesure\u{a0}: ni sous-mesures, ni bénéficiaires, ni \
             territoires plus fins que la région d’avant 2016, sauf si vos propres tables les donnent.",
            "These are the amounts set aside, by programme and measure: no sub-measures, no beneficiaries, no territories \
             finer than the région of before 2016, unless tables of your own give them.",
        ),
        l.pick(
            "Un montant par habitant rural trompe là où presque personne ne vit en commune rurale (marqué *).",
            "An amount per rural inhabitant misleads where almost nobody lives in a rural commune (marked *).",
        ),
    ]);
    page.source(l.pick(
        "Feader 2014–2020 prévu\u{a0}: cohesiondata.ec.europa.eu, décision 2011/833/UE\u{202f}; population\u{a0}: Insee\u{202f}; communes rurales\u{a0}: \
         Insee, grille communale de densité.",
        "EAFRD 2014–2020 planned: cohesiondata.ec.europa.eu, Decision 2011/833/EU; population: INSEE; rural communes: \
         INSEE density grid.",
    ));
    page.source(l.pick(
        "Région d’un programme\u{a0}: les trois derniers chiffres de son code CCI sont le code de la région d’avant 2016.",
        "Région of a programme: the last three digits of its CCI code are the code of the région of before 2016.",
    ));
    Ok(page)
}

/// Column positions of the measures looked at together.
fn shown(report: &FundingReport) -> Vec<usize> {
    let wanted = |c: FundingCode| report.options.measures.iter().any(|m| c.is_within(*m));
    (0..report.measures.len()).filter(|&m| report.measures[m].code.is_some_and(wanted)).collect()
}

fn by_territory(report: &FundingReport, l: Language) -> PageTable {
    let columns = shown(report);
    let mut header =
        vec![(l.pick("région", "région").to_owned(), Align::Left), ("total, M€".to_owned(), Align::Right)];
    header.extend(columns.iter().filter_map(|&m| Some((report.measures[m].code?.to_string(), Align::Right))));
    header.extend(
        [
            l.pick("ensemble, M€", "together, M€"),
            l.pick("part", "share"),
            l.pick("€ par habitant", "€ per inhabitant"),
            l.pick("€ par habitant rural", "€ per rural inhabitant"),
        ]
        .map(|h| (h.to_owned(), Align::Right)),
    );
    let mut table = PageTable::new(
        l.pick(
            "Montants des mesures de développement local par région",
            "Amounts of the measures of local development by région",
        ),
        header,
    );
    for t in &report.territories {
        let mut row = vec![t.name.clone(), l.decimal(t.total_eur / 1e6, 1)];
        row.extend(columns.iter().map(|&m| l.decimal(t.by_measure_eur[m] / 1e6, 1)));
        let mark = if t.few_rural { "\u{a0}*" } else { "" };
        row.extend([
            l.decimal(t.together_eur / 1e6, 1),
            percent(t.together_share, l),
            t.per_inhabitant_eur.map_or_else(|| "–".to_owned(), |v| l.decimal(v, 1)),
            t.per_rural_inhabitant_eur
                .map_or_else(|| "–".to_owned(), |v| format!("{}{mark}", l.decimal(v, 1))),
        ]);
        table.push(row);
    }
    let least = l.percent(report.options.few_rural_share, 0);
    table = table.note(l.pick(
        format!("* moins de {least} des habitants vivent en commune rurale."),
        format!("* fewer than {least} of the people live in rural communes."),
    ));
    match report.territories.first() {
        Some(t) => table.reading(l.pick(
            format!(
                "{}\u{a0}: {} pour ces mesures, {} de son argent.",
                t.name,
                millions(t.together_eur, l),
                percent(t.together_share, l)
            ),
            format!(
                "{}: {} for these measures, {} of its money.",
                t.name,
                millions(t.together_eur, l),
                percent(t.together_share, l)
            ),
        )),
        None => table,
    }
}

fn progression(report: &FundingReport, l: Language) -> PageTable {
    let head = [
        l.pick("région", "région"),
        l.pick("prévu, M€", "planned, M€"),
        l.pick("engagé, M€", "committed, M€"),
        l.pick("payé, M€", "paid, M€"),
        l.pick("engagé / prévu", "committed / planned"),
        l.pick("payé / engagé", "paid / committed"),
    ];
    let mut table = PageTable::new(
        l.pick("Du prévu au payé", "From planned to paid"),
        head.into_iter().enumerate().map(|(i, h)| (h, if i == 0 { Align::Left } else { Align::Right })),
    );
    let amount = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| l.decimal(v / 1e6, 1));
    for t in &report.territories {
        let p = &t.progression;
        table.push([
            t.name.clone(),
            amount(p.planned_eur),
            amount(p.committed_eur),
            amount(p.paid_eur),
            percent(p.committed_share(), l),
            percent(p.paid_share(), l),
        ]);
    }
    table
}

fn quotients(report: &FundingReport, l: Language) -> PageTable {
    let columns = shown(report);
    let mut header = vec![(l.pick("région", "région").to_owned(), Align::Left)];
    header.extend(columns.iter().filter_map(|&m| Some((report.measures[m].code?.to_string(), Align::Right))));
    header.push((l.pick("concentration (HHI)", "concentration (HHI)").to_owned(), Align::Right));
    let mut table = PageTable::new(
        l.pick(
            "Spécialisation\u{a0}: part d’une mesure rapportée à sa part dans toutes les régions",
            "Specialisation: share of a measure over its share in all régions",
        ),
        header,
    );
    let shown = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| l.decimal(v, 2));
    for t in &report.territories {
        let mut row = vec![t.name.clone()];
        row.extend(columns.iter().map(|&m| shown(t.quotients[m])));
        row.push(shown(t.concentration));
        table.push(row);
    }
    table
}

fn by_measure(report: &FundingReport, l: Language) -> PageTable {
    let mut table = PageTable::new(
        l.pick("Toutes les mesures", "All measures"),
        [
            (l.pick("mesure", "measure"), Align::Left),
            ("M€", Align::Right),
            (l.pick("part", "share"), Align::Right),
            (l.pick("régions", "régions"), Align::Right),
            (l.pick("Gini par habitant", "Gini per inhabitant"), Align::Right),
            (l.pick("concentration (HHI)", "concentration (HHI)"), Align::Right),
        ],
    );
    for m in &report.measures {
        table.push([
            measure_name(m.code, &m.name, l),
            l.decimal(m.total_eur / 1e6, 1),
            percent(m.share, l),
            l.integer(m.territories),
            measured(&m.gini, l),
            m.concentration.map_or_else(|| "–".to_owned(), |v| l.decimal(v, 2)),
        ]);
    }
    table
}

fn changes(study: &Study, report: &FundingReport, l: Language) -> Result<PageTable> {
    let units = study.atlas().level(&report.options.level)?.territories();
    let mut table = PageTable::new(
        l.pick("Changement entre deux versions", "Change between two versions"),
        [
            (l.pick("territoire", "territory"), Align::Left),
            (l.pick("mesure", "measure"), Align::Left),
            (l.pick("statut", "status"), Align::Left),
            (l.pick("de", "from"), Align::Left),
            (l.pick("à", "to"), Align::Left),
            (l.pick("avant, M€", "before, M€"), Align::Right),
            (l.pick("après, M€", "after, M€"), Align::Right),
            (l.pick("écart, M€", "change, M€"), Align::Right),
        ],
    );
    for c in &report.changes {
        table.push([
            c.territory.map_or_else(|| l.pick("national", "national").to_owned(), |t| units[t].name.clone()),
            measure_name(c.code, "", l),
            status_name(c.status, l).to_owned(),
            c.from.map(|d| d.to_string()).unwrap_or_default(),
            c.to.map(|d| d.to_string()).unwrap_or_default(),
            l.decimal(c.before_eur / 1e6, 1),
            l.decimal(c.after_eur / 1e6, 1),
            l.decimal((c.after_eur - c.before_eur) / 1e6, 1),
        ]);
    }
    Ok(table)
}

fn beneficiaries(report: &FundingReport, l: Language) -> PageTable {
    let mut table = PageTable::new(
        l.pick("Bénéficiaires par mesure", "Beneficiaries by measure"),
        [
            (l.pick("bénéficiaire", "beneficiary"), Align::Left),
            (l.pick("mesure", "measure"), Align::Left),
            (l.pick("statut", "status"), Align::Left),
            (l.pick("opérations", "operations"), Align::Right),
            ("€", Align::Right),
        ],
    );
    for b in report.beneficiaries.iter().take(200) {
        table.push([
            b.name.clone(),
            measure_name(b.code, "", l),
            status_name(b.status, l).to_owned(),
            l.integer(b.operations),
            l.decimal(b.total_eur, 2),
        ]);
    }
    table
}

#[cfg_attr(not(feature = "france-data"), expect(dead_code, reason = "needs the embedded crosswalk"))]
fn crosswalk(crosswalk: &Crosswalk, l: Language) -> PageTable {
    let mut table = PageTable::new(
        l.pick("Correspondance des codes", "Correspondence of codes"),
        [
            ("2014–2022", Align::Left),
            ("2023–2027", Align::Left),
            (l.pick("accord", "agreement"), Align::Left),
        ],
    );
    for p in &crosswalk.pairs {
        let certainty = match p.certainty {
            Certainty::Certain => l.pick("certain", "certain"),
            Certainty::Partial => l.pick("partiel", "partial"),
        };
        table.push([measure_name(Some(p.of_2014), "", l), p.of_2023.clone(), certainty.to_owned()]);
    }
    table
}

/// Euros for each inhabitant over the mainland.
fn map(study: &Study, report: &FundingReport, l: Language) -> Result<Option<Svg>> {
    let level = study.atlas().level(&report.options.level)?;
    let (Some(layer), Some(quality)) = (level.geometry(), level.geometry_quality()) else { return Ok(None) };
    let mut values = vec![f64::NAN; level.territories().len()];
    for t in &report.territories {
        values[t.territory] = t.per_inhabitant_eur.unwrap_or(f64::NAN);
    }
    let mainland = (report.options.level == Level::Region).then_some(crate::france::MAINLAND);
    let known = || values.iter().enumerate().filter(|v| v.1.is_finite());
    let ends = known().max_by(|a, b| a.1.total_cmp(b.1)).zip(known().min_by(|a, b| a.1.total_cmp(b.1)));
    let title = ends.map_or_else(
        || l.pick("Euros par habitant", "Euros per inhabitant").to_owned(),
        |((most, high), (least, low))| {
            let name = |i: usize| level.territories()[i].name.as_str();
            let (high, low) = (l.decimal(*high, 0), l.decimal(*low, 0));
            l.pick(
                format!("De {low}\u{a0}€ par habitant ({}) à {high}\u{a0}€ ({})", name(least), name(most)),
                format!("From {low} € per inhabitant ({}) to {high} € ({})", name(least), name(most)),
            )
        },
    );
    Choropleth {
        title: &title,
        value_label: l.pick("€ par habitant", "€ per inhabitant"),
        layer,
        contours: quality.into(),
        values: &values,
        colours: Colours::Sequential,
        lines: &[],
        points: &[],
        coordinates: Coordinates::Degrees,
        bounds: mainland,
    }
    .render_in(l.pictures())
    .map(Some)
}
