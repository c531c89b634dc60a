//! What a watched client does not offer, and which servers refuse it for that.
//!
//! A client makes several connections in one attempt and offers less in some of them, so what counts is what it offered in any.

use super::{Facts, Rule};
use crate::{
    codes::{FIRST_PATCHED_CREDSSP, Phase, Protocols},
    report::{Client, ClientHelloOffer, ClientRequest, FindingCode, Severity},
};

const TLS_1_2: u32 = 0x0303;

/// What Windows Server 2022 and 2025 take by default: TLS 1.3 with AES-GCM, ECDHE and DHE with AES-GCM, ECDHE with AES-CBC, RSA
/// key exchange with AES (Microsoft, "TLS Cipher Suites in Windows Server 2022").
const WINDOWS: [u32; 22] = [
    0x1301, 0x1302, 0xC02B, 0xC02C, 0xC02F, 0xC030, 0x009E, 0x009F, 0xC023, 0xC024, 0xC027, 0xC028, 0xC009,
    0xC00A, 0xC013, 0xC014, 0x009C, 0x009D, 0x003C, 0x003D, 0x002F, 0x0035,
];

pub(super) const RULES: &[Rule] = &[
    Rule::new(FindingCode::ClientNlaNotOffered, Severity::Warning, Phase::Negotiate, no_nla),
    Rule::new(FindingCode::ClientTlsOld, Severity::Warning, Phase::Tls, no_tls_1_2),
    Rule::new(FindingCode::ClientSuitesOld, Severity::Warning, Phase::Tls, no_suite_of_windows),
    Rule::new(FindingCode::ClientCredsspOld, Severity::Warning, Phase::Credssp, old_credssp),
    Rule::new(FindingCode::ClientGraphicsNotOffered, Severity::Info, Phase::Mcs, no_graphics),
];

/// What one message said in each connection of the client in which it came.
fn each<'a, T>(facts: &Facts<'a>, of: fn(&'a Client) -> Option<&'a T>) -> Vec<&'a T> {
    facts.trace.traced().filter_map(|made| of(made.client.as_ref()?)).collect()
}

fn no_nla(facts: &Facts<'_>) -> Option<String> {
    let requests = each(facts, |client| client.request.as_ref());
    let offers = |request: &&ClientRequest| {
        let offered = Protocols::from_bits(request.protocols_code.unwrap_or_default());
        // Those two prove an account before the session too.
        [2, 4, 8, 16].into_iter().any(|bit| offered.has(Protocols::from_bits(bit)))
    };
    (!requests.is_empty() && !requests.iter().any(offers))
        .then(|| "the client does not offer NLA, so a server that requires it refuses the client".to_owned())
}

fn hellos<'a>(facts: &Facts<'a>) -> Vec<&'a ClientHelloOffer> {
    each(facts, |client| client.hello.as_ref())
}

fn no_tls_1_2(facts: &Facts<'_>) -> Option<String> {
    let hellos = hellos(facts);
    let best = hellos.iter().flat_map(|hello| &hello.versions).max_by_key(|version| version.code)?;
    let name = best.name.as_deref().unwrap_or("an unknown version");
    (best.code < TLS_1_2).then(|| {
        format!("the client offers {name} at most, and Windows Server 2025 and hardened servers take TLS 1.2 or newer")
    })
}

fn no_suite_of_windows(facts: &Facts<'_>) -> Option<String> {
    let hellos = hellos(facts);
    let mut suites = hellos.iter().flat_map(|hello| &hello.suites).peekable();
    suites.peek()?;
    let taken = suites.any(|suite| WINDOWS.contains(&suite.code));
    (!taken).then(|| "the client offers no cipher suite that Windows Server 2022 takes by default".to_owned())
}

fn old_credssp(facts: &Facts<'_>) -> Option<String> {
    let version = each(facts, |client| client.credssp.as_ref()).iter().map(|said| said.version).max()?;
    (version < FIRST_PATCHED_CREDSSP).then(|| {
        format!("the client speaks CredSSP version {version}, which servers patched against CVE-2018-0886 may refuse")
    })
}

fn no_graphics(facts: &Facts<'_>) -> Option<String> {
    let settings = each(facts, |client| client.settings.as_ref());
    let without = |flag: Option<bool>| flag != Some(true);
    (!settings.is_empty() && settings.iter().all(|settings| without(settings.graphics_pipeline))).then(|| {
        "the client does not offer the graphics pipeline, and a few servers end its session".to_owned()
    })
}
