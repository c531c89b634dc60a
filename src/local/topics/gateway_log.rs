//! What the log of an RD Gateway says of connections through it.

use super::event_log::{Log, Looked, judge};
use crate::{
    local::Check,
    report::{
        CheckStatus::{Error, Ok as Good, Warning},
        Os::Windows,
        Role::Host,
    },
};

const GATEWAY: &str = "Microsoft-Windows-TerminalServices-Gateway";

/// The checks of this topic.
pub(super) const CHECKS: &[Check] =
    &[Check::logic("host-log-gateway", Host, &[Windows], |survey| judge(survey, &LOG))];

/// Its log.
pub(super) const LOG: Log = Log {
    channel: "Microsoft-Windows-TerminalServices-Gateway/Operational",
    events: &[
        Looked(GATEWAY, &[203], Error),
        Looked(GATEWAY, &[201], Warning),
        Looked(GATEWAY, &[301], Warning),
        Looked(GATEWAY, &[304], Warning),
        Looked(GATEWAY, &[309], Warning),
        Looked(GATEWAY, &[200, 202, 300, 302, 303, 307, 312, 313], Good),
    ],
    mended: &[(&[203], &[200, 302])],
    quiet: "the log tells of no connection that the gateway refused or could not make",
};
