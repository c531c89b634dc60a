//! What the logs of a connection broker say, on the broker and on the hosts that it sends users to.

use super::{
    carried::BROKER_CLIENT,
    event_log::{Log, Looked, judge},
};
use crate::{
    local::Check,
    report::{
        CheckStatus::{Error, Ok as Good, Warning},
        Os::Windows,
        Role::Host,
    },
};

const BROKER: &str = "Microsoft-Windows-TerminalServices-SessionBroker";

/// The checks of this topic.
pub(super) const CHECKS: &[Check] = &[
    Check::logic("host-log-redirection", Host, &[Windows], |survey| judge(survey, &OF_HOST)),
    Check::logic("host-log-broker", Host, &[Windows], |survey| judge(survey, &OF_BROKER)),
];

/// The log of a host in a farm.
pub(super) const OF_HOST: Log = Log {
    channel: "Microsoft-Windows-TerminalServices-SessionBroker-Client/Operational",
    events: &[
        Looked(BROKER_CLIENT, &[1280, 1284, 1303], Error),
        Looked(BROKER_CLIENT, &[1296, 1306], Warning),
        Looked(BROKER_CLIENT, &[1300, 1305], Warning),
        Looked(BROKER_CLIENT, &[1281, 1297, 1301, 1307, 1308], Good),
    ],
    mended: &[(&[1280, 1284, 1303, 1305], &[1281, 1297, 1307])],
    quiet: "the log tells of no user whom the broker could not redirect",
};

/// The log of the broker itself.
pub(super) const OF_BROKER: Log = Log {
    channel: "Microsoft-Windows-TerminalServices-SessionBroker/Operational",
    events: &[Looked(BROKER, &[898, 901, 2056], Error), Looked(BROKER, &[802], Warning)],
    mended: &[],
    quiet: "the log tells of no request that the broker could not serve",
};
