//! Where a row is: pairs of coordinates in whatever system, positions written in one cell.

use geo::InteriorPoint;

use super::coordinates::{Fits, Reading, Tally, ToLonLat, Verdict, hint};
use super::csv::splitter::Cells;
use super::names::{self, ColumnNames, Role};
use super::number::Number;
use super::records::{Records, Row};
use crate::diagnostics::{Diagnostics, Place, printable};
use crate::error::Result;
use crate::space::crs::Epsg;

/// The columns that say where a row is, and how to read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoordinateColumns {
    ways: Vec<Way>,
    epsg: Option<u32>,
}

/// One way in which rows say where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Way {
    /// A column of longitudes or eastings, one of latitudes or northings.
    Pair {
        x: usize,
        y: usize,
        /// Column of the EPSG code of each row.
        epsg: Option<usize>,
        judged: Verdict,
    },
    /// A position in one cell.
    Text { column: usize, judged: Verdict },
}

/// Why a row is nowhere: a kind of finding, where, and in words.
type Trouble = (&'static str, Place, String);

impl CoordinateColumns {
    /// The columns of a table that say where its rows are: by the names given, else by their usual
    /// names. `None` when there are none.
    ///
    /// Degrees are told row by row, the system of other numbers by all rows in view: Lambert-93, Web
    /// Mercator, a conic zone.
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) for a column that was given and is not there.
    pub fn find(table: &mut Records<'_>, given: &ColumnNames) -> Result<Option<Self>> {
        let epsg = table.optional(Role::Epsg, Role::Epsg.names(), given)?;
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        if given.get(Role::X).is_some() || given.get(Role::Y).is_some() {
            let x = table.need(Role::X, Role::X.names(), given)?;
            pairs.push((x, table.need(Role::Y, Role::Y.names(), given)?));
        }
        // Names of degrees go together, those of Lambert-93, and those of any system.
        let starts = ["longitude", "xlambert93", "x"]
            .map(|first| Role::X.names().iter().position(|n| *n == first).unwrap_or(0));
        for (i, &start) in starts.iter().enumerate() {
            let end = starts.get(i + 1).copied().unwrap_or(Role::X.names().len());
            let xs = names::matching(table.header(), &Role::X.names()[start..end]);
            let ys = names::matching(table.header(), &Role::Y.names()[start..end]);
            // The same way of writing them first: x_wgs84 with y_wgs84.
            let paired =
                Role::X.names()[start..end].iter().zip(&Role::Y.names()[start..end]).find_map(|(x, y)| {
                    let (x, y) =
                        (names::matching(table.header(), &[x]), names::matching(table.header(), &[y]));
                    Some((*x.first()?, *y.first()?))
                });
            let any = || Some((*xs.first()?, *ys.first()?));
            let Some((x, y)) = paired.or_else(any) else { continue };
            if pairs.iter().all(|(px, py)| *px != x && *py != y) {
                pairs.push((x, y));
            }
        }
        if given.get(Role::X).is_some() {
            pairs.truncate(1);
        }
        let mut ways = Vec::new();
        for (x, y) in pairs {
            // An EPSG column goes with eastings, not with degrees.
            let degrees = table.sample(x).all(|c| Number::parse(c).value().is_none_or(|v| v.abs() <= 180.0));
            let epsg = epsg.filter(|_| !degrees);
            let judged = judge(table, |cells| {
                let at = |c: usize| coordinate(cells.get(c).unwrap_or_default().trim()).value();
                Some([at(x)?, at(y)?])
            });
            table.take(Role::X, x);
            table.take(Role::Y, y);
            let way = Way::Pair { x, y, epsg, judged };
            if degrees { ways.insert(0, way) } else { ways.push(way) }
        }
        if ways.is_empty() || given.get(Role::Position).is_some() {
            let columns = match given.get(Role::Position) {
                Some(_) => vec![table.need(Role::Position, &[], given)?],
                None => names::matching(table.header(), Role::Position.names()),
            };
            for column in columns {
                let (mut read, mut all) = (0, 0);
                for cell in table.sample(column).filter(|c| !c.is_empty()) {
                    all += 1;
                    read += usize::from(position(cell).is_some());
                }
                if 2 * read >= all.max(1) || given.get(Role::Position).is_some() {
                    table.take(Role::Position, column);
                    let judged = judge(table, |cells| position(cells.get(column)?));
                    ways.push(Way::Text { column, judged });
                }
            }
        }
        Ok(Some(Self { ways, epsg: None }).filter(|c| !c.ways.is_empty()))
    }

    /// Says which system the coordinates are in.
    #[must_use]
    pub const fn epsg(mut self, code: u32) -> Self {
        self.epsg = Some(code);
        self
    }

    /// Longitude and latitude of a row, or `None` with a finding that says why there is none.
    ///
    /// Without a declared system, numbers are read as all rows in view show them to be meant (metres of
    /// Lambert-93 and others, latitudes before longitudes), which is reported as a repair. Where a table
    /// gives positions in several ways, the first that can be read counts.
    pub fn locate(&self, row: &Row<'_>, convert: ToLonLat<'_>, found: &mut Diagnostics) -> Option<[f64; 2]> {
        let mut trouble: Option<Trouble> = None;
        for way in &self.ways {
            match self.by(way, row, convert, found) {
                Ok(position) => return Some(position),
                Err(finding) => {
                    // What was tried first and was not blank is what is reported.
                    trouble = match trouble {
                        None | Some(("no_coordinates", ..)) => Some(finding),
                        earlier => earlier,
                    };
                }
            }
        }
        if let Some((kind, place, message)) = trouble {
            if kind == "no_coordinates" {
                found.remark(kind, place, message);
            } else {
                found.repaired(kind, place, message);
            }
        }
        None
    }

    fn by(
        &self,
        way: &Way,
        row: &Row<'_>,
        convert: ToLonLat<'_>,
        found: &mut Diagnostics,
    ) -> Result<[f64; 2], Trouble> {
        let (column, x, y, code, judged) = match *way {
            Way::Pair { x, y, epsg, judged } => {
                let declared = epsg.and_then(|c| row.number(c).value()).map(|v| v as u32).filter(|v| *v > 0);
                let (xs, ys) = (coordinate(row.get(x)), coordinate(row.get(y)));
                let place = || row.place_of(x);
                match (xs, ys) {
                    (Number::Value(a), Number::Value(b)) => (x, a, b, self.epsg.or(declared), judged),
                    (Number::Blank, Number::Blank) => {
                        return Err(("no_coordinates", place(), "the row has no coordinates".to_owned()));
                    }
                    _ => {
                        let message = format!("{:?}, {:?} are no coordinates", row.get(x), row.get(y));
                        return Err(("bad_coordinates", place(), printable(&message, 200)));
                    }
                }
            }
            Way::Text { column, judged } => {
                let text = row.get(column);
                if text.is_empty() {
                    return Err((
                        "no_coordinates",
                        row.place_of(column),
                        "the row has no coordinates".to_owned(),
                    ));
                }
                let Some([x, y]) = position(text) else {
                    let message = format!("{:?} is no position", printable(text, 60));
                    return Err(("bad_coordinates", row.place_of(column), message));
                };
                (column, x, y, self.epsg, judged)
            }
        };
        let place = || row.place_of(column);
        let bad = |message| ("bad_coordinates", place(), message);
        let converted = |code, at: [f64; 2]| {
            convert(code, at)
                .ok_or_else(|| bad(format!("{}, {} cannot be converted from EPSG:{code}", at[0], at[1])))
        };
        let fits = Fits::at([x, y]);
        let unread = || {
            bad(format!(
                "{x}, {y} are no longitude and latitude in degrees, nor in the system of the other rows{}",
                hint(fits)
            ))
        };
        match code {
            Some(4326) | None if x == 0.0 && y == 0.0 => {
                Err(("null_island", place(), "0, 0 stands for no coordinates".to_owned()))
            }
            Some(4326) if fits.has(Reading::Degrees) => Ok([x, y]),
            Some(code) if code != 4326 => converted(code, [x, y]),
            None => {
                let reading = judged.reading(fits).ok_or_else(unread)?;
                let at = if reading.is_swapped() { [y, x] } else { [x, y] };
                let position = match reading.epsg() {
                    Epsg::WGS84 => at,
                    Epsg(code) => converted(code, at)?,
                };
                if let Some((kind, message)) = reading.repair() {
                    found.repaired(kind, place(), message);
                }
                Ok(position)
            }
            Some(_) => Err(unread()),
        }
    }
}

