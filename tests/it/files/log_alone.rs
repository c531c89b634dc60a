//! A log that was handed over alone is judged by itself, and what its events carry is told.

use std::sync::atomic::{AtomicUsize, Ordering};

use rdptrace::{
    local::{Checked, RoleChoice},
    report::{
        CheckStatus::{self, Error, Ok as Good, Unknown, Warning},
        Role::{self, Client, Host},
    },
};
use time::Duration;

use super::{
    evtx_writer::{Sample, log},
    host::{checked, find},
    logs::noon,
};

const TRANSPORT: &str = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS";
const SESSIONS: &str = "Microsoft-Windows-TerminalServices-LocalSessionManager";
const GATEWAY: &str = "Microsoft-Windows-TerminalServices-Gateway";
const BROKER: &str = "Microsoft-Windows-TerminalServices-SessionBroker";
const BROKER_CLIENT: &str = "Microsoft-Windows-TerminalServices-SessionBroker-Client";
const TRANSPORT_LOG: &str = "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS/Operational";
const SESSIONS_LOG: &str = "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational";
const GATEWAY_LOG: &str = "Microsoft-Windows-TerminalServices-Gateway/Operational";
const BROKER_LOG: &str = "Microsoft-Windows-TerminalServices-SessionBroker/Operational";
const BROKER_CLIENT_LOG: &str = "Microsoft-Windows-TerminalServices-SessionBroker-Client/Operational";
/// Data of a driver whose last four bytes are an NTSTATUS inside an HRESULT.
const PACKET: &str =
    "00000400010000000000000038000AC00000000038000AC000000000000000000000000000000000840100D0";

