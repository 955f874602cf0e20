use rurban::atlas::Atlas;
use rurban::diagnostics::{Diagnostics, Place, Strictness};
use rurban::france::commune_changes;
use rurban::inventory::Inventory;
use rurban::model::*;
use rurban::network::Direction;
use rurban::read::{self, *};
use std::sync::OnceLock;

fn acc(d: &Diagnostics) {
    assert_eq!(d.seen(), d.kept() + d.dropped(), "seen != kept + dropped");
    let _ = d.to_string();
    for f in d.findings() {
        let _ = f.to_string();
    }
}

pub fn geojson(data: &[u8]) {
    let r = read::geojson::Reader::default().read_from(data, "f.geojson");
    let mut clean = false;
    let mut seen = None;
    match &r {
        Ok((t, d)) => {
            acc(d);
            clean = d.is_clean();
            seen = Some(d.seen());
            assert_eq!(t.len(), d.kept(), "table.len != kept");
            assert_eq!(t.layer().len(), t.len(), "layer.len != table.len");
            for i in 0..t.len() {
                for (n, v) in t.properties(i) {
                    let _ = (n.len(), v.to_string());
                }
                for n in t.names() {
                    let _ = t.property(i, n);
                }
                let _ = (t.kind(i), t.record(i), t.id(i).map(|v| v.to_string()));
                for c in t.points(i) {
                    assert!(c.x.is_finite() && c.y.is_finite(), "non-finite point kept");
                }
                for ring in t.layer().rings(i) {
                    assert!(ring.len() >= 4, "short ring kept {}", ring.len());
                    assert_eq!(ring.first(), ring.last(), "unclosed ring kept");
                    for c in ring {
                        assert!(c.x.is_finite() && c.y.is_finite(), "non-finite coordinate kept");
                    }
                }
            }
            for n in t.names() {
                assert_eq!(t.column(n).unwrap().count(), t.len());
            }
            let s = t.select(|i| i % 2 == 0);
            assert_eq!(s.len(), t.len().div_ceil(2));
            let s = t.select(|_| true);
            assert_eq!(s.layer().coords().len(), t.layer().coords().len(), "select(all) lost coordinates");
        }
        Err(e) => {
            let m = e.to_string();
            assert!(m.len() < 20_000, "error message of {} bytes", m.len());
        }
    }
    let strict = read::geojson::Reader::default().strictness(Strictness::Strict).read_from(data, "f");
    if r.is_ok() && clean {
        assert!(strict.is_ok(), "clean, but strict reading fails: {:?}", strict.err().map(|e| e.to_string()));
    }
    if r.is_err() {
        assert!(strict.is_err(), "strict reads what lenient refuses");
    }
    let a = TerritoryReader::new(Level::Commune).check_crossings().read_from(data, "f");
    if let Ok((a, d)) = &a {
        acc(d);
        if let Some(s) = seen {
            assert_eq!(d.seen(), s, "TerritoryReader sees another number of records");
        }
        let n = a.base().territories().len();
        assert_eq!(n, d.kept(), "territories != kept");
        if let Some(l) = a.base().geometry() {
            assert_eq!(l.len(), n, "geometry != territories");
            let loc = rurban::space::locate::Locator::new(l);
            if let Err(e) = &loc {
                panic!("Locator refuses an atlas that was read: {e}");
            }
        }
        for t in a.base().territories() {
            if let Some(x) = t.area_km2 {
                assert!(x > 0.0 && x.is_finite(), "area {x}");
                assert!(x < 6e8, "area larger than the Earth: {x}");
            }
            if let Some(p) = t.population {
                assert!(p.is_finite(), "population {p}");
            }
        }
        for l in a.levels() {
            for (t, g) in l.memberships().iter() {
                assert!((t as usize) < n && (g as usize) < l.territories().len());
            }
        }
        let _ = a.rurality(&Level::Commune);
    } else if let Err(e) = &a {
        let m = e.to_string();
        assert!(m.len() < 20_000, "error message of {} bytes", m.len());
    }
}

