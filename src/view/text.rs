//! Words and widths: the two languages, harmless text, and how many columns a text takes.
//!
//! Text from files is untrusted. [`clean`] makes it harmless, [`glyphs`] cuts it into what one cell
//! (or two) can hold, and every width in the program is the sum of these glyphs. No other function
//! may decide how wide a text is.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::app::{Language, names};
use crate::board::{Against, Source};
use crate::facts::{ROLE_DIMENSION, TOUCH_DIMENSIONS};
use crate::metrics::aipl::State;
use crate::metrics::benchmark::BenchmarkKind;
use crate::metrics::fast::Denominator;
use crate::metrics::fast_plus::{Field, Role};
use crate::metrics::{Day, Metric, Unit, Value, Why};

use super::number::Number;

/// Combining marks that one base character may carry; more are dropped.
const MARKS: usize = 8;

/// The text of the language.
pub fn pick<'a>(language: Language, zh: &'a str, en: &'a str) -> &'a str {
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

/// The entry of a `[zh, en]` pair.
pub fn of<'a>(language: Language, pair: &[&'a str; 2]) -> &'a str {
    pick(language, pair[0], pair[1])
}

/// The text without anything that could move the cursor, turn the writing direction or hide:
/// control characters become visible marks, bidi and zero-width characters vanish, and a base
/// character keeps at most eight combining marks.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| simple(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars().filter_map(harmless) {
        marks = if c.width() == Some(0) { marks + 1 } else { 0 };
        if marks <= MARKS && !(marks > 0 && out.is_empty()) && !is_lone_tone(&out, c) {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// A skin tone without the emoji that it belongs to: it would join whatever stands before it, and
/// the width of a text would depend on its neighbours.
fn is_lone_tone(before: &str, c: char) -> bool {
    let tone = |c: char| ('\u{1f3fb}'..='\u{1f3ff}').contains(&c);
    let joins = |base: char| {
        let pair: String = [base, c].into_iter().collect();
        base.width() > Some(0) && !tone(base) && pair.width() == 2
    };
    tone(c) && !before.chars().next_back().is_some_and(joins)
}

/// The width of a character that is harmless and a glyph of its own wherever its neighbours are
/// such characters too; nearly all text on a screen is made of them.
pub fn simple(c: char) -> Option<usize> {
    match c {
        ' '..='~'
        | '·'
        | '×'
        | '÷'
        | '–'
        | '—'
        | '…'
        | '−'
        | '\u{2190}'..='\u{2193}'
        | '\u{2500}'..='\u{259f}'
        | '■'
        | '▲'
        | '▼'
        | '●'
        | '\u{2800}'..='\u{28ff}' => Some(1),
        '、' | '。' | '\u{3400}'..='\u{9fff}' | '\u{ff01}'..='\u{ff5e}' => Some(2),
        _ => None,
    }
}

/// The character that stands for `c` on a screen; `None` drops it.
fn harmless(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\0'..='\u{1f}' => char::from_u32(0x2400 + c as u32),
        '\u{7f}' => Some('␡'),
        '\u{80}'..='\u{9f}' => Some('\u{fffd}'),
        c if is_invisible(c) => None,
        c => Some(c),
    }
}

/// Format characters: bidi controls, zero-width joiners and spaces, variation selectors, tags,
/// fillers. None of them has a place in one line of text of a table.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// The text cut into glyphs with their widths, 1 or 2 columns each. The text should be clean.
pub fn glyphs(text: &str) -> Glyphs<'_> {
    Glyphs {
        rest: text,
        parts: Vec::new().into_iter(),
    }
}

/// The glyphs of a text; see [`glyphs`].
#[derive(Debug, Clone)]
pub struct Glyphs<'t> {
    rest: &'t str,
    /// What is left of a cluster that had to be split.
    parts: std::vec::IntoIter<(&'t str, usize)>,
}

impl<'t> Glyphs<'t> {
    fn take(&mut self, bytes: usize) -> &'t str {
        let (glyph, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        glyph
    }

    /// The next glyph, where it and what follows it are simple.
    fn simple(&mut self) -> Option<(&'t str, usize)> {
        let mut chars = self.rest.chars();
        let first = chars.next()?;
        let width = simple(first)?;
        let alone = chars.next().is_none_or(|next| simple(next).is_some());
        alone.then(|| (self.take(first.len_utf8()), width))
    }
}

