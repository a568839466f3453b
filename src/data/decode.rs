//! Bytes to text: byte order mark, then UTF-8, then GB18030. Any other encoding is refused with the
//! first byte that does not fit; wrong text is worse than none.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// The encoding that a manifest asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Wanted {
    /// Found from the bytes.
    #[default]
    Auto,
    /// UTF-8.
    Utf8,
    /// GB18030, which holds GBK and GB 2312.
    Gb18030,
}

/// Text and where it came from.
#[derive(Debug)]
pub(super) struct Decoded<'b> {
    /// The text.
    pub(super) text: Cow<'b, str>,
    /// Name of the encoding.
    pub(super) encoding: &'static str,
    /// Characters that could not be read.
    pub(super) replaced: usize,
    /// Whether it looks like Chinese that was decoded twice.
    pub(super) doubled: bool,
}

/// Why bytes are not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotText {
    /// A workbook or another binary file.
    Workbook,
    /// A Parquet file that could not be read as such: packed, or in a build without the reader.
    Parquet,
    /// Full of NUL bytes.
    Binary,
    /// Neither UTF-8 nor GB18030: the first byte that does not fit UTF-8, and its line.
    Encoding(u8, u64),
}

/// Bytes that tell text from other things.
const SAMPLE: usize = 1 << 16;

/// Decodes a file.
pub(super) fn decode(bytes: &[u8], wanted: Wanted) -> Result<Decoded<'_>, NotText> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(NotText::Workbook);
    }
    if bytes.starts_with(b"PAR1") {
        return Err(NotText::Parquet);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return Ok(with(encoding, bytes.get(mark..).unwrap_or(&[])));
    }
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let binary = sample.split(|b| *b == 0).count() - 1;
    if binary * 10 > sample.len() {
        return Err(NotText::Binary);
    }
    match wanted {
        Wanted::Utf8 => Ok(with(UTF_8, bytes)),
        Wanted::Gb18030 => Ok(with(GB18030, bytes)),
        Wanted::Auto => guess(bytes),
    }
}

/// How a long file begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// It may be read in blocks, as UTF-8 behind this many bytes.
    Blocks {
        /// Bytes of the byte order mark.
        mark: usize,
        /// Whether the rest of the file may still show that it is no UTF-8.
        open: bool,
        /// Whether it looks like Chinese that was decoded twice.
        doubled: bool,
    },
    /// All of it has to be seen before a row is read.
    Whole,
}

/// Whether a file that begins like this can be read in blocks.
pub(super) fn start(head: &[u8], wanted: Wanted) -> Start {
    let mark = match Encoding::for_bom(head) {
        Some((encoding, mark)) if encoding == UTF_8 => mark,
        Some(_) => return Start::Whole,
        None => 0,
    };
    let rest = head.get(mark..).unwrap_or(&[]);
    let sample = rest.get(..SAMPLE).unwrap_or(rest);
    let valid = valid_start(rest);
    let unusual = valid.len() + 4 <= rest.len()
        || (wanted == Wanted::Gb18030 && mark == 0)
        || rest.starts_with(b"PK\x03\x04")
        || !rest.contains(&b'\n')
        || sample.contains(&0)
        || is_hanzi_by_accident(rest);
    if unusual {
        return Start::Whole;
    }
    Start::Blocks {
        mark,
        open: wanted == Wanted::Auto && mark == 0,
        doubled: looks_doubled(valid),
    }
}

/// The text up to the first byte that is no UTF-8.
pub(super) fn valid_start(bytes: &[u8]) -> &str {
    bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid())
}

/// What blocks of a file show about its encoding.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Traces {
    damaged: bool,
    /// Replacement characters, those that stood in the file included.
    replaced: usize,
    /// Bytes of good characters beyond ASCII, and bad places.
    good: usize,
    bad: usize,
    /// Whether there is a byte that no GB 2312 name that is valid UTF-8 can hold.
    other: bool,
    /// Whether some letters make no word of any script.
    hanzi: bool,
}

impl Traces {
    /// Adds those of the next block.
    pub(super) fn absorb(&mut self, next: Self) {
        self.damaged |= next.damaged;
        self.replaced += next.replaced;
        self.good += next.good;
        self.bad += next.bad;
        self.other |= next.other;
        self.hanzi |= next.hanzi;
    }

    /// Whether the file is no UTF-8 after all.
    pub(super) fn is_other_encoding(&self) -> bool {
        self.bad * 20 > self.good || (!self.damaged && self.hanzi && !self.other)
    }

    /// Characters that could not be read.
    pub(super) fn replaced(&self) -> usize {
        if self.damaged { self.replaced } else { 0 }
    }
}

