//! What each server does that the others do not, as it was measured on servers and recordings of them.

use super::{Clue, Place};
use crate::{
    codes::{Phase, Protocols},
    diagnose::{
        Facts,
        credentials::{FREERDP_REFUSAL, IRONRDP_REFUSAL},
        experiments::Inside,
    },
    report::{
        Answerer, Certificate, ExperimentKind, FailureKind, NegotiateEvidence, NtlmEvidence, Phases,
        Selected, Spoken,
    },
};

/// RESTRICTED_ADMIN_MODE_SUPPORTED and REDIRECTED_AUTHENTICATION_MODE_SUPPORTED (MS-RDPBCGR 2.2.1.2.1).
const ADMIN_MODES: u32 = 0x18;
/// EXTENDED_CLIENT_DATA_SUPPORTED and DYNVC_GFX_PROTOCOL_SUPPORTED alone.
const FREERDP_FLAGS: u32 = 0x03;
/// Server 2022, the first whose Schannel speaks TLS 1.3.
const FIRST_TLS13_BUILD: u32 = 20348;
/// The builds that FreeRDP 2, FreeRDP 3 and sspi-rs write, whatever they run on.
const INVENTED_BUILDS: &[u32] = &[7601, 22631, 17763];
const IRONRDP_BUILD: u32 = 17763;
/// What RDP 5 to 8.1 write as the server's version.
const RDP_5: u32 = 0x0008_0004;
/// The order in which capability sets are listed.
const FREERDP_SETS: &[u32] = &[1, 2, 3, 8, 13, 20, 9, 14];
const XRDP_SETS: &[u32] = &[9, 1, 2, 14, 3, 29];
/// GNOME measures the path before licensing with dozens of messages, the others of FreeRDP's library with one.
const GNOME_MEASURES: u32 = 5;
/// The extended key usage that a server needs.
const SERVER_AUTHENTICATION: &str = "1.3.6.1.5.5.7.3.1";

/// Everything that tells them apart here.
pub(super) fn clues(facts: &Facts<'_>, seen: &[&Phases]) -> Vec<Clue> {
    let mut clues = Vec::new();
    let negotiations = seen.iter().filter_map(|phases| phases.negotiate.as_ref());
    clues.extend(
        negotiations.clone().find_map(|record| reaction(record.failure.as_ref()?.kind, &record.evidence)),
    );
    let answers = || negotiations.clone().map(|record| &record.evidence);
    clues.extend(answers().find_map(unasked));
    clues.extend(answers().find_map(flags));
    clues.extend(answers().find_map(early_authorization));
    let mut served = seen.iter().filter_map(|phases| phases.tls.as_ref()?.evidence.certificate.as_ref());
    clues.extend(served.next().map(certificate).unwrap_or_default());
    seen.iter().for_each(|phases| account(phases, &mut clues));
    seen.iter().for_each(|phases| session(phases, &mut clues));
    clues.extend(front(facts));
    clues.extend(web(facts, seen));
    clues.extend(gives_up(seen));
    // One server says the same in every connection.
    let mut said: Vec<String> = Vec::new();
    clues.retain(|clue| {
        !said.contains(&clue.text) && {
            said.push(clue.text.clone());
            true
        }
    });
    clues
}

fn only(who: Answerer, place: Place, text: impl Into<String>) -> Clue {
    Clue { who, points: 2, place, text: text.into() }
}

fn few(who: Answerer, place: Place, text: impl Into<String>) -> Clue {
    Clue { who, points: 1, place, text: text.into() }
}

/// xrdp ends an offer that it does not know with an ultimatum of MCS.
fn reaction(kind: FailureKind, seen: &NegotiateEvidence) -> Option<Clue> {
    let strange = seen.offered().has(Protocols::RDSAAD) || seen.requested_restricted_admin;
    let text =
        "an offer that it does not know is answered with an MCS disconnect in place of a negotiation failure";
    (kind == FailureKind::Disconnect).then(|| {
        if strange {
            only(Answerer::Xrdp, Place::Negotiation, text)
        } else {
            few(Answerer::Xrdp, Place::Negotiation, text)
        }
    })
}

fn unasked(seen: &NegotiateEvidence) -> Option<Clue> {
    let answered = seen.negotiation_response == Some(true) && seen.requested_code != 0;
    let fell = answered && seen.selected == Some(Selected::Rdp);
    let text = "Standard RDP Security is selected although other protocols were asked for";
    fell.then(|| only(Answerer::Xrdp, Place::Negotiation, text)).or_else(|| {
        let text = "NLA is selected although Standard RDP Security alone was asked for";
        let raised = seen.requested_code == 0 && seen.selected.is_some_and(Selected::is_nla);
        raised.then(|| only(Answerer::Proxy, Place::Negotiation, text))
    })
}