impl<'t> Iterator for Glyphs<'t> {
    type Item = (&'t str, usize);

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(part) = self.parts.next() {
            return Some(part);
        }
        if let Some(glyph) = self.simple() {
            return Some(glyph);
        }
        loop {
            let cluster = self.rest.graphemes(true).next()?;
            let cluster = self.take(cluster.len());
            let whole = cluster.width();
            if (1..=2).contains(&whole) {
                return Some((cluster, whole));
            }
            self.parts = split_wide(cluster).into_iter();
            if let Some(part) = self.parts.next() {
                return Some(part);
            }
        }
    }
}

/// A cluster that is too wide for two cells, character by character.
fn split_wide(cluster: &str) -> Vec<(&str, usize)> {
    cluster
        .char_indices()
        .filter_map(|(at, c)| {
            let w = c.width().unwrap_or(0);
            (w > 0).then(|| (&cluster[at..at + c.len_utf8()], w))
        })
        .collect()
}

/// Columns that the text takes once it is clean.
pub fn width(text: &str) -> usize {
    if text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return text.len();
    }
    let quick: Option<usize> = text.chars().map(simple).sum();
    quick.unwrap_or_else(|| glyphs(&clean(text)).map(|(_, w)| w).sum())
}

/// The clean text in at most `columns` columns; a cut text ends in `…`.
pub fn truncate(text: &str, columns: usize) -> String {
    fit(text, columns).into_owned()
}

/// The same, without a copy of a text that is clean and fits.
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    let quick = || text.chars().map(simple).sum::<Option<usize>>();
    // No character has more than four bytes and less than one column.
    if text.len() <= columns.saturating_mul(4) && quick().is_some_and(|w| w <= columns) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(cut(text, columns))
}

fn cut(text: &str, columns: usize) -> String {
    // A name of a megabyte is cut before anything looks at all of it.
    let enough = columns.saturating_mul(8 + 4 * MARKS).saturating_add(64);
    let (head, cut) = match text.char_indices().nth(enough) {
        Some((at, _)) => (&text[..at], true),
        None => (text, false),
    };
    let head = clean(head);
    if !cut && width(&head) <= columns {
        return head.into_owned();
    }
    if columns == 0 {
        return String::new();
    }
    let mut out = String::new();
    let mut used = 0;
    for (glyph, w) in glyphs(&head) {
        if used + w > columns - 1 {
            break;
        }
        out.push_str(glyph);
        used += w;
    }
    out.push('…');
    out
}

/// The clean text in exactly `columns` columns, blanks on the right.
pub fn pad(text: &str, columns: usize) -> String {
    let mut out = truncate(text, columns);
    let blank = columns.saturating_sub(width(&out));
    out.extend(std::iter::repeat_n(' ', blank));
    out
}

/// The clean text in exactly `columns` columns, blanks on the left.
pub fn pad_left(text: &str, columns: usize) -> String {
    let out = truncate(text, columns);
    let blank = columns.saturating_sub(width(&out));
    format!("{}{out}", " ".repeat(blank))
}

/// The clean text in lines of at most `columns` columns, broken at blanks and between Chinese
/// characters; never before closing punctuation.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let text = clean(text);
    let mut lines = vec![String::new()];
    for word in words(&text) {
        let used = lines.last().map_or(0, |l| width(l));
        if used + width(word.trim_end()) <= columns {
            push_last(&mut lines, word);
            continue;
        }
        if used > 0 {
            lines.push(String::new());
        }
        for (glyph, w) in glyphs(word) {
            if lines.last().map_or(0, |l| width(l)) + w > columns {
                lines.push(String::new());
            }
            push_last(&mut lines, glyph);
        }
    }
    lines.iter().map(|l| l.trim_end().to_owned()).collect()
}

fn push_last(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

/// The pieces between which a line may break; blanks stay at the end of a piece.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let wide = |c: char| c.width() == Some(2);
        let closing = "，。、；：？！）》」』】”’…%".contains(c);
        let breaks = match before {
            Some(' ') => c != ' ',
            Some(b) => (wide(b) || wide(c)) && !closing && c != ' ' && !"（《「『【“".contains(b),
            None => false,
        };
        if breaks {
            out.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    out.push(&text[start..]);
    out
}

// -- names of the field ---------------------------------------------------------------------------

/// Name of an AIPL state.
pub fn state(language: Language, state: State) -> &'static str {
    let (zh, en) = match state {
        State::N => ("无", "None"),
        State::O => ("机会", "Opportunity"),
        State::A => ("认知", "Awareness"),
        State::I => ("兴趣", "Interest"),
        State::P => ("购买", "Purchase"),
        State::L => ("忠诚", "Loyalty"),
    };
    pick(language, zh, en)
}

