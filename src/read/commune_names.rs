//! Communes called by their names, as people write them, and held against the postcode or the département
//! written beside.

use std::collections::{HashMap, HashSet};

use super::codes::{CodeBook, CodeRepair, FoundCode, unglued};
use super::names::fold;
use crate::atlas::Atlas;
use crate::diagnostics::printable;
use crate::model::{CommuneCode, Level, TerritoryCode};

/// Communes by name, with what else tells namesakes apart.
#[derive(Debug, Clone)]
pub(super) struct CommuneNames {
    by_name: HashMap<String, Vec<u32>>,
    by_code: HashMap<TerritoryCode, u32>,
    codes: Vec<TerritoryCode>,
    names: Vec<String>,
    /// What codes begin with, of the départements there are.
    departements: HashSet<String>,
    above: Vec<Coarser>,
    abroad: bool,
}

/// A coarser level: its territories by folded name, and the one that holds each commune.
#[derive(Debug, Clone)]
struct Coarser {
    /// Whether people name it to say where a commune lies: a département, a région.
    locates: bool,
    named: HashMap<String, Vec<u32>>,
    of: Vec<Option<u32>>,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// One commune.
    One(TerritoryCode, By),
    /// Several are called so.
    Several(Vec<TerritoryCode>),
    /// There is none where the cells beside say: the kind of finding, and what there is instead.
    NotThere(&'static str, String),
    /// None is; these begin so.
    None(String),
}

/// How a commune was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    /// By its name.
    Name,
    /// Otherwise: the kind of finding, and how in words.
    Guess(&'static str, String),
}

/// A name with what else its cell says, and the communes called so.
struct Asked<'a> {
    shown: String,
    words: &'a [String],
    called: &'a [u32],
    hints: &'a [String],
    said: Vec<Said<'a>>,
}

/// A postcode and the communes of the territories that it serves.
struct Served<'a> {
    postcode: &'a str,
    communes: Vec<u32>,
    /// Whether it serves but one, in the territories or not.
    alone: bool,
}

/// What stands beside a name.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Beside<'a> {
    pub(super) postcode: Option<&'a str>,
    pub(super) departement: Option<&'a str>,
}

/// Where one cell says that a commune lies: in any of these.
#[derive(Default)]
struct Said<'a> {
    numbers: Vec<String>,
    holders: Vec<(&'a Coarser, &'a [u32])>,
}

impl Said<'_> {
    fn is_blank(&self) -> bool {
        self.numbers.is_empty() && self.holders.is_empty()
    }

    fn holds(&self, names: &CommuneNames, commune: u32) -> bool {
        self.numbers.iter().any(|n| within(names.code(commune), n))
            || self.holders.iter().any(|(level, units)| level.holds(commune, units))
    }
}

impl Coarser {
    fn holds(&self, commune: u32, units: &[u32]) -> bool {
        self.of.get(commune as usize).copied().flatten().is_some_and(|u| units.contains(&u))
    }
}

impl CommuneNames {
    /// Of the base territories of an atlas whose codes are those of communes, or of all where they are the
    /// communes of another country.
    pub(super) fn of(atlas: &Atlas) -> Self {
        let abroad = matches!(atlas.base().level(), Level::Custom(_));
        let base = atlas.base().territories();
        let mut new = Self {
            by_name: HashMap::new(),
            by_code: HashMap::with_capacity(base.len()),
            codes: Vec::with_capacity(base.len()),
            names: Vec::with_capacity(base.len()),
            departements: HashSet::new(),
            above: Vec::new(),
            abroad,
        };
        for territory in base {
            if !abroad && CommuneCode::new(territory.code.as_str()).is_err() {
                continue;
            }
            let index = new.codes.len() as u32;
            new.by_name.entry(Written::of(&territory.name).name()).or_default().push(index);
            if let Some(d) = departement(territory.code.as_str()).filter(|d| !new.departements.contains(*d)) {
                new.departements.insert(d.to_owned());
            }
            new.by_code.insert(territory.code.clone(), index);
            new.codes.push(territory.code.clone());
            new.names.push(territory.name.clone());
        }
        let all = new.codes.len() == base.len();
        let above = atlas.levels()[1..].iter().filter(|_| all).map(|level| {
            let mut named = HashMap::<String, Vec<u32>>::new();
            for (i, t) in level.territories().iter().enumerate() {
                named.entry(fold(&t.name)).or_default().push(i as u32);
            }
            let of = (0..base.len()).map(|b| level.membership().get(b).map(|u| u as u32)).collect();
            let locates = matches!(level.level(), Level::Departement | Level::Region);
            Coarser { locates, named, of }
        });
        new.above = above.collect();
        new
    }