fn flags(seen: &NegotiateEvidence) -> Option<Clue> {
    let flags = seen.flags.filter(|_| seen.selected.is_some())?;
    if flags & ADMIN_MODES != 0 {
        let text = format!(
            "the flags {flags:#04x} announce modes of Windows (Restricted Admin, Remote Credential Guard)"
        );
        return Some(only(Answerer::Windows, Place::Negotiation, text));
    }
    let text = "the flags 0x03 announce the graphics pipeline without the modes of Windows";
    (flags == FREERDP_FLAGS).then(|| few(Answerer::Freerdp, Place::Negotiation, text))
}

fn early_authorization(seen: &NegotiateEvidence) -> Option<Clue> {
    let text =
        "NLA with early user authorization is selected, which FreeRDP, GNOME, KDE and xrdp do not know";
    (seen.selected == Some(Selected::NlaEx)).then(|| few(Answerer::Windows, Place::Negotiation, text))
}

/// A certificate is an administrator's choice, so it says little but where the software made it itself.
fn certificate(served: &Certificate) -> Vec<Clue> {
    let subject = &served.subject;
    let mut clues = Vec::new();
    let mut add = |clue: fn(Answerer, Place, String) -> Clue, who, text: &str| {
        clues.push(clue(who, Place::Certificate, format!("{text}: {subject}")));
    };
    if subject.contains("O=xrdp") || subject.contains("CN=www.xrdp.org") {
        add(only, Answerer::Xrdp, "the certificate is the one that xrdp makes");
    }
    if served.self_signed && subject.contains("O=GNOME") {
        add(only, Answerer::GnomeRemoteDesktop, "the certificate is one that GNOME's settings make");
    }
    let alone = served.self_signed && served.usage.extended == [SERVER_AUTHENTICATION];
    let bits = served.usage.key.as_deref().unwrap_or_default();
    let has = |name: &str| bits.iter().any(|bit| bit.eq_ignore_ascii_case(name));
    let life = (served.not_after.0 - served.not_before.0).whole_days();
    if alone && has("keyEncipherment") && has("dataEncipherment") && life < 200 {
        add(only, Answerer::Windows, "the certificate is self-signed in the shape that Windows gives it");
    }
    if alone && served.usage.key.is_none() && served.serial.len() <= 8 {
        add(few, Answerer::Freerdp, "the certificate is self-signed in the shape that FreeRDP gives it");
    }
    clues
}

fn account(phases: &Phases, clues: &mut Vec<Clue>) {
    let Some(record) = &phases.credssp else { return };
    let mut said = |who, text: &str| clues.push(only(who, Place::Account, text));
    if record.evidence.rdsaad.is_some() {
        said(Answerer::Windows, "RDS AAD Auth begins with a nonce");
    }
    match record.evidence.status {
        Some(FREERDP_REFUSAL) => {
            said(Answerer::Freerdp, "the status 0xC00700EA was only seen from FreeRDP's library")
        }
        Some(IRONRDP_REFUSAL) => said(Answerer::Ironrdp, "the status 0xC007030C was only seen from IronRDP"),
        _ => {}
    }
    if let Some(ntlm) = &record.evidence.ntlm {
        names(ntlm, clues);
        version(ntlm, phases, clues);
    }
}

fn names(ntlm: &NtlmEvidence, clues: &mut Vec<Clue>) {
    let named = |name: &Option<String>| name.as_deref().is_some_and(|name| !name.is_empty());
    let all = [&ntlm.netbios_computer, &ntlm.netbios_domain, &ntlm.dns_computer, &ntlm.dns_domain];
    if !all.into_iter().any(named) && ntlm.os_build == Some(IRONRDP_BUILD) {
        let text =
            "the NTLM CHALLENGE names no computer and claims build 17763, as IronRDP's library writes it";
        clues.push(only(Answerer::Ironrdp, Place::Account, text));
    }
    let member = named(&ntlm.netbios_computer)
        && named(&ntlm.netbios_domain)
        && ntlm.netbios_computer != ntlm.netbios_domain;
    if member || named(&ntlm.dns_tree) {
        let text = "the NTLM CHALLENGE names a domain beside the computer";
        clues.push(only(Answerer::Windows, Place::Account, text));
    }
}

/// A version is a claim. What no Windows of this version does shows that it is invented.
fn version(ntlm: &NtlmEvidence, phases: &Phases, clues: &mut Vec<Clue>) {
    let (Some(version), Some(build)) = (ntlm.os_version.as_deref(), ntlm.os_build) else { return };
    let claims = format!("the NTLM CHALLENGE claims Windows {version} build {build}");
    if !INVENTED_BUILDS.contains(&build) {
        clues.push(few(Answerer::Windows, Place::Account, claims));
        return;
    }
    let tls13 = phases.tls.as_ref().is_some_and(|tls| tls.evidence.is_tls13());
    let negotiate = phases.negotiate.as_ref().map(|record| &record.evidence);
    let plain = negotiate.is_some_and(|seen| {
        seen.selected == Some(Selected::Nla) && seen.requested.contains(&Selected::NlaEx)
    });
    let who = if build == IRONRDP_BUILD { Answerer::Ironrdp } else { Answerer::Freerdp };
    if tls13 && build < FIRST_TLS13_BUILD {
        clues.push(only(
            who,
            Place::Account,
            format!("{claims}, and it speaks TLS 1.3, which no such Windows does"),
        ));
    } else if plain && version.starts_with("10.") {
        let text = format!(
            "{claims}, and it does not take the early user authorization that every such Windows takes"
        );
        clues.push(only(who, Place::Account, text));
    }
}

