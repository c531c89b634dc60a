//! What a fault is: one way to misbehave, where in the connection sequence, and what a trace must say about it.

use super::behaviour::{Ability, Behaviour, Stage, StandardSecurity};
use super::certificate::{Handshake, Kind};
use crate::codes::Phase;

/// One way to misbehave.
#[derive(Debug)]
pub struct Fault {
    /// Its name in kebab-case.
    pub name: &'static str,
    /// What the server does, in one line.
    pub about: &'static str,
    /// What a trace must say.
    pub expect: Expect,
    pub(super) behaviour: Behaviour,
}

/// What a trace that offers TLS and NLA with the demo account must say, when it goes as deep as the fault.
#[derive(Debug, PartialEq, Eq)]
pub struct Expect {
    /// The phase that fails; with an empty kind the phase where the trace stops by its own choice, or empty when it passes.
    pub phase: &'static str,
    /// The failure's kind as the report names it, or empty.
    pub kind: &'static str,
    /// The failure's code, where the protocol has one.
    pub code: Option<u32>,
    /// A finding that must be there.
    pub finding: Option<&'static str>,
    /// The cause that must stand first, where what the server does allows to tell one.
    pub cause: Option<&'static str>,
}

impl Fault {
    pub(super) fn certificate(&self) -> Kind {
        match self.behaviour {
            Behaviour::Certificate(kind) => kind,
            // The old suites want an RSA key.
            Behaviour::OldTls(_) => Kind::WeakKey,
            _ => Kind::Healthy,
        }
    }

    pub(super) fn handshake(&self) -> Handshake {
        match self.behaviour {
            Behaviour::ClientCertificate => Handshake::WantsCertificate,
            Behaviour::AtTls12(..) => Handshake::Tls12,
            _ => Handshake::Usual,
        }
    }

    /// The phase that a trace must reach to see the fault: activation for what happens after licensing.
    pub fn depth(&self) -> Phase {
        let after = matches!(
            self.behaviour,
            Behaviour::NoLicensing
                | Behaviour::MeasuresBandwidth(Stage::Licensed)
                | Behaviour::OddCapabilities
                | Behaviour::ToAbleClients(Ability::Graphics, ..)
                | Behaviour::Reactivate(..)
                | Behaviour::Also(..)
                | Behaviour::LogsOn(_)
                | Behaviour::At(Stage::Licensed | Stage::ConfirmActive | Stage::FontList, _)
                | Behaviour::StandardSecurity(StandardSecurity { session: Some(_), .. })
        );
        if after || self.is_in_session() { Phase::Activate } else { Phase::Licensing }
    }

    /// Whether it is about the account in Client Info, which a server without NLA logs on with.
    pub fn logs_on(&self) -> bool {
        matches!(self.behaviour, Behaviour::LogsOn(_))
    }

    /// Whether it redirects back to itself, so that the way can be followed without leaving loopback.
    pub fn leads_back(&self) -> bool {
        matches!(self.behaviour, Behaviour::Broker(..) | Behaviour::ToAbleClients(Ability::Session, ..))
    }

    /// Whether only a screenshot shows the fault.
    pub fn is_in_session(&self) -> bool {
        let at =
            matches!(self.behaviour, Behaviour::At(Stage::Active, _) | Behaviour::Also(Stage::Active, _));
        at || matches!(self.behaviour, Behaviour::ReactivateSession | Behaviour::DeactivateSession)
    }
}