    /// The commune of this name, where the cell or the cells beside say (a postcode, the number or name of
    /// a département): what they contradict is no commune, however its name is written. The book tells the
    /// communes of a postcode; without it, postcodes tell the département.
    pub(super) fn find(&self, cell: &str, beside: Beside<'_>, book: &CodeBook) -> Named {
        let mut written = Written::of(cell);
        if self.abroad {
            return self.find_abroad(written, beside);
        }
        let (postcodes, numbers): (Vec<_>, Vec<_>) = written.numbers.drain(..).partition(|n| n.len() >= 4);
        let mut said = vec![self.said(numbers, &written.hints, false)];
        if let Some(cell) = beside.departement {
            let (numbers, hints) = departement_cell(cell);
            said.push(self.said(numbers, &hints, true));
        }
        said.retain(|s| !s.is_blank());
        let posts = beside.postcode.and_then(postcode_of).into_iter().chain(postcodes);
        let posts: Vec<String> = posts.filter_map(|p| self.five_digits(&p)).collect();
        let served = posts.iter().find_map(|p| self.served_by(p, book));
        let words = without_post(&written.words);
        let called = self.called(&written.words);
        let asked =
            Asked { shown: format!("{:?}", printable(cell, 60)), words, called, hints: &written.hints, said };
        match (served, posts.first()) {
            (Some(served), _) if words.is_empty() && called.is_empty() => {
                self.at_postcode(served.postcode, beside.departement, book)
            }
            (Some(served), _) => self.with_postcode(&asked, &served),
            (None, Some(post)) => {
                let fits = |c: u32| within(self.code(c), post) && self.agree(&asked.said, c, Some(post));
                self.where_said(&asked, &fits, &format!("in the département of the postcode {post}"))
            }
            (None, None) => {
                let place = match beside.departement {
                    Some(cell) => format!("in {:?}", printable(cell, 40)),
                    None => "where it is said to".to_owned(),
                };
                self.where_said(&asked, &|c| self.agree(&asked.said, c, None), &place)
            }
        }
    }

    /// The commune that a postcode serves, where it is one, and lies in the département beside.
    pub(super) fn at_postcode(&self, written: &str, departement: Option<&str>, book: &CodeBook) -> Named {
        let postcode = postcode_of(written).filter(|_| !self.abroad).and_then(|p| self.five_digits(&p));
        let Some(postcode) = postcode else {
            let message = format!("{:?} is no postcode", printable(written, 40));
            return Named::NotThere("unknown_postcode", message);
        };
        let Some(served) = self.served_by(&postcode, book) else {
            let message = format!("no commune of the territories is known to have the postcode {postcode}");
            return Named::NotThere("unknown_postcode", message);
        };
        let (numbers, hints) = departement.map(departement_cell).unwrap_or_default();
        let said = [self.said(numbers, &hints, true)];
        match served.communes[..] {
            [one] if !said[0].is_blank() && !self.agree(&said, one, Some(&postcode)) => {
                let one = self.label(one);
                let message =
                    format!("the postcode {postcode} ({one}) does not lie in the département beside");
                Named::NotThere("commune_not_there", message)
            }
            [one] if served.alone => {
                let message = format!("{} is the one commune of the postcode {postcode}", self.label(one));
                self.guess(one, "commune_by_postcode", message)
            }
            _ => {
                let few = self.few(&served.communes);
                let message = format!("the postcode {postcode} has several communes: {few}");
                Named::NotThere("postcode_of_several", message)
            }
        }
    }

