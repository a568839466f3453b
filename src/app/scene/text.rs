//! Values of a scene as text on one line: what would end a value, or a shell's quotes, is written
//! as `%` and two hexadecimal digits for each byte, and a space as `+`.

use std::fmt::Write as _;

use crate::facts::Condition;

/// Characters that stand for themselves nowhere in a value.
const SPECIAL: &str = "%&+'\"\\`$!";

fn with(text: &str, special: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' => out.push('+'),
            c if special.contains(c) || c.is_control() || c.is_whitespace() => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    write!(out, "%{byte:02X}").ok();
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// A value as it stands in the text of a scene.
pub(super) fn escaped(text: &str) -> String {
    with(text, SPECIAL)
}

/// The value again; a `%` without two digits stands for itself.
pub(super) fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|h| std::str::from_utf8(h).ok());
        let code = hex.and_then(|h| u8::from_str_radix(h, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                bytes.push(code);
                rest = tail.get(2..).unwrap_or_default();
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(byte),
        }
        rest = tail;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An item of a list inside a value.
pub(super) fn item(text: &str) -> String {
    with(text, "%&+'\"\\`$!,;=:~/")
}

/// Conditions of a slice; a value may hold any character.
pub(super) fn conditions(list: &[Condition]) -> String {
    let one = |c: &Condition| {
        let values: Vec<String> = c.values.iter().map(|v| item(v)).collect();
        let sign = if c.negated { "~" } else { "" };
        format!("{}={sign}{}", item(&c.dimension), values.join(","))
    };
    list.iter().map(one).collect::<Vec<_>>().join(";")
}

/// The conditions again; `None` when a part is no condition.
pub(super) fn read_conditions(text: &str) -> Option<Vec<Condition>> {
    let one = |part: &str| {
        let (dimension, values) = part.split_once('=')?;
        let (negated, values) = match values.strip_prefix('~') {
            Some(values) => (true, values),
            None => (false, values),
        };
        let values: Vec<String> = values.split(',').map(unescaped).collect();
        let dimension = unescaped(dimension);
        (!dimension.is_empty()).then_some(Condition {
            dimension,
            negated,
            values,
        })
    };
    text.split(';').filter(|p| !p.is_empty()).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_comes_back(text in any::<String>()) {
            prop_assert_eq!(&unescaped(&escaped(&text)), &text);
            prop_assert_eq!(&unescaped(&item(&text)), &text);
            prop_assert!(!escaped(&text).contains(['&', '\'', '\n', ' ']));
        }

        #[test]
        fn any_slice_comes_back(
            list in prop::collection::vec(
                (".{1,8}", any::<bool>(), prop::collection::vec("(?s).{0,6}", 1..4)), 0..4)
        ) {
            let list: Vec<Condition> = list
                .into_iter()
                .map(|(dimension, negated, values)| Condition { dimension, negated, values })
                .collect();
            prop_assert_eq!(read_conditions(&conditions(&list)), Some(list));
        }
    }
}
