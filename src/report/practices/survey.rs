use super::{PageFrame, what_is_rural};
use crate::categorical::Proportion;
use crate::error::Result;
use crate::model::Rurality;
use crate::read::surveys::Survey;
use crate::report::Language;
use crate::study::{AnswerTest, AnswersReport, OptionByRurality, ResponseRate, Study};
use crate::write::Table;
use crate::write::page::{KeyFigure, Page, PageTable};
use crate::write::report::Align;

/// Adjusted p-values below this are told in words.
const CLEAR: f64 = 0.05;
/// Free-text terms shown.
const TERMS: usize = 15;

fn interval(share: &Proportion, language: Language) -> String {
    let (low, high) = (language.percent(share.low, 0), language.percent(share.high, 0));
    language.pick(format!("{low} à {high}"), format!("{low} to {high}"))
}

/// `52 % (22 sur 42) [37 % à 66 %]`.
fn share(share: Option<&Proportion>, language: Language) -> String {
    share.map_or_else(
        || language.pick("aucune réponse", "no answer").to_owned(),
        |s| format!("{} [{}]", language.share(s.count, s.n), interval(s, language)),
    )
}

fn optional(value: Option<f64>, show: impl Fn(f64) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), show)
}

fn points(difference: f64, language: Language) -> String {
    let sign = if difference > 0.0 { "+" } else { "" };
    format!("{sign}{}", language.decimal(difference * 100.0, 0))
}

fn test_name(test: Option<AnswerTest>, language: Language) -> String {
    match test {
        Some(AnswerTest::Fisher) => "Fisher".to_owned(),
        Some(AnswerTest::ChiSquared) => "χ²".to_owned(),
        None => language.pick("non testé", "not tested").to_owned(),
    }
}

fn sides(rurality: Option<Rurality>, language: Language) -> &'static str {
    rurality.map_or_else(|| language.pick("non située", "not placed"), |r| language.rurality(r))
}

/// A page on a survey: who answered first of all, then what rural and urban respondents chose, with
/// intervals and tests, then free texts and values that are no option.
pub fn survey_page(
    study: &Study,
    report: &AnswersReport,
    survey: &Survey,
    frame: &PageFrame<'_>,
    language: Language,
) -> Page {
    let l = language;
    let answers = l.count(
        report.respondents,
        "réponse complète",
        "réponses complètes",
        "complete answer",
        "complete answers",
    );
    let lead = l.pick(
        format!(
            "{answers}\u{a0}: {} rurales, {} urbaines, {} de ruralité inconnue.",
            l.integer(report.rural),
            l.integer(report.urban),
            l.integer(report.unclassed)
        ),
        format!(
            "{answers}: {} rural, {} urban, {} of unknown rurality.",
            l.integer(report.rural),
            l.integer(report.urban),
            l.integer(report.unclassed)
        ),
    );
    let mut page = frame.page(l.pick("Ce que disent les réponses", "What the answers say"), lead, l);
    who_answered(&mut page, report, frame, l);
    differences(&mut page, report, l);
    let section = page.section(l.pick("Toutes les réponses", "All answers"));
    for question in &survey.questions {
        let rows: Vec<&OptionByRurality> =
            report.options.iter().filter(|o| o.question == question.name).collect();
        if !rows.is_empty() {
            section.table(options(&question.name, &rows, l));
        }
    }
    free_texts(&mut page, report, l);
    strangers(&mut page, survey, l);
    page.source(l.pick(
        "Intervalles\u{a0}: Wilson, 95\u{202f}%. Chaque modalité est testée choisie ou non (test exact de Fisher si un effectif \
         attendu est inférieur à 5, sinon χ² sans correction)\u{202f}; p ajustée de Benjamini et Hochberg sur l’ensemble des \
         tests de la page\u{202f}; V de Cramér, corrigé entre parenthèses."
            .to_owned(),
        "Intervals: Wilson, 95%. Each option is tested chosen or not (Fisher's exact test when an expected count is below \
         5, else χ² without correction); p adjusted after Benjamini and Hochberg over all tests of the page; Cramér's V, \
         corrected in brackets."
            .to_owned(),
    ));
    page.source(what_is_rural(study, l));
    page
}

