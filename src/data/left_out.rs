//! Rows that are left out on purpose: how many for each reason, and the line of the first.

use rustc_hash::FxHashMap;

use super::line::Excluded;
use super::report::{Draft, note, warning};
use super::text::suggestion;
use crate::facts::Code;

/// Rows left out on purpose, with the line of the first.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    totals: (u64, u64),
    blank: (u64, u64),
    no_brand: (u64, u64),
    actions: FxHashMap<String, (u64, u64)>,
    metrics: FxHashMap<String, (u64, u64)>,
}

/// Rows and the line of the first, by raw text.
type Named = FxHashMap<String, (u64, u64)>;

fn count(entry: &mut (u64, u64), rows: u64, line: u64) {
    if entry.0 == 0 {
        entry.1 = line;
    }
    entry.0 += rows;
}

/// Adds the rows of a later block. Beyond a hundred texts, all others have one entry.
fn join(to: &mut Named, from: Named, lines: u64) {
    let mut found: Vec<(String, (u64, u64))> = from.into_iter().collect();
    found.sort_unstable_by_key(|(_, (_, line))| *line);
    for (raw, (rows, line)) in found {
        let full = to.len() >= 100 && !to.contains_key(&raw);
        let entry = to.entry(if full { "…".to_owned() } else { raw });
        count(entry.or_default(), rows, line + lines);
    }
}

impl LeftOut {
    /// Adds a row.
    pub(super) fn add(&mut self, why: Excluded, line: u64) {
        let entry = match why {
            Excluded::Totals => &mut self.totals,
            Excluded::Blank => &mut self.blank,
            Excluded::NoBrand => &mut self.no_brand,
            Excluded::UnknownAction(raw) => self.actions.entry(raw).or_default(),
            Excluded::UnknownMetric(raw) => self.metrics.entry(raw).or_default(),
        };
        count(entry, 1, line);
    }

    /// Adds the rows of the next block of the file, which begins after this many lines.
    pub(super) fn absorb(&mut self, rows: Self, lines: u64) {
        for (to, (rows, line)) in [
            (&mut self.totals, rows.totals),
            (&mut self.blank, rows.blank),
            (&mut self.no_brand, rows.no_brand),
        ] {
            if rows > 0 {
                count(to, rows, line + lines);
            }
        }
        join(&mut self.actions, rows.actions, lines);
        join(&mut self.metrics, rows.metrics, lines);
    }

    /// One problem for each reason, in the order of the lines.
    pub(super) fn problems(self) -> Vec<(u64, Draft)> {
        let mut found: Vec<(u64, Draft)> = [
            (
                self.totals,
                Code::Totals,
                ["rows of totals are left out", "已排除合计行"],
            ),
            (
                self.blank,
                Code::Row,
                ["blank rows are left out", "已排除空行"],
            ),
            (
                self.no_brand,
                Code::NoBrand,
                ["rows without a brand are left out", "已排除没有品牌的行"],
            ),
        ]
        .into_iter()
        .filter(|((count, _), _, _)| *count > 0)
        .map(|((count, line), code, [en, zh])| (line, note(code, en, zh).count(count)))
        .collect();
        for (raw, (count, line)) in self.actions {
            let draft = warning(
                Code::UnknownAction,
                "an unknown action is left out",
                "已排除未知行为",
            )
            .found(&raw)
            .help([
                "map it with `values.action` in the manifest",
                "请在清单的 `values.action` 中映射",
            ]);
            found.push((line, draft.count(count)));
        }
        for (raw, (count, line)) in self.metrics {
            let known = crate::metrics::METRICS.iter().map(|m| m.id);
            let draft = warning(
                Code::UnknownName,
                "an unknown metric is left out",
                "已排除未知指标",
            )
            .found(&raw)
            .help(suggestion(&raw, known));
            found.push((line, draft.count(count)));
        }
        found.sort_by_key(|(line, _)| *line);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_texts_are_named_and_the_rest_is_counted() {
        let mut all = LeftOut::default();
        for block in 0..3u64 {
            let mut rows = LeftOut::default();
            for line in 1..=60 {
                let raw = format!("{}", block * 50 + line);
                rows.add(Excluded::UnknownAction(raw), line);
            }
            rows.add(Excluded::Totals, 61);
            all.absorb(rows, block * 61);
        }
        let found: Vec<_> = all
            .problems()
            .into_iter()
            .map(|(l, d)| (l, d.finish()))
            .collect();
        assert_eq!(found.len(), 102);
        assert_eq!(found.iter().map(|(_, p)| p.count).sum::<u64>(), 183);
        assert_eq!(found.iter().find(|(_, p)| p.count == 3).unwrap().0, 61);
        assert_eq!(found.last().unwrap().1.found, "…");
    }
}
