//! What of the captures could not be looked at, in sentences.

use std::collections::BTreeMap;

use crate::{
    capture::Seen,
    cli::{Error, arguments::read::ReadArguments, out::stderr},
    flow::Flow,
    passive::{asked_for, lacks_secret},
    plain,
    report::{Connection, Status},
};

/// Ports that are named; more are counted together.
const NAMED: usize = 3;

/// What was lacking.
#[derive(Default)]
pub(super) struct Lacking {
    /// Files that could not be read to their end.
    pub(super) files: Vec<String>,
    pub(super) seen: Seen,
    /// Where the secrets come from, if there are any.
    pub(super) secrets: Option<String>,
    /// Where the private keys of servers come from, if there are any.
    pub(super) server_keys: Option<String>,
    /// How many connections were opened.
    opened: u64,
    /// How many have no whole handshake in the capture, so that no key opens them.
    unread: u64,
    /// How many have one, and none of the keys opens it.
    shut: u64,
    /// The secret that is missing among those of one of them.
    incomplete: Option<&'static str>,
    /// How many have one that did not end, so that there is nothing to open.
    unfinished: u64,
    /// Sessions of TLS that were not, by the port of the server, on which only a look inside tells what they are.
    sealed: BTreeMap<u16, u64>,
}

impl Lacking {
    /// Notes a connection, and whether it is known to be one of Remote Desktop.
    pub(super) fn note(&mut self, flow: &Flow, connection: &Connection, is_relevant: bool) {
        let opened = connection.watched.as_ref().and_then(|watched| watched.opened);
        let is_cut = is_relevant && is_cut(connection);
        self.unread += u64::from(is_cut);
        let tls = connection.phases.tls.as_ref().map(|tls| tls.status);
        let is_shut = opened == Some(false) && !is_cut;
        self.shut += u64::from(is_shut && tls == Some(Status::Passed));
        self.unfinished += u64::from(is_shut && matches!(tls, Some(Status::Failed | Status::Stopped)));
        self.incomplete = self.incomplete.or_else(|| lacks_secret(connection));
        match opened {
            Some(true) => self.opened += 1,
            Some(false) if !is_relevant => {
                let port = asked_for(connection).map_or(flow.server.port(), |asked| asked.port);
                *self.sealed.entry(port).or_default() += 1;
            }
            _ => {}
        }
    }

    /// Says it on standard error, whether there is a conversation or not.
    pub(super) fn say(&self, arguments: &ReadArguments, is_any: bool) {
        if !arguments.output.telling.quiet {
            self.told(is_any).iter().for_each(stderr::say);
        }
    }

    fn told(&self, is_any: bool) -> Vec<String> {
        let mut told = self.files.clone();
        let Seen { unsupported, unread, cut, incomplete, .. } = &self.seen;
        for (link, packets) in unsupported {
            let (packets, have) = counted(*packets, ["has", "have"]);
            told.push(format!("{packets} {have} link type {link}, which is not read here"));
        }
        for (what, packets) in unread {
            let (packets, were) = counted(*packets, ["was", "were"]);
            told.push(format!("{packets} of {what} {were} not read: a connection may be hidden there"));
        }
        if *cut > 0 {
            let (packets, hold) = counted(*cut, ["holds", "hold"]);
            told.push(format!("{packets} {hold} too little of TCP to be read"));
        }
        if *incomplete > 0 {
            let (packets, are) = counted(*incomplete, ["is a fragment", "are fragments"]);
            told.push(format!("{packets} {are} of which others are missing"));
        }
        if let Some(secrets) = self.secrets.as_ref().filter(|_| self.opened == 0) {
            told.push(self.unopened(&match self.incomplete {
                Some(label) => format!(
                    "the secrets in {secrets} fit a session of this capture, but {label} is not among them"
                ),
                None => format!("none of the secrets in {secrets} fits a session of this capture"),
            }));
        }
        if let Some(keys) = self.server_keys.as_ref().filter(|_| self.opened == 0) {
            told.push(
                self.unopened(&format!("the server key in {keys} opens no connection of this capture")),
            );
        }
        told.extend(self.sealed().filter(|_| is_any));
        told
    }

    /// Why nothing was opened.
    fn unopened(&self, misfit: &str) -> String {
        match (self.unread, self.shut) {
            (0, 0) if self.unfinished > 0 => {
                "no key opens anything: no handshake of TLS ends in the capture".to_owned()
            }
            (1, 0) => {
                "no key can open the connection: bytes of its handshake are not in the capture".to_owned()
            }
            (count, 0) if count > 0 => {
                format!(
                    "no key can open the {count} connections: bytes of their handshakes are not in the capture"
                )
            }
            _ => misfit.to_owned(),
        }
    }

    /// There is no conversation.
    pub(super) fn nothing(&self) -> Error {
        let sealed = self.sealed().map_or_else(String::new, |sealed| format!("; {sealed}"));
        Error::new(format!("no connection of Remote Desktop is in the capture{sealed}"))
    }

    fn sealed(&self) -> Option<String> {
        let count: u64 = self.sealed.values().sum();
        let mut ports: Vec<_> = self.sealed.iter().collect();
        ports.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let named: Vec<_> = ports.iter().take(NAMED).map(|(port, _)| port.to_string()).collect();
        let more = if ports.len() > NAMED { " and others" } else { "" };
        let connections = if count == 1 { "connection" } else { "connections" };
        let ports = if ports.len() == 1 { "port" } else { "ports" };
        (count > 0).then(|| {
            format!(
                "{count} TLS {connections} on {ports} {}{more} could not be opened: an RD Gateway is seen only with --keylog",
                named.join(", ")
            )
        })
    }
}

/// Whether bytes of the handshake of TLS, or of what is before it, are not in the capture.
fn is_cut(connection: &Connection) -> bool {
    let watched = connection.watched.as_ref();
    let is_lacking =
        watched.is_some_and(|watched| watched.client.missing_bytes + watched.server.missing_bytes > 0);
    let handshake = connection.phases.tls.as_ref();
    is_lacking && handshake.is_none_or(|handshake| handshake.status == Status::Unseen)
}

/// So many packets, and what they do as one does it or several do.
fn counted(packets: u64, verbs: [&'static str; 2]) -> (String, &'static str) {
    (plain::plural(packets, "packet"), verbs[usize::from(packets != 1)])
}
