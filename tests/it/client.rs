//! What a watched client offers is in the report of whoever watched it, and nothing that is secret.

use rdptrace::{
    Target, Tracer, diagnose,
    internal::{
        net::Recording,
        pdu::client_settings::{ClientSettings, client_settings},
    },
    render,
    report::{Client, Coded, FindingCode, Trace},
    settings::Experiments,
};

use crate::{
    faults::settings_for,
    lab::{Lab, fault},
    passive,
};

/// A client's way to an active session, as somebody sees it who has its keys.
async fn watched() -> Trace {
    let fault = Some(fault("capabilities-odd"));
    let lab = Lab::of(fault);
    let recording = Recording::of(&lab);
    let target: Target = "rdsh01.corp.example".parse().expect("a target");
    let settings = settings_for(fault).experiments(Experiments::Off);
    let report = Tracer::new(&target, &settings, &recording).run().await;
    assert!(report.trace.connections.iter().all(|made| made.client.is_none()), "its own are no client's");
    let recorded = recording.take();
    passive::attempt(&recorded.flows[0], &recorded)
}

fn client(trace: &mut Trace) -> &mut Client {
    trace.connections[0].client.as_mut().expect("what the client offered")
}

fn codes(coded: &[Coded]) -> Vec<u32> {
    coded.iter().map(|coded| coded.code).collect()
}

#[tokio::test(start_paused = true)]
async fn every_message_of_a_client_tells_what_it_offers() {
    let mut trace = watched().await;
    let Client { request, hello, credssp, settings, info, capabilities, .. } = client(&mut trace).clone();
    let request = request.expect("a Connection Request");
    assert_eq!((request.cookie_bytes, request.routing_token_bytes), (Some("rdptrace".len()), None));
    assert_eq!(request.protocols_code, Some(11));
    assert_eq!(codes(&request.protocols), [1, 2, 8]);
    let hello = hello.expect("a ClientHello");
    assert_eq!(codes(&hello.versions), [0x0304, 0x0303]);
    assert!(codes(&hello.suites).contains(&0x1301));
    assert!(hello.groups.iter().any(|group| group.name.as_deref() == Some("X25519")));
    assert!(codes(&hello.signature_algorithms).contains(&0x0804));
    assert!(
        hello.signature_algorithms.iter().all(|one| one.name.is_some()),
        "{:?}",
        hello.signature_algorithms
    );
    assert_eq!(hello.sni.as_deref(), Some("rdsh01.corp.example"));
    let credssp = credssp.expect("a TSRequest");
    assert_eq!((credssp.version, credssp.ntlm_flags.is_some()), (6, true));
    let settings = settings.expect("a Connect Initial");
    assert_eq!((settings.build, settings.name.as_deref()), (Some(2600), Some("rdptrace")));
    assert_eq!((settings.keyboard_layout, settings.desktop_width), (Some(0x0409), Some(1024)));
    // Among them is that the server may say by number why it ends a session.
    assert_eq!(settings.early_capability_flags, Some(0x09AB));
    assert_eq!((settings.graphics_pipeline, settings.multitransport), (Some(true), None));
    assert!(info.is_some());
    let capabilities = capabilities.expect("a Confirm Active");
    assert_eq!((capabilities.source.as_str(), capabilities.os_major), ("IRONRDP", Some(4)));
    assert_eq!(capabilities.sets.first().map(|set| set.code), Some(1));
}

#[tokio::test(start_paused = true)]
async fn one_line_of_a_page_is_the_clients_and_one_the_ends() {
    let report = diagnose(watched().await);
    let mut page = Vec::new();
    render::text(&report, &mut page).expect("a page");
    let page = String::from_utf8(page).expect("text");
    let row = |lead: &str| page.lines().find_map(|line| line.strip_prefix(lead)).expect("a row").trim();
    assert_eq!(row("  client"), "build 2600, NLA+TLS, TLS 1.3/1.2, CredSSP 6");
    let end = row("  ended");
    assert!(end.starts_with("TCP closed (FIN) by the client, which had sent "), "{end}");
}