fn session(phases: &Phases, clues: &mut Vec<Clue>) {
    let mut said = |clue: fn(Answerer, Place, String) -> Clue, who, text: &str| {
        clues.push(clue(who, Place::Session, text.to_owned()))
    };
    let mcs = phases.mcs.as_ref().map(|record| &record.evidence);
    let tls = phases.tls.is_some();
    if let Some(version) = mcs.and_then(|mcs| mcs.server_version) {
        let bare =
            mcs.is_some_and(|mcs| mcs.early_capability_flags.is_none() && mcs.message_channel.is_none());
        if version > RDP_5 {
            said(few, Answerer::Windows, "it says that it speaks RDP 10 or newer");
        } else if bare && tls && version == RDP_5 {
            said(few, Answerer::Xrdp, "inside TLS it announces no early capabilities and no message channel");
        }
    }
    let licensing = phases.licensing.as_ref().map(|record| &record.evidence);
    if let Some(product) = licensing.and_then(|seen| seen.product.as_deref()) {
        let weak = licensing.and_then(|seen| seen.certificate.as_ref()?.bits).is_some_and(|bits| bits <= 512);
        if product == "236" && weak {
            said(only, Answerer::Xrdp, "its license request is xrdp's: product 236 with a key of 512 bits");
        } else if licensing.and_then(|seen| seen.company.as_deref()) == Some("Microsoft Corporation") {
            said(only, Answerer::Windows, &format!("it asks for a license of Microsoft's product {product}"));
        }
    }
    let sets = phases.activate.as_ref().map(|record| record.evidence.capability_sets.iter());
    let order: Vec<u32> = sets.map(|sets| sets.map(|set| set.code).collect()).unwrap_or_default();
    if order.starts_with(FREERDP_SETS) {
        said(only, Answerer::Freerdp, "its capability sets come in the order of FreeRDP's library");
    } else if order.starts_with(XRDP_SETS) {
        said(only, Answerer::Xrdp, "its capability sets come in the order of xrdp");
    }
    let freerdp = order.starts_with(FREERDP_SETS) || clues.iter().any(|clue| clue.who == Answerer::Freerdp);
    if freerdp && licensing.is_some_and(|seen| seen.auto_detect_requests >= GNOME_MEASURES) {
        let text = "before licensing it measures the path with many messages, as gnome-remote-desktop does";
        clues.push(few(Answerer::GnomeRemoteDesktop, Place::Session, text));
    }
}

/// What takes TLS at once, and not the Connection Request, is no Remote Desktop server.
fn front(facts: &Facts<'_>) -> Option<Clue> {
    let taken = facts.passes(ExperimentKind::DirectTls, Phase::Tls) == Some(true);
    let failed = facts.failed().is_some_and(|failed| failed.phase == Phase::Negotiate);
    let text = "TLS without a Connection Request is taken, and the Connection Request is not";
    (taken && failed && !matches!(facts.inside_direct_tls(), Some(Inside::Other(_))))
        .then(|| only(Answerer::Proxy, Place::Negotiation, text))
}

/// xrdp that cannot begin TLS ends the connection with RDP's own ultimatum, in the clear.
fn gives_up(seen: &[&Phases]) -> Option<Clue> {
    let clear = |phases: &&Phases| {
        phases.tls.as_ref().is_some_and(|tls| tls.evidence.speaks.as_ref().is_some_and(Spoken::is_rdp))
    };
    let text = "in place of TLS it ends the connection in the clear, as xrdp does";
    seen.iter().any(clear).then(|| few(Answerer::Xrdp, Place::Negotiation, text))
}

/// Whoever answers with HTTP is a web server or a proxy of HTTP; behind a confirm of RDP it is something in front.
fn web(facts: &Facts<'_>, seen: &[&Phases]) -> Option<Clue> {
    let inside = seen.iter().find_map(|phases| {
        let speaks = phases.tls.as_ref()?.evidence.speaks_inside.as_ref().filter(|name| name.is_http())?;
        Some((speaks, phases.negotiate.as_ref().is_some_and(|record| record.evidence.selected.is_some())))
    });
    if let Some((speaks, confirmed)) = inside {
        let clue = if confirmed { only } else { few };
        return Some(clue(
            Answerer::Proxy,
            Place::Negotiation,
            format!("inside TLS it answers with {speaks}"),
        ));
    }
    let plain = |phases: &&Phases| {
        let negotiate = phases.negotiate.as_ref().and_then(|record| record.evidence.speaks.clone());
        negotiate.or_else(|| phases.tls.as_ref()?.evidence.speaks.clone())
    };
    let mut said = seen.iter().filter_map(plain).chain(facts.answers_http().cloned());
    let speaks = said.find(Spoken::is_http)?;
    Some(few(Answerer::Proxy, Place::Negotiation, format!("it answers with {speaks}")))
}