/// The text of a block that is taken as UTF-8.
pub(super) fn block(bytes: &[u8]) -> (Cow<'_, str>, Traces) {
    let mut traces = Traces::default();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => return (Cow::Borrowed(text), traces),
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let chunks = bytes.utf8_chunks();
            traces.bad = chunks.filter(|c| !c.invalid().is_empty()).count();
            traces.damaged = true;
            UTF_8.decode_without_bom_handling(bytes).0
        }
    };
    let unfit = |b: &u8| !b.is_ascii() && !(0xa1..=0xdf).contains(b);
    traces.other = bytes.iter().any(unfit);
    traces.hanzi = !traces.other && is_hanzi_by_accident(bytes);
    traces.good = bytes.iter().filter(|b| !b.is_ascii()).count() - traces.bad.min(bytes.len());
    traces.replaced = text.matches('\u{fffd}').count();
    (text, traces)
}

fn guess(bytes: &[u8]) -> Result<Decoded<'_>, NotText> {
    if is_nearly_utf8(bytes) && !is_hanzi_by_accident(bytes) {
        return Ok(with(UTF_8, bytes));
    }
    let decoded = with(GB18030, bytes);
    if is_mostly_hanzi(&decoded) || has_chinese_headings(bytes) {
        return Ok(decoded);
    }
    let valid = bytes.utf8_chunks().next().map_or("", |c| c.valid());
    let line = valid.matches('\n').count() as u64 + 1;
    let byte = bytes.get(valid.len()).copied().unwrap_or(0);
    Err(NotText::Encoding(byte, line))
}

/// No character failed, or so few that a damaged place is likelier than another encoding.
fn is_mostly_hanzi(decoded: &Decoded<'_>) -> bool {
    let bad = decoded.replaced;
    bad == 0 || decoded.text.chars().filter(|c| is_hanzi(*c)).count() >= bad.saturating_mul(20)
}

fn is_hanzi(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Some GB 2312 names are valid UTF-8 by accident (`茅台` reads as `é` with an ogonek). They are hanzi
/// when every two bytes are one and a run of letters makes no word of any script.
fn is_hanzi_by_accident(bytes: &[u8]) -> bool {
    let fits = |b: &u8| b.is_ascii() || (0xa1..=0xdf).contains(b);
    if bytes.is_ascii() || !bytes.iter().all(fits) {
        return false;
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut before = ' ';
    let mut run = String::new();
    for c in text.chars().chain([' ']) {
        if !c.is_ascii() {
            run.push(c);
            continue;
        }
        if !run.is_empty() && !is_word(before, &run, c) {
            return true;
        }
        run.clear();
        before = c;
    }
    false
}

/// Whether letters beyond ASCII, with what stands before and after them, may be written on purpose:
/// accents inside a Latin word, a sign, or a word of one script.
fn is_word(before: char, run: &str, after: char) -> bool {
    let script = |c: char| match c {
        '\u{a0}'..='\u{bf}' => 1,
        '\u{c0}'..='\u{17f}' => 2,
        '\u{391}'..='\u{3c9}' => 3,
        '\u{410}'..='\u{44f}' => 4,
        '\u{5d0}'..='\u{5ea}' => 5,
        '\u{621}'..='\u{64a}' => 6,
        _ => 0,
    };
    let first = run.chars().next().map_or(0, script);
    let one_script = first > 0 && run.chars().all(|c| script(c) == first);
    let single = run.chars().nth(1).is_none();
    let inside = before.is_ascii_alphabetic() || after.is_ascii_alphabetic();
    match first {
        _ if single && (inside || one_script) => true,
        2 => one_script && inside,
        _ => one_script,
    }
}

/// Whether this is UTF-8, perhaps with a few damaged places: at least ten good multi-byte
/// characters for every bad one, or cut in the middle of the last character.
fn is_nearly_utf8(bytes: &[u8]) -> bool {
    if std::str::from_utf8(bytes).is_ok() {
        return true;
    }
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        let text = chunk.valid();
        good += text.len() - ascii_bytes(text);
        bad += usize::from(!chunk.invalid().is_empty());
        if bad > 100 && bad * 20 > good {
            return false;
        }
    }
    bad == 0 || bad * 20 <= good
}

fn ascii_bytes(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii).count()
}

/// Short files give the detector little: a heading that is known decides.
fn has_chinese_headings(bytes: &[u8]) -> bool {
    let sample = bytes.get(..4096).unwrap_or(bytes);
    let (text, _) = GB18030.decode_without_bom_handling(sample);
    let known = text
        .split(['\n', '\r', ',', '\t', ';'])
        .filter(|cell| !cell.is_ascii())
        .filter(|cell| {
            super::columns::Kind::ALL
                .into_iter()
                .any(|kind| super::columns::recognise(kind, cell.trim_matches('"')).is_some())
        });
    known.count() >= 2
}