/// A number of a coordinate: also `43.6 N`, `1,55 O`, `43°36'00"N`, `N 47°39.5'`, `44 33 34`.
fn coordinate(cell: &str) -> Number {
    let plain = Number::parse(cell);
    if plain != Number::Invalid {
        return plain;
    }
    let text = cell.trim();
    let side = |c: char| match c {
        'N' | 'n' | 'E' | 'e' => Some(1.0),
        'S' | 's' | 'W' | 'w' | 'O' | 'o' => Some(-1.0),
        _ => None,
    };
    let (text, sign) = if let Some(sign) = text.chars().last().and_then(side) {
        (&text[..text.len() - 1], sign)
    } else if let Some(sign) = text.chars().next().and_then(side) {
        (text[1..].trim_start(), sign)
    } else {
        (text, 1.0)
    };
    let three_numbers = || {
        let parts: Vec<&str> = text.trim_start_matches('-').split_whitespace().collect();
        parts.len() == 3 && parts.iter().all(|p| p.len() <= 3 && p.bytes().all(|b| b.is_ascii_digit()))
    };
    if !text.contains('°') && !three_numbers() {
        return match Number::parse(text.trim_end()) {
            Number::Value(v) if text.len() < cell.trim().len() => Number::Value(sign * v),
            _ => Number::Invalid,
        };
    }
    let mut value = 0.0;
    let parts =
        text.split(|c: char| matches!(c, '°' | '\'' | '’' | '′' | '"' | '″' | '”') || c.is_whitespace());
    for (i, part) in parts.filter(|p| !p.is_empty()).enumerate() {
        match (i, Number::parse(part)) {
            (0, Number::Value(v)) if v.abs() <= 180.0 => value = v,
            (1 | 2, Number::Value(v)) if (0.0..60.0).contains(&v) => {
                value += v.copysign(if text.starts_with('-') { -1.0 } else { 1.0 }) / 60_f64.powi(i as i32);
            }
            _ => return Number::Invalid,
        }
    }
    Number::Value(sign * value)
}