    /// Whether a cell has words that can be a name, beside numbers.
    pub(super) fn has_words(cell: &str) -> bool {
        !without_post(&Written::of(cell).words).is_empty()
    }

    /// Whether a cell holds a postcode rather than a code of a commune, of which this one was `found`: none
    /// was, or a commune of the postcode has the name and the one of the code has not. Codes of the Seine,
    /// gone since 1968, look like postcodes of Paris, and are taken for these.
    pub(super) fn is_postcode(
        &self,
        cell: &str,
        found: Option<&FoundCode>,
        name: Option<&str>,
        book: &CodeBook,
    ) -> bool {
        let postcode = postcode_of(cell).filter(|_| !self.abroad).and_then(|p| self.five_digits(&p));
        let Some(postcode) = postcode.as_deref() else { return false };
        let Some(served) = self.served_by(postcode, book) else { return false };
        let Some(found) = found else { return true };
        let written = name.map(Written::of);
        let words = written.as_ref().map_or(&[][..], |n| without_post(&n.words));
        let called = self.called(words);
        let coded = self.by_code.get(found.code.as_str()).copied();
        let alike = |c: u32| {
            let own = self.words(c);
            called.contains(&c) || own.starts_with(words) || words.starts_with(&own)
        };
        let of_post = || {
            called.iter().any(|c| served.communes.contains(c))
                || self.with_words(words, &served.communes).is_some()
        };
        let seine = found.repair == Some(CodeRepair::Former) && postcode.starts_with("75");
        if words.is_empty() { seine } else { (seine || of_post()) && !coded.is_some_and(alike) }
    }

    /// With the communes of the postcode at hand.
    fn with_postcode(&self, asked: &Asked<'_>, served: &Served<'_>) -> Named {
        let Served { postcode, communes, alone } = served;
        let Asked { shown, called, .. } = asked;
        let agree = |c: &u32| self.agree(&asked.said, *c, Some(postcode));
        let both = || called.iter().copied().filter(|c| communes.contains(c));
        let agreed: Vec<u32> = both().filter(agree).collect();
        if !agreed.is_empty() {
            return self.one_of(agreed, asked.hints);
        }
        if let Some(one) = self.with_words(asked.words, communes).filter(agree) {
            let message = format!("{shown} with the postcode {postcode} is taken for {}", self.label(one));
            return self.guess(one, "commune_by_part_of_name", message);
        }
        if let [one] = communes[..]
            && *alone
            && agree(&one)
        {
            let one_commune = self.label(one);
            let message =
                format!("{shown} is taken for {one_commune}, the one commune of the postcode {postcode}");
            return self.guess(one, "commune_by_postcode", message);
        }
        let near: Vec<u32> =
            called.iter().copied().filter(|c| within(self.code(*c), postcode) && agree(c)).collect();
        if let [one] = near[..] {
            let message = format!(
                "{shown} is taken for {}, the one commune called so in the département of the postcode \
                 {postcode}, which is not its own",
                self.label(one)
            );
            return self.guess(one, "commune_beside_postcode", message);
        }
        let few = self.few(communes);
        let message = if both().next().is_some() {
            format!("{shown} with the postcode {postcode} ({few}) does not lie in the département beside")
        } else {
            format!("no commune called {shown} has the postcode {postcode}, which is that of {few}")
        };
        Named::NotThere("commune_not_there", message)
    }

    fn guess(&self, commune: u32, kind: &'static str, message: String) -> Named {
        match self.codes.get(commune as usize) {
            Some(code) => Named::One(code.clone(), By::Guess(kind, message)),
            None => Named::None(String::new()),
        }
    }

