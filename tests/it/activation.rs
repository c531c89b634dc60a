//! The activation: what servers may send besides the exchange itself, and the redirection in both of its carriers.

use rdptrace::{
    Report, Settings,
    codes::Phase,
    internal::pdu::{
        connect_initial::{Announced, connect_initial},
        drdynvc,
        message_channel::{self, Measuring, Message},
        redirection::redirection,
        share::{self, IoPdu},
    },
    report::{ActivateEvidence, Outcome, Redirection, Seen},
    settings::{LicensePolicy, Security},
};

use crate::{
    faults::{settings_for, trace},
    lab::fault,
};

/// A trace over TLS alone, to the end of the activation.
async fn activate(name: &str) -> Report {
    let settings = Settings::default().account(None).until(Some(Phase::Activate)).security(Security::Tls);
    trace(Some(fault(name)), &settings).await
}

fn evidence(report: &Report) -> &ActivateEvidence {
    &report.trace.connections[0].phases.activate.as_ref().expect("entered").evidence
}

fn names(seen: &[Seen]) -> Vec<&str> {
    seen.iter().filter_map(|seen| seen.name.as_deref()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_transport_is_declined_and_a_round_trip_answered() {
    let report = activate("multitransport").await;
    assert_eq!(report.verdict.reached, Some(Phase::Activate));
    let seen = evidence(&report);
    assert_eq!((seen.multitransport_requests, seen.auto_detect_requests, seen.ignored_pdus), (1, 1, 1));
    let [asked] = seen.multitransport[..] else { panic!("{:?}", seen.multitransport) };
    assert_eq!((asked.request_id, asked.requested_protocol), (0x1234, Some(1)));
    assert_eq!(seen.server_name.as_deref(), Some("RDP"));
    assert_eq!((seen.desktop_width, seen.desktop_height), (Some(1024), Some(768)));
    assert!(names(&seen.capability_sets).contains(&"CAPSTYPE_GENERAL"));
}

#[tokio::test(start_paused = true)]
async fn each_pdu_of_one_message_is_read() {
    let report = activate("session-info-joined").await;
    assert_eq!(report.verdict.outcome, Outcome::Passed, "{:?}", report.verdict);
    let seen = evidence(&report);
    let counted = |seen: &[Seen]| seen.iter().map(|seen| (seen.code, seen.count)).collect::<Vec<_>>();
    assert_eq!(counted(&seen.save_session_info), [(0, 1), (2, 1)]);
    assert!(counted(&seen.share_data).contains(&(0x26, 2)), "{:?}", seen.share_data);
}

#[tokio::test(start_paused = true)]
async fn a_second_demand_active_is_answered_and_a_fifth_is_not() {
    let once = activate("reactivation").await;
    assert_eq!((once.verdict.outcome, evidence(&once).reactivations), (Outcome::Passed, 1));
    let endless = activate("reactivation-endless").await;
    assert_eq!((endless.verdict.outcome, evidence(&endless).reactivations), (Outcome::Aborted, 4));
}

/// In either form, from servers of any age, and with what no client can read in it.
#[tokio::test(start_paused = true)]
async fn odd_servers_are_followed_to_the_font_map() {
    let short = activate("reactivation-short").await;
    assert_eq!((short.verdict.outcome, evidence(&short).reactivations), (Outcome::Passed, 1));
    let odd = activate("capabilities-odd").await;
    assert_eq!(odd.verdict.outcome, Outcome::Passed, "{:?}", odd.verdict);
    let seen: Vec<_> = evidence(&odd).capability_sets.iter().map(|seen| (seen.code, seen.count)).collect();
    assert_eq!(seen, [(8, 1), (40, 1), (14, 1), (2, 1), (26, 1), (1, 2)]);
    assert_eq!(evidence(&odd).desktop_width, None);
}

/// A version and a refusal, whole; what is data, compressed, in pieces or cut short is passed over.
#[test]
fn the_answers_on_the_channel_of_dynamic_channels() {
    let answer =
        |text: &str| drdynvc::answer(&hex::decode(text.replace(' ', "")).expect("hex")).map(hex::encode);
    let whole = |text: &str| answer(&format!("10000000 03000000 {text}"));
    let version = |version: &str| Some(format!("040000000300000050000{version}00"));
    for (asked, answered) in [("0000", "1"), ("0100", "1"), ("0200", "2"), ("0300", "2"), ("ffff", "2")] {
        assert_eq!(whole(&format!("5000 {asked} 3333")), version(answered), "{asked}");
    }
    let refused = |text: &str, length: u8| Some(format!("0{length}00000003000000{text}010000c0"));
    assert_eq!(whole("10 07 4100"), refused("1007", 6));
    assert_eq!(whole("11 0700 4100"), refused("110700", 7));
    assert_eq!(whole("1e 07000000 41"), refused("1207000000", 9));
    assert_eq!(
        [whole("13 07"), whole("11 07"), whole("10"), whole("50 00 03"), whole("")],
        [const { None }; 5]
    );
    assert_eq!([whole("30 07 00"), whole("40 07"), answer("10000000 01000000 10 07")], [const { None }; 3]);
    assert_eq!(answer("10000000 03002000 10 07 4100"), None);
}

/// The server goes on only with answers on its channel; without the announcement it ends the session.
#[tokio::test(start_paused = true)]
async fn the_graphics_pipeline_is_announced_where_the_activation_is_asked_for() {
    let report = activate("graphics-required").await;
    assert_eq!(report.verdict.outcome, Outcome::Passed, "{:?}", report.verdict);
    let initial = |graphics| {
        let announced = Announced { clipboard: true, graphics, session: None };
        connect_initial(1, true, announced)
    };
    let names = |graphics| {
        let bytes = initial(graphics);
        ["cliprdr", "drdynvc"].map(|name| bytes.windows(7).any(|seven| seven == name.as_bytes()))
    };
    assert_eq!((names(true), names(false)), ([true, true], [true, false]));
    // CHANNEL_OPTION_SHOW_PROTOCOL is the clipboard's alone (MS-RDPBCGR 2.2.1.3.4.1).
    let options = |name: &[u8]| {
        let bytes = initial(true);
        let at = bytes.windows(8).position(|eight| eight == name).expect("a channel") + 8;
        bytes[at..at + 4].to_vec()
    };
    assert_eq!(options(b"cliprdr\0"), 0xC020_0000_u32.to_le_bytes());
    assert_eq!(options(b"drdynvc\0"), 0xC000_0000_u32.to_le_bytes());
}

/// The server goes on only with the right results.
#[tokio::test(start_paused = true)]
async fn a_bandwidth_is_measured_before_and_after_licensing() {
    for (name, before, after) in [("bandwidth", 3, 0), ("bandwidth-late", 0, 3)] {
        let report = activate(name).await;
        assert_eq!(report.verdict.outcome, Outcome::Passed, "{name}: {:?}", report.verdict);
        let licensing = report.trace.connections[0].phases.licensing.as_ref().expect("entered");
        let counted = (licensing.evidence.auto_detect_requests, evidence(&report).auto_detect_requests);
        assert_eq!(counted, (before, after), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_before_the_font_map_is_recorded() {
    let report = activate("session-info-early").await;
    let seen = evidence(&report);
    assert_eq!(names(&seen.save_session_info), ["INFOTYPE_LOGON_PLAINNOTIFY"]);
    assert!(names(&seen.share_data).contains(&"PDUTYPE2_POINTER"));
    let report = activate("fast-path-early").await;
    assert_eq!((evidence(&report).fast_path_pdus, evidence(&report).ignored_pdus), (1, 1));
}

/// Encrypted in both directions, from the client only, and not at all.
#[tokio::test(start_paused = true)]
async fn standard_rdp_security_reaches_the_end_of_the_activation() {
    let names = ["", "-only", "-plain", "-40-bit", "-56-bit", "-auto-detect", "-drawing", "-drawing-plain"];
    for name in names.map(|name| format!("standard-security{name}")) {
        let settings = Settings::default().until(Some(Phase::Activate));
        let report = trace(Some(fault(&name)), &settings).await;
        assert_eq!(report.verdict.reached, Some(Phase::Activate), "{name}: {:?}", report.verdict);
        let connection = report.trace.connections.last().expect("a connection");
        let seen = &connection.phases.activate.as_ref().expect("entered").evidence;
        assert_eq!((seen.server_name.as_deref(), seen.desktop_width), (Some("RDP"), Some(1024)), "{name}");
        let drawn = u32::from(name.contains("drawing"));
        assert_eq!((seen.fast_path_pdus, seen.ignored_pdus), (drawn, drawn), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_transport_is_declined_in_an_encrypted_pdu() {
    let report = activate("standard-security-multitransport").await;
    assert_eq!(report.verdict.reached, Some(Phase::Activate));
    let seen = evidence(&report);
    assert_eq!((seen.multitransport_requests, seen.auto_detect_requests, seen.ignored_pdus), (1, 1, 1));
}

/// The license exchange stays plain among encrypted PDUs.
#[tokio::test(start_paused = true)]
async fn an_activation_follows_an_issued_license() {
    let settings = Settings::default().until(Some(Phase::Activate)).license(LicensePolicy::Complete);
    let report = trace(Some(fault("standard-security-license")), &settings).await;
    assert_eq!(report.verdict.reached, Some(Phase::Activate), "{:?}", report.verdict);
}

/// The Demand Active that ended licensing is not lost.
#[tokio::test(start_paused = true)]
async fn a_server_that_knows_no_licensing_is_followed() {
    let report = activate("licensing-unknown").await;
    assert_eq!(report.verdict.reached, Some(Phase::Activate));
    let licensing = report.trace.connections[0].phases.licensing.as_ref().expect("entered");
    assert_eq!(licensing.evidence.outcome, None);
    assert_eq!(evidence(&report).server_name.as_deref(), Some("RDP"));
}

#[tokio::test(start_paused = true)]
async fn a_redirection_that_only_informs_is_recorded_and_passed() {
    let report = activate("redirect-informational").await;
    assert_eq!(report.verdict.outcome, Outcome::Passed);
    let seen = evidence(&report).redirection.as_ref().expect("a redirection");
    assert_eq!((seen.session_id, seen.informational), (7, true));
    assert!(report.findings.iter().all(|finding| finding.code.as_str() != "redirected"));
}

/// Everything but the password, wherever it comes.
#[tokio::test(start_paused = true)]
async fn a_redirection_is_recorded_in_either_phase() {
    let late = trace(Some(fault("redirect")), &settings_for(Some(fault("redirect")))).await;
    let early = trace(Some(fault("redirect-in-licensing")), &settings_for(None)).await;
    let licensing = early.trace.connections[0].phases.licensing.as_ref().expect("entered");
    for seen in [&evidence(&late).redirection, &licensing.evidence.redirection] {
        let expected = Redirection {
            session_id: 7,
            flags: 0x21F,
            informational: false,
            target_fqdn: None,
            target_netbios_name: Some("rdsh02".to_owned()),
            target_address: Some("192.0.2.16".to_owned()),
            target_addresses: Vec::new(),
            load_balance_info: Some(hex::encode("Cookie: msts=1\r\n")),
            load_balance_text: Some("Cookie: msts=1".to_owned()),
            user: Some("u".to_owned()),
            domain: Some("D".to_owned()),
            password: true,
            password_bytes: Some(6),
            certificate: false,
            guid: None,
            tsv_url: None,
            unusable: Vec::new(),
        };
        assert_eq!(seen.as_ref(), Some(&expected));
    }
    assert_eq!((late.verdict.phase, early.verdict.phase), (Some(Phase::Activate), Some(Phase::Licensing)));
    for report in [late, early] {
        assert_eq!(report.verdict.outcome, Outcome::Stopped);
        let text = serde_json::to_string(&report).expect("JSON");
        assert!(!text.contains("70007700"), "the password is in the report");
    }
}

/// The announced fields, in the order of the specification and behind a security header.
#[test]
fn a_redirection_behind_a_security_header() {
    let text = "00040000 0004 4800 07000000 00090300 \
                0a000000 6100 6200 2e00 6300 0000 \
                04000000 6700 6800 \
                14000000 02000000 04000000 31003200 04000000 33000000";
    let bytes = hex::decode(text.replace(' ', "").replace("00090300", "00890000")).expect("hex");
    assert_eq!(share::io_pdu(&bytes), IoPdu::Redirection);
    let packet = redirection(&bytes).expect("a redirection");
    assert_eq!((packet.session_id, packet.fqdn.as_deref()), (7, Some("ab.c")));
    assert_eq!(packet.guid.as_deref(), Some("gh"));
    assert_eq!(packet.addresses, ["12", "3"]);
    assert!(redirection(&bytes[..bytes.len() - 1]).is_err());
}

#[test]
fn the_answers_on_the_message_channel() {
    assert_eq!(hex::encode(message_channel::decline(0x1234)), "040000003412000004400080");
    assert_eq!(hex::encode(message_channel::round_trip(7)), "00200000060107000000");
    let message = |text: &str| message_channel::message(&hex::decode(text).expect("hex"));
    assert_eq!(message("001000000600070001100000"), Message::RoundTrip { sequence: 7 });
    let connect_time = Measuring::ConnectTime;
    let results = |when| hex::encode(message_channel::bandwidth(7, when, 3, 22));
    assert_eq!(results(connect_time), "002000000e01070003000300000016000000");
    assert_eq!(results(Measuring::Continuous), "002000000e0107000b000300000016000000");
    assert_eq!(message("001000000600070014100000"), Message::BandwidthStart { when: connect_time });
    assert_eq!(message("00100000060007001401"), Message::BandwidthStart { when: Measuring::Continuous });
    assert_eq!(message("0010000008000700020002000506"), Message::BandwidthPayload { bytes: 10 });
    assert_eq!(message("00100000080007000200ffff0506"), Message::BandwidthPayload { bytes: 10 });
    let stop = |when, bytes| Message::BandwidthStop { sequence: 7, when, bytes };
    assert_eq!(message("00100000080007002b0002000506"), stop(connect_time, 10));
    assert_eq!(message("00100000060007002b00"), stop(connect_time, 0));
    assert_eq!(message("00100000060007002904"), stop(Measuring::Continuous, 0));
    assert_eq!(message("0010000006000700c008"), Message::AutoDetect);
    assert_eq!(message("0040000000050203"), Message::Other);
    assert_eq!(message(""), Message::Other);
}

/// Old servers send no more than this; what follows in the same message is read too.
#[test]
fn a_deactivate_all_of_four_bytes() {
    let pdu = |text: &str| hex::decode(text).expect("hex");
    assert_eq!(share::session_pdu(&pdu("04001600")), IoPdu::DeactivateAll);
    assert_eq!(share::session_pdu(&pdu("05001600ea")), IoPdu::DeactivateAll);
    assert_eq!(share::session_pdu(&pdu("0d001600ec0300000000010000")), IoPdu::DeactivateAll);
    let two = pdu("04001600 08001100ea03ea03".replace(' ', "").as_str());
    assert_eq!(share::first(&two), (&two[..4], &two[4..]));
    assert_eq!(share::session_pdu(&two[4..]), IoPdu::DemandActive);
    assert_eq!(share::session_pdu(&pdu("04001100")), IoPdu::Other);
}

/// Two PDUs in one message are told apart by their lengths; what has no such header stays whole.
#[test]
fn share_pdus_in_one_message() {
    let two = hex::decode("06001600ea03 0600160000ff".replace(' ', "")).expect("hex");
    assert_eq!(share::first(&two), (&two[..6], &two[6..]));
    assert_eq!(share::first(&[1, 2, 3]), (&[1, 2, 3][..], &[][..]));
}