fn with<'b>(encoding: &'static Encoding, bytes: &'b [u8]) -> Decoded<'b> {
    let (mut text, damaged) = encoding.decode_without_bom_handling(bytes);
    let replaced = if damaged {
        text.matches('\u{fffd}').count()
    } else {
        0
    };
    if !text.contains('\n') && text.contains('\r') {
        text = Cow::Owned(text.replace('\r', "\n"));
    }
    let encoding = match encoding {
        e if e == UTF_16LE => "utf-16le",
        e if e == UTF_16BE => "utf-16be",
        e if e == GB18030 => "gb18030",
        _ => "utf-8",
    };
    Decoded {
        doubled: looks_doubled(&text),
        text,
        encoding,
        replaced,
    }
}

/// Chinese decoded as Latin-1 and encoded again shows runs of `á ¢ ¨ (` and their like.
fn looks_doubled(text: &str) -> bool {
    let end = text.len().min(SAMPLE);
    let sample = (0..=3)
        .find_map(|back| text.get(..end.saturating_sub(back)))
        .unwrap_or("");
    if sample.is_ascii() {
        return false;
    }
    let latin = |c: char| {
        ('\u{80}'..='\u{ff}').contains(&c)
            || matches!(c, '€' | '™' | 'œ' | 'Œ' | '‚' | '„' | '…' | '‡')
    };
    let mut runs = 0usize;
    let mut length = 0usize;
    for c in sample.chars() {
        length = if latin(c) { length + 1 } else { 0 };
        runs += usize::from(length == 3);
    }
    let chinese = sample.chars().filter(|c| is_hanzi(*c)).count();
    runs >= 3 && runs > chinese / 10
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "用户ID,商品ID,行为类型,时间戳\n768933,4073737,购买,1512189107\n";

    #[test]
    fn marks_utf8_and_gb18030_give_the_same_text() {
        let (gbk, _, _) = GB18030.encode(TEXT);
        let marked = [b"\xef\xbb\xbf".as_slice(), TEXT.as_bytes()].concat();
        let wide: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(TEXT.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        for (bytes, name) in [
            (TEXT.as_bytes(), "utf-8"),
            (&marked, "utf-8"),
            (&gbk, "gb18030"),
            (&wide, "utf-16le"),
        ] {
            let decoded = decode(bytes, Wanted::Auto).unwrap();
            assert_eq!((decoded.text.as_ref(), decoded.encoding), (TEXT, name));
            assert_eq!(decoded.replaced, 0);
        }
    }

    #[test]
    fn a_cut_last_character_is_still_utf8() {
        let bytes = TEXT.repeat(5);
        let cut = bytes.len() - 40;
        let cut = (cut..bytes.len())
            .find(|n| !bytes.is_char_boundary(*n))
            .unwrap();
        let decoded = decode(&bytes.as_bytes()[..cut], Wanted::Auto).unwrap();
        assert_eq!((decoded.encoding, decoded.replaced), ("utf-8", 1));
    }

    #[test]
    fn other_files_are_refused_by_name() {
        assert_eq!(
            decode(b"PK\x03\x04rest", Wanted::Auto).unwrap_err(),
            NotText::Workbook
        );
        assert_eq!(
            decode(&[0; 100], Wanted::Auto).unwrap_err(),
            NotText::Binary
        );
        let (latin, _, _) = encoding_rs::WINDOWS_1252.encode("prénom,âge,été,à côté,déjà\n");
        assert!(matches!(
            decode(&latin, Wanted::Auto),
            Err(NotText::Encoding(0xe9, 1))
        ));
    }

    #[test]
    fn short_gb18030_files_with_english_headings_are_read() {
        for text in [
            "brand,date,a\n李宁,2026-11-15,1\n",
            "u0,2026-11-01,pv,群聊\n",
            "brand,gmv\noak,￥100\n",
            "brand,date,a\n茅台,2026-11-15,1\n",
        ] {
            let (bytes, _, _) = GB18030.encode(text);
            let decoded = decode(&bytes, Wanted::Auto).unwrap();
            assert_eq!((decoded.text.as_ref(), decoded.encoding), (text, "gb18030"));
        }
    }

    #[test]
    fn utf8_that_could_be_hanzi_stays_what_it_is() {
        for text in [
            "brand,gmv\nL'Oréal,¥100\nNestlé,¥20\n",
            "Häagen-Dazs · Lancôme\n",
            "дом,אבג\n",
            "e\u{328}\n",
        ] {
            let decoded = decode(text.as_bytes(), Wanted::Auto).unwrap();
            assert_eq!((decoded.text.as_ref(), decoded.encoding), (text, "utf-8"));
        }
    }

    #[test]
    fn text_that_was_decoded_twice_is_noticed() {
        let twice: String = TEXT.bytes().map(char::from).collect();
        assert!(decode(twice.as_bytes(), Wanted::Auto).unwrap().doubled);
        assert!(!decode(TEXT.as_bytes(), Wanted::Auto).unwrap().doubled);
    }
}