fn who_answered(page: &mut Page, report: &AnswersReport, frame: &PageFrame<'_>, l: Language) {
    let section = page.section(l.pick("Qui a répondu", "Who answered"));
    if !frame.notice.is_empty() {
        section.remark(frame.notice.as_str());
    }
    let sum = |of: &dyn Fn(&&ResponseRate) -> bool| {
        let rates = report.response.iter().filter(of);
        rates.fold((0, 0), |(count, n), r| (count + r.rate.count, n + r.rate.n))
    };
    let figure = |label: &str, (count, n): (usize, usize)| {
        let value = if n < 5 { format!("{count}/{n}") } else { l.percent(count as f64 / n as f64, 0) };
        let of = format!("{} {} {}", l.integer(count), l.pick("sur", "of"), l.integer(n));
        KeyFigure::new(label, value, of)
    };
    // Of nobody asked there is no rate to show.
    let rates = [
        (l.pick("Taux de réponse", "Response rate"), sum(&|_| true)),
        (l.pick("chez les ruraux", "of rural bodies"), sum(&|r| r.rurality == Some(Rurality::Rural))),
        (l.pick("chez les urbains", "of urban bodies"), sum(&|r| r.rurality == Some(Rurality::Urban))),
    ];
    let known: Vec<_> = rates.into_iter().filter(|(_, (_, n))| *n > 0).collect();
    if known.is_empty() {
        section.paragraph(l.pick(
            "Le taux de réponse n’est pas connu\u{a0}: aucun répondant n’est reconnu parmi les structures connues, et la \
             liste des structures interrogées n’est pas donnée.",
            "The response rate is not known: no respondent was found among the bodies that are known, and the list of \
             those asked is not given.",
        ));
    } else {
        section.figures(known.into_iter().map(|(label, rate)| figure(label, rate)));
    }
    let mut table = PageTable::new(
        l.pick(
            "Taux de réponse par type d’acteur et ruralité",
            "Response rate by kind of actor and rurality",
        ),
        [
            (l.pick("type d’acteur", "kind of actor"), Align::Left),
            (l.pick("ruralité", "rurality"), Align::Left),
            (l.pick("interrogés", "asked"), Align::Right),
            (l.pick("réponses", "answers"), Align::Right),
            (l.pick("taux [intervalle à 95\u{202f}%]", "rate [95% interval]"), Align::Right),
        ],
    );
    for r in &report.response {
        table.push([
            l.actor_kinds(r.kind).to_owned(),
            sides(r.rurality, l).to_owned(),
            l.integer(r.rate.n),
            l.integer(r.rate.count),
            if r.rate.n < 5 {
                "–".to_owned()
            } else {
                format!("{} [{}]", l.percent(r.rate.share, 0), interval(&r.rate, l))
            },
        ]);
    }
    if let Some(r) = report.response.first() {
        let (kind, side) = (l.actor_kinds(r.kind), sides(r.rurality, l));
        let (count, n) = (l.integer(r.rate.count), l.integer(r.rate.n));
        table = table.reading(l.pick(
            format!("{kind}, côté {side}\u{a0}: {count} réponses pour {n} structures interrogées."),
            format!("{kind}, {side} side: {count} answers of {n} bodies asked."),
        ));
    }
    if !report.response.is_empty() {
        section.table(table);
    }
    if report.without_actor > 0 {
        let n = l.count(report.without_actor, "réponse", "réponses", "answer", "answers");
        section.remark(l.pick(
            format!(
                "{n} ne correspondent à aucune structure interrogée\u{a0}: comptées dans les parts d’après leur commune, pas \
                 dans les taux de réponse."
            ),
            format!(
                "{n} match no body that was asked: counted in the shares by their municipality, not in the response rates."
            ),
        ));
    }
}