    /// Those called so that fit; where none does, those that fit and whose names begin so are named.
    fn where_said(&self, asked: &Asked<'_>, fits: &dyn Fn(u32) -> bool, place: &str) -> Named {
        let left: Vec<u32> = asked.called.iter().copied().filter(|&c| fits(c)).collect();
        if !left.is_empty() {
            return self.one_of(left, asked.hints);
        }
        let key = asked.words.concat();
        let keys = self.by_name.iter().filter(|(name, _)| key.len() > 2 && name.starts_with(&key));
        let like = keys.flat_map(|(_, all)| all.iter().copied());
        let mut like: Vec<u32> =
            like.filter(|&c| fits(c) && self.words(c).starts_with(asked.words)).collect();
        like.sort_unstable();
        let few = if like.is_empty() { String::new() } else { format!("; is it {}?", self.few(&like)) };
        if asked.called.is_empty() {
            return Named::None(few);
        }
        let message = format!("no commune called {} lies {place}{few}", asked.shown);
        Named::NotThere("commune_not_there", message)
    }

    /// The only one, after what else is said has told namesakes apart.
    fn one_of(&self, mut left: Vec<u32>, hints: &[String]) -> Named {
        self.narrow(&mut left, hints);
        // Brackets in the name itself: `Château-Chinon (Ville)`.
        if left.len() > 1 && !hints.is_empty() {
            let own = |c: u32| self.names.get(c as usize).map(|n| Written::of(n).hints).unwrap_or_default();
            keep_fitting(&mut left, &|c| own(c).iter().any(|h| hints.contains(h)));
        }
        let codes: Vec<TerritoryCode> =
            left.iter().filter_map(|&c| self.codes.get(c as usize).cloned()).collect();
        match <[TerritoryCode; 1]>::try_from(codes) {
            Ok([one]) => Named::One(one, By::Name),
            Err(several) => Named::Several(several),
        }
    }

    /// Leaves those that lie in the territories named, where some do.
    fn narrow(&self, left: &mut Vec<u32>, hints: &[String]) {
        for hint in hints.iter().filter(|h| !h.is_empty()) {
            for level in &self.above {
                if let Some(holders) = level.named.get(hint) {
                    keep_fitting(left, &|c| level.holds(c, holders));
                }
            }
        }
    }

    /// Codes abroad have any form: what stands beside tells namesakes apart, and is no more than a hint.
    fn find_abroad(&self, mut written: Written, beside: Beside<'_>) -> Named {
        for cell in [beside.postcode, beside.departement].into_iter().flatten() {
            let further = Written::of(cell);
            written.hints.push(further.name());
            written.numbers.extend(further.numbers);
            written.hints.extend(further.hints);
        }
        let mut left = self.called(&written.words).to_vec();
        for number in &written.numbers {
            keep_fitting(&mut left, &|c| within(self.code(c), number));
        }
        if left.is_empty() { Named::None(String::new()) } else { self.one_of(left, &written.hints) }
    }

