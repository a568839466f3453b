//! However a table is cut and whoever reads its rows, the data set is the same.

use std::fs;

use proptest::prelude::*;

use super::load::{Pieces, load_in};
use super::{Input, LoadError, Options};
use crate::facts::Dataset;

const WHOLE: Pieces = Pieces {
    block: usize::MAX >> 2,
    whole: u64::MAX,
    plain: false,
};

/// Everything that can be seen of a load.
fn seen(input: &Input, pieces: Pieces) -> String {
    let options = Options {
        lenient: true,
        ..Options::default()
    };
    match load_in(input, &options, pieces, &mut |_| true) {
        Ok(data) => shown(&data),
        Err(LoadError::Problems(problems)) => format!("{problems:#?}"),
        Err(LoadError::Cancelled) => "cancelled".to_owned(),
    }
}

fn shown(data: &Dataset) -> String {
    let events: Vec<String> = data.log.events.iter().map(|e| format!("{e:?}")).collect();
    let consumers: Vec<_> = data.log.consumers.iter().collect();
    let log = &data.log;
    format!(
        "{:#?}",
        (
            (&data.fingerprint, &data.sources, &data.problems),
            (&data.brands, &data.crowds, &data.attributes),
            (events, consumers, data.log.events.venues.list()),
            (&log.touch_values, log.days, log.last_complete),
        )
    )
}

fn manifest(kind: &str, more: &str) -> String {
    format!(
        "format = 1\n[[crowd]]\nid = \"genz\"\n[[table]]\nkind = \"{kind}\"\nfile = \"t.csv\"\n{more}"
    )
}

/// All ways to read a table give what reading it at once, row by row, gives.
fn check(manifest: &str, table: &[u8], block: usize) -> Result<(), TestCaseError> {
    let input = Input::Memory(vec![
        ("dataset.toml".to_owned(), manifest.into()),
        ("t.csv".to_owned(), table.to_vec()),
    ]);
    let expected = seen(&input, WHOLE);
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("dataset.toml"), manifest)?;
    fs::write(folder.path().join("t.csv"), table)?;
    let on_disk = Input::Path(folder.path().to_path_buf());
    for (block, plain) in [(1 << 20, true), (block, true), (block, false)] {
        for (input, whole) in [(&input, u64::MAX), (&on_disk, 0)] {
            let pieces = Pieces {
                block,
                whole,
                plain,
            };
            let found = seen(input, pieces);
            prop_assert_eq!(
                &found,
                &expected,
                "{:?} {}",
                pieces,
                String::from_utf8_lossy(table)
            );
        }
    }
    Ok(())
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "(oak|elm|抖音|渠道 一|a b)",
        1 => "(-|nike|null|a\\+b|1\\.5E\\+11|合计|总 计|\u{3000}汇总| x |\u{200b}y|e\u{301})",
        1 => "[a-c]{1,12}",
    ]
}

fn consumer() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "(u[0-9]{1,2}|[1-9][0-9]{0,17}|c_[0-9]{6,12})",
        1 => "(0|007|-|n1|1\\.2E\\+9|消费者一号|[a-f0-9]{32}|[ab ]{0,9})",
    ]
}

fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "20(17|26)-(02|11)-(0[1-9]|2[0-9]|3[01])( [0-2][0-9]:[0-6][0-9]:[0-6][0-9])?",
        2 => "15[0-9]{8}([0-9]{3})?",
        1 => "(2017/11/25|2017-1-2|20171125|1999-01-01|2017-11-25T10:00:00Z|昨天|00000000000[0-9]{2}|)",
    ]
}

fn event() -> impl Strategy<Value = String> {
    let action = "(pv|buy|cart|order|refund|收藏|wink|)";
    let amount = "([0-9]{1,4}(\\.[0-9]{0,3})?|-5|¥3|1万||x)";
    let score = "([0-5](\\.[05])?|good|){1}";
    (
        consumer(),
        time(),
        action,
        name(),
        name(),
        amount,
        consumer(),
        score,
    )
        .prop_map(
            |(consumer, time, action, brand, channel, amount, order, score)| {
                [consumer, time, action, brand, channel, amount, order, score].join(",")
            },
        )
}