/// Name of a private-domain role.
pub fn role(language: Language, role: Role) -> &'static str {
    of(language, &names::role(role))
}

/// Name of a private field.
pub fn field(language: Language, field: Field) -> &'static str {
    let (zh, en) = match field {
        Field::Shop => ("店铺", "Shop"),
        Field::Group => ("群聊", "Groups"),
        Field::Live => ("自播", "Live room"),
        Field::Service => ("专属客服", "Service"),
        Field::MiniProgram => ("小程序", "Mini program"),
        Field::Subscription => ("订阅", "Subscription"),
    };
    pick(language, zh, en)
}

/// Name of a benchmark kind.
pub fn benchmark(language: Language, kind: BenchmarkKind) -> &'static str {
    let (zh, en) = match kind {
        BenchmarkKind::Mean => ("行业均值", "category mean"),
        BenchmarkKind::Median => ("行业中位值", "category median"),
        BenchmarkKind::Excellent => ("行业优秀值", "category excellent"),
        BenchmarkKind::Rank => ("行业排名", "category rank"),
    };
    pick(language, zh, en)
}

/// What a deepening rate divides by, with its variant id.
pub fn denominator(language: Language, denominator: Denominator) -> String {
    let (zh, en) = match denominator {
        Denominator::AiplStart => ("期初 A+I+P+L", "start A+I+P+L"),
        Denominator::AipStart => ("期初 A+I+P", "start A+I+P"),
        Denominator::AiplEnd => ("期末 A+I+P+L", "end A+I+P+L"),
    };
    pick(language, zh, en).to_owned()
}

/// Two sources of a figure that were compared, in one short caption: `日志 = 平台`.
pub fn both_sources(language: Language, sign: &str) -> String {
    format!(
        "{} {sign} {}",
        pick(language, "日志", "log"),
        pick(language, "平台", "platform")
    )
}

/// Name of a source of figures.
pub fn source(language: Language, source: Source) -> &'static str {
    match source {
        Source::Events => pick(language, "事件日志", "event log"),
        Source::Platform => pick(language, "平台报表", "platform tables"),
    }
}

/// Name of a comparison.
pub fn against(language: Language, against: Against) -> &'static str {
    let (zh, en) = match against {
        Against::PreviousWeek => ("上周", "previous week"),
        Against::PreviousMonth => ("上月", "previous month"),
        Against::YearAgo => ("去年同期", "year ago"),
        Against::On(_) => ("指定日", "given day"),
    };
    pick(language, zh, en)
}

/// Day of the week.
pub fn weekday(language: Language, day: Day) -> &'static str {
    let zh = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    let en = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let i = day.weekday() as usize % 7;
    pick(language, zh[i], en[i])
}

/// Long name of a metric.
pub fn metric(language: Language, metric: &Metric) -> &'static str {
    of(language, &metric.name)
}

/// Short name of a metric.
pub fn short(language: Language, metric: &Metric) -> &'static str {
    of(language, &metric.short)
}

/// Name of a slice dimension; ids that nobody knows stay as they are.
pub fn dimension(language: Language, id: &str) -> String {
    match names::dimension(id) {
        Some(pair) => of(language, &pair).to_owned(),
        None => clean(id).into_owned(),
    }
}

/// The name of a value of a dimension.
pub fn value<'t>(language: Language, dimension: &str, value: &'t str) -> Cow<'t, str> {
    match Role::from_id(value) {
        Some(found) if dimension == ROLE_DIMENSION => Cow::Borrowed(role(language, found)),
        _ => term(language, value),
    }
}

/// Whether a dimension tells where consumers were touched.
pub fn is_touch(id: &str) -> bool {
    TOUCH_DIMENSIONS.iter().any(|(_, known)| *known == id)
}

/// Whether a consumer may have another value of a dimension on another day.
pub fn changes(id: &str) -> bool {
    id == ROLE_DIMENSION || is_touch(id)
}

