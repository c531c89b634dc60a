//! The secrets of TLS sessions, by the random of the client's hello (RFC 9850), and of Standard RDP Security by the server's.

use std::{collections::BTreeMap, fmt};

use zeroize::Zeroizing;

/// The label of the client's random of Standard RDP Security (MS-RDPBCGR 5.3.4.1), which RFC 9850 does not know: after it comes
/// the server's random, in place of that of a hello.
pub(crate) const RDP_CLIENT_RANDOM: &str = "RDP_CLIENT_RANDOM";

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
    /// The client's random of Standard RDP Security.
    pub rdp_random: Option<Secret>,
}

impl Secrets {
    /// Where the secret with this label belongs (RFC 9850 section 2); none for one that opens no records.
    fn slot(&mut self, label: &str) -> Option<&mut Option<Secret>> {
        Some(match label {
            "CLIENT_RANDOM" => &mut self.master,
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET" => &mut self.client_handshake,
            "SERVER_HANDSHAKE_TRAFFIC_SECRET" => &mut self.server_handshake,
            "CLIENT_TRAFFIC_SECRET_0" => &mut self.client_traffic,
            "SERVER_TRAFFIC_SECRET_0" => &mut self.server_traffic,
            RDP_CLIENT_RANDOM => &mut self.rdp_random,
            _ => return None,
        })
    }

    /// The label of the first secret that a session of TLS 1.3, or an older one, needs and that is not known.
    pub(crate) fn lacks(&self, is_tls13: bool) -> Option<&'static str> {
        let [master, tls13 @ .., _] = self.labelled();
        let needed = if is_tls13 { &tls13[..] } else { &[master] };
        needed.iter().find(|(_, secret)| secret.is_none()).map(|(label, _)| *label)
    }

    /// The labels of all.
    pub(crate) fn labels() -> [&'static str; 6] {
        Self::default().labelled().map(|(label, _)| label)
    }

    fn labelled(&self) -> [(&'static str, Option<&Secret>); 6] {
        [
            ("CLIENT_RANDOM", self.master.as_ref()),
            ("CLIENT_HANDSHAKE_TRAFFIC_SECRET", self.client_handshake.as_ref()),
            ("SERVER_HANDSHAKE_TRAFFIC_SECRET", self.server_handshake.as_ref()),
            ("CLIENT_TRAFFIC_SECRET_0", self.client_traffic.as_ref()),
            ("SERVER_TRAFFIC_SECRET_0", self.server_traffic.as_ref()),
            (RDP_CLIENT_RANDOM, self.rdp_random.as_ref()),
        ]
    }
}

/// The secrets of many sessions.
#[derive(Clone, Default)]
pub struct KeyLog {
    sessions: BTreeMap<[u8; 32], Secrets>,
}

impl KeyLog {
    /// Learns a secret by its label, and says whether it is of use; others, and what no secret can be, are passed over.
    pub fn learn(&mut self, label: &str, client_random: [u8; 32], secret: &[u8]) -> bool {
        let is_full = self.sessions.len() >= MOST_SESSIONS && !self.sessions.contains_key(&client_random);
        if is_full
            || !(16..=LONGEST_SECRET).contains(&secret.len())
            || Secrets::default().slot(label).is_none()
        {
            return false;
        }
        if let Some(slot) = self.sessions.entry(client_random).or_default().slot(label) {
            *slot = Some(Zeroizing::new(secret.to_vec()));
        }
        true
    }

    /// The client's random of the session of Standard RDP Security with this random of the server.
    pub(crate) fn rdp_random(&self, server_random: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        let known = self.sessions.get(server_random)?.rdp_random.as_ref()?;
        known.as_slice().try_into().ok().map(Zeroizing::new)
    }

    /// What is known of the session with this random.
    pub fn of(&self, client_random: &[u8; 32]) -> Option<&Secrets> {
        self.sessions.get(client_random)
    }

    /// Every secret with its label and the random of its session.
    pub fn secrets(&self) -> impl Iterator<Item = (&'static str, &[u8; 32], &Secret)> {
        self.sessions.iter().flat_map(|(random, known)| {
            let labelled = known.labelled().into_iter();
            labelled.filter_map(move |(label, secret)| Some((label, random, secret?)))
        })
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
