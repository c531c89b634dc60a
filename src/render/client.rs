//! What a watched client offered: one line in every report, and a section where that was asked for.

use std::io;

use super::page::{Page, Tone};
use crate::{
    codes::Phase,
    plain,
    report::{
        Client, ClientCapabilities, ClientCredssp, ClientHelloOffer, ClientRequest, ClientSettings, Coded,
        Report,
    },
};

/// Where the facts of the section begin.
const FACTS: usize = 13;
/// Entries of a list that are shown; JSON has all.
const SHOWN: usize = 8;

/// NLA with and without an early result, TLS, RDSTLS, RDS AAD authentication.
const PROTOCOLS: [(u32, &str); 4] = [(2 | 8, "NLA"), (1, "TLS"), (4, "RDSTLS"), (16, "Entra")];
const MSTSC: &str = "MSTSC";

/// The telling facts; none of a client of which nothing was seen.
pub(super) fn line(client: &Client) -> Option<String> {
    let credssp = client.credssp.as_ref();
    let facts = [
        program(client),
        client.request.as_ref().map(protocols),
        client.hello.as_ref().and_then(versions),
        credssp.map(|said| format!("CredSSP {}", said.version)),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    (!facts.is_empty()).then(|| facts.join(", "))
}

/// Which build, as the settings say, or else NTLM.
fn program(client: &Client) -> Option<String> {
    let is_mstsc = client.capabilities.as_ref().is_some_and(|said| said.source == MSTSC);
    let lead = if is_mstsc { "mstsc build" } else { "build" };
    let build = client.settings.as_ref().and_then(|settings| settings.build);
    let system = || client.credssp.as_ref()?.ntlm_version.clone();
    build.map(|build| format!("{lead} {build}")).or_else(|| system().map(|system| format!("system {system}")))
}

fn protocols(request: &ClientRequest) -> String {
    let code = request.protocols_code.unwrap_or_default();
    let offered = PROTOCOLS.iter().filter(|(bits, _)| code & bits != 0).map(|(_, name)| *name);
    match offered.collect::<Vec<_>>() {
        none if none.is_empty() => "RDP security only".to_owned(),
        offered => offered.join("+"),
    }
}

fn versions(hello: &ClientHelloOffer) -> Option<String> {
    let names = hello.versions.iter().filter_map(|version| version.name.as_deref()?.strip_prefix("TLSv"));
    let names: Vec<&str> = names.collect();
    match names[..] {
        [] => None,
        [first, _, .., last] => Some(format!("TLS {first} to {last}")),
        _ => Some(format!("TLS {}", names.join("/"))),
    }
}

/// The line on somebody who came and offered nothing, such as a port scanner.
pub(super) fn nobody(report: &Report) -> Option<String> {
    let made = report
        .trace
        .connections
        .first()
        .filter(|made| report.trace.request.listen && made.client.is_none())?;
    let who = made.local.map_or_else(|| "somebody".to_owned(), |client| client.to_string());
    let bytes = made.watched.as_ref().map_or(0, |watched| watched.client.bytes);
    let summaries = made.phases.summaries();
    let last = summaries.iter().rfind(|last| last.phase >= Phase::Negotiate);
    let why = last.and_then(|last| last.stopped.or(last.failure.map(|failure| failure.detail.as_str())));
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    Some(format!("{who} is no Remote Desktop client, it sent {bytes} B{why}"))
}

/// The section, where it was asked what a client offers.
///
/// # Errors
/// Those of the writer.
pub(super) fn offered(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let client = report.trace.connections.first().and_then(|made| made.client.as_ref());
    let Some(client) = client.filter(|_| report.trace.request.listen) else { return Ok(()) };
    page.gap()?;
    page.heading("Client")?;
    rows(client).iter().try_for_each(|(what, text)| {
        page.row((Tone::Plain, &format!("  {what}")), FACTS, (Tone::Plain, ""), text)
    })
}

/// What it offered, by what that is.
pub(super) fn rows(client: &Client) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    rows.extend(client.request.iter().flat_map(request_rows));
    rows.extend(client.hello.iter().flat_map(hello_rows));
    rows.extend(client.credssp.as_ref().map(credssp_row));
    rows.extend(client.settings.iter().flat_map(settings_rows));
    rows.extend(client.capabilities.iter().flat_map(capability_rows));
    rows.retain(|(_, text)| !text.is_empty());
    rows
}

type Row = (&'static str, String);

fn request_rows(request: &ClientRequest) -> Vec<Row> {
    let bytes =
        |bytes: Option<usize>| bytes.map_or_else(String::new, |bytes| plain::plural(bytes as u64, "byte"));
    vec![
        ("cookie", bytes(request.cookie_bytes)),
        ("token", bytes(request.routing_token_bytes)),
        ("protocols", listed(&request.protocols, "PROTOCOL_")),
        ("flags", listed(&request.flags, "")),
        ("correlates", request.correlation_id.clone().unwrap_or_default()),
    ]
}

fn hello_rows(hello: &ClientHelloOffer) -> Vec<Row> {
    vec![
        ("SNI", hello.sni.clone().unwrap_or_default()),
        ("suites", listed(&hello.suites, "TLS_")),
        ("groups", listed(&hello.groups, "")),
        ("signatures", listed(&hello.signature_algorithms, "")),
    ]
}

fn credssp_row(said: &ClientCredssp) -> Row {
    let spnego = match (said.spnego, said.kerberos) {
        (false, _) => ", without SPNEGO",
        (true, Some(true)) => ", SPNEGO with Kerberos",
        (true, _) => ", SPNEGO without Kerberos",
    };
    let flags = said.ntlm_flags.map_or_else(String::new, |flags| format!(", NTLM flags {flags:#010x}"));
    let system = said.ntlm_version.as_ref().map_or_else(String::new, |system| format!(", system {system}"));
    ("CredSSP", format!("version {}{spnego}{flags}{system}", said.version))
}

fn settings_rows(said: &ClientSettings) -> Vec<Row> {
    let named = said.name.as_ref().map(|name| format!("name {name}"));
    let keyboard = said.keyboard_layout.map(|layout| format!("keyboard {layout:#x}"));
    let desktop = said.desktop_width.zip(said.desktop_height);
    let desktop = desktop.map(|(width, height)| format!("desktop {width}x{height}"));
    let udp = said.multitransport.map(|flags| format!("multitransport {flags:#x}"));
    let graphics =
        said.graphics_pipeline.filter(|graphics| *graphics).map(|_| "graphics pipeline".to_owned());
    let facts = [said.build.map(|build| build.to_string()), named, keyboard, desktop, udp, graphics];
    let channels: Vec<&str> = said.channels.iter().map(|channel| channel.name.as_str()).collect();
    vec![
        ("build", facts.into_iter().flatten().collect::<Vec<_>>().join(", ")),
        ("channels", channels.join(", ")),
    ]
}

fn capability_rows(said: &ClientCapabilities) -> Vec<Row> {
    vec![("source", said.source.clone()), ("sets", listed(&said.sets, "CAPSTYPE_"))]
}

/// The first ones by name, without what all of them begin with, and how many more there are.
fn listed(coded: &[Coded], lead: &str) -> String {
    let name = |one: &Coded| match &one.name {
        Some(name) => name.strip_prefix(lead).unwrap_or(name).to_owned(),
        None => format!("{:#x}", one.code),
    };
    let shown: Vec<String> = coded.iter().take(SHOWN).map(name).collect();
    let more = coded.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
