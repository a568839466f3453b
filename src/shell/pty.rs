//! A program in a pseudo-terminal: keys in, screen out, and the terminal's settings before and
//! after. For tests only, here and in `tests/terminal.rs`.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a program may take for one step on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// Stands between the settings of the terminal before, the program, and the settings after.
const MARK: &str = "=====";

/// A shell in a pseudo-terminal that prints the terminal's settings, runs a program, and prints its
/// exit code and the settings again.
pub(crate) struct Pty {
    child: Box<dyn Child + Send + Sync>,
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    output: Receiver<Vec<u8>>,
    closing: Arc<AtomicBool>,
    /// Everything that was written.
    bytes: Vec<u8>,
    screen: vt100::Parser,
}

/// What is left when the program is gone.
pub(crate) struct Left {
    /// The exit code.
    pub(crate) code: u32,
    /// The settings of the terminal before and after.
    pub(crate) settings: [String; 2],
    /// Everything that was written.
    pub(crate) text: String,
    /// Alternate screen, bracketed paste, hidden cursor and mouse are still on.
    pub(crate) modes: [bool; 4],
}

impl Pty {
    /// Starts a command line of `sh` at this size.
    pub(crate) fn start(columns: u16, rows: u16, command: &str, env: &[(&str, &str)]) -> Self {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut sh = CommandBuilder::new("sh");
        sh.arg("-c");
        sh.arg(format!(
            "stty -a; echo {MARK}; {command}; code=$?; echo; echo {MARK}; stty -a; exit $code"
        ));
        sh.env("TERM", "xterm-256color");
        sh.env_remove("NO_COLOR");
        for (key, value) in env {
            sh.env(key, value);
        }
        let child = pair.slave.spawn_command(sh).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        let closing = Arc::new(AtomicBool::new(false));
        let hung_up = Arc::clone(&closing);
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65536];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if hung_up.load(Ordering::SeqCst) || sender.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            writer: Some(pair.master.take_writer().unwrap()),
            master: Some(pair.master),
            output,
            closing,
            bytes: Vec::new(),
            screen: vt100::Parser::new(nonzero(rows), nonzero(columns), 0),
        }
    }

    /// Sends bytes as if they were typed.
    pub(crate) fn send(&mut self, bytes: &str) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(bytes.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// The process id of the shell.
    pub(crate) fn shell(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// The process ids of what the shell runs.
    pub(crate) fn children(&self) -> Vec<String> {
        let shell = self.shell();
        let list = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children"));
        list.unwrap()
            .split_whitespace()
            .map(str::to_owned)
            .collect()
    }

    /// Sends a signal to what the shell runs.
    pub(crate) fn signal(&self, name: &str) {
        let mut kill = std::process::Command::new("kill");
        let done = kill.arg(format!("-{name}")).args(self.children()).status();
        assert!(done.unwrap().success());
    }

    /// Whether the program has the alternate screen.
    pub(crate) fn is_full_screen(&self) -> bool {
        self.screen.screen().alternate_screen()
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        self.master.as_ref().unwrap().resize(size).unwrap();
        self.screen
            .screen_mut()
            .set_size(nonzero(rows), nonzero(columns));
    }

    /// The text on the screen.
    pub(crate) fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Waits until the screen is as wanted, and gives its text.
    pub(crate) fn wait(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) -> String {
        let end = Instant::now() + PATIENCE;
        while !wanted(self.screen.screen()) {
            assert!(
                Instant::now() < end,
                "waited in vain for {what}; the screen is\n{}",
                self.text()
            );
            self.read(Duration::from_millis(50));
        }
        self.text()
    }

    fn read(&mut self, patience: Duration) -> bool {
        match self.output.recv_timeout(patience) {
            Ok(bytes) => {
                self.screen.process(&bytes);
                self.bytes.extend(bytes);
                true
            }
            Err(_) => false,
        }
    }

    /// Takes the terminal away from the program, as a closed window does. The reader lets go of it
    /// when the program writes once more, so a key that changes the screen is sent first.
    pub(crate) fn hang_up(&mut self) {
        self.closing.store(true, Ordering::SeqCst);
        self.send("2");
        self.writer = None;
        self.master = None;
    }

    /// Waits for the shell to end, without reading what it wrote. `None` when it does not.
    pub(crate) fn ended(&mut self) -> Option<u32> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status.exit_code());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        None
    }

    /// Waits for the program and the shell to end.
    pub(crate) fn leave(mut self) -> Left {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end && matches!(self.child.try_wait(), Ok(None)) {
            self.read(Duration::from_millis(20));
        }
        let Some(code) = self.ended() else {
            panic!("the program did not end; the screen is\n{}", self.text())
        };
        while self.read(Duration::from_millis(100)) {}
        let text = String::from_utf8_lossy(&self.bytes).into_owned();
        let parts: Vec<&str> = text.split(MARK).collect();
        let settings = [parts.first(), parts.last()].map(|p| p.unwrap().trim().to_owned());
        let screen = self.screen.screen();
        let modes = [
            screen.alternate_screen(),
            screen.bracketed_paste(),
            screen.hide_cursor(),
            listens(screen),
        ];
        Left {
            code,
            settings,
            text,
            modes,
        }
    }
}

/// Whether a program listens to the mouse.
pub(crate) fn listens(screen: &vt100::Screen) -> bool {
    screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None
}

fn nonzero(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).unwrap()
}

impl Left {
    /// The terminal is as before.
    pub(crate) fn assert_restored(&self) {
        assert!(!self.settings[0].is_empty(), "{}", self.text);
        assert_eq!(self.settings[0], self.settings[1], "{}", self.text);
        assert_eq!(self.modes, [false; 4], "{:?}", self.text);
    }
}
