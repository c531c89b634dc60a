//! Connections that have ended and are one of the two of a client to a gateway, until the other has ended too.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use tokio::sync::oneshot::{Receiver, Sender, channel};

use super::passed::Passed;
use crate::{net::pause, passive::Half};

/// How many wait at once; of more the first to come is reported alone.
const MOST: usize = 32;
/// How long one waits: a client that has lost one connection leaves the other soon.
const LONGEST: Duration = Duration::from_secs(60);

/// One that waits.
struct Waiting {
    number: u64,
    half: Half,
    passed: Passed,
    /// Dropped when it need not wait any longer.
    held: Option<Sender<()>>,
}

/// What became of one.
pub(super) enum Met {
    /// Its other has ended too: that which carries what the gateway sends, and that which carries what the client sends.
    Both(Box<(Passed, Passed)>),
    /// Its other has taken it.
    Taken,
    /// There is no other, or it does not end.
    Alone,
}

/// Those that wait, and how many connections may be the other of one.
#[derive(Default)]
pub(super) struct Halves {
    /// In the order in which they came.
    waiting: RefCell<Vec<Waiting>>,
    count: Cell<u64>,
    under_way: Cell<usize>,
}

/// A connection that may be the other of one that waits, until this is dropped.
pub(super) struct UnderWay<'a>(&'a Halves);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let under_way = &self.0.under_way;
        under_way.set(under_way.get() - 1);
        if under_way.get() == 0 {
            self.0.waiting.borrow_mut().iter_mut().for_each(|one| one.held = None);
        }
    }
}

impl Halves {
    /// A connection begins.
    pub(super) fn begin(&self) -> UnderWay<'_> {
        self.under_way.set(self.under_way.get() + 1);
        UnderWay(self)
    }

    /// Finds the other of one that has ended, or waits to be found.
    pub(super) async fn join(&self, half: Half, passed: Passed, under_way: UnderWay<'_>) -> Met {
        if let Some(other) = self.take(|one| one.is_other(&half, &passed)) {
            return Met::Both(Box::new(if half.sends { (other, passed) } else { (passed, other) }));
        }
        let (number, released) = self.wait(half, passed);
        drop(under_way);
        tokio::select! {
            _ = released => {}
            () = pause(LONGEST) => {}
        }
        if self.take(|one| one.number == number).is_some() { Met::Alone } else { Met::Taken }
    }

    fn take(&self, which: impl Fn(&Waiting) -> bool) -> Option<Passed> {
        let mut waiting = self.waiting.borrow_mut();
        let place = waiting.iter().position(which)?;
        Some(waiting.remove(place).passed)
    }

    fn wait(&self, half: Half, passed: Passed) -> (u64, Receiver<()>) {
        let (held, released) = channel();
        let number = self.count.get();
        self.count.set(number + 1);
        let mut waiting = self.waiting.borrow_mut();
        waiting.push(Waiting { number, half, passed, held: Some(held) });
        let crowded = waiting.len().saturating_sub(MOST);
        waiting.iter_mut().take(crowded).for_each(|one| one.held = None);
        (number, released)
    }
}

impl Waiting {
    /// Whether it is the other of the two connections of this client.
    fn is_other(&self, half: &Half, passed: &Passed) -> bool {
        self.half.is_other(half) && self.passed.flow.client.ip() == passed.flow.client.ip()
    }
}
