//! What the logs of a Windows host say of connections; a log that cannot be read is unknown, never empty.
//!
//! What is looked for in a log is a table: the event that tells most first, and what settles it later. Events of
//! LsaSrv about TERMSRV are a client's, whatever else is there. Events of Schannel may be of any program and are
//! judged only beside an attempt of the same minute.

use super::{
    asked::{answer, said},
    broker_log,
    carried::carried,
    gateway_log,
    spans::{counts, minute, span},
};
use crate::{
    codes,
    local::{Check, Event, Said, Scene},
    report::{
        CheckStatus::{self, Error, Ok as Good, Warning},
        Os::Windows,
        Role::Host,
    },
};

/// The Remote Desktop service as a provider of events.
pub const RCM: &str = "Microsoft-Windows-TerminalServices-RemoteConnectionManager";
/// Its log of licensing.
pub const ADMIN: &str = "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Admin";
const TRANSPORT: &str = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS";
const SESSIONS: &str = "Microsoft-Windows-TerminalServices-LocalSessionManager";

/// The logs that only a host, a gateway or a broker has.
pub const OWN: [&str; 7] = [
    CONNECTIONS_LOG.channel,
    ADMIN,
    TRANSPORT_LOG.channel,
    SESSIONS_LOG.channel,
    gateway_log::LOG.channel,
    broker_log::OF_HOST.channel,
    broker_log::OF_BROKER.channel,
];
/// What ends up in the system's log of a connection that could not be understood.
pub const DRIVER: &str = "TermDD";
/// More events of one number are not told one by one.
const SHOWN: usize = 3;

/// The checks of this topic.
pub const CHECKS: &[Check] = &[
    Check::logic("host-log-connections", Host, &[Windows], |scene| judge(scene, &CONNECTIONS_LOG)),
    Check::logic("host-log-listener", Host, &[Windows], |scene| judge(scene, &LISTENER_LOG)),
    Check::logic("host-log-certificate", Host, &[Windows], |scene| judge(scene, &CERTIFICATE_LOG)),
    Check::logic("host-log-licensing", Host, &[Windows], |scene| judge(scene, &LICENSING_LOG)),
    Check::logic("host-log-transport", Host, &[Windows], |scene| judge(scene, &TRANSPORT_LOG)),
    Check::logic("host-log-sessions", Host, &[Windows], |scene| judge(scene, &SESSIONS_LOG)),
];

/// What is looked for in a log.
pub struct Log {
    /// The log.
    pub channel: &'static str,
    /// Its events, those that tell most first.
    pub events: &'static [Looked],
    /// Events of trouble, and those that show that it was over.
    pub mended: &'static [(&'static [u32], &'static [u32])],
    /// What it means that none of its events tells of trouble.
    pub quiet: &'static str,
}

/// An event that is looked for: its provider, its numbers, and what it means that it was logged.
pub struct Looked(pub &'static str, pub &'static [u32], pub CheckStatus);

const CONNECTIONS_LOG: Log = Log {
    channel: "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
    events: &[
        Looked(RCM, &[260], Error),
        Looked(RCM, &[1006, 20_497, 20_498, 20_499], Warning),
        Looked(RCM, &[258, 261, 1149, 1158], Good),
    ],
    mended: &[(&[260], &[258])],
    quiet: "the log tells of no connection that was slow or never completed",
};

const LISTENER_LOG: Log = Log {
    channel: "System",
    events: &[
        Looked(RCM, &[1035, 1036, 1067, 1070, 1071], Warning),
        // With a status, and so before the other.
        Looked(DRIVER, &[56], Warning),
        Looked(DRIVER, &[50], Warning),
    ],
    mended: &[],
    quiet: "the log tells of no trouble of the listener",
};

const CERTIFICATE_LOG: Log = Log {
    channel: "System",
    events: &[
        Looked(RCM, &[1057, 1058], Error),
        Looked(RCM, &[1050, 1051, 1052, 1053, 1054, 1055, 1059, 1064, 1065], Warning),
        // Of any TLS server on this machine.
        Looked("Schannel", &[36_869, 36_870, 36_872, 36_886], Warning),
        Looked(RCM, &[1056], Good),
    ],
    mended: &[(&[1057, 1058], &[1056])],
    quiet: "the log tells of no trouble with the listener's certificate",
};

const LICENSING_LOG: Log = Log {
    channel: ADMIN,
    events: &[
        Looked(RCM, &[1069, 50_280, 50_285], Error),
        Looked(RCM, &[1003, 1004, 1011, 1068, 50_281, 50_282, 50_283, 50_284], Warning),
    ],
    mended: &[],
    quiet: "the log tells of no trouble with licensing",
};