    /// What a cell says of where a commune lies, as far as it is known.
    fn said(&self, numbers: Vec<String>, hints: &[String], any_level: bool) -> Said<'_> {
        let mut holders = Vec::new();
        for level in self.above.iter().filter(|l| l.locates || any_level) {
            holders.extend(hints.iter().filter_map(|h| Some((level, level.named.get(h)?.as_slice()))));
        }
        Said { numbers, holders }
    }

    /// Whether a commune lies where it is said to, or that is but what the postcode, which it has over the
    /// border, begins with.
    fn agree(&self, said: &[Said<'_>], commune: u32, postcode: Option<&str>) -> bool {
        said.iter().all(|s| {
            let of_post = |c: u32, p: &str| within(self.code(c), p) && s.holds(self, c);
            s.holds(self, commune)
                || postcode.is_some_and(|p| {
                    !within(self.code(commune), p) && (0..self.codes.len() as u32).any(|c| of_post(c, p))
                })
        })
    }

    /// Those called so: by all the words, else without what the post adds (`Lyon 3e`, `Toulouse Cedex 9`).
    fn called(&self, words: &[String]) -> &[u32] {
        let of = |words: &[String]| self.by_name.get(&words.concat());
        let rest = without_post(words);
        let shorter = || of(rest).filter(|_| !rest.is_empty() && rest.len() < words.len());
        of(words).or_else(shorter).map_or(&[], Vec::as_slice)
    }

    /// The one of some communes whose name begins with these words, else that has them in it.
    fn with_words(&self, words: &[String], communes: &[u32]) -> Option<u32> {
        if words.iter().map(String::len).sum::<usize>() < 3 {
            return None;
        }
        let named: Vec<(u32, Vec<String>)> = communes.iter().map(|&c| (c, self.words(c))).collect();
        let fitting = |fits: &dyn Fn(&[String]) -> bool| -> Vec<u32> {
            named.iter().filter(|(_, name)| fits(name)).map(|(c, _)| *c).collect()
        };
        let mut all = fitting(&|name| name.starts_with(words));
        if all.is_empty() {
            all = fitting(&|name| name.windows(words.len()).any(|w| w == words));
        }
        if let [one] = all[..] { Some(one) } else { None }
    }

    fn words(&self, commune: u32) -> Vec<String> {
        self.names.get(commune as usize).map(|n| Written::of(n).words).unwrap_or_default()
    }

    fn code(&self, commune: u32) -> &str {
        self.codes.get(commune as usize).map_or("", TerritoryCode::as_str)
    }

    /// The communes of the territories that a postcode serves; `None` where there are none.
    fn served_by<'p>(&self, postcode: &'p str, book: &CodeBook) -> Option<Served<'p>> {
        let all = book.served_by(postcode)?;
        let communes: Vec<u32> = all.iter().filter_map(|c| self.by_code.get(c.as_str()).copied()).collect();
        (!communes.is_empty()).then_some(Served { postcode, communes, alone: all.len() == 1 })
    }

    /// A postcode with the zero that a spreadsheet took off, where there is such a département.
    fn five_digits(&self, postcode: &str) -> Option<String> {
        match postcode.len() {
            5 => Some(postcode.to_owned()),
            4 => Some(format!("0{postcode}")).filter(|p| self.departements.contains(&p[..2])),
            _ => None,
        }
    }

    fn label(&self, commune: u32) -> String {
        let name = self.names.get(commune as usize).map_or("", String::as_str);
        format!("{name} ({})", self.code(commune))
    }

    /// Some communes by name and code.
    fn few(&self, communes: &[u32]) -> String {
        const SHOWN: usize = 3;
        let shown: Vec<String> = communes.iter().take(SHOWN).map(|&c| self.label(c)).collect();
        let more = if communes.len() > SHOWN { " …" } else { "" };
        format!("{}{more}", shown.join(", "))
    }
}

/// Leaves those that fit, where some do: what fits nobody is no hint.
fn keep_fitting(left: &mut Vec<u32>, fits: &dyn Fn(u32) -> bool) {
    let fitting: Vec<u32> = left.iter().copied().filter(|&c| fits(c)).collect();
    if !fitting.is_empty() {
        *left = fitting;
    }
}

/// Words without what the post adds at the end.
fn without_post(words: &[String]) -> &[String] {
    let adds = |w: &&String| {
        w.starts_with(|c: char| c.is_ascii_digit())
            || matches!(w.as_str(), "cedex" | "arrondissement" | "er" | "e" | "eme")
    };
    &words[..words.len() - words.iter().rev().take_while(adds).count()]
}

/// What the code of a commune says of its département.
fn departement(code: &str) -> Option<&str> {
    code.get(..if code.starts_with("97") || code.starts_with("98") { 3 } else { 2 })
}