fn differences(page: &mut Page, report: &AnswersReport, l: Language) {
    let section = page.section(l.pick("Où rural et urbain diffèrent", "Where rural and urban differ"));
    let tests = l.count(report.family, "test", "tests", "test", "tests");
    if report.rural == 0 || report.urban == 0 {
        let none = if report.rural == 0 {
            l.pick("Aucune réponse rurale", "No rural answer")
        } else {
            l.pick("Aucune réponse urbaine", "No urban answer")
        };
        section.paragraph(l.pick(
            format!("{none}\u{a0}: rien ne peut être comparé\u{202f}; les parts de l’autre côté sont données seules."),
            format!("{none}: nothing can be compared; the shares of the other side stand alone."),
        ));
        return;
    }
    let mut clear: Vec<&OptionByRurality> =
        report.options.iter().filter(|o| o.p_adjusted.is_some_and(|p| p < CLEAR)).collect();
    clear.sort_by(|a, b| {
        let size = |o: &OptionByRurality| o.difference.unwrap_or(0.0).abs();
        size(b).total_cmp(&size(a)).then_with(|| a.option.cmp(&b.option))
    });
    let sentence = |o: &&OptionByRurality| {
        let (rural, urban) = (o.rural.as_ref(), o.urban.as_ref());
        let p = optional(o.p_adjusted, |p| l.p_value(p));
        let name = format!("{} — {}", o.question, o.option);
        l.pick(
            format!(
                "{name}\u{a0}: {} des ruraux, {} des urbains ({p} ajustée).",
                share(rural, l),
                share(urban, l)
            ),
            format!(
                "{name}: {} of rural, {} of urban respondents (adjusted {p}).",
                share(rural, l),
                share(urban, l)
            ),
        )
    };
    if clear.is_empty() {
        section.paragraph(l.pick(
            format!("Aucune modalité ne sépare nettement les réponses rurales et urbaines ({tests})."),
            format!("No option clearly separates rural and urban answers ({tests})."),
        ));
    } else {
        let n = l.integer(clear.len());
        section.paragraph(l.pick(
            format!("Sur {tests}, {n} restent nets une fois la multiplicité prise en compte (p ajustée < 0,05)\u{a0}:"),
            format!("Of {tests}, {n} stay clear once their number is accounted for (adjusted p < 0.05):"),
        ));
        section.list(clear.iter().map(sentence));
    }
}

fn options(question: &str, rows: &[&OptionByRurality], l: Language) -> PageTable {
    let mut table = PageTable::new(
        question,
        [
            (l.pick("modalité", "option"), Align::Left),
            (l.pick("rural", "rural"), Align::Right),
            (l.pick("urbain", "urban"), Align::Right),
            (l.pick("écart (points)", "difference (points)"), Align::Right),
            ("test", Align::Left),
            ("p", Align::Right),
            (l.pick("p ajustée", "adjusted p"), Align::Right),
            (l.pick("V (corrigé)", "V (corrected)"), Align::Right),
            ("n", Align::Right),
        ],
    );
    let p = |p: Option<f64>| {
        optional(p, |p| if p < 0.001 { format!("<\u{a0}{}", l.decimal(0.001, 3)) } else { l.decimal(p, 3) })
    };
    for o in rows {
        table.push([
            o.option.clone(),
            share(o.rural.as_ref(), l),
            share(o.urban.as_ref(), l),
            optional(o.difference, |d| points(d, l)),
            test_name(o.test, l),
            p(o.p),
            p(o.p_adjusted),
            o.v.zip(o.v_corrected)
                .map_or("–".to_owned(), |(v, c)| format!("{} ({})", l.decimal(v, 2), l.decimal(c, 2))),
            l.integer(o.n),
        ]);
    }
    let Some(first) = rows.first() else { return table };
    let reading = l.pick(
        format!(
            "{} est choisi par {} des répondants ruraux et {} des urbains.",
            l.quote(&first.option),
            share(first.rural.as_ref(), l),
            share(first.urban.as_ref(), l)
        ),
        format!(
            "{} is chosen by {} of rural and {} of urban respondents.",
            l.quote(&first.option),
            share(first.rural.as_ref(), l),
            share(first.urban.as_ref(), l)
        ),
    );
    table.reading(reading)
}