/// The name of an id that is common in exports; what is not known stays as it is.
pub fn term(language: Language, id: &str) -> Cow<'_, str> {
    match names::term(id) {
        Some(pair) => Cow::Borrowed(of(language, &pair)),
        None => clean(id),
    }
}

/// The side of a bilingual text (`六品牌演示 / Six-brand demo`) that the language reads; a text
/// that is not written on both sides stays whole.
pub fn side(language: Language, text: &str) -> &str {
    let Some((left, right)) = text.split_once(" / ") else {
        return text;
    };
    let chinese = |s: &str| s.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
    match (chinese(left), chinese(right)) {
        (true, false) => pick(language, left, right),
        (false, true) => pick(language, right, left),
        _ => text,
    }
}

/// Name of a table kind.
fn table(language: Language, kind: &str) -> &str {
    match kind {
        "events" => pick(language, "事件", "events"),
        "stock" => pick(language, "AIPL 存量", "stock"),
        "flow" => pick(language, "链路流转", "flow"),
        "fast" => "FAST",
        "benchmarks" => pick(language, "行业基准", "benchmarks"),
        "sales" => pick(language, "成交", "sales"),
        "relations" => pick(language, "私域关系", "relations"),
        "orders" => pick(language, "订单报表", "orders"),
        "role_flow" => pick(language, "角色流转", "role flow"),
        "fields" => pick(language, "场域", "fields"),
        other => other,
    }
}

/// Why a figure is missing.
pub fn why(language: Language, why: Why) -> String {
    match language {
        Language::Zh => why_zh(why),
        Language::En => why_en(why),
    }
}

fn why_zh(why: Why) -> String {
    let fixed = match why {
        Why::NoTable(kind) => {
            return format!(
                "该品牌没有 {} 表，也没有事件日志",
                table(Language::Zh, kind)
            );
        }
        Why::NoRow(kind, day) => {
            return format!("{} 表在 {day} 没有数据", table(Language::Zh, kind));
        }
        Why::EmptyCell(column) => return format!("源数据 {column} 为空、被脱敏或整行为 0"),
        Why::UnionBetween(low, high) => {
            return format!(
                "角色可能重叠，去重人数在 {} 之间",
                range(Language::Zh, low, high)
            );
        }
        Why::OutsideLog(first, last) => return format!("事件日志只覆盖 {first} 至 {last}"),
        Why::NoFlow(from, to) => return format!("链路流转表没有 {from} 至 {to} 的数据"),
        Why::NoPair(from, to) => {
            return format!("链路流转表没有 {} 到 {} 这一行", from.id(), to.id());
        }
        Why::ZeroDenominator => "分母为 0",
        Why::NoCategoryEvents => "事件日志没有该品牌类目的行为",
        Why::NotSliced => "平台报表没有这个切片",
        Why::NoMembers => "没有会员事件、关系或会员总数",
        Why::NoCategory => "品牌没有类目，机会人群未知",
        Why::NoAmount => "订单没有金额",
        Why::NoPopulation => "数据集没有该人群的量级",
        Why::Overlap => "人群有重叠，相加会重复计人",
        Why::Undefined => "没有定义",
        Why::TargetOnly => "只有目标，没有现值",
        Why::NoSpread => "没有推荐或内容数据",
        Why::NotGiven => "数据集没有给出",
        Why::Pending => "事件日志尚未读入",
    };
    fixed.to_owned()
}

fn why_en(why: Why) -> String {
    match why {
        Why::UnionBetween(low, high) => format!(
            "roles may overlap: the union lies between {}",
            range(Language::En, low, high)
        ),
        other => other.to_string(),
    }
}

