//! A recording of a connection as tshark reads it, decrypted where the secrets of TLS are in it.

use std::{env, path::PathBuf, process::Command, thread};

use rdptrace::internal::net::Framing;

use crate::lab::has;

/// Servers listen here: RDP, and an RD Gateway.
const PORTS: [&str; 2] = [":3389", ":443"];

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Client,
    Server,
}

/// One segment of TCP, one record of TLS or one datagram.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub by: Side,
    pub bytes: Vec<u8>,
}

/// What both sides of a connection said, in order.
#[derive(Clone, Debug)]
pub(super) struct Conversation(pub Vec<Said>);

/// A file.
pub(super) struct Recording(PathBuf);

impl Recording {
    /// The recording with this name; where it is not to be had, a line on standard error says so.
    pub(super) fn open(name: &str) -> Option<Self> {
        let Some(folder) = env::var_os("RDPTRACE_CAPTURES") else {
            return skipped("RDPTRACE_CAPTURES names no folder of recordings");
        };
        let path = PathBuf::from(folder).join(name);
        if !path.is_file() {
            return skipped(&format!("there is no recording {name}"));
        }
        has(&["tshark"]).then_some(Self(path))
    }

    /// A TCP connection as it crossed the wire.
    pub(super) fn plain(&self, stream: usize) -> Conversation {
        self.follow("tcp", stream)
    }

    /// What was said inside TLS.
    pub(super) fn inside_tls(&self, stream: usize) -> Conversation {
        self.follow("tls", stream)
    }

    /// What two sockets said over UDP.
    pub(super) fn datagrams(&self, stream: usize) -> Conversation {
        self.follow("udp", stream)
    }

    fn follow(&self, layer: &str, stream: usize) -> Conversation {
        let what = format!("follow,{layer},raw,{stream}");
        let output = Command::new("tshark")
            .args(["-d", "tcp.port==3389,tls", "-q", "-z", &what, "-r"])
            .arg(&self.0)
            .output()
            .expect("tshark runs");
        Conversation::parse(&String::from_utf8_lossy(&output.stdout))
    }
}

/// Who looks for recordings that are not there learns it, and the test passes.
fn skipped(why: &str) -> Option<Recording> {
    let test = thread::current().name().unwrap_or_default().to_owned();
    eprintln!("SKIPPED {test}: {why}");
    None
}

impl Conversation {
    /// The first of two nodes may be either side; what the second one says stands behind a tab.
    fn parse(text: &str) -> Self {
        let first = text.lines().find_map(|line| line.strip_prefix("Node 0: ")).unwrap_or_default();
        let server_first = PORTS.iter().any(|port| first.ends_with(port));
        let said = |line: &str| {
            let second = line.starts_with('\t');
            let bytes = hex::decode(line.trim()).ok().filter(|bytes| !bytes.is_empty())?;
            Some(Said { by: if second == server_first { Side::Client } else { Side::Server }, bytes })
        };
        Self(text.lines().filter_map(said).collect())
    }

    /// All that one side said.
    pub(super) fn of(&self, side: Side) -> Vec<u8> {
        self.0.iter().filter(|said| said.by == side).flat_map(|said| said.bytes.clone()).collect()
    }

    /// From the first message on of which this is true.
    pub(super) fn from(&self, begins: impl Fn(&Said) -> bool) -> Self {
        let begin = self.0.iter().position(begins).unwrap_or(self.0.len());
        Self(self.0[begin..].to_vec())
    }

    /// What the server said between one message of the client and the next, without empty parts.
    pub(super) fn answers(&self) -> Vec<Vec<u8>> {
        let parts = self.0.chunk_by(|one, other| one.by == other.by);
        let servers = parts.filter(|part| part[0].by == Side::Server);
        servers.map(|part| part.iter().flat_map(|said| said.bytes.clone()).collect()).collect()
    }
}

/// Splits what a server said into messages; all of it has to be messages.
pub(super) fn messages(mut bytes: &[u8], framing: Framing) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let length = framing.length(bytes).expect("a message begins here").expect("its length is there");
        let (message, rest) = bytes.split_at_checked(length).expect("the whole message is there");
        found.push(message);
        bytes = rest;
    }
    found
}