fn free_texts(page: &mut Page, report: &AnswersReport, l: Language) {
    if report.texts.is_empty() {
        return;
    }
    let section = page.section(l.pick("Réponses libres", "Free texts"));
    for text in &report.texts {
        let mut table = PageTable::new(
            text.question.as_str(),
            [
                (l.pick("terme", "term"), Align::Left),
                (l.pick("rural", "rural"), Align::Right),
                (l.pick("urbain", "urban"), Align::Right),
                (l.pick("non situé", "not placed"), Align::Right),
                ("total", Align::Right),
            ],
        );
        for term in text.terms.iter().take(TERMS) {
            let name = if term.is_known { term.term.clone() } else { l.quote(&term.term) };
            let counts = [term.rural, term.urban, term.unclassed, term.total()].map(|n| l.integer(n));
            table.push(std::iter::once(name).chain(counts));
        }
        let n = l.count(
            text.n,
            "répondant a écrit",
            "répondants ont écrit",
            "respondent wrote",
            "respondents wrote",
        );
        let rest = text.terms.len().saturating_sub(TERMS);
        let more = match rest {
            0 => String::new(),
            n => l.pick(
                format!("\u{202f}; {n} termes plus rares ne sont pas montrés"),
                format!("; {n} rarer terms are not shown"),
            ),
        };
        section.table(table.note(l.pick(
            format!("{n} quelque chose{more}. Entre guillemets, ce qui n’est pas un terme du vocabulaire."),
            format!("{n} something{more}. What is no term of the vocabulary stands in quotation marks."),
        )));
    }
}

fn strangers(page: &mut Page, survey: &Survey, l: Language) {
    let mut table = PageTable::new(
        l.pick("Valeurs qui ne sont pas des modalités", "Values that are no options"),
        [
            ("question", Align::Left),
            (l.pick("valeur", "value"), Align::Left),
            (l.pick("fois", "times"), Align::Right),
        ],
    );
    for question in &survey.questions {
        for (value, n) in &question.strangers {
            table.push([question.name.clone(), value.clone(), l.integer(*n)]);
        }
    }
    if !table.is_empty() {
        page.section(l.pick("Hors modalités", "No options")).folded_table(table);
    }
}

/// Each option by rurality as a table, for a spreadsheet.
///
/// # Errors
/// None on a report.
pub fn answer_table(report: &AnswersReport) -> Result<Table<'_>> {
    let rows = &report.options;
    let column = |of: &dyn Fn(&OptionByRurality) -> Option<f64>| -> Vec<f64> {
        rows.iter().map(|o| of(o).unwrap_or(f64::NAN)).collect()
    };
    let count =
        |of: &dyn Fn(&OptionByRurality) -> usize| -> Vec<i64> { rows.iter().map(|o| of(o) as i64).collect() };
    Table::new()
        .with("question", rows.iter().map(|o| o.question.as_str()).collect::<Vec<_>>())?
        .with("option", rows.iter().map(|o| o.option.as_str()).collect::<Vec<_>>())?
        .with("rural chosen", count(&|o| o.rural.map_or(0, |s| s.count)))?
        .with("rural n", count(&|o| o.rural.map_or(0, |s| s.n)))?
        .with("rural share", column(&|o| o.rural.map(|s| s.share)))?
        .with("rural low", column(&|o| o.rural.map(|s| s.low)))?
        .with("rural high", column(&|o| o.rural.map(|s| s.high)))?
        .with("urban chosen", count(&|o| o.urban.map_or(0, |s| s.count)))?
        .with("urban n", count(&|o| o.urban.map_or(0, |s| s.n)))?
        .with("urban share", column(&|o| o.urban.map(|s| s.share)))?
        .with("urban low", column(&|o| o.urban.map(|s| s.low)))?
        .with("urban high", column(&|o| o.urban.map(|s| s.high)))?
        .with("difference", column(&|o| o.difference))?
        .with(
            "test",
            rows.iter().map(|o| o.test.map(|_| test_name(o.test, Language::English))).collect::<Vec<_>>(),
        )?
        .with("p", column(&|o| o.p))?
        .with("p adjusted", column(&|o| o.p_adjusted))?
        .with("cramers v", column(&|o| o.v))?
        .with("cramers v corrected", column(&|o| o.v_corrected))?
        .with("n", count(&|o| o.n))
}
