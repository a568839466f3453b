//! Text that is looked for by what it says and by how it sounds: every character keeps its pinyin.
//!
//! A query walks along the characters. A character is met by itself, by its whole syllable or by
//! the initial of it, so that `策略`, `celue`, `clrq`, `cel人群` find 策略人群 and a query never
//! begins inside a syllable. One reading is kept for each character; [`READINGS`] names the words
//! in which another one is right.

use std::sync::LazyLock;

use nucleo_matcher::{Matcher, Utf32Str};
use pinyin::ToPinyin;
use rustc_hash::FxHashMap;

/// Words whose characters are read otherwise than alone, syllables divided by blanks.
const READINGS: &[(&str, &str)] = &[
    ("重新", "chong xin"),
    ("重做", "chong zuo"),
    ("重算", "chong suan"),
    ("重叠", "chong die"),
    ("重置", "chong zhi"),
    ("重设", "chong she"),
    ("去重", "qu chong"),
    ("行业", "hang ye"),
    ("首行", "shou hang"),
    ("末行", "mo hang"),
    ("一行", "yi hang"),
    ("每行", "mei hang"),
    ("行首", "hang shou"),
    ("行尾", "hang wei"),
    ("换行", "huan hang"),
    ("行数", "hang shu"),
    ("排行", "pai hang"),
    ("这些行为", "zhe xie xing wei"),
    ("一行为", "yi xing wei"),
    ("增长", "zeng zhang"),
    ("成长", "cheng zhang"),
    ("舰长", "jian zhang"),
    ("长信", "chang xin"),
    ("还原", "huan yuan"),
    ("归还", "gui huan"),
    ("返还", "fan huan"),
    ("都市", "du shi"),
    ("角色", "jue se"),
    ("调整", "tiao zheng"),
    ("协调", "xie tiao"),
    ("传播", "chuan bo"),
    ("转化", "zhuan hua"),
    ("流转", "liu zhuan"),
    ("参与", "can yu"),
    ("系数", "xi shu"),
    ("关系", "guan xi"),
    ("下载", "xia zai"),
    ("载入", "zai ru"),
    ("降序", "jiang xu"),
    ("倒序", "dao xu"),
    ("便宜", "pian yi"),
    ("银行", "yin hang"),
    ("同行", "tong hang"),
    ("省份", "sheng fen"),
    ("提供", "ti gong"),
    ("累计", "lei ji"),
    ("薄弱", "bo ruo"),
    ("着重", "zhuo zhong"),
    ("分量", "fen liang"),
    ("量级", "liang ji"),
    ("总量", "zong liang"),
    ("率", "lv"),
    ("略", "lve"),
    ("召回", "zhao hui"),
    ("种草", "zhong cao"),
    ("朝阳", "chao yang"),
    ("重庆", "chong qing"),
    ("厦门", "xia men"),
    ("长沙", "chang sha"),
    ("乐活", "le huo"),
    ("音乐", "yin yue"),
    ("会计", "kuai ji"),
    ("会员", "hui yuan"),
    ("曾用", "ceng yong"),
    ("地区", "di qu"),
    ("挑选", "tiao xuan"),
    ("给出", "gei chu"),
    ("数据", "shu ju"),
    ("没有", "mei you"),
    ("单价", "dan jia"),
    ("差距", "cha ju"),
    ("得分", "de fen"),
    ("更深", "geng shen"),
    ("更浅", "geng qian"),
    ("为副本", "wei fu ben"),
    ("只截", "zhi jie"),
];

/// Characters of a text that count; names of a megabyte are cut.
const LONGEST: usize = 120;
/// Steps of one walk: enough for every text that can be read, and an end for those that cannot.
const STEPS: u32 = 4000;

/// The text as it counts in a comparison: full-width forms and letters of any case are one.
pub(super) fn folded(text: &str) -> Vec<char> {
    text.chars().flat_map(fold).collect()
}

fn fold(c: char) -> impl Iterator<Item = char> {
    let c = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\t' | '\n' | '\r' => ' ',
        '￥' => '¥',
        '−' => '-',
        other => other,
    };
    c.to_lowercase()
}

/// Whether a character only divides what stands beside it.
fn divides(c: char) -> bool {
    c.is_whitespace()
        || (c.is_ascii_punctuation() && !"+%".contains(c))
        || "·：，。、；（）《》“”｜—…".contains(c)
}

fn is_chinese(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c)
}

/// How well a word fits a text; the smaller the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// It is the text, or its full pinyin.
    Whole,
    /// The initials of the text, or initials and syllables mixed.
    Initials,
    /// The text begins with it.
    Begins,
    /// A word inside the text begins with it; in Chinese any character.
    Inside,
    /// It stands inside a word.
    Within,
}

/// Where a word was found, in characters of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub grade: Grade,
    pub from: usize,
    pub to: usize,
}

/// A text with its readings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Hay {
    chars: Vec<char>,
    /// One syllable for every character; empty where there is no Chinese at all.
    readings: Vec<&'static str>,
}

