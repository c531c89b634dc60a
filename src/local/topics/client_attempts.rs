//! The attempts that the log of the Windows client tells of: each begins with an event 1024 and ends with a 1026.

use time::{Duration, OffsetDateTime};

use crate::{
    codes::DISCONNECT,
    local::{Event, Survey, Target, Unreadable},
    report::ClientAttempt,
};

/// The log of the Windows client.
pub(super) const CHANNEL: &str = "Microsoft-Windows-TerminalServices-RDPClient/Operational";
/// Who writes it.
pub(super) const PROVIDER: &str = "Microsoft-Windows-TerminalServices-ClientActiveXCore";

/// Reasons that are no failure: the client or the host ended it, or the client stopped to ask its user.
const NORMAL: [u32; 5] = [1, 2, 3, INTERIM, 2824];
/// The client stops to ask for a password or about a certificate, and mostly goes on.
const INTERIM: u32 = 263;
/// How far from the end of an attempt another event may be and belong to it.
const SAME_MINUTE: Duration = Duration::minutes(1);

/// An attempt and its end.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    /// What is reported of it.
    pub told: ClientAttempt,
    /// When it ended.
    ended: Option<OffsetDateTime>,
}

impl Attempt {
    /// Whether it ended with a reason that is a failure.
    pub(super) fn failed(&self) -> bool {
        self.told.reason.is_some_and(|reason| !NORMAL.contains(&reason))
    }

    /// Whether something happened in the minute in which it ended.
    pub(super) fn ended_near(&self, at: OffsetDateTime) -> bool {
        self.ended.is_some_and(|ended| (at - ended).abs() <= SAME_MINUTE)
    }

    /// Whether it was an attempt to reach this target; a name may be given with its domain or without.
    pub(super) fn concerns(&self, target: &Target) -> bool {
        let Some(server) = &self.told.server else { return false };
        let server = match server.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') && port.parse::<u16>().is_ok() => host,
            _ => server,
        };
        let first = |name: &str| name.split('.').next().unwrap_or_default().to_ascii_lowercase();
        let short = !server.contains('.') || !target.host.contains('.');
        server.eq_ignore_ascii_case(&target.host)
            || (short && target.address().is_none() && first(server) == first(&target.host))
    }

    /// One line: when, where to, and how it ended.
    pub(super) fn line(&self) -> String {
        let at = self.told.at.to_rfc3339().unwrap_or_default();
        let server = self.told.server.as_deref().unwrap_or("an unknown host");
        let connected = if self.told.connected { "connected, " } else { "" };
        let end = self.told.reason.map_or_else(|| "no end yet".to_owned(), reason);
        format!("{at} {server}: {connected}{end}")
    }
}

/// The disconnect reason as mstsc shows it, with its name.
pub(super) fn reason(code: u32) -> String {
    match DISCONNECT.symbol(code) {
        Some(symbol) => format!("{} {symbol}", DISCONNECT.written(code)),
        None => DISCONNECT.written(code),
    }
}

/// The attempts in the log, newest first; none where there is no such log.
pub(super) fn attempts(survey: &Survey<'_>) -> Result<Option<Vec<Attempt>>, Unreadable> {
    Ok(survey.events(CHANNEL)?.map(|events| paired(&events)))
}

/// Pairs the events, of which the newest comes first; the log does not say which of several connections an event is
/// about, so it is taken to be the newest one that it can be about.
fn paired(events: &[Event]) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = Vec::new();
    for event in events.iter().rev().filter(|event| event.provider == PROVIDER) {
        let value = event.data.get("Value");
        let open = |attempt: &&mut Attempt| matches!(attempt.told.reason, None | Some(INTERIM));
        match event.id {
            1024 => attempts.push(Attempt {
                told: ClientAttempt { at: event.at, server: value.cloned(), connected: false, reason: None },
                ended: None,
            }),
            1025 => {
                let begun = attempts.iter_mut().rev().filter(open).find(|attempt| !attempt.told.connected);
                if let Some(attempt) = begun {
                    attempt.told.connected = true;
                    attempt.told.reason = None;
                    attempt.ended = None;
                }
            }
            1026 => {
                let ended = attempts.iter_mut().rev().find(open);
                if let (Some(attempt), Some(reason)) = (ended, value.and_then(|value| number(value))) {
                    attempt.told.reason = Some(reason);
                    attempt.ended = Some(event.at.into());
                }
            }
            _ => {}
        }
    }
    attempts.reverse();
    attempts
}

/// A number as logs write it, in decimal or with 0x.
pub(super) fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}
