//! Rows as one JSON document, a row per line (format 1).
//!
//! Strings are escaped by `serde_json`; format characters that could turn text around on a screen
//! are escaped too, so that printing the document is harmless.

use std::io::{self, Write};

use super::row::{COLUMNS, Cell, Row};
use crate::facts::Dataset;

pub(super) fn begin(out: &mut impl Write, dataset: &Dataset) -> io::Result<()> {
    write!(
        out,
        "{{\"format\":1,\"dataset\":{{\"name\":{},\"fingerprint\":{},\"simulated\":{}{}}},\n\"rows\":[",
        string(&dataset.name),
        string(&dataset.fingerprint),
        dataset.simulated,
        proxy(dataset)
    )
}

/// Says what makes the AIPL of a data set a proxy, where it is one.
fn proxy(dataset: &Dataset) -> String {
    let text = dataset.proxy.as_deref().map(string);
    text.map_or_else(String::new, |text| format!(",\"proxy\":{text}"))
}

pub(super) fn row(out: &mut impl Write, row: &Row, after_another: bool) -> io::Result<()> {
    out.write_all(if after_another { b",\n{" } else { b"\n{" })?;
    let mut first = true;
    for (name, cell) in COLUMNS.iter().zip(row) {
        let text = match cell {
            Cell::Absent => continue,
            Cell::Null => "null".to_owned(),
            Cell::Number(x) => super::number(*x),
            Cell::Text(text) => string(text),
        };
        let comma = if first { "" } else { "," };
        write!(out, "{comma}\"{name}\":{text}")?;
        first = false;
    }
    out.write_all(b"}")
}

pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"\n]}\n")
}

/// A JSON string.
fn string(text: &str) -> String {
    harmless(serde_json::Value::from(text).to_string())
}

/// JSON whose strings cannot turn text around on a screen.
pub(crate) fn harmless(json: String) -> String {
    if !json.chars().any(turns_text) {
        return json;
    }
    json.chars()
        .map(|c| {
            if turns_text(c) {
                format!("\\u{:04x}", u32::from(c))
            } else {
                c.to_string()
            }
        })
        .collect()
}

/// C1 controls, bidi marks and zero-width characters; all lie in the basic plane.
pub(super) fn turns_text(c: char) -> bool {
    matches!(c, '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::super::{fixture, json};
    use super::*;

    #[test]
    fn the_document_has_the_keys_of_the_contract_in_order() {
        let (dataset, board) = fixture::two_brands();
        let text = json(&board, &dataset);
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["format"], 1);
        assert_eq!(document["dataset"]["name"], "两个品牌 \u{202e}x");
        assert_eq!(document["dataset"]["simulated"], true);
        let row = document["rows"][0].as_object().unwrap();
        for key in &COLUMNS[..14] {
            assert!(row.contains_key(*key), "{key}");
        }
        assert!(!row.contains_key("crowd"));
        assert_eq!(row["value"], 1234);
        assert_eq!(row["delta"], 34);
        assert_eq!(
            row["definition"],
            "aipl.i_days=15; aipl.browse_days_for_i=2; aipl.member_is_i=true"
        );
        assert_eq!(row["missing"], serde_json::Value::Null);
        let line = text.lines().find(|l| l.starts_with("{\"metric\"")).unwrap();
        let at = |key: &str| line.find(&format!("\"{key}\":")).unwrap();
        let places: Vec<usize> = COLUMNS[..14].iter().map(|k| at(k)).collect();
        assert!(places.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn text_cannot_turn_the_screen_around() {
        let (dataset, board) = fixture::two_brands();
        let text = json(&board, &dataset);
        assert!(text.contains("\\u202e") && !text.contains('\u{202e}'));
        assert_eq!(string("a\u{1b}[2J\"\u{9b}"), "\"a\\u001b[2J\\\"\\u009b\"");
    }

    #[test]
    fn no_figures_is_still_a_document() {
        let (dataset, mut board) = fixture::two_brands();
        board.brands.clear();
        let text = json(&board, &dataset);
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["rows"], serde_json::json!([]));
    }
}
