//! Keeps the secrets that a TLS library tells, and that of Standard RDP Security beside them.

use std::sync::{Mutex, PoisonError};

use tokio_rustls::rustls;

use crate::flow::KeyLog;
pub(crate) use crate::flow::RDP_CLIENT_RANDOM;

/// Learns secrets until they are taken.
#[derive(Debug, Default)]
pub(crate) struct Learner(Mutex<KeyLog>);

impl Learner {
    /// Takes what was learned until now.
    pub(crate) fn take(&self) -> KeyLog {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl rustls::KeyLog for Learner {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        if let Ok(random) = client_random.try_into() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).learn(label, random, secret);
        }
    }
}
