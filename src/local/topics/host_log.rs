//! What the logs of a Windows host say of connections; a log that cannot be read is unknown, never empty.

use super::{
    asked::{answer, said},
    spans::{counts, span},
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

/// The logs that only a host has.
pub const OWN: [&str; 4] = [CONNECTIONS_LOG.channel, ADMIN, TRANSPORT_LOG.channel, SESSIONS_LOG.channel];

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
struct Log {
    channel: &'static str,
    events: &'static [Looked],
    /// The event that shows that errors before it are mended.
    mended: Option<u32>,
    /// What it means that none of its events tells of trouble.
    quiet: &'static str,
}

/// An event that is looked for: its provider, its numbers, and what it means that it was logged.
struct Looked(&'static str, &'static [u32], CheckStatus);

const CONNECTIONS_LOG: Log = Log {
    channel: "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational",
    events: &[
        Looked(RCM, &[260], Error),
        Looked(RCM, &[1006, 20_497, 20_498, 20_499], Warning),
        Looked(RCM, &[258, 261, 1149, 1158], Good),
    ],
    mended: Some(258),
    quiet: "the log tells of no connection that was slow or never completed",
};

const LISTENER_LOG: Log = Log {
    channel: "System",
    events: &[Looked(RCM, &[1035, 1036, 1067, 1070, 1071], Warning), Looked("TermDD", &[50], Warning)],
    mended: None,
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
    mended: Some(1056),
    quiet: "the log tells of no trouble with the listener's certificate",
};

const LICENSING_LOG: Log = Log {
    channel: ADMIN,
    events: &[
        Looked(RCM, &[1069, 50_280, 50_285], Error),
        Looked(RCM, &[1003, 1004, 1011, 1068, 50_281, 50_282, 50_283, 50_284], Warning),
    ],
    mended: None,
    quiet: "the log tells of no trouble with licensing",
};

const TRANSPORT_LOG: Log = Log {
    channel: "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational",
    events: &[
        Looked(TRANSPORT, &[97, 139, 140, 142, 143, 226], Warning),
        Looked(TRANSPORT, &[131, 103, 144], Good),
    ],
    mended: None,
    quiet: "the log tells of no connection that broke",
};

const SESSIONS_LOG: Log = Log {
    channel: "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
    events: &[Looked(SESSIONS, &[34, 36], Warning), Looked(SESSIONS, &[21, 22, 23, 24, 25, 39, 40], Good)],
    mended: None,
    quiet: "the log tells of no session that failed",
};

fn judge(scene: &Scene<'_>, log: &Log) -> Said {
    let read = answer(&format!("the log {}", log.channel), scene.events(log.channel));
    said(read.map(|events| match events {
        None => Said::not_applicable(format!("there is no log {}", log.channel)),
        Some(events) => log.judge(scene, &events),
    }))
}

impl Log {
    fn judge(&self, scene: &Scene<'_>, events: &[Event]) -> Said {
        let own = events.iter().filter_map(|event| Some((event, self.means(event)?)));
        let own: Vec<_> = own.collect();
        let mended = own.iter().position(|(event, _)| Some(event.id) == self.mended).unwrap_or(own.len());
        let error = own[..mended].iter().find(|(_, means)| *means == Error);
        let said = match error.or_else(|| own.iter().find(|(_, means)| *means == Warning)) {
            Some((event, means)) => Said::new(*means, format!("event {}: {}", event.id, meaning(event))),
            None => Said::ok(format!("{} {}", self.quiet, span(scene, self.channel, events))),
        };
        said.seen(counts(scene, self.channel, own.iter().map(|(event, _)| *event), events))
    }

    fn means(&self, event: &Event) -> Option<CheckStatus> {
        let Looked(_, _, means) =
            self.events.iter().find(|looked| looked.0 == event.provider && looked.1.contains(&event.id))?;
        Some(*means)
    }
}

/// What an event means, as `explain` has it.
fn meaning(event: &Event) -> &'static str {
    let mut rows = codes::EVENT.find_all(event.id);
    rows.find(|row| row.provider == event.provider).map_or("its meaning is not known", |row| row.meaning)
}