/// The easting and northing, or longitude and latitude, that a cell holds.
fn position(cell: &str) -> Option<[f64; 2]> {
    let text = cell.trim();
    if text.starts_with('{') {
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        if let (Some(lon), Some(lat)) = (value["lon"].as_f64(), value["lat"].as_f64()) {
            return Some([lon, lat]);
        }
        let geojson::GeoJson::Geometry(geometry) = text.parse().ok()? else { return None };
        let point = geo_types::Geometry::<f64>::try_from(geometry).ok()?.interior_point()?;
        return Some([point.x(), point.y()]);
    }
    let upper = text.to_uppercase();
    if let Some(at) = upper.find("POINT") {
        let inside = upper[at..].split_once('(')?.1.split_once(')')?.0.trim_start_matches('(');
        let mut numbers = inside.split([' ', ',']).filter(|p| !p.is_empty()).map(str::parse::<f64>);
        return Some([numbers.next()?.ok()?, numbers.next()?.ok()?]);
    }
    if let Some(pair) = in_link(text).or_else(|| labelled(text)) {
        return Some(pair);
    }
    // Latitude first, as people and Opendatasoft write it.
    let text = text.trim_matches(['[', ']', '(', ')']);
    let pair = |separator: &str| {
        let (lat, lon) = text.split_once(separator)?;
        Some([coordinate(lon).value()?, coordinate(lat).value()?])
    };
    [", ", ";", " ", "/", "|", ","].into_iter().find_map(pair)
}

/// The place in the address of a map: `…/@44.6,2.03,15z`, `…?q=44.6,2.03`.
fn in_link(text: &str) -> Option<[f64; 2]> {
    let (_, address) = text.split_once("://")?;
    let at = ["/@", "q=", "ll=", "query="].iter().find_map(|mark| Some(address.split_once(mark)?.1))?;
    let mut numbers = at.split([',', '&', '/']).map(|p| p.parse::<f64>().ok());
    let (lat, lon) = (numbers.next()??, numbers.next()??);
    Some([lon, lat])
}

/// The place that words name: `lat : 45,2678 ; long : 1,7706`, the longitude first too.
fn labelled(text: &str) -> Option<[f64; 2]> {
    let lower = text.to_lowercase();
    let (lat, lon) = (lower.find("lat")?, lower.find("lon").or_else(|| lower.find("lng"))?);
    let value = |from: usize, to: usize| {
        let part = lower[from..to].trim_start_matches(|c: char| c.is_alphabetic() || " :=".contains(c));
        coordinate(part.trim_end_matches([' ', ';', ',', '/', ')'])).value()
    };
    let (first, second) = (lat.min(lon), lat.max(lon));
    let [one, two] = [value(first, second)?, value(second, lower.len())?];
    Some(if lat < lon { [two, one] } else { [one, two] })
}

