//! What was learned of UDP, in the way of a phase.

use std::io;

use super::{
    cells,
    page::{Page, Tone},
};
use crate::report::{Report, Udp, UdpOutcome, WatchedUdp};

/// Writes the lines, if UDP was asked for; `column` is where the facts begin.
///
/// # Errors
/// Those of the writer.
pub(super) fn udp(page: &mut Page<'_>, report: &Report, column: usize) -> io::Result<()> {
    let Some(seen) = &report.trace.udp else { return Ok(()) };
    let lead = format!("  {:<10}{}", "udp", cells::duration(seen.elapsed_ms));
    let (tone, word) = match seen.outcome {
        UdpOutcome::Reachable => (Tone::Plain, ""),
        UdpOutcome::Closed => (Tone::Bad, "CLOSED:"),
        UdpOutcome::Inconclusive => (Tone::Caution, "INCONCLUSIVE:"),
        UdpOutcome::NotAsked => (Tone::Caution, "NOT ASKED:"),
    };
    let mut lines = facts(seen).into_iter();
    page.row((Tone::Plain, lead.as_str()), column, (tone, word), &lines.next().unwrap_or_default())?;
    lines.try_for_each(|line| page.text(column, &line))
}

/// What came of it, then how.
pub(super) fn facts(seen: &Udp) -> Vec<String> {
    let address = seen.address.map_or_else(String::new, |address| address.to_string());
    let sent = format!("{} SYN of {} B sent to {address}", seen.tries, seen.sent_bytes);
    let other = seen.other_head.as_deref().map(|head| {
        format!("{} other datagrams, the first begins {}", seen.other_datagrams, cells::grouped(head))
    });
    let why = seen.why.clone().into_iter();
    let first: Vec<String> = match seen.outcome {
        UdpOutcome::Reachable => vec![answer(seen, &address)],
        UdpOutcome::Closed => why.chain([sent]).collect(),
        UdpOutcome::Inconclusive => why.chain([sent]).collect(),
        UdpOutcome::NotAsked => why.collect(),
    };
    first.into_iter().chain(other).chain(seen.watched.iter().flat_map(watched)).collect()
}

/// What the client offered, what followed, and how many there were.
fn watched(seen: &WatchedUdp) -> Vec<String> {
    let WatchedUdp { offered_version, offered_upstream_mtu, offered_downstream_mtu, .. } = seen;
    let cookie = if seen.cookie_hash { " with a cookie hash" } else { "" };
    let mode = if seen.lossy { "lossy" } else { "reliable" };
    let inside = match seen.inside.as_deref() {
        Some("dtls") => "; DTLS follows",
        Some(_) => "; TLS follows",
        None => "",
    };
    let offer = format!(
        "{} offered version {}{cookie}, {mode}, MTU {offered_upstream_mtu} up and {offered_downstream_mtu} down{inside}",
        seen.client,
        version(*offered_version),
    );
    let count = match (seen.connections, seen.answered) {
        (1, _) => None,
        (all, answered) => Some(format!("one of {all} UDP connections, {answered} of them answered")),
    };
    [offer].into_iter().chain(count).collect()
}

fn version(number: u16) -> String {
    if number == 0x0101 { "3".to_owned() } else { number.to_string() }
}

fn answer(seen: &Udp, address: &str) -> String {
    let number = |value: Option<u16>| value.map_or_else(|| "?".to_owned(), |value| value.to_string());
    let version = seen.version.map_or_else(|| "?".to_owned(), version);
    let took = seen.round_trip_ms.map_or(0.0, |took| took.0);
    format!(
        "{address} answers, version {version}, MTU {} up and {} down, round trip {took:.1} ms",
        number(seen.upstream_mtu),
        number(seen.downstream_mtu)
    )
}
