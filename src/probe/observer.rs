//! Who is told what happens while it happens, and what is known of a run that is given up.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{
    codes::Phase,
    pdu::canvas::Picture,
    report::{Connection, Purpose, Summary},
};

/// Is told which phase begins and how it ends, which connections were made, and given the picture.
pub trait Observer: Sync {
    /// A phase begins.
    fn phase(&self, phase: Phase);

    /// A phase of such a connection has ended like this.
    fn ended(&self, _purpose: &Purpose, _phase: &Summary<'_>) {}

    /// A connection was made.
    fn made(&self, _connection: &Connection) {}

    /// A connection was given up in the phase that it ends with.
    fn given_up(&self, _connection: Connection) {}

    /// So many of so many experiments are done.
    fn experiments(&self, _done: usize, _of: usize) {}

    /// This is what the server drew in the session, when that was asked for.
    fn picture(&self, _picture: Picture) {}
}

/// Tells nobody.
#[derive(Clone, Copy, Debug)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn phase(&self, _phase: Phase) {}
}

/// Keeps the connections that another observer is told of, for a run that may be given up.
pub(crate) struct ConnectionKeeper<'a> {
    observer: &'a dyn Observer,
    connections: Mutex<Vec<Connection>>,
}

impl<'a> ConnectionKeeper<'a> {
    /// Has kept nothing yet.
    pub(crate) fn new(observer: &'a dyn Observer) -> Self {
        Self { observer, connections: Mutex::default() }
    }

    /// The connections that were made, and the one that was given up.
    pub(crate) fn take(&self) -> Vec<Connection> {
        std::mem::take(&mut self.connections())
    }

    fn connections(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for ConnectionKeeper<'_> {
    fn phase(&self, phase: Phase) {
        self.observer.phase(phase);
    }

    fn ended(&self, purpose: &Purpose, phase: &Summary<'_>) {
        self.observer.ended(purpose, phase);
    }

    fn made(&self, connection: &Connection) {
        self.connections().push(connection.clone());
        self.observer.made(connection);
    }

    fn given_up(&self, connection: Connection) {
        // An experiment or a posture that ended half-way shows nothing.
        if connection.purpose.is_traced() {
            self.connections().push(connection);
        }
    }

    fn experiments(&self, done: usize, of: usize) {
        self.observer.experiments(done, of);
    }

    fn picture(&self, picture: Picture) {
        self.observer.picture(picture);
    }
}
