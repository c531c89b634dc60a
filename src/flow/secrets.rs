//! The secrets of TLS sessions, by the random of the client's hello (RFC 9850).

use std::{collections::BTreeMap, fmt};

use zeroize::Zeroizing;

/// How many sessions are kept.
const MOST_SESSIONS: usize = 1 << 20;

/// The longest secret: SHA-384's, or a master secret.
const LONGEST_SECRET: usize = 64;

/// A secret; wiped when dropped.
pub type Secret = Zeroizing<Vec<u8>>;

/// What is known of one session.
#[derive(Clone, Default)]
pub struct Secrets {
    /// The master secret up to TLS 1.2.
    pub master: Option<Secret>,
    /// client_handshake_traffic_secret.
    pub client_handshake: Option<Secret>,
    /// server_handshake_traffic_secret.
    pub server_handshake: Option<Secret>,
    /// client_application_traffic_secret_0.
    pub client_traffic: Option<Secret>,
    /// server_application_traffic_secret_0.
    pub server_traffic: Option<Secret>,
}

/// The secrets of many sessions.
#[derive(Default)]
pub struct KeyLog {
    sessions: BTreeMap<[u8; 32], Secrets>,
}

impl KeyLog {
    /// Learns a secret by its label; others, and what no secret can be, are passed over.
    pub fn learn(&mut self, label: &str, client_random: [u8; 32], secret: &[u8]) {
        let is_full = self.sessions.len() >= MOST_SESSIONS && !self.sessions.contains_key(&client_random);
        if is_full || !(16..=LONGEST_SECRET).contains(&secret.len()) {
            return;
        }
        let mut of_session = Secrets::default();
        let known = self.sessions.get_mut(&client_random).unwrap_or(&mut of_session);
        let slot = match label {
            "CLIENT_RANDOM" => &mut known.master,
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET" => &mut known.client_handshake,
            "SERVER_HANDSHAKE_TRAFFIC_SECRET" => &mut known.server_handshake,
            "CLIENT_TRAFFIC_SECRET_0" => &mut known.client_traffic,
            "SERVER_TRAFFIC_SECRET_0" => &mut known.server_traffic,
            _ => return,
        };
        *slot = Some(Zeroizing::new(secret.to_vec()));
        self.sessions.entry(client_random).or_insert(of_session);
    }

    /// What is known of the session with this random.
    pub fn of(&self, client_random: &[u8; 32]) -> Option<&Secrets> {
        self.sessions.get(client_random)
    }

    /// Whether nothing is known of any.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }
}

impl fmt::Debug for KeyLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyLog").field("sessions", &self.sessions.len()).finish_non_exhaustive()
    }
}