const TRANSPORT_LOG: Log = Log {
    channel: "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational",
    events: &[
        Looked(TRANSPORT, &[140], Warning),
        Looked(TRANSPORT, &[139], Warning),
        Looked(TRANSPORT, &[97], Warning),
        Looked(TRANSPORT, &[142, 143], Warning),
        // What the others bring about.
        Looked(TRANSPORT, &[226], Warning),
        Looked(TRANSPORT, &[131, 103, 144], Good),
    ],
    mended: &[],
    quiet: "the log tells of no connection that broke",
};

const SESSIONS_LOG: Log = Log {
    channel: "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
    events: &[Looked(SESSIONS, &[34, 36], Warning), Looked(SESSIONS, &[21, 22, 23, 24, 25, 39, 40], Good)],
    // Nobody logs on while setup runs.
    mended: &[(&[34], &[21, 22, 25])],
    quiet: "the log tells of no session that failed",
};

/// What a log says.
pub fn judge(scene: &Scene<'_>, log: &Log) -> Said {
    let read = answer(&format!("the log {}", log.channel), scene.events(log.channel));
    said(read.map(|events| match events {
        None => Said::not_applicable(format!("there is no log {}", log.channel)),
        Some(events) => log.judge(scene, &events),
    }))
}

/// An event that is looked for, and what it means.
struct Found<'a> {
    event: &'a Event,
    /// The lower, the more it tells.
    rank: usize,
    means: CheckStatus,
}

impl Log {
    fn judge(&self, scene: &Scene<'_>, events: &[Event]) -> Said {
        let own: Vec<_> = events.iter().filter_map(|event| self.found(event)).collect();
        let trouble = own.iter().enumerate().filter(|(index, found)| {
            found.means != Good && !own[..*index].iter().any(|later| self.mends(later.event, found.event))
        });
        // The first of those that tell as much is the newest.
        let telling = trouble.min_by_key(|(_, found)| (found.means != Error, found.rank));
        let mut seen = counts(scene, self.channel, own.iter().map(|found| found.event), events);
        let Some((_, telling)) = telling else {
            return Said::ok(format!("{} {}", self.quiet, span(scene, self.channel, events))).seen(seen);
        };
        let same = own.iter().filter(|found| found.event.id == telling.event.id);
        if let Some(others) = others(same.map(|found| found.event)) {
            seen = format!("{seen}; {}: {others}", telling.event.id);
        }
        let message = format!("event {}: {}", telling.event.id, told(telling.event));
        Said::new(telling.means, message).seen(seen)
    }

    fn found<'a>(&self, event: &'a Event) -> Option<Found<'a>> {
        let own =
            |looked: &Looked| looked.0.eq_ignore_ascii_case(&event.provider) && looked.1.contains(&event.id);
        let rank = self.events.iter().position(own)?;
        Some(Found { event, rank, means: self.events[rank].2 })
    }

    fn mends(&self, later: &Event, trouble: &Event) -> bool {
        let fits = |(what, by): &(&[u32], &[u32])| what.contains(&trouble.id) && by.contains(&later.id);
        later.provider.eq_ignore_ascii_case(&trouble.provider) && self.mended.iter().any(fits)
    }
}

/// What an event means, as `explain` has it, what it carries, and when it was.
fn told(event: &Event) -> String {
    let mut rows = codes::EVENT.find_all(event.id);
    let row = rows.find(|row| row.provider.eq_ignore_ascii_case(&event.provider));
    let meaning = row.map_or("its meaning is not known", |row| row.meaning);
    // What follows says what the event carries, which is told.
    let meaning = meaning.split(';').next().unwrap_or(meaning);
    let carried = Some(carried(event)).filter(|carried| !carried.is_empty());
    let carried = carried.map(|carried| format!("{carried}, ")).unwrap_or_default();
    format!("{meaning} ({carried}on {})", minute(event.at))
}

/// What the newest events of one number carry, where they differ.
fn others<'a>(events: impl Iterator<Item = &'a Event>) -> Option<String> {
    let mut different: Vec<String> = Vec::new();
    for event in events {
        let carried = carried(event);
        if !carried.is_empty() && !different.contains(&carried) {
            different.push(carried);
        }
    }
    let more = different.len().saturating_sub(SHOWN);
    let shown = different.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(" / ");
    match (different.len(), more) {
        (0 | 1, _) => None,
        (_, 0) => Some(shown),
        _ => Some(format!("{shown} and {more} more")),
    }
}
