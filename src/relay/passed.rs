//! What is known of a connection when it has ended.

use crate::{
    flow::Flow,
    report::{Phases, TargetRecord, Tcp},
};

/// One that has ended.
pub(super) struct Passed {
    pub flow: Flow,
    /// Name resolution and TCP of the server.
    pub reached: Phases,
    pub target: TargetRecord,
    pub to_client: Option<Tcp>,
    pub to_server: Option<Tcp>,
}