impl Hay {
    pub(super) fn new(text: &str) -> Self {
        let head: String = text.chars().take(LONGEST).collect();
        let chars = folded(&head);
        let chinese = chars.iter().any(|c| is_chinese(*c));
        let readings = if chinese {
            readings(&chars)
        } else {
            Vec::new()
        };
        Self { chars, readings }
    }

    pub(super) fn len(&self) -> usize {
        self.chars.len()
    }

    /// The characters that a word must be made of to be found here, as bits.
    pub(super) fn mask(&self) -> u64 {
        let own = mask(&self.chars);
        let heard = self.readings.iter().flat_map(|r| r.chars());
        let heard = heard.fold(0, |bits, c| bits | bit(c));
        let u = if heard & bit('v') == 0 { 0 } else { bit('u') };
        own | heard | u
    }

    /// The best place of a word.
    pub(super) fn find(&self, word: &[char]) -> Option<Found> {
        let mut best: Option<Found> = None;
        for from in 0..self.chars.len() {
            if let Some(found) = self.find_at(word, from)
                && best.is_none_or(|b| found.grade < b.grade)
            {
                best = Some(found);
                if found.grade <= Grade::Begins {
                    break;
                }
            }
        }
        best
    }

    fn find_at(&self, word: &[char], from: usize) -> Option<Found> {
        let first = *self.chars.get(from)?;
        if divides(first) && word.first() != Some(&first) {
            return None;
        }
        let (to, whole_syllables) = self.walk(from, word, &mut { STEPS })?;
        let starts = self.chars.iter().take(from).all(|c| divides(*c));
        let ends = self.chars.iter().skip(to).all(|c| divides(*c));
        let inside_word = from > 0
            && !is_chinese(first)
            && self
                .chars
                .get(from - 1)
                .is_some_and(|c| c.is_alphanumeric() && !is_chinese(*c));
        let grade = match (starts, ends) {
            (true, true) if whole_syllables => Grade::Whole,
            (true, true) => Grade::Initials,
            (true, false) => Grade::Begins,
            (false, _) if inside_word => Grade::Within,
            (false, _) => Grade::Inside,
        };
        Some(Found { grade, from, to })
    }

    /// Walks along the characters from `at`; gives where the word ends and whether every syllable
    /// was spelled out.
    fn walk(&self, at: usize, word: &[char], steps: &mut u32) -> Option<(usize, bool)> {
        *steps = steps.checked_sub(1)?;
        let Some(first) = word.first() else {
            return Some((at, true));
        };
        let here = *self.chars.get(at)?;
        if here == *first
            && let Some(found) = self.walk(at + 1, &word[1..], steps)
        {
            return Some(found);
        }
        if divides(here) {
            return self.walk(at + 1, word, steps);
        }
        self.sounded(at, word, steps)
    }

    /// The same, where the character is met by its sound.
    fn sounded(&self, at: usize, word: &[char], steps: &mut u32) -> Option<(usize, bool)> {
        let syllable = self.readings.get(at)?;
        let common = common(syllable, word);
        let whole = syllable.len();
        let two = ["zh", "ch", "sh"].iter().any(|i| syllable.starts_with(i));
        for part in (1..=common).rev() {
            let last = part == word.len();
            let allowed = part == whole || part == 1 || last || (part == 2 && two);
            if !allowed {
                continue;
            }
            if let Some((to, spelled)) = self.walk(at + 1, &word[part..], steps) {
                return Some((to, spelled && part == whole));
            }
        }
        None
    }

    /// Where the characters of a word stand one after the other, with a score; the last resort.
    pub(super) fn scattered(
        &self,
        matcher: &mut Matcher,
        word: &[char],
        places: &mut Vec<u32>,
    ) -> Option<u16> {
        places.clear();
        if word.len() < 2 || word.len() > self.chars.len() {
            return None;
        }
        let score = matcher.fuzzy_indices(
            Utf32Str::Unicode(&self.chars),
            Utf32Str::Unicode(word),
            places,
        )?;
        // A letter here and a letter there is a coincidence, not a find.
        let good = word.len() * 14;
        (usize::from(score) >= good).then_some(score)
    }
}

/// How many letters of a syllable the word begins with; `u` stands for `ü` too.
fn common(syllable: &str, word: &[char]) -> usize {
    let same = |(a, b): &(char, &char)| a == *b || (*a == 'v' && matches!(b, 'u' | 'ü'));
    syllable.chars().zip(word).take_while(same).count()
}

/// A word of [`READINGS`], ready to be compared.
struct Reading {
    word: Vec<char>,
    said: Vec<&'static str>,
}

/// The words by their first character.
static WORDS: LazyLock<FxHashMap<char, Vec<Reading>>> = LazyLock::new(|| {
    let mut words: FxHashMap<char, Vec<Reading>> = FxHashMap::default();
    for (word, said) in READINGS {
        let word: Vec<char> = word.chars().collect();
        let said = said.split(' ').collect();
        if let Some(first) = word.first() {
            words
                .entry(*first)
                .or_default()
                .push(Reading { word, said });
        }
    }
    words
});