/// Something that tables should not hold, and where it is put.
fn damage() -> impl Strategy<Value = (prop::sample::Index, Vec<u8>)> {
    let bytes = prop_oneof![
        3 => "(\"|\"\"|,|\n|\r\n|\r| |\t)".prop_map(String::into_bytes),
        1 => "(合计,,,,,,,\n|,,,,,,,\n|\"oak\"|\"a\nb\"|\"a,\"\"b\")".prop_map(String::into_bytes),
        1 => any::<u8>().prop_map(|b| vec![b]),
    ];
    (any::<prop::sample::Index>(), bytes)
}

fn damaged(text: &str, damage: Vec<(prop::sample::Index, Vec<u8>)>) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (at, more) in damage {
        let at = at.index(bytes.len() + 1);
        bytes.splice(at..at, more);
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn logs_are_the_same_however_they_are_read(
        rows in prop::collection::vec(event(), 1..40),
        damage in prop::collection::vec(damage(), 0..6),
        block in 1usize..600,
        times in prop_oneof![4 => Just(1), 1 => Just(20)],
        line_end in "(\n|\r\n)",
        format in "(time_format = \"%Y-%m-%d %H:%M:%S\"|values\\.action = \\{ wink = \"browse\" \\}|constants = \\{ brand = \"nike\" \\}|)",
    ) {
        let mut text = "consumer,time,action,brand,channel,amount,order,review_score".to_owned();
        for row in std::iter::repeat_n(&rows, times).flatten() {
            text.push_str(&line_end);
            text.push_str(row);
        }
        check(&manifest("events", &format), &damaged(&text, damage), block)?;
    }

    #[test]
    fn tables_of_consumers_are_the_same_however_they_are_read(
        rows in prop::collection::vec((consumer(), "(genz|Z世代|mom|genz\\|mom|)", name()), 1..40),
        damage in prop::collection::vec(damage(), 0..6),
        block in 1usize..600,
        times in prop_oneof![4 => Just(1), 1 => Just(20)],
    ) {
        let mut text = "consumer,crowd,city_tier\n".to_owned();
        for (consumer, crowd, tier) in std::iter::repeat_n(&rows, times).flatten() {
            text.push_str(&[consumer.as_str(), crowd, tier].join(","));
            text.push('\n');
        }
        check(&manifest("consumers", ""), &damaged(&text, damage), block)?;
    }
}

#[test]
fn plain_rows_are_read_without_detours() {
    let rows =
        "u1,2017-11-25 10:00:00,pv,oak,douyin,,,\nc_0000001,1511544070,buy,elm,抖音,12.5,o1,4.5\n";
    let table = format!(
        "consumer,time,action,brand,channel,amount,order,review_score\n{}",
        rows.repeat(50)
    );
    check(&manifest("events", ""), table.as_bytes(), 500).unwrap();
}

#[test]
fn another_encoding_is_noticed_late() {
    let head = "consumer,time,action,brand\n".to_owned() + &"u1,2026-01-01,pv,oak\n".repeat(300);
    let (more, _, _) =
        encoding_rs::GB18030.encode("u2,2026-01-02,pv,茅台\nu2,2026-01-02,pv,李宁\n");
    let table = [head.as_bytes(), &more].concat();
    check(&manifest("events", ""), &table, 300).unwrap();
    let damaged = [
        head.as_bytes(),
        "u3,2026-01-02,pv,茅台\n".repeat(9).as_bytes(),
        b"u4,2026-01-02,pv,o\xffk\n",
    ]
    .concat();
    check(&manifest("events", ""), &damaged, 300).unwrap();
}
