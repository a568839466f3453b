//! A new data set: a manifest that explains itself and tables with nothing but their headings, for
//! somebody who has exports and no folder yet.
//!
//! Headings come from [`COLUMNS`](super::COLUMNS). Each table has an example in the manifest, as a
//! comment: an example among the data would be taken for data.

use std::fmt::Write as _;

use super::columns::{Column, Kind};

/// The languages of comments and headings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Chinese headings, as exports have them.
    Chinese,
    /// The names of the columns.
    English,
}

/// A table of a new data set: what it is for, in Chinese and English, and cells of an example.
struct Starter {
    kind: Kind,
    says: [&'static str; 2],
    example: &'static [(&'static str, &'static str)],
}

#[rustfmt::skip]
const TABLES: [Starter; 8] = [
    Starter { kind: Kind::Stock, says: ["平台 AIPL 人数（数据银行导出），每个品牌每天一行", "platform AIPL, as Data Bank exports it: a row for each brand and day"],
        example: &[("brand", "mine"), ("date", "2026-11-15"), ("a", "1200000"), ("i", "300000"), ("p", "80000"), ("l", "20000")] },
    Starter { kind: Kind::Flow, says: ["阶段之间的流转人数，期初到期末", "people who moved between stages, first day to last day"],
        example: &[("brand", "mine"), ("from_date", "2026-11-08"), ("to_date", "2026-11-15"), ("from", "a"), ("to", "i"), ("people", "45000")] },
    Starter { kind: Kind::Fast, says: ["FAST 中平台直接给出的部分：关系加深、会员", "the parts of FAST that the platform gives: deepening, members"],
        example: &[("brand", "mine"), ("date", "2026-11-15"), ("deepen_people", "110000"), ("members", "260000"), ("active_members", "52000")] },
    Starter { kind: Kind::Sales, says: ["成交：按人群或阶段", "what crowds or layers bought"],
        example: &[("brand", "mine"), ("date", "2026-11-15"), ("crowd", "genz"), ("buyers", "18000"), ("gmv", "5400000")] },
    Starter { kind: Kind::Targets, says: ["目标：指标、人群、周期、负责人", "targets: metric, crowd, period, owner"],
        example: &[("brand", "mine"), ("metric", "fast.f"), ("target", "1800000"), ("period", "2026-Q4"), ("owner", "CMO")] },
    Starter { kind: Kind::Benchmarks, says: ["行业基准：均值、中位值、优秀值", "values of the category: mean, median, excellent"],
        example: &[("category", "skincare"), ("metric", "fast.f"), ("kind", "mean"), ("value", "1500000")] },
    Starter { kind: Kind::Events, says: ["行为日志，一行一个行为；有它就能任意切片", "the event log, a row for each event; it makes every slice possible"],
        example: &[("consumer", "u1"), ("time", "2026-11-14 20:15:00"), ("action", "order"), ("brand", "mine"), ("channel", "live"), ("amount", "299")] },
    Starter { kind: Kind::Consumers, says: ["消费者属性；任何一列都可用于切片", "attributes of consumers; every column is a slice"],
        example: &[("consumer", "u1"), ("crowd", "genz"), ("city_tier", "tier1")] },
];

/// The files of a new data set of this name, the manifest first.
pub fn starter(name: &str, tongue: Tongue) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![(
        "dataset.toml".to_owned(),
        manifest(name, tongue).into_bytes(),
    )];
    for table in &TABLES {
        // The mark tells Excel that the text is UTF-8.
        let text = format!("\u{feff}{}\r\n", headings(table.kind, tongue).join(","));
        files.push((file(table.kind), text.into_bytes()));
    }
    files
}

fn file(kind: Kind) -> String {
    format!("{}.csv", kind.id())
}

fn heading(column: &Column, tongue: Tongue) -> &'static str {
    match (tongue, column.aliases_zh.first()) {
        (Tongue::Chinese, Some(zh)) => zh,
        _ => column.name,
    }
}

fn headings(kind: Kind, tongue: Tongue) -> Vec<&'static str> {
    kind.columns().map(|c| heading(c, tongue)).collect()
}

fn pick(tongue: Tongue, [zh, en]: [&str; 2]) -> &str {
    match tongue {
        Tongue::Chinese => zh,
        Tongue::English => en,
    }
}

