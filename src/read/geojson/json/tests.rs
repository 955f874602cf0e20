use super::*;

fn scan(text: &[u8]) -> Scanner<'_> {
    let mut scan = Scanner::new(Box::new(text), "text".into());
    let _ = scan.peek();
    scan
}

/// Gives one byte at a time: every refill happens at every place.
struct Drip<'a>(&'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        let n = usize::from(!self.0.is_empty() && !buf.is_empty());
        buf[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

#[test]
fn skipping_accepts_and_refuses_what_serde_json_does() {
    let deep = |n| format!("{}{}", "[".repeat(n), "]".repeat(n));
    let texts = [
        "{}",
        "[]",
        "[1,2]",
        "[1,]",
        "[,1]",
        "{\"a\":1,}",
        "{\"a\" : [ {} , null ] }",
        "{a:1}",
        "[1 2]",
        "01",
        "1.",
        ".5",
        "+1",
        "-",
        "-0",
        "1e5",
        "1e",
        "1E+5",
        "\"a\\u00e9\"",
        "\"a\\x\"",
        "\"a",
        "tru",
        "true",
        "nul",
        "[[[]]",
        "{\"a\"}",
        "{\"a\":}",
        "\"\\ud83d\\ude00\"",
        "\"\\u12\"",
        "]",
        "{]",
        "[}",
        "\"\u{1}\"",
        "",
    ];
    for text in texts.map(str::to_owned).into_iter().chain([deep(100), deep(127)]) {
        let ours = scan(text.as_bytes()).skip().is_ok();
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        assert_eq!(ours, theirs, "{text}");
        assert_eq!(
            Scanner::new(Box::new(Drip(text.as_bytes())), "t".into()).skip().is_ok(),
            theirs,
            "{text}"
        );
    }
    assert!(scan(deep(100_000).as_bytes()).skip().unwrap_err().to_string().contains("deeper"));
}

#[test]
fn texts_are_decoded() {
    let mut out = String::new();
    let text = r#""a\"\\\/\b\f\n\r\té\u00e9\ud83d\ude00""#;
    assert_eq!(scan(text.as_bytes()).string(&mut out).unwrap(), Text::Clean);
    assert_eq!(out, serde_json::from_str::<String>(text).unwrap());
    assert_eq!(scan(br#""\ud83dx""#).string(&mut out).unwrap(), Text::Mended);
    assert_eq!(out, "\u{FFFD}x");
    assert_eq!(scan(b"\"Ni\xE8vre\"").string(&mut out).unwrap(), Text::Mended);
    assert_eq!(out, "Nièvre");
}

#[test]
fn errors_say_where() {
    let mut s = scan(b"[1,\n2,\nx]");
    s.feature = Some(4);
    let text = s.skip().unwrap_err().to_string();
    assert_eq!(text, "text:3: expected a value, found 'x' (byte 7, feature 4)");
}

#[test]
fn long_numbers_are_bounded() {
    let digits = "1".repeat(300_000);
    assert!(scan(digits.as_bytes()).number().is_err());
    let fine = format!("0.{}", "3".repeat(1000));
    assert_eq!(scan(fine.as_bytes()).number().unwrap(), fine.parse::<f64>().unwrap());
}
