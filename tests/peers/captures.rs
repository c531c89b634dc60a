//! Recordings put together here and by tshark: both find the same connections with the same bytes. `RDPTRACE_CAPTURES` names
//! the folder that holds them.

mod altered;
mod judged;
mod udp;
mod written;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use rdptrace::internal::{
    capture::{Capture, Found, Seen},
    flow::{Flow, KeyLog, MOST_BYTES, Side},
};
use sha2::{Digest, Sha256};

use crate::lab::has;

/// What each end of a connection sent: how much, and its digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Sent {
    from: String,
    to: String,
    length: u64,
    digest: Option<String>,
}

/// Every recording there is.
fn recordings() -> Vec<PathBuf> {
    let Some(folder) = env::var_os("RDPTRACE_CAPTURES") else {
        eprintln!("SKIPPED: RDPTRACE_CAPTURES names no folder of recordings");
        return Vec::new();
    };
    let entries = fs::read_dir(folder).expect("the folder can be read");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> = paths
        .filter(|path| {
            path.extension().is_some_and(|extension| extension.to_string_lossy().starts_with("pcap"))
        })
        .collect();
    paths.sort();
    if has(&["tshark", "editcap", "mergecap"]) { paths } else { Vec::new() }
}

/// What is found in a file here.
fn found(path: &Path) -> (Vec<Flow>, Seen, KeyLog) {
    let mut flows = Vec::new();
    let mut capture = Capture::new(|_, _| None, KeyLog::default());
    let mut out = |found: Found<'_>, _: &KeyLog| {
        if let Found::Flow(flow) = found {
            flows.push(*flow);
        }
    };
    let file = fs::File::open(path).expect("a recording");
    capture.read(file, &mut out).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (seen, keys) = capture.end(&mut out);
    (flows, seen, keys)
}

/// What both ends sent, by what is kept.
fn sent(flows: &[Flow]) -> Vec<Sent> {
    let sides = flows.iter().flat_map(|flow| [(flow, Side::Client), (flow, Side::Server)]);
    let sent = sides.map(|(flow, side)| {
        let stream = flow.stream(side);
        let (from, to) = match side {
            Side::Client => (flow.client, flow.server),
            Side::Server => (flow.server, flow.client),
        };
        summed(from.to_string(), to.to_string(), stream.total, &stream.bytes)
    });
    let mut sent: Vec<_> = sent.filter(|sent| sent.length > 0).collect();
    sent.sort();
    sent
}

fn summed(from: String, to: String, length: u64, bytes: &[u8]) -> Sent {
    let kept = &bytes[..bytes.len().min(MOST_BYTES)];
    Sent { from, to, length, digest: Some(hex::encode(Sha256::digest(kept))) }
}

/// The same, as tshark puts it together.
fn followed(path: &Path) -> Vec<Sent> {
    let streams = tshark(path, &["-T", "fields", "-e", "tcp.stream"]);
    let streams: BTreeSet<u32> = streams.lines().filter_map(|line| line.parse().ok()).collect();
    let mut sent: Vec<_> = streams.into_iter().flat_map(|stream| follow(path, stream)).collect();
    sent.sort();
    sent
}

fn follow(path: &Path, stream: u32) -> Vec<Sent> {
    let text = tshark(path, &["-q", "-z", &format!("follow,tcp,raw,{stream}")]);
    let node = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.expect("a node").trim().parse::<SocketAddr>().expect("an address").to_string()
    };
    let (first, second) = (node("Node 0:"), node("Node 1:"));
    let mut bytes = BTreeMap::<bool, Vec<u8>>::new();
    for line in text.lines() {
        if let Ok(part) = hex::decode(line.trim_start())
            && !part.is_empty()
        {
            bytes.entry(line.starts_with('\t')).or_default().extend(part);
        }
    }
    let sent = bytes.into_iter().map(|(from_second, bytes)| {
        let (from, to) = if from_second { (&second, &first) } else { (&first, &second) };
        summed(from.clone(), to.clone(), bytes.len() as u64, &bytes)
    });
    sent.collect()
}

fn tshark(path: &Path, arguments: &[&str]) -> String {
    let output = Command::new("tshark").arg("-r").arg(path).args(arguments).output().expect("tshark runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn recordings_have_the_bytes_that_tshark_finds() {
    for path in recordings() {
        let (flows, seen, _) = found(&path);
        assert_eq!(sent(&flows), followed(&path), "{}", path.display());
        assert_eq!((seen.cut, seen.incomplete, seen.unsupported.len()), (0, 0, 0), "{}", path.display());
    }
}