#[tokio::test(start_paused = true)]
async fn a_line_of_a_client_leaves_out_what_it_did_not_say() {
    let mut trace = watched().await;
    client(&mut trace).hello.as_mut().expect("a hello").versions.clear();
    let mut page = Vec::new();
    render::text(&diagnose(trace), &mut page).expect("a page");
    let page = String::from_utf8(page).expect("text");
    assert!(page.contains("client  "), "{page}");
    assert!(page.contains("build 2600, NLA+TLS, CredSSP 6"), "{page}");
}

#[tokio::test(start_paused = true)]
async fn neither_account_nor_password_is_in_the_report() {
    let report = diagnose(watched().await);
    let json = serde_json::to_string(&report).expect("a report");
    for secret in [rdptrace::internal::demo::USER, rdptrace::internal::demo::PASSWORD] {
        assert!(!json.contains(secret), "{secret}");
    }
}

type Change = fn(&mut Client);

/// What a client lacks, and the finding that says so.
const LACKS: [(FindingCode, Change); 5] = [
    (FindingCode::ClientNlaNotOffered, |client| {
        client.request.as_mut().expect("a request").protocols_code = Some(1);
    }),
    (FindingCode::ClientTlsOld, |client| {
        client.hello.as_mut().expect("a hello").versions.retain_mut(|version| {
            (version.code, version.name) = (0x0302, Some("TLSv1.1".to_owned()));
            true
        });
    }),
    (FindingCode::ClientSuitesOld, |client| {
        client.hello.as_mut().expect("a hello").suites.iter_mut().for_each(|suite| suite.code = 5);
    }),
    (FindingCode::ClientCredsspOld, |client| client.credssp.as_mut().expect("CredSSP").version = 4),
    (FindingCode::ClientGraphicsNotOffered, |client| {
        client.settings.as_mut().expect("settings").graphics_pipeline = Some(false);
    }),
];

#[tokio::test(start_paused = true)]
async fn what_a_client_lacks_is_a_finding_and_what_it_offers_is_none() {
    let whole = watched().await;
    for (code, change) in LACKS {
        let has = |trace: Trace| diagnose(trace).findings.iter().any(|finding| finding.code == code);
        assert!(!has(whole.clone()), "{code} of a client that lacks nothing");
        let mut lacking = whole.clone();
        change(client(&mut lacking));
        assert!(has(lacking.clone()), "{code}");
        // What it offers in another connection of the attempt counts as well.
        lacking.connections.push(whole.connections[0].clone());
        assert!(!has(lacking), "{code} of a client that offers it elsewhere");
    }
}

/// A Connect Initial with these blocks behind its domain parameters.
fn connect_initial(blocks: &[(u16, &[u8])]) -> Vec<u8> {
    let mut all = Vec::new();
    for (kind, content) in blocks {
        all.extend(kind.to_le_bytes());
        all.extend(u16::try_from(content.len() + 4).expect("it is short").to_le_bytes());
        all.extend(*content);
    }
    let length = u16::try_from(all.len()).expect("it is short");
    let gcc = [&b"\0\x05\0\x14\x7c\0\x01Duca"[..], &(0x8000 | length).to_be_bytes(), &all].concat();
    let length = u16::try_from(gcc.len()).expect("it is short").to_be_bytes();
    let body = [&[4, 1, 1, 4, 1, 1, 1, 1, 0xFF, 4, 0x82][..], &length, &gcc].concat();
    let length = u16::try_from(body.len()).expect("it is short").to_be_bytes();
    [&[0x7F, 0x65, 0x82][..], &length, &body].concat()
}