/// How the positions of a table are to be read, as all rows in view show.
fn judge(table: &Records<'_>, position: impl Fn(&Cells) -> Option<[f64; 2]>) -> Verdict {
    let mut tally = Tally::default();
    table.each_in_view(|cells| {
        if let Some(at) = position(cells) {
            tally.add(Fits::at(at));
        }
    });
    tally.verdict()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::coordinates::to_lon_lat;
    use crate::read::csv::Reader;

    fn located(text: &str) -> (Vec<Option<[f64; 2]>>, Diagnostics) {
        let mut table = Reader::default().open_str(text, "t").unwrap();
        let columns = CoordinateColumns::find(&mut table, &ColumnNames::default()).unwrap().unwrap();
        let mut got = Vec::new();
        let found = table
            .for_each(|row, found| {
                let rounded = |v: f64| (v * 100.0).round() / 100.0;
                got.push(columns.locate(row, &to_lon_lat, found).map(|p| p.map(rounded)));
                found.keep();
                Ok(())
            })
            .unwrap();
        (got, found)
    }

    #[test]
    fn places_are_read_in_whatever_system() {
        let text = "lon;lat;n\n2,35;48,85;\n48,85;2,35;\n652000;6862000;\n6862000;652000;\n0;0;\n;;a\nx;1;\n500;1;\n-61,5;16,2;\n";
        let (got, found) = located(text);
        let paris = Some([2.35, 48.85]);
        let l93 = Some([2.35, 48.86]);
        assert_eq!(got, [paris, paris, l93, l93, None, None, None, None, Some([-61.5, 16.2])]);
        let counts = ["swapped_axes", "lambert_93", "null_island", "no_coordinates", "bad_coordinates"];
        assert_eq!(counts.map(|k| found.count(k)), [1, 2, 1, 1, 2]);
    }

    #[test]
    fn the_whole_column_shows_the_system() {
        // Paris alone could be Lambert-93 off Spain; with Valserhône it cannot.
        let (got, found) = located("x;y\n261600;6250500\n647000;5807000\n");
        assert_eq!(got, [Some([2.35, 48.86]), Some([5.81, 46.17])]);
        assert_eq!(found.count("web_mercator"), 2);
        let (got, _) = located("x;y\n1700000;5200000\n1690000;5190000\n");
        assert!(got[0].is_some_and(|p| (p[0] - 3.0).abs() < 0.01 && (p[1] - 46.0).abs() < 0.1), "{got:?}");
        let (got, found) = located("x;y\n527900;1845600\n");
        assert!(got[0].is_some_and(|p| (p[0] - 1.45).abs() < 0.02 && (p[1] - 43.6).abs() < 0.02), "{got:?}");
        assert!(found.to_string().contains("Lambert II étendu"), "{found}");
    }

    #[test]
    fn one_cell_may_hold_a_position() {
        for (header, cell) in [
            ("geo_point_2d", "43.6, 1.45"),
            ("Geo Point", "43.6,1.45"),
            ("coordonnees", "43,6 ; 1,45"),
            ("WKT", "POINT (1.45 43.6)"),
            ("geom", "SRID=4326;POINT(1.45 43.6)"),
            ("geo_point_2d", "\"{\"\"lon\"\": 1.45, \"\"lat\"\": 43.6}\""),
            ("Geo Shape", "\"{\"\"type\"\": \"\"Point\"\", \"\"coordinates\"\": [1.45, 43.6]}\""),
            ("gps", "\"43°36'00\"\"N 1°27'00\"\"E\""),
            ("gps", "(43.6 ; 1.45)"),
            ("gps", "lat : 43,6 ; long : 1,45"),
            ("gps", "Longitude=1.45, Latitude=43.6"),
            ("gps", "43 36 00 / 1 27 00"),
            ("gps", "N 43°36.0' / E 1°27.0'"),
            ("gps", "https://www.google.com/maps/place/Toulouse/@43.6,1.45,13z"),
            ("gps", "https://maps.google.com/?q=43.6,1.45"),
        ] {
            let cell = if cell.contains([',', ';']) && !cell.starts_with('"') {
                format!("\"{cell}\"")
            } else {
                cell.to_owned()
            };
            let (got, found) = located(&format!("id,{header},n\nA,{cell},1\n"));
            assert_eq!(got, [Some([1.45, 43.6])], "{header}: {cell}: {found}");
        }
    }

    #[test]
    fn rows_may_name_their_system_and_degrees_come_first() {
        let text = "x;y;epsg\n574000;6279000;2154\n340000;7691000;2975\n654000;1796000;5490\n";
        let (got, _) = located(text);
        assert_eq!(got.iter().flatten().count(), 3);
        assert!(got[1].is_some_and(|p| p[0] > 55.0 && p[1] < -20.0), "{got:?}");
        let text = "x;y;epsg;y_latitude;x_longitude\n340000;7691000;2975;-20,88;55,45\n";
        assert_eq!(located(text).0, [Some([55.45, -20.88])]);
        assert_eq!(located("longitude;lat;n\n1,45;43,6;1\n").0, [Some([1.45, 43.6])]);
        assert_eq!(
            located("lat;lon\n43.6 N;1.45 E\n47.2;1,55 O\n").0,
            [Some([1.45, 43.6]), Some([-1.55, 47.2])]
        );
    }
}
