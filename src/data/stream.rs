//! Reads the blocks of a table on all cores and hands the portions over in the order of the file.
//!
//! The thread that loads reads the file, joins portions and asks whether to go on; the others only
//! read blocks. A few blocks are under way at a time, so memory stays bounded whatever the size of
//! the file: a block of some MiB and its portion for each, beside what is kept for good. That is 10
//! bytes an event (16 more for one with an amount, an order or a score) up to the limit of
//! [`super::Spill`], about 15 bytes a consumer whose id is a number, and 8 bytes for each attribute
//! value of a consumer.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::Duration;

use super::LoadError;
use super::blocks::{Block, Blocks, Shape};
use super::portion::{Portion, Table};
use super::store::StoreFault;

/// How long nothing may happen before the watch is asked again.
const TICK: Duration = Duration::from_millis(30);

/// What happens while a table is read.
pub(super) enum Step {
    /// Nothing yet.
    Idle,
    /// The next portion, and the bytes of the file read when its block was cut.
    Next(Box<Portion>, u64),
}

/// Why reading stopped.
#[derive(Debug)]
pub(super) enum Halt {
    /// The file.
    Store(StoreFault),
    /// The load.
    Load(LoadError),
}

impl From<StoreFault> for Halt {
    fn from(fault: StoreFault) -> Self {
        Self::Store(fault)
    }
}

impl From<LoadError> for Halt {
    fn from(fault: LoadError) -> Self {
        Self::Load(fault)
    }
}

/// A block that was read; `None` when reading it failed.
type Answer<'s> = (u64, Option<Done<'s>>);

struct Done<'s> {
    portion: Box<Portion>,
    block: Block<'s>,
    bytes: u64,
}

/// Tells the driver that a block is done, even if reading it panicked.
struct Pending<'s> {
    sender: Sender<Answer<'s>>,
    number: u64,
    done: Option<Done<'s>>,
}

impl<'s> Pending<'s> {
    fn read(mut self, table: &Table<'_>, block: Block<'s>, bytes: u64, stop: &AtomicBool) {
        let portion = Box::new(table.read(&block, stop));
        self.done = Some(Done {
            portion,
            block,
            bytes,
        });
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        // Nobody listens when the load has stopped.
        let _ = self.sender.send((self.number, self.done.take()));
    }
}

/// Reads all blocks; `on` is called in the order of the file.
pub(super) fn read(
    blocks: &mut Blocks<'_>,
    table: &Table<'_>,
    on: &mut dyn FnMut(Step) -> Result<(), LoadError>,
) -> Result<(), Halt> {
    let stop = AtomicBool::new(false);
    let limit = 2 * rayon::current_num_threads() as u64 + 1;
    rayon::in_place_scope(|scope| {
        let (sender, receiver) = channel();
        let mut driver = Driver {
            receiver,
            waiting: BTreeMap::new(),
            next: 0,
        };
        let (mut number, mut ended) = (0, false);
        let result = loop {
            match driver.cut(blocks, table, (number, limit), ended) {
                Err(fault) => break Err(fault.into()),
                Ok(Some(block)) => {
                    let pending = Pending {
                        sender: sender.clone(),
                        number,
                        done: None,
                    };
                    let (stop, bytes) = (&stop, blocks.done());
                    scope.spawn(move |_| pending.read(table, block, bytes, stop));
                    number += 1;
                    continue;
                }
                Ok(None) => ended |= number < driver.next + limit,
            }
            if ended && driver.next == number {
                break Ok(());
            }
            match driver.step(blocks, on) {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(fault) => break Err(fault.into()),
            }
        };
        stop.store(true, Ordering::Relaxed);
        result
    })
}

fn shape(table: &Table<'_>) -> Shape {
    Shape {
        delimiter: table.layout.delimiter,
        width: table.layout.width,
    }
}

/// Puts the answers in order.
struct Driver<'s> {
    receiver: Receiver<Answer<'s>>,
    waiting: BTreeMap<u64, Done<'s>>,
    next: u64,
}

impl<'s> Driver<'s> {
    /// The next block, when one may be under way besides those that are.
    fn cut(
        &self,
        blocks: &mut Blocks<'s>,
        table: &Table<'_>,
        (number, limit): (u64, u64),
        ended: bool,
    ) -> Result<Option<Block<'s>>, StoreFault> {
        if ended || number >= self.next + limit {
            return Ok(None);
        }
        blocks.next(shape(table))
    }

    /// Waits for an answer and hands over what is next; `false` when a block failed.
    fn step(
        &mut self,
        blocks: &mut Blocks<'s>,
        on: &mut dyn FnMut(Step) -> Result<(), LoadError>,
    ) -> Result<bool, LoadError> {
        match self.wait() {
            Some((_, None)) => return Ok(false),
            Some((number, Some(done))) => {
                self.waiting.insert(number, done);
            }
            None => on(Step::Idle)?,
        }
        while let Some(done) = self.waiting.remove(&self.next) {
            self.next += 1;
            blocks.give_back(done.block);
            on(Step::Next(done.portion, done.bytes))?;
        }
        Ok(true)
    }

    /// The next answer, if it comes soon. A thread of the pool must work meanwhile: the blocks may
    /// be waiting for it.
    fn wait(&self) -> Option<Answer<'s>> {
        match self.receiver.try_recv() {
            Ok(answer) => return Some(answer),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {}
        }
        if rayon::yield_now() == Some(rayon::Yield::Executed) {
            return None;
        }
        self.receiver.recv_timeout(TICK).ok()
    }
}
