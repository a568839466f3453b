//! Live files: the real binary in a pseudo-terminal, while the tables of its data set change.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

#[path = "../src/shell/pty.rs"]
#[allow(dead_code, unreachable_pub)]
mod pty;

use pty::Pty;

const EXE: &str = env!("CARGO_BIN_EXE_fastdeck");
const MANIFEST: &str = "format = 1\nname = \"live\"\n\
    [[table]]\nkind = \"stock\"\nfile = \"stock.csv\"\n";

/// A table of the brands oak, fir and elm; oak has so many people in awareness.
fn table(oak: u32) -> String {
    let row = |brand: &str, day: &str, a: u32| format!("{brand},{day},{a},200,30,4\n");
    let mut text = "brand,date,a,i,p,l\n".to_owned();
    for day in ["2026-11-08", "2026-11-15"] {
        for (brand, a) in [("fir", 1000), ("elm", 2000), ("oak", oak)] {
            text += &row(brand, day, a);
        }
    }
    text
}

struct Live {
    folder: tempfile::TempDir,
    pty: Pty,
}

impl Live {
    /// Opens a data set under watch: a folder, or its one table.
    fn open(file: &str, arguments: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::write(data.join("dataset.toml"), MANIFEST).unwrap();
        fs::write(data.join("stock.csv"), table(5000)).unwrap();
        let home = folder.path().to_str().unwrap().to_owned();
        let env = [
            ("HOME", home.as_str()),
            ("FASTDECK_HOME", &home),
            ("LANG", "en_US.UTF-8"),
        ];
        let command = format!(
            "'{EXE}' '{}' --watch {arguments}",
            data.join(file).display()
        );
        let pty = Pty::start(140, 36, &command, &env);
        Self { folder, pty }
    }

    fn stock(&self) -> PathBuf {
        self.folder.path().join("data/stock.csv")
    }

    fn shows(&mut self, texts: &[&str]) -> String {
        self.pty.wait(&texts.join(" and "), |s| {
            let screen = s.contents();
            texts.iter().all(|text| screen.contains(text))
        })
    }

    /// Puts a file in the place of the table, as editors and Excel do.
    fn replace(&self, text: &str) {
        let fresh = self.folder.path().join("data/~stock.tmp");
        fs::write(&fresh, text).unwrap();
        fs::rename(fresh, self.stock()).unwrap();
    }

    fn quit(mut self) {
        self.pty.send("q");
        let left = self.pty.leave();
        assert_eq!(left.code, 0, "{}", left.text);
        left.assert_restored();
    }
}

/// The row of the table that has the cursor's mark or a brand's name, as the screen has it.
fn row_of(screen: &str, brand: &str) -> String {
    let row = screen.lines().find(|line| line.contains(brand));
    row.unwrap_or_else(|| panic!("no {brand} in\n{screen}"))
        .to_owned()
}

#[test]
fn numbers_follow_the_file_and_a_broken_one_leaves_them() {
    let mut live = Live::open("", "--brand oak");
    live.shows(&["5,234", "watching"]);
    fs::write(live.stock(), table(6000)).unwrap();
    live.shows(&["6,234", "the files changed: loaded again", "watching"]);
    // The last row breaks off in the middle; so it does with one more letter of it.
    let whole = table(7000);
    fs::write(live.stock(), &whole[..whole.len() - 12]).unwrap();
    let screen = live.shows(&["stock.csv:7", "the old data stays", "old data shown"]);
    assert!(screen.contains("6,234"), "{screen}");
    fs::write(live.stock(), &whole[..whole.len() - 11]).unwrap();
    live.shows(&["6,234", "stock.csv:7", "old data shown"]);
    // A row with a word for a number.
    let wrong = whole.replace("oak,2026-11-15,7000", "oak,2026-11-15,many");
    fs::write(live.stock(), wrong).unwrap();
    let screen = live.shows(&["stock.csv:7:", "many", "old data shown"]);
    assert!(screen.contains("6,234"), "{screen}");
    fs::write(live.stock(), &whole).unwrap();
    live.shows(&["7,234", "loaded again", "watching"]);
    live.replace(&table(8000));
    live.shows(&["8,234"]);
    fs::remove_file(live.stock()).unwrap();
    let screen = live.shows(&["stock.csv", "the old data stays"]);
    assert!(screen.contains("8,234"), "{screen}");
    fs::write(live.stock(), table(9000)).unwrap();
    live.shows(&["9,234", "watching"]);
    live.quit();
}

