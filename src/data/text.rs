//! Text from files is untrusted: it is cleaned once, here, before anything else sees it.
//!
//! Control characters, bidirectional controls and zero-width characters become visible marks;
//! piles of combining marks are cut. Nothing is dropped silently except marks beyond the limit.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar as _;

/// Combining marks that one base character may carry.
const MAX_MARKS: usize = 8;
/// Bytes of a name for which a near one is looked for.
const MAX_NAME: usize = 100;
/// Characters that an id, a name or a value of an attribute may have.
pub(super) const MAX_NAME_CHARS: usize = 300;
/// Stands for a character that must not reach a terminal.
const MARK: char = '␛';

/// Makes text harmless: control, bidi and zero-width characters become visible marks (C0 controls
/// their own picture, all others `␛`), and no base carries more than eight combining marks.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) || !text.chars().any(is_suspect) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        if let Some(mark) = visible_mark(c) {
            marks = 0;
            out.push(mark);
        } else if c.width() == Some(0) {
            marks += 1;
            if marks <= MAX_MARKS {
                out.push(c);
            }
        } else {
            marks = 0;
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn is_suspect(c: char) -> bool {
    visible_mark(c).is_some() || c.width() == Some(0)
}

fn visible_mark(c: char) -> Option<char> {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + c as u32),
        '\x7f' => Some('␡'),
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => Some(MARK),
        _ => None,
    }
}

/// At most `max` characters of cleaned text, for messages; cut text ends in `…`.
pub(super) fn excerpt(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        None => clean(text).into_owned(),
        Some((end, _)) => format!("{}…", clean(text.get(..end).unwrap_or(""))),
    }
}

/// Whether a text is too long for an id, a name or a value of an attribute.
pub(super) fn is_too_long(text: &str) -> bool {
    text.len() > MAX_NAME_CHARS && text.chars().nth(MAX_NAME_CHARS).is_some()
}

/// A header or name in the form in which names are compared: no white space, no byte order mark,
/// full-width forms as ASCII, lower case.
pub(super) fn normal_name(text: &str) -> String {
    normal(text).into_owned()
}

/// The same; most names in tables are in that form already.
pub(super) fn normal(text: &str) -> Cow<'_, str> {
    let is_normal = |b: u8| b.is_ascii_graphic() && !b.is_ascii_uppercase();
    if text.bytes().all(is_normal) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(normalised(text))
    }
}

fn normalised(text: &str) -> String {
    if text.is_ascii() {
        let mut name = text.to_ascii_lowercase();
        name.retain(|c| !c.is_whitespace());
        return name;
    }
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{feff}')
        .map(half_width)
        .flat_map(char::to_lowercase)
        .collect()
}

/// The ASCII character of a full-width form; any other character as it is.
pub(super) fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// The known name that is closest to a wrong one, when it is close enough to be meant.
pub(super) fn closest<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if wrong.len() > MAX_NAME {
        return None;
    }
    known
        .into_iter()
        .filter(|name| name.len() <= MAX_NAME)
        .map(|name| (strsim::jaro_winkler(wrong, name), name))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// `did you mean "x"?` in English and Chinese, or nothing.
pub(super) fn suggestion<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> [String; 2] {
    closest(wrong, known).map_or_else(Default::default, |name| {
        [
            format!("did you mean \"{name}\"?"),
            format!("是否想写 \"{name}\"？"),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dangerous_characters_become_marks() {
        assert_eq!(clean("a\x1b[31mb"), "a␛[31mb");
        assert_eq!(clean("x\u{202e}y\u{200b}z"), "x␛y␛z");
        assert_eq!(clean("tab\there\u{9b}"), "tab␉here␛");
        assert!(matches!(clean("橡木 oak é"), Cow::Borrowed(_)));
    }

    #[test]
    fn piles_of_marks_are_cut() {
        let pile = format!("e{}x", "\u{301}".repeat(10_000));
        assert_eq!(clean(&pile).chars().count(), 1 + MAX_MARKS + 1);
    }

    #[test]
    fn the_length_of_a_name_is_counted_in_characters() {
        assert!(!is_too_long(&"长".repeat(300)));
        assert!(is_too_long(&"x".repeat(301)));
    }

    #[test]
    fn names_compare_without_space_width_and_case() {
        assert_eq!(normal_name("\u{feff} User　ＩＤ\t"), "userid");
        assert_eq!(normal_name("订单付款时间 "), "订单付款时间");
    }

    #[test]
    fn a_close_name_is_suggested_and_a_far_one_is_not() {
        assert_eq!(
            suggestion("time_zoen", ["name", "time_zone"])[0],
            "did you mean \"time_zone\"?"
        );
        assert_eq!(suggestion("qqq", ["name", "time_zone"])[0], "");
    }
}
