//! What the logs of a Windows host say of connections.
//!
//! Events of LsaSrv about TERMSRV are a client's, whatever else is there. Events of Schannel may be of any program and
//! are judged only beside an attempt of the same minute.

use super::{
    broker_log,
    carried::RCM,
    event_log::{Log, Looked, judge},
    gateway_log,
};
use crate::{
    local::Check,
    report::{
        CheckStatus::{Error, Ok as Good, Warning},
        Os::Windows,
        Role::Host,
    },
};

/// Its log of licensing.
pub(super) const ADMIN: &str = "Microsoft-Windows-TerminalServices-RemoteConnectionManager/Admin";
const TRANSPORT: &str = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS";
const SESSIONS: &str = "Microsoft-Windows-TerminalServices-LocalSessionManager";

/// The logs that only a host, a gateway or a broker has.
pub(super) const OWN: [&str; 7] = [
    CONNECTIONS_LOG.channel,
    ADMIN,
    TRANSPORT_LOG.channel,
    SESSIONS_LOG.channel,
    gateway_log::LOG.channel,
    broker_log::OF_HOST.channel,
    broker_log::OF_BROKER.channel,
];
/// What ends up in the system's log of a connection that could not be understood.
pub(super) const DRIVER: &str = "TermDD";
/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("host-log-connections", Host, &[Windows], |survey| judge(survey, &CONNECTIONS_LOG)),
    Check::logic("host-log-listener", Host, &[Windows], |survey| judge(survey, &LISTENER_LOG)),
    Check::logic("host-log-certificate", Host, &[Windows], |survey| judge(survey, &CERTIFICATE_LOG)),
    Check::logic("host-log-licensing", Host, &[Windows], |survey| judge(survey, &LICENSING_LOG)),
    Check::logic("host-log-transport", Host, &[Windows], |survey| judge(survey, &TRANSPORT_LOG)),
    Check::logic("host-log-sessions", Host, &[Windows], |survey| judge(survey, &SESSIONS_LOG)),
];

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
