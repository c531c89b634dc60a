//! What a client offers, as its messages say: each is read by its reader in `pdu`, and kept with the names of its numbers.

use crate::{
    codes::{self, Table},
    pdu::{
        client_capabilities::client_capabilities,
        client_hello::{self, SIGNATURE_ALGORITHMS, SUPPORTED_GROUPS},
        client_info::client_info,
        client_settings::client_settings,
        connection_request::ConnectionRequest,
        hello::ClientHello,
        ntlm, spnego,
        ts_request::TsRequest,
    },
    phase::tls,
    report::{
        Client, ClientCapabilities, ClientChannel, ClientCredssp, ClientHelloOffer, ClientInfo,
        ClientRequest, ClientSettings, Coded,
    },
};

/// RNS_UD_CS_SUPPORT_DYNVC_GFX_PROTOCOL (MS-RDPBCGR 2.2.1.3.2).
const GRAPHICS_PIPELINE: u16 = 0x0100;

/// The Connection Request.
pub(super) fn requested(client: &mut Client, request: &ConnectionRequest) {
    client.request = Some(ClientRequest {
        cookie_bytes: request.cookie.as_ref().map(String::len),
        routing_token_bytes: request.routing_token.as_ref().map(Vec::len),
        protocols_code: request.protocols,
        protocols: bits(&codes::NEGOTIATION_PROTOCOL, request.protocols.unwrap_or_default()),
        flags_code: request.flags.into(),
        flags: bits(&codes::NEGOTIATION_REQUEST_FLAG, request.flags.into()),
        correlation_id: request.correlation_id.map(hex::encode),
    });
}

fn bits(table: &Table, code: u32) -> Vec<Coded> {
    let set = (0..u32::BITS).map(|bit| 1 << bit).filter(|bit| code & bit != 0);
    set.map(|bit| of_table(table, bit)).collect()
}

fn of_table(table: &Table, code: u32) -> Coded {
    Coded { code, name: table.symbol(code).map(str::to_owned) }
}

/// The ClientHello.
pub(super) fn greeted(client: &mut Client, hello: &ClientHello) {
    let named = |codes: Vec<u16>, name: fn(u16) -> Option<String>| {
        codes.into_iter().map(|code| Coded { code: code.into(), name: name(code) }).collect()
    };
    client.hello = Some(ClientHelloOffer {
        versions: named(hello.versions(), |code| unless_number(tls::version(code))),
        suites: named(hello.suites.clone(), |code| unless_number(tls::suite(code))),
        groups: named(hello.listed(SUPPORTED_GROUPS), |code| unless_number(tls::group(code))),
        signature_algorithms: named(hello.listed(SIGNATURE_ALGORITHMS), |code| {
            tls::signature_algorithm(code).map(str::to_owned)
        }),
        sni: client_hello::named(hello).map(str::to_owned),
    });
}

/// What is no more than the number again is no name.
fn unless_number(name: String) -> Option<String> {
    (!name.starts_with("0x")).then_some(name)
}

/// A TSRequest; only the first one tells what is offered.
pub(super) fn authenticates(client: &mut Client, request: &TsRequest) {
    if client.credssp.is_some() {
        return;
    }
    let token = request.nego_token.as_deref().unwrap_or_default();
    let kerberos = spnego::offers_kerberos(token);
    let ntlm = ntlm::message(token).and_then(ntlm::negotiated);
    let version = ntlm.and_then(|(_, version)| version);
    client.credssp = Some(ClientCredssp {
        version: request.version,
        spnego: kerberos.is_some(),
        kerberos,
        ntlm_flags: ntlm.map(|(flags, _)| flags),
        ntlm_version: version.map(|of| format!("{}.{}.{}", of.major, of.minor, of.build)),
    });
}

/// The payload of the TPDU with the Connect Initial.
pub(super) fn settled(client: &mut Client, payload: &[u8]) {
    let Ok(said) = client_settings(payload) else { return };
    let core = said.core.as_ref();
    let flags = core.and_then(|core| core.early_capability_flags);
    let channel = |(name, options)| ClientChannel { name, options };
    client.settings = Some(ClientSettings {
        version: core.map(|core| core.version),
        build: core.map(|core| core.build),
        name: core.map(|core| core.name.clone()),
        keyboard_layout: core.map(|core| core.keyboard_layout),
        keyboard_type: core.and_then(|core| core.keyboard_type),
        desktop_width: core.map(|core| core.desktop.0),
        desktop_height: core.map(|core| core.desktop.1),
        connection_type: core.and_then(|core| core.connection_type),
        early_capability_flags: flags,
        graphics_pipeline: flags.map(|flags| flags & GRAPHICS_PIPELINE != 0),
        encryption_methods: said.encryption_methods,
        channels: said.channels.into_iter().map(channel).collect(),
        cluster_flags: said.cluster_flags,
        monitors: said.monitors,
        message_channel: said.message_channel,
        multitransport: said.multitransport,
    });
}

/// User data that may be Client Info; what names the account is not read.
pub(super) fn informed(client: &mut Client, user_data: &[u8]) {
    if let Ok(said) = client_info(user_data) {
        client.info = Some(ClientInfo { code_page: said.code_page, flags: said.flags });
    }
}

/// User data that may be a Confirm Active.
pub(super) fn confirmed(client: &mut Client, user_data: &[u8]) {
    let Ok(said) = client_capabilities(user_data) else { return };
    let sets = said.sets.into_iter().map(|kind| of_table(&codes::CAPABILITY_SET, kind.into()));
    client.capabilities = Some(ClientCapabilities {
        source: said.source,
        sets: sets.collect(),
        os_major: said.platform.map(|(major, _)| major),
        os_minor: said.platform.map(|(_, minor)| minor),
        max_request_size: said.max_request_size,
    });
}
