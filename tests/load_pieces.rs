//! Logs that are too long to be read as a whole: against the `csv` crate, compressed, cancelled, and
//! while somebody else writes to the file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use fastdeck::data::{Input, LoadError, Options, Progress, load};
use fastdeck::facts::{Action, Dataset};

/// Bytes above which a log is read in pieces, and then some.
const LONG: usize = 12 << 20;

/// A log in which some cells hold quotes, delimiters, line ends and Chinese.
fn log() -> String {
    let mut text = String::from("consumer,time,action,brand,channel,amount\r\n");
    let mut n = 0u64;
    while text.len() < LONG {
        n += 1;
        let consumer = n * 7919 % 50_021;
        let channel = match n % 97 {
            0 => "\"live, \"\"douyin\"\"\"",
            1 => "\"小红书\n笔记\"",
            2 => "搜索",
            _ => "douyin",
        };
        let (action, amount) = match n % 10 {
            0 => ("buy", format!("{}.{:02}", n % 1000, n % 100)),
            _ => ("pv", String::new()),
        };
        let day = n % 28 + 1;
        writeln!(
            text,
            "u{consumer},2026-02-{day:02} 10:00:00,{action},oak,{channel},{amount}\r"
        )
        .unwrap();
    }
    text
}

fn read(path: &Path, watch: &mut dyn FnMut(Progress) -> bool) -> Result<Dataset, LoadError> {
    load(&Input::Path(path.to_path_buf()), &Options::default(), watch)
}

#[test]
fn a_long_log_is_read_as_the_csv_crate_reads_it() {
    let text = log();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    fs::write(&path, &text).unwrap();
    let data = read(&path, &mut |_| true).unwrap();
    assert_eq!(data.problems, []);
    let channels = &data.log.touch_values[0];
    let cells = data.log.events.iter().map(|e| {
        let amount = e
            .amount
            .map(|fen| format!("{}.{:02}", fen / 100, fen % 100));
        (
            data.log
                .consumers
                .get(e.consumer as usize)
                .unwrap()
                .into_owned(),
            e.day.to_string(),
            e.action == Action::Order,
            channels[e.touch[0] as usize].clone(),
            amount.unwrap_or_default(),
        )
    });
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        (
            row[0].to_owned(),
            row[1][..10].to_owned(),
            &row[2] == "buy",
            row[4].replace('\n', "␊"),
            row[5].to_owned(),
        )
    });
    // The events of one consumer stay in the order of the file.
    let (mut cells, mut rows): (Vec<_>, Vec<_>) = (cells.collect(), rows.collect());
    cells.sort_by(|a, b| a.0.cmp(&b.0));
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(cells == rows);
    assert_eq!(data.log.consumers.len(), 50_021);

    let packed = folder.path().join("t.csv.gz");
    let file = fs::File::create(&packed).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap();
    let same = read(&packed, &mut |_| true).unwrap();
    assert!(same.log.events.iter().eq(data.log.events.iter()));
    assert!(same.log.consumers.iter().eq(data.log.consumers.iter()));
    assert_ne!(same.fingerprint, data.fingerprint);
}

#[test]
fn a_log_that_changes_while_it_is_read_is_refused() {
    let text = log();
    let changes: [fn(&Path); 3] = [
        |path| {
            let file = OpenOptions::new().write(true).open(path).unwrap();
            file.set_len(LONG as u64 / 2 + 7).unwrap();
        },
        |path| {
            let mut file = OpenOptions::new().append(true).open(path).unwrap();
            file.write_all(b"u1,2026-02-03,pv,oak,douyin,\n").unwrap();
        },
        |path| {
            let mut file = OpenOptions::new().write(true).open(path).unwrap();
            file.write_all(b"consumer,time,action,brand,channel,amounT\r\n")
                .unwrap();
        },
    ];
    for change in changes {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        fs::write(&path, &text).unwrap();
        sleep(Duration::from_millis(30));
        let mut is_done = false;
        let result = read(&path, &mut |progress| {
            if progress.rows > 0 && !is_done {
                is_done = true;
                change(&path);
            }
            true
        });
        let Err(LoadError::Problems(problems)) = result else {
            panic!("{result:?}");
        };
        assert_eq!(problems[0].message, "the file changed while it was read");
        assert_eq!(problems[0].code.id(), "file");
        assert!(
            read(&path, &mut |_| true).is_ok(),
            "the next start is right"
        );
    }
}

#[test]
fn progress_grows_to_the_end_and_stops_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    fs::write(&path, log()).unwrap();
    let mut seen: Vec<Progress> = Vec::new();
    let data = read(&path, &mut |progress| {
        seen.push(progress);
        true
    });
    let rows = data.unwrap().log.events.len() as u64;
    assert!(
        seen.windows(2)
            .all(|w| w[0].done <= w[1].done && w[0].rows <= w[1].rows)
    );
    assert!(seen.windows(2).all(|w| w[1].rows - w[0].rows <= 8192));
    let last = seen.last().unwrap();
    assert_eq!((last.done, last.rows), (last.total, rows));

    let mut cancelled = Instant::now();
    let result = read(&path, &mut |progress| {
        cancelled = Instant::now();
        progress.rows < rows / 2
    });
    assert_eq!(result.unwrap_err(), LoadError::Cancelled);
    assert!(cancelled.elapsed() < Duration::from_millis(500));
}