/// Whether the code of a commune begins as a postcode or the number of a département says.
fn within(code: &str, number: &str) -> bool {
    let Some(of_code) = departement(code) else { return false };
    match number {
        // Post of Corse, and the département that was.
        _ if number == "20" || (number.len() == 5 && number.starts_with("20")) => {
            matches!(of_code, "2A" | "2B")
        }
        _ if number.len() == 5 => departement(number).is_some_and(|d| d == of_code),
        _ => of_code == number,
    }
}

/// The digits of a postcode in a cell of its own: `9500` for a lost zero, `75 012`, `F-75012`, `75012.0`.
fn postcode_of(cell: &str) -> Option<String> {
    let good = |text: &str| matches!(text.len(), 4 | 5) && text.bytes().all(|b| b.is_ascii_digit());
    let cell = unglued(cell);
    let closed: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
    if good(&closed) {
        return Some(closed);
    }
    let mut words = cell.split(|c: char| !c.is_alphanumeric()).filter(|w| good(w));
    words.next().filter(|_| words.next().is_none()).map(str::to_owned)
}

/// Those of some communes that a postcode serves, else those in its département; all without a postcode.
pub(super) fn by_postcode(
    called: &[CommuneCode],
    postcode: Option<&str>,
    book: &CodeBook,
) -> Vec<CommuneCode> {
    let Some(postcode) = postcode.and_then(postcode_of) else { return called.to_vec() };
    let postcode = format!("{postcode:0>5}");
    let served = book.served_by(&postcode).unwrap_or_default();
    let of_post: Vec<CommuneCode> = called.iter().copied().filter(|c| served.contains(c)).collect();
    if of_post.is_empty() {
        called.iter().copied().filter(|c| within(c.as_str(), &postcode)).collect()
    } else {
        of_post
    }
}

/// Numbers and names in a cell that says a département: `14`, `Calvados`, `14 - Calvados`, `Calvados (14)`,
/// `1` for a lost zero, `077`.
fn departement_cell(cell: &str) -> (Vec<String>, Vec<String>) {
    let (mut numbers, mut hints) = (Vec::new(), Vec::new());
    for piece in unglued(cell).split(['(', ')', '[', ']', '/', ',', ';', '|']) {
        let mut words = Vec::new();
        for word in piece.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
            let digits = word.bytes().all(|b| b.is_ascii_digit());
            match (word.len(), digits) {
                (1, true) => numbers.push(format!("0{word}")),
                (3, true) if word.starts_with('0') => numbers.push(word[1..].to_owned()),
                (2 | 3, true) => numbers.push(word.to_owned()),
                _ if matches!(word, "2A" | "2B" | "2a" | "2b") => numbers.push(word.to_ascii_uppercase()),
                _ => words.push(whole_word(word)),
            }
        }
        if !words.is_empty() {
            hints.push(words.concat());
        }
    }
    (numbers, hints)
}

/// A folded word, `Saint` written out.
fn whole_word(word: &str) -> String {
    match fold(word).as_str() {
        "st" => "saint".to_owned(),
        "ste" => "sainte".to_owned(),
        "sts" => "saints".to_owned(),
        "stes" => "saintes".to_owned(),
        other => other.to_owned(),
    }
}

/// `s/Seine` and `s/s Bois` written out: a slash otherwise parts a name from what follows.
fn without_slashes(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains("s/") && !text.contains("S/") {
        return text.into();
    }
    let word = |w: &str| match w.get(..2) {
        _ if w.eq_ignore_ascii_case("s/s") => "sous".to_owned(),
        Some("s/" | "S/") => format!("sur {}", &w[2..]),
        _ => w.to_owned(),
    };
    text.split_whitespace().map(word).collect::<Vec<_>>().join(" ").into()
}

/// A name as written: its folded words, numbers that tell where it is, and other words that do.
struct Written {
    words: Vec<String>,
    numbers: Vec<String>,
    hints: Vec<String>,
}

impl Written {
    fn name(&self) -> String {
        self.words.concat()
    }

