//! Connecting to every address of a name, raced as RFC 8305 section 5 says.

use std::{io, net::SocketAddr, time::Duration};

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::time::{Instant, sleep_until};

use super::{BoxStream, Network, Rejected};
use crate::pdu::words::words;
use crate::report::{Attempt, AttemptResult, ConnectEvidence, Failure, FailureKind, Millis, RejectedBy};

/// Connection Attempt Delay, RFC 8305 section 5.
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Connects to the first address that answers and records every attempt that was started.
///
/// # Errors
/// The most telling failure of the attempts, when none connected before the deadline.
pub(crate) async fn race(
    network: &dyn Network,
    addresses: &[SocketAddr],
    deadline: Instant,
    evidence: &mut ConnectEvidence,
) -> Result<BoxStream, Failure> {
    let begin = Instant::now();
    let mut waiting = interleave(addresses).into_iter();
    let mut running = FuturesUnordered::new();
    let mut next_start = begin;
    let won = loop {
        let late = Instant::now() >= next_start || running.is_empty();
        if late && let Some(address) = waiting.next() {
            let index = evidence.attempts.len();
            evidence.attempts.push(started(address, begin));
            running.push(async move { (index, network.connect(address).await) });
            next_start = Instant::now() + ATTEMPT_DELAY;
        }
        if running.is_empty() {
            break None;
        }
        let more = waiting.len() > 0;
        tokio::select! {
            biased;
            Some((index, result)) = running.next() => {
                let attempt = &mut evidence.attempts[index];
                attempt.elapsed_ms = since(begin, attempt.started_ms);
                match result {
                    Ok(stream) => {
                        attempt.result = AttemptResult::Connected;
                        evidence.peer = Some(attempt.address);
                        break Some(stream);
                    }
                    Err(error) => note(attempt, &error),
                }
                next_start = Instant::now();
            }
            () = sleep_until(deadline) => break None,
            () = sleep_until(next_start), if more => {}
        }
    };
    settle(evidence, begin, won.is_some());
    won.ok_or_else(|| failure(&evidence.attempts))
}

/// Families in turn, beginning with the one the system prefers (RFC 8305 section 4).
fn interleave(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut first, mut second): (Vec<SocketAddr>, Vec<SocketAddr>) =
        addresses.iter().copied().partition(|a| a.is_ipv6() == first_is_v6);
    let mut order = Vec::with_capacity(addresses.len());
    first.reverse();
    second.reverse();
    while order.len() < addresses.len() {
        order.extend(first.pop());
        order.extend(second.pop());
    }
    order
}

fn started(address: SocketAddr, begin: Instant) -> Attempt {
    Attempt {
        address,
        result: AttemptResult::Cancelled,
        started_ms: begin.elapsed().into(),
        elapsed_ms: Millis::default(),
        error: None,
        rejected_by: None,
        icmp: None,
    }
}

fn since(begin: Instant, started: Millis) -> Millis {
    begin.elapsed().saturating_sub(Duration::from_secs_f64(started.0 / 1000.0)).into()
}

fn note(attempt: &mut Attempt, error: &io::Error) {
    attempt.error = Some(words(error));
    if let Some(rejected) = Rejected::of(error) {
        attempt.rejected_by = Some(rejected.by);
        attempt.icmp = rejected.icmp.clone();
    }
    attempt.result = match error.kind() {
        io::ErrorKind::ConnectionRefused => AttemptResult::Refused,
        // RST in answer to SYN is a refusal; this one came after the handshake.
        io::ErrorKind::ConnectionReset => AttemptResult::Reset,
        io::ErrorKind::TimedOut => AttemptResult::Timeout,
        // nft and firewalls answer with "administratively prohibited", which systems report as a lack of permission.
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::AddrNotAvailable
        | io::ErrorKind::PermissionDenied => AttemptResult::Unreachable,
        // ICMP has words for which systems have none.
        _ if attempt.icmp.is_some() => AttemptResult::Unreachable,
        _ => AttemptResult::Failed,
    };
}

/// Attempts still under way are cancelled by the winner, or timed out by the deadline.
fn settle(evidence: &mut ConnectEvidence, begin: Instant, won: bool) {
    let pending = |a: &&mut Attempt| a.result == AttemptResult::Cancelled;
    for attempt in evidence.attempts.iter_mut().filter(pending) {
        attempt.elapsed_ms = since(begin, attempt.started_ms);
        attempt.result = if won { AttemptResult::Cancelled } else { AttemptResult::Timeout };
    }
}

/// A reset tells most: something listens. So does a refusal: the host answered. Silence tells more than a route that does not exist.
fn failure(attempts: &[Attempt]) -> Failure {
    let order = [
        (
            AttemptResult::Reset,
            FailureKind::Reset,
            "the connection was opened and reset at once: what listens there takes none from here, or none now",
        ),
        (AttemptResult::Refused, FailureKind::Refused, "the port is closed, or a firewall rejects it"),
        (
            AttemptResult::Timeout,
            FailureKind::Timeout,
            "no answer: the host is off, or a firewall drops the packets",
        ),
        (
            AttemptResult::Unreachable,
            FailureKind::Unreachable,
            "the network or the host is unreachable, or a firewall says so",
        ),
        (AttemptResult::Failed, FailureKind::Unreachable, "the system could not connect"),
    ];
    let found = order.iter().find_map(|(result, kind, what)| {
        attempts.iter().find(|a| a.result == *result).map(|attempt| (*kind, *what, attempt))
    });
    let Some((kind, what, attempt)) = found else {
        return Failure::new(FailureKind::NotFound, "there is no address to connect to");
    };
    let others = attempts.len() - 1;
    let more = if others > 0 { format!(" (others failed too: {others})") } else { String::new() };
    let what = rejected(attempt).unwrap_or_else(|| what.to_owned());
    Failure::new(kind, format!("{what}: {}{more}", attempt.address))
}

/// Who rejected an attempt, and how.
fn rejected(attempt: &Attempt) -> Option<String> {
    match attempt.rejected_by? {
        RejectedBy::ThisMachine => {
            Some("this machine has no route to the address, or a rule of its own forbids it".to_owned())
        }
        RejectedBy::Link => Some("nobody on this machine's link answers for the address".to_owned()),
        RejectedBy::Host => Some(format!("the address itself answered with {}", attempt.icmp.as_ref()?)),
        RejectedBy::Router => {
            let icmp = attempt.icmp.as_ref()?;
            let from = icmp.from.map_or_else(|| "a system".to_owned(), |from| from.to_string());
            Some(format!("{from} on the way answered with {icmp}"))
        }
    }
}
