//! The phases from MCS on with what Windows Server 2022 said to mstsc, over TLS alone and after CredSSP.

use rdptrace::{
    Settings, Target, Tracer,
    codes::Phase,
    report::{ActivateEvidence, Connection, LicensingEvidence, LicensingOutcome, McsEvidence, Status},
    settings::{Experiments, Security},
};

use super::{
    network::{NAME, Player},
    recording::{Conversation, Recording},
    script::{Pace, Script},
};

/// TLS is selected, so that nobody needs the account of a recording.
const TLS: &str = "030000130ed00000123400021f080001000000";

const SERVER_2022: u32 = 0x0008_000E;
/// EDGE_ACTIONS_SUPPORTED_V1 is not among them.
const EARLY_CAPABILITIES: u32 = 0x06;
const STATUS_VALID_CLIENT: u32 = 7;
const ST_NO_TRANSITION: u32 = 2;
const ERRINFO_RPC_INITIATED_DISCONNECT_BY_USER: i64 = 0x0B;

/// In this order.
const CAPABILITY_SETS: [u32; 17] = [9, 1, 20, 10, 8, 27, 14, 2, 29, 3, 18, 13, 23, 24, 26, 28, 30];

/// Synchronize, Control twice and Font Map, each with how often it comes.
const FINALIZATION: [(u32, u32); 3] = [(31, 1), (20, 2), (40, 1)];

/// Sessions that the user ended; what the client asked for in its Connection Request comes back in the Connect Response.
const SESSIONS: [(&str, u32); 3] = [
    ("windows-no-nla-accepted1.pcapng", 0b0001),
    ("windows-nla-kerberos-auth1.pcapng", 0b1011),
    ("windows-restricted-admin-rejected1.pcapng", 0b1010),
];

#[tokio::test]
async fn sessions_of_windows_pass_in_turn_and_at_once() {
    for (name, requested) in SESSIONS {
        let Some(recording) = Recording::open(name) else { continue };
        let recorded = recording.inside_tls(0);
        for pace in [Pace::InTurn, Pace::AtOnce] {
            let made = activated(&recorded, pace).await;
            let phases = &made.phases;
            joined(&phases.mcs.as_ref().expect("MCS").evidence, requested);
            licensed(&phases.licensing.as_ref().expect("licensing").evidence);
            let activate = phases.activate.as_ref().expect("an activation");
            assert_eq!(activate.status, Status::Passed, "{name}, {pace:?}: {:?}", activate.failure);
            active(&activate.evidence);
            let ended = made.session.and_then(|session| session.failure).expect("an end");
            assert_eq!(ended.code, Some(ERRINFO_RPC_INITIATED_DISCONNECT_BY_USER), "{name}: {ended:?}");
        }
    }
}

async fn activated(recorded: &Conversation, pace: Pace) -> Connection {
    let settings = Settings::default()
        .until(Some(Phase::Activate))
        .security(Security::Tls)
        .screenshot(true)
        .experiments(Experiments::Off);
    let target: Target = NAME.parse().expect("a target");
    let player = Player::new(Script::new(TLS, recorded, pace));
    let trace = Tracer::new(&target, &settings, &player).trace().await;
    trace.connections.into_iter().next().expect("a connection")
}

fn joined(seen: &McsEvidence, requested: u32) {
    assert_eq!(seen.result, Some(0));
    assert_eq!(seen.server_version, Some(SERVER_2022));
    assert_eq!(seen.client_requested_protocols, Some(requested));
    assert_eq!(seen.early_capability_flags, Some(EARLY_CAPABILITIES));
    assert_eq!((seen.encryption_method, seen.encryption_level), (Some(0), Some(0)));
    assert_eq!(
        (seen.io_channel, seen.message_channel, seen.user_channel),
        (Some(1003), Some(1008), Some(1009))
    );
    assert_eq!(seen.channel_join_skipped, Some(false));
}

fn licensed(seen: &LicensingEvidence) {
    assert_eq!(seen.outcome, Some(LicensingOutcome::ValidClient));
    assert_eq!(seen.error_code, Some(STATUS_VALID_CLIENT));
    assert_eq!(seen.error_transition, Some(ST_NO_TRANSITION));
    assert_eq!(seen.ignored_pdus, 0);
}

fn active(seen: &ActivateEvidence) {
    assert_eq!(seen.server_name.as_deref(), Some("RDP"));
    assert_eq!(seen.share_id, Some(0x0001_03EA));
    assert_eq!((seen.desktop_width, seen.desktop_height), (Some(1024), Some(768)));
    let sets: Vec<u32> = seen.capability_sets.iter().map(|set| set.code).collect();
    assert_eq!(sets, CAPABILITY_SETS);
    let share_data: Vec<(u32, u32)> = seen.share_data.iter().map(|seen| (seen.code, seen.count)).collect();
    assert_eq!(share_data, FINALIZATION);
    assert_eq!((seen.reactivations, seen.ignored_pdus), (0, 0));
}