    /// `31000 TOULOUSE`, `Saint-Clar (32)`, `St Clar, Gers`, `Isle-Jourdain (L')`.
    fn of(text: &str) -> Self {
        let (mut words, mut numbers, mut hints) = (Vec::new(), Vec::new(), Vec::new());
        let (mut outside, mut inside) = (String::new(), Vec::new());
        let mut depth = 0;
        for c in without_slashes(text).chars() {
            match c {
                '(' | '[' => {
                    depth += 1;
                    inside.push(String::new());
                }
                ')' | ']' => depth = (depth - 1).max(0),
                c => match inside.last_mut().filter(|_| depth > 0) {
                    Some(aside) => aside.push(c),
                    None => outside.push(c),
                },
            }
        }
        let (first, rest) = outside.split_once([',', ';', '/']).unwrap_or((&outside, ""));
        for aside in inside.iter().map(String::as_str).chain(rest.split([',', ';', '/'])) {
            match fold(aside).as_str() {
                "" => {}
                article @ ("l" | "le" | "la" | "les") => words.push(article.to_owned()),
                _ if is_number(aside) => numbers.push(aside.trim().to_ascii_uppercase()),
                hint => hints.push(hint.to_owned()),
            }
        }
        // "31000 TOULOUSE", "Auch 32000": the post's number, before or after.
        for (i, word) in first.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).enumerate() {
            let postcode = word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit());
            let cut = i == 0 && word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
            if postcode || cut || (i == 0 && is_number(word)) {
                numbers.push(word.to_ascii_uppercase());
                continue;
            }
            words.push(whole_word(word));
        }
        Self { words, numbers, hints }
    }
}

/// A postcode or the number of a département.
fn is_number(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    matches!((text.len(), digits), (2 | 3 | 5, true)) || matches!(text, "2A" | "2B" | "2a" | "2b")
}

#[cfg(all(test, feature = "france-data"))]
mod tests {
    use super::*;
    use crate::france::EmbeddedFrance;

    /// A postcode, else what says a département.
    fn in_cell<'a>(cells: &[&'a str]) -> Beside<'a> {
        let (post, other): (Vec<&str>, Vec<&str>) = cells.iter().partition(|c| postcode_of(c).is_some());
        Beside { postcode: post.first().copied(), departement: other.first().copied() }
    }

    #[test]
    fn names_are_found_as_people_write_them() {
        let names = CommuneNames::of(&EmbeddedFrance::load().unwrap().atlas);
        let book = CodeBook::default();
        let one = |written: &str, beside: &[&str]| match names.find(written, in_cell(beside), &book) {
            Named::One(code, _) => code.to_string(),
            other => panic!("{written}: {other:?}"),
        };
        for (written, beside, code) in [
            ("Auch", &[][..], "32013"),
            ("AUCH CEDEX 9", &[], "32013"),
            ("31000 TOULOUSE", &[], "31555"),
            ("Lyon 3e", &[], "69123"),
            ("PARIS 12", &[], "75056"),
            ("Isle-Jourdain (L')", &["32"], "32160"),
            ("L Isle Jourdain", &["32600"], "32160"),
            ("L’Isle-Jourdain", &["Vienne"], "86112"),
            ("St Clar", &["32"], "32370"),
            ("Saint-Clar, Gers", &[], "32370"),
            ("Œuilly (51)", &[], "51410"),
            ("32 - Auch", &[], "32013"),
            ("Bastia", &["20200"], "2B033"),
            ("Saint-Denis", &["974"], "97411"),
            ("Saint-Denis", &["La Réunion"], "97411"),
            ("Vitry-le-François", &[], "51649"),
        ] {
            assert_eq!(one(written, beside), code, "{written} {beside:?}");
        }
        let find = |written: &str, beside: &[&str]| names.find(written, in_cell(beside), &book);
        assert!(matches!(find("Saint-Martin", &[]), Named::Several(all) if all.len() > 1));
        assert_eq!(find("Nulle-Part-sur-Mer", &["32"]), Named::None(String::new()));
        assert_eq!(find("", &[]), Named::None(String::new()));
    }
}
