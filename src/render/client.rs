//! What a watched client offered, in one line.

use crate::report::{Client, ClientHelloOffer, ClientRequest};

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