fn manifest(name: &str, tongue: Tongue) -> String {
    let say = |texts| pick(tongue, texts);
    let mut text = String::new();
    let head = say([
        "# fastdeck 数据集。把导出的数据填进旁边的表（或把 file 改成导出的文件名），然后：\n\
         #   fastdeck check 这个文件夹     逐条列出问题\n\
         #   fastdeck 这个文件夹 --watch   打开看板，文件一变就重新载入\n\
         # 不需要的表可以连同下面的 [[table]] 一起删掉；fastdeck format 列出全部表与列。\n",
        "# A fastdeck data set. Fill the tables beside this file (or name your exports in `file`), then:\n\
         #   fastdeck check THIS_FOLDER     lists every problem\n\
         #   fastdeck THIS_FOLDER --watch   opens the dashboard and follows the files\n\
         # Tables that are not needed may go, with their [[table]]; `fastdeck format` lists all columns.\n",
    ]);
    text += head;
    let name = toml::Value::from(name);
    let _ = writeln!(text, "format = 1\nname = {name}");
    text += say([
        "# as_of = \"2026-11-15\"          # 看哪一天；不写则为数据中最后一个完整的日子\n",
        "# as_of = \"2026-11-15\"          # the day to show; else the last complete day\n",
    ]);
    text += say([
        "\n[[brand]]\nid = \"mine\"\nname_zh = \"我的品牌\"\nname_en = \"My brand\"\ncategory = \"skincare\"\n",
        "\n[[brand]]\nid = \"mine\"\nname_zh = \"我的品牌\"\nname_en = \"My brand\"\ncategory = \"skincare\"\n",
    ]);
    text += say([
        "\n# 策略人群：population 为该人群的总人数，用于渗透率\n",
        "\n# A strategy crowd; population is how many people it has, for penetration\n",
    ]);
    text += "[[crowd]]\nid = \"genz\"\nname_zh = \"Z世代\"\nname_en = \"Gen Z\"\npopulation = 3000000\n";
    for table in &TABLES {
        text += &entry(table, tongue);
    }
    text
}

/// The entry of a table, with what it is, its required columns and an example.
fn entry(table: &Starter, tongue: Tongue) -> String {
    let must = table.kind.columns().filter(|c| c.required);
    let must: Vec<&str> = must.map(|c| heading(c, tongue)).collect();
    let words = pick(tongue, ["必填", "required"]);
    let (must, row) = (
        must.join(pick(tongue, ["、", ", "])),
        example(table).join(","),
    );
    let (says, sample) = (pick(tongue, table.says), pick(tongue, ["例", "example"]));
    let (kind, file) = (table.kind.id(), file(table.kind));
    format!(
        "\n# {says}\n# {words}: {must}\n# {sample}: {row}\n[[table]]\nkind = \"{kind}\"\nfile = \"{file}\"\n"
    )
}

/// The example of a table, a cell for each column.
fn example(table: &Starter) -> Vec<&'static str> {
    let cell = |column: &Column| {
        let found = table.example.iter().find(|(name, _)| *name == column.name);
        found.map_or("", |(_, value)| *value)
    };
    table.kind.columns().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Input, Options, load};
    use crate::facts::{Code, Dataset, Severity};

    fn loaded(files: Vec<(String, Vec<u8>)>) -> Dataset {
        let input = Input::Memory(files);
        match load(&input, &Options::default(), &mut |_| true) {
            Ok(data) => data,
            Err(error) => panic!("{error:?}"),
        }
    }

    #[test]
    fn every_example_names_columns_of_its_table() {
        for table in &TABLES {
            for (name, _) in table.example {
                assert!(table.kind.columns().any(|c| c.name == *name), "{name}");
            }
            let named = |c: &Column| table.example.iter().any(|(name, _)| *name == c.name);
            assert!(table.kind.columns().filter(|c| c.required).all(named));
        }
    }

    #[test]
    fn a_new_data_set_has_no_errors_and_takes_the_examples() {
        for tongue in [Tongue::Chinese, Tongue::English] {
            let mut files = starter("新 \"数据\"", tongue);
            let empty = loaded(files.clone());
            assert_eq!(empty.name, "新 \"数据\"");
            let bad = empty
                .problems
                .iter()
                .filter(|p| p.severity == Severity::Error);
            assert_eq!(bad.count(), 0, "{:?}", empty.problems);
            for (table, (_, text)) in TABLES.iter().zip(files.iter_mut().skip(1)) {
                let row = format!("{}\r\n", example(table).join(","));
                text.extend(row.as_bytes());
            }
            let full = loaded(files);
            let used: Vec<u64> = full.sources.iter().map(|s| s.used).collect();
            assert_eq!(used, [1; TABLES.len()], "{:?}", full.problems);
            // One row of a flow does not add up to the stock; nothing else is wrong.
            let mut warned = full.problems.iter().filter(|p| p.severity > Severity::Note);
            assert!(
                warned.all(|p| p.code == Code::Identity),
                "{:?}",
                full.problems
            );
        }
    }
}