fn range(language: Language, low: f64, high: f64) -> String {
    let value = Value::Missing(Why::UnionBetween(low, high));
    Number::of(value, Unit::People, language).exact()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_and_bidi_characters_become_harmless() {
        assert_eq!(clean("a\u{1b}[31mb"), "a␛[31mb");
        assert_eq!(clean("a\u{202e}b\u{200b}c\u{9b}"), "abc\u{fffd}");
        assert_eq!(clean("x\ny"), "x y");
        let zalgo = format!("e{}", "\u{301}".repeat(10_000));
        assert_eq!(clean(&zalgo).chars().count(), 1 + MARKS);
    }

    #[test]
    fn skin_tones_without_a_base_do_not_join_what_stands_before() {
        let text = "👍🏽ᅡ🏽🏽🏽橡";
        assert_eq!(width(text), 4);
        assert_eq!(width(&pad(text, 7)), 7);
    }

    #[test]
    fn a_bilingual_text_is_read_on_one_side() {
        let both = "六品牌演示 / Six-brand demo";
        assert_eq!(side(Language::Zh, both), "六品牌演示");
        assert_eq!(side(Language::En, both), "Six-brand demo");
        for whole in ["a / b", "甲 / 乙", "甲/b"] {
            assert_eq!(side(Language::En, whole), whole);
        }
        assert_eq!(term(Language::Zh, "pet_food"), "宠物食品");
        assert_eq!(term(Language::Zh, "2520377"), "2520377");
    }

    #[test]
    fn a_cut_text_ends_in_an_ellipsis_and_never_in_half_a_character() {
        assert_eq!(truncate("全面性能精英", 7), "全面性…");
        assert_eq!(truncate("全面性能精英", 6), "全面…");
        assert_eq!(truncate("abc", 3), "abc");
        assert_eq!(truncate("abc", 0), "");
        assert_eq!(pad("橡木", 6), "橡木  ");
        assert_eq!(pad_left("橡木", 5), " 橡木");
    }

    #[test]
    fn simple_characters_are_harmless_and_as_wide_as_they_say() {
        let all = (0..=0xffff).filter_map(char::from_u32);
        let simple: Vec<(char, usize)> = all.filter_map(|c| Some((c, simple(c)?))).collect();
        assert!(simple.len() > 20_000);
        for (c, width) in simple {
            assert_eq!(c.width(), Some(width), "{c} {:x}", c as u32);
            assert_eq!(harmless(c), Some(c), "{c} {:x}", c as u32);
        }
    }

    #[test]
    fn chinese_wraps_between_characters_and_english_between_words() {
        assert_eq!(
            wrap("平台报表没有这个切片。", 10),
            ["平台报表没", "有这个切", "片。"]
        );
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
    }

    #[test]
    fn every_reason_speaks_both_languages() {
        let all = [
            Why::NoTable("stock"),
            Why::NotSliced,
            Why::UnionBetween(50.0, 80.0),
            Why::ZeroDenominator,
        ];
        for w in all {
            assert!(why(Language::Zh, w).chars().any(|c| c > '\u{3000}'));
            assert!(why(Language::En, w).is_ascii() || matches!(w, Why::UnionBetween(..)));
        }
        assert!(why(Language::Zh, Why::UnionBetween(50.0, 80.0)).contains("50–80"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn padded_text_has_exactly_the_width(text in "\\PC*|[\u{0}-\u{ff}]*|[\u{1100}-\u{11ff}👍🏽é\u{301}橡 a]*", columns in 0usize..40) {
            prop_assert_eq!(width(&pad(&text, columns)), columns);
            prop_assert_eq!(width(&pad_left(&text, columns)), columns);
        }

        #[test]
        fn glyphs_are_the_clusters_of_the_text(
            text in "[a橡·▲⣿…a\u{301}\u{200d}👍🏽🇨🇳\u{600}가\u{1100}\u{1161}ก\u{e33}\u{915}\u{94d}]{0,12}|\\PC*"
        ) {
            let whole = |g: &str| (1..=2).contains(&g.width());
            let slow = text.graphemes(true).flat_map(|g| {
                if whole(g) { vec![(g, g.width())] } else { split_wide(g) }
            });
            prop_assert_eq!(glyphs(&text).collect::<Vec<_>>(), slow.collect::<Vec<_>>());
        }

        #[test]
        fn fitting_is_truncating(text in "[a橡·▲ ，]{0,12}|\\PC*", columns in 0usize..16) {
            prop_assert_eq!(fit(&text, columns).into_owned(), cut(&text, columns));
        }

        #[test]
        fn wrapped_lines_never_exceed_the_width(text in "[a-z 橡木，。（]*", columns in 2usize..20) {
            for line in wrap(&text, columns) {
                prop_assert!(width(&line) <= columns, "{:?}", line);
            }
        }

        #[test]
        fn clean_text_stays_as_it_is(text in any::<String>()) {
            let once = clean(&text).into_owned();
            prop_assert!(!once.chars().any(char::is_control));
            prop_assert_eq!(clean(&once).into_owned(), once);
        }
    }
}