/// Names of channels end at their first NUL; no more than 31 are read (MS-RDPBCGR 2.2.1.3.4).
#[test]
fn the_channels_of_a_client_are_named_as_it_wrote_them() {
    let listed = |count: u32, entries: usize| {
        let one = [&b"rdpdr\0\0\0"[..], &0x8080_0000_u32.to_le_bytes()].concat();
        let other = [&b"cliprdrx"[..], &0xC0A0_0000_u32.to_le_bytes()].concat();
        let all = one.into_iter().chain(other).cycle().take(entries * 12);
        count.to_le_bytes().into_iter().chain(all).collect::<Vec<u8>>()
    };
    let read = |content: &[u8]| {
        let told = client_settings(&connect_initial(&[(0xC003, content), (0xC004, &[9, 0, 0, 0])]));
        let told = told.expect("a Connect Initial");
        assert_eq!(told.cluster_flags, Some(9), "a block that is cut short hides no other");
        told.channels
    };
    let (first, second) = (("rdpdr".to_owned(), 0x8080_0000), ("cliprdrx".to_owned(), 0xC0A0_0000));
    assert_eq!(read(&listed(0, 2)), []);
    assert_eq!(read(&listed(1, 2)), std::slice::from_ref(&first));
    assert_eq!(read(&listed(2, 2)), [first.clone(), second]);
    assert_eq!(read(&listed(2, 1)), [first]);
    assert_eq!(read(&listed(40, 40)).len(), 31);
    assert!(client_settings(&[0x7F, 0x66, 0]).is_err());
}

/// What an older client leaves out at the end of its core data is none, and what is before that is read.
#[test]
fn the_core_data_of_an_older_client_is_read_as_far_as_it_goes() {
    let mut core =
        [&[4, 0, 8, 0, 0, 4, 0, 3, 1, 0xCA, 3, 0xAA, 9, 4, 0, 0, 0x28, 0x0A, 0, 0][..], &[0; 32]].concat();
    core[20] = b'v';
    let read =
        |core: &[u8]| client_settings(&connect_initial(&[(0xC001, core)])).expect("a Connect Initial").core;
    let old = read(&core).expect("its core data");
    assert_eq!(
        (old.version, old.desktop, old.build, old.name.as_str()),
        (0x0008_0004, (1024, 768), 2600, "v")
    );
    assert_eq!((old.keyboard_layout, old.keyboard_type, old.early_capability_flags), (0x0409, None, None));
    core.extend([4, 0, 0, 0]);
    assert_eq!(read(&core).and_then(|core| core.keyboard_type), Some(4));
    core.extend([&[0; 72][..], &[0; 8], &[0; 4], &[0xAB, 9], &[0; 64], &[6, 0], &[2, 0, 0, 0]].concat());
    let new = read(&core).expect("its core data");
    assert_eq!(
        (new.early_capability_flags, new.connection_type, new.selected_protocol),
        (Some(0x09AB), Some(6), Some(2))
    );
}

/// Each block tells its own part, and one that did not come is none (MS-RDPBCGR 2.2.1.3).
#[test]
fn each_block_of_a_connect_initial_tells_its_part() {
    let read =
        |blocks: &[(u16, &[u8])]| client_settings(&connect_initial(blocks)).expect("a Connect Initial");
    let none = read(&[(0xC0FF, &[1, 2, 3, 4])]);
    assert_eq!(none, ClientSettings::default());
    assert_eq!(read(&[(0xC002, &[0x1B, 0, 0, 0, 0, 0, 0, 0])]).encryption_methods, Some(0x1B));
    assert_eq!(read(&[(0xC004, &[9, 0, 0, 0, 0, 0, 0, 0])]).cluster_flags, Some(9));
    assert_eq!(read(&[(0xC005, &[0, 0, 0, 0, 2, 0, 0, 0])]).monitors, Some(2));
    assert!(read(&[(0xC006, &[0; 4])]).message_channel && !none.message_channel);
    assert_eq!(read(&[(0xC00A, &[5, 3, 0, 0])]).multitransport, Some(0x0305));
}
