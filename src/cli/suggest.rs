//! "Did you mean": the known word that is nearest to one that is not known.

use std::fmt::Write as _;

use super::failure::Failure;

/// How many known words an error lists.
const LISTED: usize = 12;

/// How near a word must be to be suggested, 0 to 1.
const NEAR: f64 = 0.65;

/// The error for a word that none of the known ones equals.
pub(super) fn unknown(what: &str, found: &str, known: &[&str]) -> Failure {
    let meant =
        nearest(found, known).map_or(String::new(), |word| format!("; did you mean `{word}`?"));
    let more = known.len().saturating_sub(LISTED);
    let mut list = known
        .iter()
        .copied()
        .take(LISTED)
        .collect::<Vec<_>>()
        .join(", ");
    if more > 0 {
        write!(list, " and {more} more").ok();
    }
    if list.is_empty() {
        list.push_str("none");
    }
    Failure::Usage(format!("unknown {what} `{found}`{meant} (known: {list})"))
}

/// Whether a text is a known word with at most one slip for every three letters.
pub(super) fn is_slip(found: &str, word: &str) -> bool {
    strsim::damerau_levenshtein(found, word) <= word.len() / 3
}

/// The known word that is nearest to a word, if one is near.
pub(super) fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    let found = found.to_lowercase();
    let score = |word: &str| {
        let word = word.to_lowercase();
        let same_start = strsim::jaro_winkler(&found, &word);
        same_start.max(strsim::normalized_damerau_levenshtein(&found, &word))
    };
    known
        .iter()
        .map(|word| (score(word), *word))
        .filter(|(score, _)| *score >= NEAR)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_a_word_with_few_wrong_letters() {
        assert!(is_slip("metrcs", "metrics") && is_slip("chekc", "check"));
        assert!(!is_slip("my-brand", "man") && !is_slip("demon-data", "demo"));
    }

    #[test]
    fn the_nearest_word_is_suggested_and_the_list_is_short() {
        let Failure::Usage(text) = unknown("brand", "oka", &["pine", "oak"]) else {
            panic!("not a usage error");
        };
        assert_eq!(
            text,
            "unknown brand `oka`; did you mean `oak`? (known: pine, oak)"
        );
        let many: Vec<String> = (0..50).map(|i| format!("brand{i}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let Failure::Usage(text) = unknown("brand", "zzz", &many) else {
            panic!("not a usage error");
        };
        assert!(text.ends_with("brand11 and 38 more)") && !text.contains("mean"));
    }
}
