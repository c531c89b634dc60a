//! What the experiments of the handshake have in common and where they differ.

use super::Facts;
use crate::{
    codes::Phase,
    report::{Likelihood, TlsEvidence},
};

/// The experiments that offer what every current client offers, in other words.
const HELLOS: &[&str] = &["tls12-only", "tls13-only", "small-hello", "large-hello", "no-sni", "legacy-hello"];

/// What a ClientHello must not have to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// Its length.
    Size,
    /// TLS 1.3.
    Version,
    /// The server's name.
    Name,
}

/// The one difference that separates the hellos that were answered from the others.
pub fn difference(facts: &Facts<'_>) -> Option<Difference> {
    // What comes and goes separates nothing.
    if facts.intermittent().is_some() {
        return None;
    }
    // A server that asks for a certificate refuses what came after the hello.
    if facts.tls.is_some_and(|tls| tls.client_certificate_requested) {
        return None;
    }
    let passes = |name| facts.passes(name, Phase::Tls);
    let (small, large, unnamed) = (passes("small-hello"), passes("large-hello"), passes("no-sni"));
    let (old, new) = (passes("tls12-only"), passes("tls13-only"));
    match (small, large, unnamed, old, new) {
        // A hello of usual length without the name is answered, and one with the name and TLS 1.2 is not.
        (_, _, Some(true), Some(false), _) => Some(Difference::Name),
        // The small hello offers TLS 1.3 too.
        (Some(true), Some(false), _, _, _) => Some(Difference::Size),
        (Some(false), _, _, Some(true), Some(false)) => Some(Difference::Version),
        _ => None,
    }
}

/// What a hello that old servers understand was answered with.
pub struct Legacy {
    /// `TLSv1.0 and TLS_RSA_WITH_AES_128_CBC_SHA`.
    pub text: String,
    /// Whether the version is older than TLS 1.2.
    pub is_old: bool,
}

/// The answer to the legacy hello, where no current one is answered.
pub fn legacy(facts: &Facts<'_>) -> Option<Legacy> {
    let current = HELLOS.iter().filter(|name| **name != "legacy-hello");
    let answered = current.into_iter().any(|name| facts.passes(name, Phase::Tls) == Some(true));
    if answered || facts.intermittent().is_some() {
        return None;
    }
    let evidence = answer(facts)?;
    let version = evidence.version.as_deref()?;
    let suite = evidence.cipher_suite.as_deref().unwrap_or("an unnamed suite");
    let is_old = matches!(version, "SSLv3" | "TLSv1.0" | "TLSv1.1");
    Some(Legacy { text: format!("{version} and {suite}"), is_old })
}

fn answer<'a>(facts: &Facts<'a>) -> Option<&'a TlsEvidence> {
    facts.passes("legacy-hello", Phase::Tls).filter(|passed| *passed)?;
    Some(&facts.experiment("legacy-hello")?.connection.phases.tls.as_ref()?.evidence)
}

impl Facts<'_> {
    /// Whether any other ClientHello was answered.
    pub fn any_hello_answered(&self) -> bool {
        HELLOS.iter().any(|name| self.passes(name, Phase::Tls) == Some(true))
    }

    /// The sentence that none was, when some were tried.
    pub fn no_hello_answered(&self) -> Option<String> {
        let tried = HELLOS.iter().filter(|name| self.passes(name, Phase::Tls).is_some()).count();
        let text = format!("none of {tried} other ClientHellos was answered");
        (tried > 0 && !self.any_hello_answered()).then_some(text)
    }

    /// The sentence that the failure came every time, when it was tried again.
    pub fn every_time(&self, phase: Phase) -> Option<String> {
        let (same, made) = self.repeated(phase);
        (made > 0 && same == made).then(|| format!("the same again failed {same} of {made} times"))
    }

    /// How often the same connection passed, when it failed at first and passed later.
    pub fn intermittent(&self) -> Option<String> {
        let phase = self.failed()?.phase;
        let (passed, made) = self.passed_again(phase);
        (passed > 0).then(|| format!("{passed} of {made} times"))
    }

    /// How much one difference between connections proves: nothing certain before the failure has repeated itself.
    pub fn proof(&self, phase: Phase) -> Likelihood {
        match self.every_time(phase) {
            Some(_) => Likelihood::Certain,
            None => Likelihood::Likely,
        }
    }
}
