//! The rural development programmes of 2014–2020 and the régions they cover.

/// Code of the région (since 2016) that holds the area of a regional programme, by the programme's
/// CCI identifier; `None` for the national programme, the rural network and unknown ones.
///
/// The last two digits of a regional programme are the code of its région before 2016; several
/// programmes make up one région of today.
///
/// ```
/// use rurban::france::programmes::region_of_programme;
/// assert_eq!(region_of_programme("2014FR06RDRP042"), Some("44")); // Alsace: Grand Est
/// assert_eq!(region_of_programme("2014FR06RDNP001"), None); // national
/// ```
#[must_use]
pub fn region_of_programme(cci: &str) -> Option<&'static str> {
    Some(match cci.strip_prefix("2014FR06RDRP0")? {
        "01" => "01",
        "02" => "02",
        "03" => "03",
        "04" => "04",
        "06" => "06",
        "11" => "11",
        "24" => "24",
        "26" | "43" => "27",
        "23" | "25" => "28",
        "22" | "31" => "32",
        "21" | "41" | "42" => "44",
        "52" => "52",
        "53" => "53",
        "54" | "72" | "74" => "75",
        "73" | "91" => "76",
        "82" | "83" => "84",
        "93" => "93",
        "94" => "94",
        _ => return None,
    })
}