fn atlas() -> &'static Atlas {
    static A: OnceLock<Atlas> = OnceLock::new();
    A.get_or_init(|| {
        let f = |c: &str, x: f64| format!(r#"{{"type":"Feature","properties":{{"code":"{c}","nom":"{c}","epci":"E{}","population":{}}},"geometry":{{"type":"Polygon","coordinates":[[[{},46],[{},46],[{},47],[{},47],[{},46]]]}}}}"#, c.len() % 2 + (x as usize) % 2, x * 100.0, x, x + 1.0, x + 1.0, x, x);
        let s = format!(r#"{{"type":"FeatureCollection","features":[{},{},{},{},{}]}}"#, f("01001", 1.0), f("32013", 2.0), f("31555", 3.0), f("2A004", 4.0), f("75056", 5.0));
        TerritoryReader::new(Level::Commune).read_from(s.as_bytes(), "a").unwrap().0
    })
}
fn tmp(ext: &str, data: &[u8]) -> String {
    let p = format!("/dev/shm/rf{}.{ext}", std::process::id());
    std::fs::write(&p, data).unwrap();
    p
}
fn builder() -> rurban::inventory::InventoryBuilder {
    let mut b = Inventory::builder(Strictness::Lenient);
    for (id, c) in [("A1", "01001"), ("A2", "32013"), ("A3", "31555")] {
        let mut a = Actor::new(ActorId::new(id).unwrap(), id, ActorKind::Enterprise);
        a.commune = CommuneCode::new(c).ok();
        b.add_actor(a, Place::file("x")).unwrap();
    }
    b
}
fn ckind() -> CooperationKind {
    CooperationKind::TerritorialProject
}

pub fn csv(data: &[u8]) {
    if data.is_empty() {
        return;
    }
    let (sel, body) = (data[0], &data[1..]);
    let strict = if sel & 0x80 != 0 { Strictness::Strict } else { Strictness::Lenient };
    let rd = read::csv::Reader::default().strictness(strict);
    match sel % 19 {
        0 | 1 => {
            let p = if sel % 19 == 0 { "a.csv" } else { "a.geojson" };
            let mut b = builder();
            let r = ActorReader::new(ActorKind::Enterprise, "a").strictness(strict).read_from(
                std::io::Cursor::new(body.to_vec()),
                p,
                &mut b,
            );
            let ok = r.is_ok();
            let mut kept = 0;
            if let Ok(d) = &r {
                acc(d);
                kept = d.kept();
            }
            let (inv, d) = b.finish();
            acc(&d);
            if ok {
                assert_eq!(inv.actors().len(), 3 + kept, "actors in inventory != 3 + kept");
            }
            for a in inv.actors() {
                if let Some(c) = a.capacity {
                    assert!(c.is_finite(), "capacity {c}");
                }
            }
            if sel & 0x40 != 0 {
                study(inv);
            }
        }
        2 | 3 => {
            let p = tmp("csv", body);
            let mut b = builder();
            let r = if sel % 19 == 2 {
                read::read_cooperations(&p, &TieColumns::default(), ckind(), "s", &mut b)
            } else {
                read_participations(&p, &TieColumns::default(), ckind(), "s", &mut b)
            };
            if let Ok(d) = &r {
                acc(d);
            }
            let (inv, d) = b.finish();
            acc(&d);
            for t in inv.ties() {
                assert!(t.weight.is_finite() && t.weight >= 0.0, "weight {}", t.weight);
            }
            if sel & 0x40 != 0 {
                study(inv);
            }
        }
        4 => {
            let text = String::from_utf8_lossy(body);
            let mut rules = rurban::profiles::ProfileRules::default();
            rules.strictness = strict;
            rules.codes = match (sel >> 4) & 3 {
                0 => rurban::profiles::Codes::Flat,
                1 => rurban::profiles::Codes::Prefixes,
                k => rurban::profiles::Codes::PrefixesOf(k as usize),
            };
            let r = ProfileReader::new(Level::Commune, "jobs").rules(rules).read_str(&text, "p", atlas());
            if let Ok((p, d)) = &r {
                acc(d);
                let t = p.table();
                for i in 0..t.regions() {
                    for j in 0..t.activities() {
                        if let Some(c) = t.count(i, j) {
                            assert!(c.is_finite() && c >= 0.0, "count {c}");
                        }
                    }
                }
                assert!(t.total().is_finite(), "total {}", t.total());
            }
        }
        5 => {
            if let Ok(t) = rd.open_from(body, "f.csv") {
                if let Ok((v, d)) = territory_values(t, atlas().base(), "valeur") {
                    acc(&d);
                    assert_eq!(v.len(), 5);
                    assert_eq!(v.iter().filter(|x| !x.is_nan()).count(), d.kept(), "values != kept");
                    for x in v {
                        assert!(!x.is_infinite(), "value inf");
                    }
                }
            }
        }
        6 | 7 => {
            if let Ok(t) = rd.open_from(body, "f.csv") {
                let e = CostEnds::territories(atlas().base());
                let inv = builder().finish().0;
                let e2 = CostEnds::actors(&inv);
                let r = travel_costs(t, &CostColumns::default(), &e, if sel % 19 == 6 { &e } else { &e2 });
                if let Ok((c, d)) = &r {
                    acc(d);
                    assert_eq!(c.pairs(), d.kept(), "pairs != kept");
                    for i in 0..c.origins() {
                        for j in 0..c.facilities() {
                            if let Some(x) = c.get(i, j as u32) {
                                assert!(x.is_finite() && x >= 0.0, "cost {x}");
                            }
                        }
                    }
                }
            }
        }
        8 => {
            let cut = body.iter().position(|b| *b == 0).unwrap_or(body.len());
            let (a, b) = (&body[..cut], &body[(cut + 1).min(body.len())..]);
            if let (Ok(x), Ok(y)) = (rd.open_from(a, "n.csv"), rd.open_from(b, "s.csv")) {
                let dir = if sel & 0x40 != 0 { Direction::Directed } else { Direction::Undirected };
                if let Ok((r, d)) = roads(x, y, &CostColumns::default(), dir) {
                    acc(&d);
                    let n = r.network().nodes();
                    let all: Vec<u32> = (0..n as u32).collect();
                    let c = rurban::accessibility::CostTable::over_roads(
                        r.network(),
                        &all,
                        &all,
                        1e9,
                        &rurban::progress::Silent,
                    );
                    if let Ok(c) = c {
                        for i in 0..c.origins() {
                            assert_eq!(c.get(i, i as u32), Some(0.0), "own cost");
                        }
                    }
                }
            }
        }
        9 => {
            if let Ok(t) = rd.open_from(body, "f.csv") {
                if let Ok((c, d)) = commune_changes(t) {
                    acc(&d);
                    assert_eq!(c.len(), d.kept());
                    if let Ok(v) = rurban::france::vintage::Vintages::from_changes(c) {
                        for (a, b) in [(1900, 2025), (2025, 1943), (2000, 2010), (0, u16::MAX), (u16::MAX, 0)]
                        {
                            let p = v.path(a, b);
                            let codes: Vec<String> = p.changed().map(str::to_owned).collect();
                            for k in &codes {
                                if let Ok(t) = p.targets(k, &rurban::france::vintage::Share::Equal) {
                                    let s: f64 = t.iter().map(|x| x.1).sum();
                                    assert!((s - 1.0).abs() < 1e-9, "shares add up to {s}");
                                }
                                p.absence(k);
                            }
                        }
                        let _ = v.convert(
                            &[("01001", 5.0), ("01002", 3.0)],
                            1950,
                            2025,
                            &rurban::france::vintage::Share::Equal,
                        );
                    }
                }
            }
        }
        10 => {
            if let Ok(mut t) = rd.open_from(body, "f.csv") {
                let h = t.header().to_vec();
                let cc = read::csv::CoordinateColumns::find(&mut t, &ColumnNames::default()).ok().flatten();
                let mut rows = 0;
                let mut last = None;
                let r = t.for_each(|row, d| {
                    rows += 1;
                    for c in 0..h.len() + 1 {
                        let _ = (row.get(c).len(), row.number(c), row.place_of(c).to_string());
                    }
                    assert!(row.line() > last, "lines not increasing");
                    last = row.line();
                    if let Some(cc) = &cc {
                        if let Some([x, y]) = cc.locate(row, &|_, p| Some(p), d) {
                            assert!(x.is_finite() && y.is_finite(), "located at {x} {y}");
                        }
                    }
                    d.keep();
                    Ok(())
                });
                if let Ok(d) = r {
                    acc(&d);
                    assert_eq!(rows, d.kept(), "rows != kept");
                }
            }
        }
        11 => {
            if let Ok(t) = rd.open_from(body, "f.csv") {
                let ids = ["A1", "A2", "A3"];
                let r =
                    edges(t, &TieColumns::default(), &|s| ids.iter().position(|x| *x == s).map(|i| i as u32));
                if let Ok((e, d)) = r {
                    acc(&d);
                    assert_eq!(e.len(), d.kept(), "edges != kept");
                    for x in e {
                        assert!(x.tie.weight.is_finite() && x.tie.weight >= 0.0, "weight {}", x.tie.weight);
                    }
                }
            }
        }
        12 => {
            let text = String::from_utf8_lossy(body);
            let mut b = builder();
            let r = ParticipantReader::new("p")
                .strictness(strict)
                .communes(atlas().base())
                .read_str(&text, "p.csv", &mut b);
            if let Ok(d) = &r {
                acc(d);
            }
            let (inv, d) = b.finish();
            acc(&d);
            for t in inv.ties() {
                assert!(t.weight.is_finite() && t.weight >= 0.0, "weight {}", t.weight);
            }
        }
        13 => {
            let text = String::from_utf8_lossy(body);
            let mut b = builder();
            if let Ok(d) = PracticeReader::new("p").strictness(strict).read_str(&text, "p.csv", &mut b) {
                acc(&d.1);
            }
            let (_, d) = b.finish();
            acc(&d);
        }
        14 => {
            if let Ok(t) = rd.open_from(body, "f.csv") {
                if let Ok((lines, d)) = FundingReader::default().read(t) {
                    acc(&d);
                    for l in &lines {
                        assert!(l.amount_eur.is_finite(), "amount {}", l.amount_eur);
                    }
                }
            }
        }
        15 => {
            if let Ok(t) = rd.open_from(body, "f.csv") {
                if let Ok((sheet, d)) = surveys::Sheet::read(t) {
                    acc(&d);
                    let mapping = surveys::Mapping::propose(&sheet);
                    let text = mapping.to_csv();
                    if let Ok(t) = rd.open_str(&text, "m.csv") {
                        if let Ok((_, d)) = surveys::Mapping::read(t) {
                            acc(&d);
                        }
                    }
                    if let Ok((_, d)) = surveys::Survey::read(&sheet, &mapping, strict) {
                        acc(&d);
                    }
                }
            }
        }
        16 => {
            if let Ok(t) = rd.open_from(body, "f.csv") {
                if let Ok((v, d)) = vocabulary::Vocabulary::read(t) {
                    acc(&d);
                    for (i, t) in v.terms().iter().enumerate() {
                        let _ = (v.label(i), v.find(&t.label));
                    }
                }
            }
        }
        17 => {
            let mut b = builder();
            if let Ok(t) = rd.open_from(body, "f.json") {
                let _ = t.header().len();
                let r = t.for_each(|_, d| {
                    d.keep();
                    Ok(())
                });
                if let Ok(d) = r {
                    acc(&d);
                }
            }
            let r = ActorReader::new(ActorKind::Enterprise, "a").read_from(
                std::io::Cursor::new(body.to_vec()),
                "a.json",
                &mut b,
            );
            if let Ok(d) = &r {
                acc(d);
            }
        }
        _ => {
            if let Ok(t) = rd.open_from(body, "f.csv") {
                if let Ok((p, d)) = participations(t, &TieColumns::default(), &|s| {
                    ["A1", "A2", "A3"].iter().position(|x| *x == s).map(|i| i as u32)
                }) {
                    acc(&d);
                    for x in &p.records {
                        assert!(x.tie.weight.is_finite() && x.tie.weight >= 0.0, "weight {}", x.tie.weight);
                    }
                }
            }
        }
    }
}

fn study(inv: Inventory) {
    use rurban::study::*;
    let r = Study::new(atlas().clone(), inv, &StudyOptions::default(), &rurban::progress::Silent);
    if let Ok((s, d)) = r {
        acc(&d);
        let _ = s.linkage(
            &rurban::study::LinkageOptions::default().permutations(9).swaps(5),
            &rurban::progress::Silent,
        );
        let _ = s.linkage_by(&Level::Epci);
    }
}

#[cfg(feature = "parquet")]
pub fn parquet(data: &[u8]) {
    let p = tmp("parquet", data);
    let e = CostEnds::new("x", 64, |c| {
        c.trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<u32>().ok().map(|x| x % 64)
    });
    let r = travel_costs_parquet(&p, &CostColumns::default(), &e, &e, Strictness::Lenient);
    if let Ok((c, d)) = &r {
        acc(d);
        assert_eq!(c.pairs(), d.kept(), "pairs != kept");
        for i in 0..c.origins() {
            for j in 0..c.facilities() {
                if let Some(x) = c.get(i, j as u32) {
                    assert!(x.is_finite() && x >= 0.0, "cost {x}");
                }
            }
        }
    }
}

pub fn codes(data: &[u8]) {
    let s = String::from_utf8_lossy(data);
    let s = &*s;
    if let Ok(c) = CommuneCode::new(s) {
        let _ = (c.departement().len(), c.to_string());
        assert!(serde_json::to_string(&c).is_ok());
    }
    let _ = (TerritoryCode::new(s), ActorId::new(s), ProjectId::new(s), SectorCode::new(s));
    let _ = Period::find(s);
    let _ = s.parse::<Level>();
    let _ = s.parse::<ActorKind>();
    let _ = s.parse::<CooperationKind>();
    if let Ok(c) = s.parse::<rurban::space::crs::Crs>() {
        let t = c.to_string();
        let _ = c.proj_string();
        let back = t.parse::<rurban::space::crs::Crs>();
        assert!(back.is_ok(), "Crs text does not parse back: {t}");
        let _ = rurban::space::crs::projector(c, rurban::space::crs::Crs::LON_LAT);
    }
    match Number::parse(s) {
        Number::Value(v) => {
            assert!(v.is_finite(), "number {v}");
            // plain decimal numbers read as what they are
            let t = s.trim();
            if t.bytes().all(|b| b.is_ascii_digit()) {
                assert_eq!(v, t.parse::<f64>().unwrap(), "digits read as another number");
            }
            if let Ok(x) = t.parse::<f64>() {
                if t.bytes().filter(|b| *b == b'.').count() <= 1
                    && t.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
                {
                    let thousands = {
                        let d = t.trim_start_matches('-');
                        let p: Vec<&str> = d.split('.').collect();
                        p.len() == 2 && p[1].len() == 3
                    };
                    if !thousands {
                        assert!(v == x, "{t} read as {v}");
                    }
                }
            }
        }
        _ => {
            let t = s.trim();
            if !t.is_empty() && t.len() < 300 && t.bytes().all(|b| b.is_ascii_digit()) {
                panic!("digits refused: {t}");
            }
        }
    }
    let _ = rurban::model::DensityLevel::from_label(s);
    let _ = rurban::france::vintage::commune_of_arrondissement(s);
    if let Ok(m) = rurban::model::Measure::new(s) {
        let _ = m.to_string();
    }
    // decode: bytes through the CSV reader in small reads
    struct Slow<'a>(&'a [u8], usize);
    impl std::io::Read for Slow<'_> {
        fn read(&mut self, b: &mut [u8]) -> std::io::Result<usize> {
            let n = self.1.min(self.0.len()).min(b.len());
            b[..n].copy_from_slice(&self.0[..n]);
            self.0 = &self.0[n..];
            Ok(n)
        }
    }
    let all = |step: usize| -> Option<(Vec<String>, Vec<Vec<String>>)> {
        let t = read::csv::Reader::default().delimiter(b';').open_from(Slow(data, step), "x").ok()?;
        let h = t.header().to_vec();
        let n = h.len();
        let mut rows = vec![];
        t.for_each(|r, d| {
            rows.push((0..n).map(|c| r.get(c).to_owned()).collect());
            d.keep();
            Ok(())
        })
        .ok()?;
        Some((h, rows))
    };
    let (a, b) = (all(usize::MAX), all(1));
    assert_eq!(a, b, "reading depends on the size of reads");
}

/// A spreadsheet (any of the formats calamine reads), wherever a table is read.
#[cfg(feature = "xlsx")]
pub fn sheet(data: &[u8]) {
    let p = tmp("xlsx", data);
    if let Ok(t) = read::csv::Reader::default().open_path(&p) {
        if let Ok(d) = t.for_each(|_, d| {
            d.keep();
            Ok(())
        }) {
            acc(&d);
        }
    }
}