/// Number and values of an event, the oldest event first.
type Logged = (u32, &'static [(&'static str, &'static str)]);

fn written(channel: &'static str, provider: &'static str, events: &[Logged]) -> Vec<u8> {
    log((0..).zip(events).map(|(minute, (id, data))| Sample {
        channel,
        provider,
        id: *id,
        at: noon() + Duration::minutes(minute),
        data: data.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
    }))
}

fn read(channel: &'static str, provider: &'static str, events: &[Logged]) -> Checked {
    static FOLDERS: AtomicUsize = AtomicUsize::new(0);
    let folder = format!("log-alone-{}", FOLDERS.fetch_add(1, Ordering::Relaxed));
    checked(&folder, &[("own.evtx", written(channel, provider, events))], RoleChoice::Auto)
}

/// What a check says, and that every part of it is told.
fn tells(checked: &Checked, code: &str, status: CheckStatus, words: &[&str]) {
    let said = find(checked, code);
    let told = format!("{}; {}", said.message, said.observed.as_deref().unwrap_or_default());
    assert_eq!(said.status, status, "{code}: {told}");
    for word in words {
        assert!(told.contains(word), "{code}: {word} in {told}");
    }
}

fn roles(checked: &Checked) -> &[Role] {
    &checked.machine.roles
}

#[test]
fn the_system_log_of_a_client_tells_of_hosts_that_it_could_not_authenticate() {
    let refused: Logged = (6041, &[("", "TERMSRV/rdsh01.corp.example"), ("", "4")]);
    let found = read("System", "LsaSrv", &[refused]);
    assert_eq!(roles(&found), [Client]);
    let words = ["encryption oracle remediation", "TERMSRV/rdsh01.corp.example offered version 4"];
    tells(&found, "client-log-credssp", Warning, &words);

    let named = &[("Target", "TERMSRV/rdsh01"), ("Protocol", "Kerberos"), ("Error", "0xc0000133")];
    let found = read("System", "LsaSrv", &[(40960, named)]);
    assert_eq!(roles(&found), [Client]);
    tells(&found, "client-log-credssp", Warning, &["TERMSRV/rdsh01, Protocol Kerberos, Error 0xc0000133"]);
    let found = read("System", "LSA (LsaSrv)", &[(40961, &[("", "termsrv/rdsh01")])]);
    tells(&found, "client-log-credssp", Warning, &["termsrv/rdsh01"]);

    // Files and web servers have such events too.
    let found = read("System", "LsaSrv", &[(40960, &[("Target", "cifs/files01")])]);
    tells(&found, "client-log-credssp", Good, &["nothing about Remote Desktop from 2026-11-22 12:00 UTC to"]);
}

#[test]
fn errors_of_tls_that_may_be_of_any_program_are_shown_and_not_judged() {
    let found = read("System", "Schannel", &[(36887, &[("AlertDesc", "40")])]);
    tells(&found, "client-log-schannel", Unknown, &["nobody knows", "alert 40"]);
    let found = read("System", "Service Control Manager", &[(7036, &[])]);
    assert_eq!(roles(&found), [Client, Host], "it may be of either");
    tells(
        &found,
        "client-log-schannel",
        Good,
        &["no error from 2026-11-22 12:00 UTC to 2026-11-22 12:00 UTC"],
    );
    tells(&found, "host-log-listener", Good, &["from 2026-11-22 12:00 UTC"]);
}

#[test]
fn the_driver_tells_whom_it_disconnected_and_with_which_status() {
    let by_layer: Logged = (56, &[("", r"\Device\Termdd"), ("", "203.0.113.9"), ("Binary", PACKET)]);
    let by_component: Logged = (50, &[("", r"\Device\Termdd"), ("", "X.224")]);
    let found = read("System", "TermDD", &[by_layer, by_component]);
    assert_eq!(roles(&found), [Host]);
    let words = ["event 56", "203.0.113.9", "0xC0000184 STATUS_INVALID_DEVICE_STATE", "50 once"];
    tells(&found, "host-log-listener", Warning, &words);
    let found = read("System", "TermDD", &[by_component]);
    tells(&found, "host-log-listener", Warning, &["event 50", "component X.224"]);
}

#[test]
fn the_event_that_tells_most_is_told_first() {
    let broke: Logged = (
        226,
        &[
            ("StateTransition", "RDP_TCP"),
            ("PreviousStateName", "StateUnknown"),
            ("NewStateName", "StateDisconnected"),
            ("EventName", "Event_Disconnect"),
            ("ErrorCode", "0x80070040"),
        ],
    );
    let wrong: Logged = (140, &[("IPString", "203.0.113.9")]);
    let other: Logged = (140, &[("IPString", "203.0.113.10")]);
    let found = read(TRANSPORT_LOG, TRANSPORT, &[other, wrong, broke, broke]);
    let words = ["event 140", "from 203.0.113.9", "from 203.0.113.10", "226 2 times"];
    tells(&found, "host-log-transport", Warning, &words);
    let found = read(TRANSPORT_LOG, TRANSPORT, &[broke]);
    let words = ["RDP_TCP went from StateUnknown to StateDisconnected on Event_Disconnect", "64 of Windows"];
    tells(&found, "host-log-transport", Warning, &words);
}

#[test]
fn setup_that_runs_is_over_when_somebody_logs_on() {
    let logon: Logged = (21, &[("Param1", r"CORP\alice")]);
    let setup: Logged = (34, &[]);
    tells(&read(SESSIONS_LOG, SESSIONS, &[setup]), "host-log-sessions", Warning, &["event 34"]);
    tells(&read(SESSIONS_LOG, SESSIONS, &[logon, setup]), "host-log-sessions", Warning, &["event 34"]);
    tells(&read(SESSIONS_LOG, SESSIONS, &[setup, logon]), "host-log-sessions", Good, &["34 once", "21 once"]);
    tells(&read(SESSIONS_LOG, SESSIONS, &[setup, (25, &[])]), "host-log-sessions", Good, &["25 once"]);
}

#[test]
fn a_gateway_tells_whom_it_refused_where_and_why() {
    let who = r"CORP\alice";
    let _ = who;
    let refused: Logged = (
        301,
        &[
            ("Username", r"CORP\alice"),
            ("IpAddress", "203.0.113.9"),
            ("Resource", "rdsh01"),
            ("ErrorCode", "23002"),
        ],
    );
    let connected: Logged = (302, &[("Username", r"CORP\bob"), ("IpAddress", "203.0.113.7")]);
    let found = read(GATEWAY_LOG, GATEWAY, &[refused, connected]);
    assert_eq!(roles(&found), [Host]);
    let words = [
        "event 301",
        r"user CORP\alice",
        "from 203.0.113.9",
        "to rdsh01",
        "code 23002 E_PROXY_RAP_ACCESSDENIED",
        "302 once",
    ];
    tells(&found, "host-log-gateway", Warning, &words);
    for id in [201, 304, 309] {
        tells(
            &read(GATEWAY_LOG, GATEWAY, &[(id, &[])]),
            "host-log-gateway",
            Warning,
            &[&format!("event {id}")],
        );
    }
    tells(&read(GATEWAY_LOG, GATEWAY, &[(203, &[])]), "host-log-gateway", Error, &["event 203"]);
    let ended: Logged = (303, &[("ErrorCode", "1226")]);
    let found = read(GATEWAY_LOG, GATEWAY, &[(312, &[]), (200, &[]), (300, &[]), connected, ended]);
    tells(
        &found,
        "host-log-gateway",
        Good,
        &["312 once", "from 2026-11-22 12:00 UTC to 2026-11-22 12:04 UTC"],
    );
}

#[test]
fn a_broker_and_its_hosts_tell_what_failed() {
    let failed: Logged = (1306, &[("Param1", "CORP"), ("Param2", "alice"), ("Param3", "0x80070515")]);
    let found = read(BROKER_CLIENT_LOG, BROKER_CLIENT, &[failed]);
    assert_eq!(roles(&found), [Host]);
    let words = ["event 1306", "domain CORP, user alice, code 0x80070515"];
    tells(&found, "host-log-redirection", Warning, &words);
    let lost: Logged = (1280, &[("Param1", "rdcb01"), ("Param2", "0x800706BA")]);
    let found = read(BROKER_CLIENT_LOG, BROKER_CLIENT, &[lost]);
    tells(&found, "host-log-redirection", Error, &["event 1280", "broker rdcb01", "1722 of Windows"]);
    let found = read(BROKER_CLIENT_LOG, BROKER_CLIENT, &[lost, (1281, &[])]);
    tells(&found, "host-log-redirection", Good, &["1280 once"]);
    let found = read(BROKER_LOG, BROKER, &[(2056, &[])]);
    assert_eq!(roles(&found), [Host]);
    tells(&found, "host-log-broker", Error, &["event 2056"]);
    tells(&read(BROKER_LOG, BROKER, &[(802, &[("Param1", "x")])]), "host-log-broker", Warning, &["802"]);
}

/// Of what domain controllers log of accounts only refusals count, and of the proof that Kerberos asks for none.
#[test]
fn refused_logons_are_those_of_every_event_that_tells_of_one() {
    const AUDIT: &str = "Microsoft-Windows-Security-Auditing";
    let logged = |events: &[Logged]| read("Security", AUDIT, events);
    let code = "host-log-logons";
    let denied: Logged =
        (4825, &[("AccountName", "alice"), ("AccountDomain", "CORP"), ("ClientAddress", "192.0.2.7")]);
    tells(
        &logged(&[denied]),
        code,
        Warning,
        &["4825 once", "no right to Remote Desktop: 1", "CORP\\alice", "192.0.2.7"],
    );
    let kerberos: Logged =
        (4771, &[("TargetUserName", "alice"), ("Status", "0x18"), ("IpAddress", "::ffff:192.0.2.7")]);
    tells(
        &logged(&[kerberos]),
        code,
        Warning,
        &["4771 once", "KDC_ERR_PREAUTH_FAILED (24): 1", "alice", "192.0.2.7"],
    );
    let no_ticket: Logged =
        (4768, &[("TargetUserName", "bob"), ("TargetDomainName", "CORP"), ("Status", "0x6")]);
    tells(&logged(&[no_ticket]), code, Warning, &["4768 once", "KDC_ERR_C_PRINCIPAL_UNKNOWN (6): 1"]);
    let ntlm: Logged =
        (4776, &[("TargetUserName", "alice"), ("Workstation", "PC1"), ("Status", "0xc000006a")]);
    tells(
        &logged(&[ntlm]),
        code,
        Warning,
        &["4776 once", "STATUS_WRONG_PASSWORD (0xC000006A): 1", "workstation PC1"],
    );
    let good: [Logged; 4] = [
        (4776, &[("TargetUserName", "alice"), ("Workstation", "PC1"), ("Status", "0x0")]),
        (4768, &[("TargetUserName", "alice"), ("Status", "0x0")]),
        (4768, &[("TargetUserName", "alice"), ("Status", "0x19")]),
        (4624, &[("TargetUserName", "alice"), ("LogonType", "3")]),
    ];
    tells(&logged(&good), code, Good, &["4624 once", "from 2026-"]);
}