#[test]
fn a_broken_manifest_leaves_the_numbers_and_names_the_line() {
    let mut live = Live::open("", "--brand oak");
    live.shows(&["5,234", "watching"]);
    let manifest = live.folder.path().join("data/dataset.toml");
    fs::write(&manifest, "format = 1\nname = \n").unwrap();
    let screen = live.shows(&["dataset.toml:2", "the old data stays"]);
    assert!(screen.contains("5,234"), "{screen}");
    fs::write(&manifest, MANIFEST.replace("live", "alive")).unwrap();
    live.shows(&["alive", "watching"]);
    live.quit();
}

#[test]
fn a_half_written_table_is_loaded_when_asked_for() {
    let mut live = Live::open("stock.csv", "");
    live.shows(&["watching"]);
    let whole = table(7000);
    fs::write(live.stock(), &whole[..whole.len() - 12]).unwrap();
    live.shows(&["stock.csv:7", "r loads anyway"]);
    live.pty.send("r");
    live.shows(&["loaded again", "watching"]);
    live.quit();
}

#[test]
fn cursor_slice_and_scenario_stay_when_brands_come_before_them() {
    let mut live = Live::open("", "--pane brands --brand fir");
    live.shows(&["5,234", "1,234", "watching"]);
    live.pty.send("G");
    let data = live.folder.path().join("data");
    let more = table(6000).replacen("fir,", "ash,2026-11-15,1,1,1,1\nfir,", 1);
    fs::write(data.join("stock.csv"), more).unwrap();
    let screen = live.shows(&["6,234", "ash", "watching"]);
    assert!(row_of(&screen, "oak").contains("6,234"), "{screen}");
    // The cursor is on oak: opening it shows its numbers.
    live.pty.send("\r");
    live.pty.wait("the cards of oak", |s| {
        s.contents().contains("brand oak") && s.contents().contains("6,234")
    });
    live.quit();
}

#[test]
fn the_newest_day_follows_the_file_and_a_chosen_day_stays() {
    let later = |oak: u32| table(oak) + "oak,2026-11-22,9000,200,30,4\n";
    let mut live = Live::open("", "--brand oak");
    live.shows(&["as of 2026-11-15", "watching"]);
    fs::write(live.stock(), later(5000)).unwrap();
    live.shows(&["as of 2026-11-22", "9,234", "up to 2026-11-22"]);
    live.quit();
    let mut live = Live::open("", "--brand oak");
    live.shows(&["as of 2026-11-15", "watching"]);
    live.pty.send("[");
    live.shows(&["as of 2026-11-08"]);
    fs::write(live.stock(), later(6000)).unwrap();
    live.shows(&["as of 2026-11-08", "6,234", "loaded again"]);
    live.quit();
}

#[test]
fn a_folder_put_in_the_place_of_the_data_set_is_seen() {
    let mut live = Live::open("", "--brand oak");
    live.shows(&["5,234", "watching"]);
    let home = live.folder.path().to_owned();
    let fresh = home.join("fresh");
    fs::create_dir(&fresh).unwrap();
    fs::write(fresh.join("dataset.toml"), MANIFEST).unwrap();
    fs::write(fresh.join("stock.csv"), table(6000)).unwrap();
    swap(&home.join("data"), &fresh);
    live.shows(&["6,234", "watching"]);
    live.quit();
}

fn swap(old: &Path, new: &Path) {
    fs::rename(old, old.with_extension("old")).unwrap();
    fs::rename(new, old).unwrap();
}

/// What is copied goes to the terminal, and to the desktop where it has a program for it.
#[test]
fn copying_fills_the_clipboard_of_the_desktop_too() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = tempfile::tempdir().unwrap();
    let program = home.path().join("wl-copy");
    let copied = home.path().join("copied");
    fs::write(
        &program,
        format!(
            "#!/bin/sh\n/bin/cat > '{0}.new'; /bin/mv '{0}.new' '{0}'\n",
            copied.display()
        ),
    )
    .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let at = home.path().to_str().unwrap();
    let path = format!("{at}:/usr/bin:/bin");
    let env = [
        ("HOME", at),
        ("FASTDECK_HOME", at),
        ("LANG", "en_US.UTF-8"),
        ("PATH", &path),
        ("WAYLAND_DISPLAY", "wayland-0"),
        ("SSH_CONNECTION", ""),
        ("SSH_CLIENT", ""),
        ("SSH_TTY", ""),
    ];
    let mut pty = Pty::start(140, 36, &format!("'{EXE}' --pane crowds"), &env);
    pty.wait("the tour", |s| s.contents().contains("Esc close"));
    pty.send("\x1b");
    pty.wait("the crowds", |s| s.contents().contains("GenZ"));
    pty.send("ys");
    pty.wait("what went", |s| s.contents().contains("OSC 52 and wl-copy"));
    let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while !copied.exists() && std::time::Instant::now() < end {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let text = fs::read_to_string(&copied).unwrap();
    assert!(text.contains("pane=crowds"), "{text}");
    pty.send("q");
    assert_eq!(pty.leave().code, 0);
}