fn readings(chars: &[char]) -> Vec<&'static str> {
    let alone = |c: &char| c.to_pinyin().map_or("", pinyin::Pinyin::plain);
    let mut found: Vec<&'static str> = chars.iter().map(alone).collect();
    for (at, c) in chars.iter().enumerate() {
        let words = WORDS.get(c).map_or(&[][..], Vec::as_slice);
        let rest = chars.get(at..).unwrap_or_default();
        for reading in words.iter().filter(|r| rest.starts_with(&r.word)) {
            for (slot, syllable) in found.iter_mut().skip(at).zip(&reading.said) {
                *slot = syllable;
            }
        }
    }
    found
}

fn bit(c: char) -> u64 {
    1 << match c {
        'a'..='z' => c as u32 - 'a' as u32,
        '0'..='9' => 26 + c as u32 - '0' as u32,
        other => 36 + other as u32 % 28,
    }
}

/// The characters of a word as bits: a text without all of them cannot hold it.
pub(super) fn mask(chars: &[char]) -> u64 {
    chars.iter().fold(0, |bits, c| bits | bit(*c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grade(text: &str, word: &str) -> Option<Grade> {
        Hay::new(text).find(&folded(word)).map(|f| f.grade)
    }

    #[test]
    fn a_word_is_met_by_character_syllable_and_initial() {
        for word in [
            "策略人群",
            "celuerenqun",
            "celverenqun",
            "策略renqun",
            "ＣＥＬＵＥ人群",
        ] {
            assert_eq!(grade("策略人群", word), Some(Grade::Whole), "{word}");
        }
        for word in ["clrq", "celrq", "cl人群", "clrenqun"] {
            assert_eq!(grade("策略人群", word), Some(Grade::Initials), "{word}");
        }
        for word in ["c", "celu", "策", "clr", "celuer"] {
            assert_eq!(grade("策略人群", word), Some(Grade::Begins), "{word}");
        }
        assert_eq!(grade("策略人群", "renqun"), Some(Grade::Inside));
        assert_eq!(grade("策略人群", "rq"), Some(Grade::Inside));
        for word in ["enqun", "cle", "ccl", "策群", "celuee"] {
            assert_eq!(grade("策略人群", word), None, "{word}");
        }
    }

    #[test]
    fn english_counts_words_and_blanks_do_not_matter() {
        assert_eq!(grade("Goal seek", "goal seek"), Some(Grade::Whole));
        assert_eq!(grade("Goal seek", "goalseek"), Some(Grade::Whole));
        assert_eq!(grade("Goal seek", "GO"), Some(Grade::Begins));
        assert_eq!(grade("Goal seek", "seek"), Some(Grade::Inside));
        assert_eq!(grade("Goal seek", "eek"), Some(Grade::Within));
        assert_eq!(grade("FAST+", "fast+"), Some(Grade::Whole));
        assert_eq!(grade("FAST", "fast+"), None);
        assert_eq!(grade("O 机会", "o jihui"), Some(Grade::Whole));
    }

    #[test]
    fn words_are_read_as_they_are_said() {
        for (text, said) in [
            ("重新载入", "chongxinzairu"),
            ("重做", "chongzuo"),
            ("还原", "huanyuan"),
            ("行业均值", "hangyejunzhi"),
            ("首行", "shouhang"),
            ("行首", "hangshou"),
            ("每种行为", "meizhongxingwei"),
            ("都市银发", "dushiyinfa"),
            ("角色", "juese"),
            ("增长", "zengzhang"),
            ("调整", "tiaozheng"),
            ("转化率", "zhuanhualv"),
            ("转化率", "zhuanhualu"),
            ("策略", "celue"),
            ("去重", "quchong"),
            ("客单价", "kedanjia"),
            ("数据银行", "shujuyinhang"),
            ("会员总量", "huiyuanzongliang"),
        ] {
            assert_eq!(grade(text, said), Some(Grade::Whole), "{text} {said}");
        }
        for (word, said) in READINGS {
            assert_eq!(word.chars().count(), said.split(' ').count(), "{word}");
        }
    }

    #[test]
    fn texts_without_end_come_to_an_end() {
        let name = "南安".repeat(1_000_000);
        let word = folded(&format!("{}x", "nan".repeat(60)));
        assert_eq!(Hay::new(&name).find(&word), None);
        let blanks = format!("{}x", " ".repeat(1_000_000));
        assert_eq!(grade(&blanks, "x"), None);
    }

    #[test]
    fn a_mask_never_hides_what_would_be_found() {
        for (text, word) in [
            ("转化率", "zhl"),
            ("策略人群", "celue"),
            ("Z世代", "z世代"),
            ("客单价 AOV", "aov"),
        ] {
            let word = folded(word);
            assert!(Hay::new(text).find(&word).is_some());
            assert_eq!(Hay::new(text).mask() & mask(&word), mask(&word), "{text}");
        }
    }
}
