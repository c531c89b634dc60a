//! What a fault is: one way to misbehave, where in the connection sequence, and what a trace must say about it.

use std::io;
use std::time::Duration;

use ironrdp_pdu::nego::SecurityProtocol;
use tokio::time::sleep;

use super::certificate::{Handshake, Kind};
use super::stream::{Stream, drain, leave, send};
use super::{answer::Answer, hello::Disliked, session::Ability, standard_security::StandardSecurity};
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

/// How the server differs from a healthy one.
#[derive(Debug)]
pub(super) enum Behaviour {
    /// Does this instead of going on.
    At(Stage, Action),
    /// The same, and knows TLS 1.2 at most.
    AtTls12(Stage, Action),
    /// Does this in the middle of its first TLS flight.
    HalfFlight(Action),
    /// The same in answer to such a ClientHello only.
    HalfFlightTo(Disliked, Action),
    /// Presents this certificate.
    Certificate(Kind),
    /// Speaks at most this CredSSP version.
    CredsspVersion(u32),
    /// Answers the key binding with other bytes than the right ones.
    AlteredKeyBinding,
    /// Answers the key binding with the first bytes of the right answer.
    ShortKeyBinding(usize),
    /// Speaks Standard RDP Security.
    StandardSecurity(StandardSecurity),
    /// Closes when TLS is offered, or with true after it was selected; takes this where it is not.
    WithoutTls(&'static StandardSecurity, bool),
    /// Wants a client certificate in the TLS handshake.
    ClientCertificate,
    /// Offers CredSSP without early authorization; with an action, does that after the credentials.
    PlainHybrid(Option<Action>),
    /// Measures the round trip before licensing.
    AutoDetect,
    /// Asks for a license.
    License,
    /// Knows no licensing and begins with the Demand Active.
    NoLicensing,
    /// Sends these as well, and goes on.
    Also(Stage, &'static [Answer]),
    /// Measures the bandwidth where this was sent, and waits for the results.
    MeasuresBandwidth(Stage),
    /// Sends a Demand Active with capability sets that are odd.
    OddCapabilities,
    /// Takes the activation back so many times before it is complete, each time with this, and begins another.
    Reactivate(u32, Answer),
    /// Does this in answer to such a ClientHello only.
    Hello(Disliked, Action),
    /// Knows the older suites of TLS 1.2 only, with ECDHE and CBC; to a hello without them it does this, or says so in an alert.
    OldSuites(Option<Action>),
    /// Knows TLS up to this minor version only, with an RSA key and AES-CBC.
    OldTls(u8),
    /// Closes when the Connection Request carries the mstshash cookie.
    DislikesCookie,
    /// Closes when the Connection Request offers NLA.
    DislikesNla,
    /// Says that NLA is required when the Connection Request offers none.
    WantsNla,
    /// Selects this protocol where it is offered alone and does this inside TLS; to any other offer it answers so.
    SpeaksFirst(SecurityProtocol, Action, Option<Answer>),
    /// Takes TLS without a Connection Request before it, and does this to whoever begins with one.
    DirectTls(Action),
    /// Does this to whoever begins with this byte, and never says anything to any other.
    ToBeginning(u8, Action),
    /// Closes when the Connection Request carries no routing token of a load balancer.
    WantsToken,
    /// Closes when it carries one.
    DislikesToken,
    /// Behaves so when it carries none, and so or well when it carries one, as a broker and the host that it names do.
    Broker(&'static Behaviour, Option<&'static Behaviour>),
    /// Behaves in the first way to a client that announces this, and in the second to any other.
    ToAbleClients(Ability, &'static Behaviour, &'static Behaviour),
    /// Wants to open a dynamic channel before the Demand Active, and waits for the answers.
    OpensDynamicChannel,
    /// Closes when the connection does not begin with a pre-connection PDU.
    WantsPreconnection,
    /// Does this on the first of every three connections.
    EveryThird(Action),
    /// Takes the activation back once the session is active and has been drawn.
    ReactivateSession,
    /// The same, and begins no other.
    DeactivateSession,
}

/// What the client has just sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing: the connection has just been made.
    Connect,
    /// The X.224 Connection Request.
    ConnectionRequest,
    /// A TLS ClientHello.
    ClientHello,
    /// Nothing more, but TLS is up.
    Secured,
    /// The first TSRequest, with the NTLM NEGOTIATE.
    Negotiate,
    /// The TSRequest with the NTLM AUTHENTICATE.
    Authenticate,
    /// The TSRequest with TSCredentials.
    Credentials,
    /// The MCS Connect Initial.
    ConnectInitial,
    /// The MCS Attach User Request.
    AttachUser,
    /// The first MCS Channel Join Request.
    ChannelJoin,
    /// The Client Info PDU.
    ClientInfo,
    /// Nothing more, but licensing is over.
    Licensed,
    /// The Confirm Active PDU.
    ConfirmActive,
    /// The Font List PDU.
    FontList,
    /// Nothing more, but the session is active.
    Active,
}

/// What the server does then.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    /// Ends the connection with a FIN.
    Close,
    /// The same, after so many seconds of silence.
    CloseAfter(u64),
    /// Ends the connection with a RST.
    Reset,
    /// Never says anything again.
    Silence,
    /// Sends this and closes.
    Send(Answer),
    /// Sends this and waits for the client to leave.
    Greet(Answer),
    /// Sends one byte of this a second and closes.
    Trickle(Answer),
    /// Sends this again and again.
    Flood(Answer),
    /// Ends TLS with this fatal alert.
    Alert(u8),
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
                | Behaviour::At(Stage::Licensed | Stage::ConfirmActive | Stage::FontList, _)
                | Behaviour::StandardSecurity(StandardSecurity { session: Some(_), .. })
        );
        if after || self.is_in_session() { Phase::Activate } else { Phase::Licensing }
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

impl Behaviour {
    /// Which ClientHello meets the fault, and what it meets.
    pub(super) fn disliked(&self) -> Option<(Disliked, Action)> {
        match self {
            Self::Hello(disliked, action) => Some((*disliked, *action)),
            Self::OldSuites(action) => action.map(|action| (Disliked::Current, action)),
            _ => None,
        }
    }

    /// What to do at this stage, if this is the one.
    pub(super) fn at(&self, stage: Stage) -> Option<Action> {
        match self {
            Self::At(at, action) | Self::AtTls12(at, action) if *at == stage => Some(*action),
            Self::PlainHybrid(action) if stage == Stage::Credentials => *action,
            _ => None,
        }
    }
}

impl Action {
    /// Does it, and returns why the conversation cannot go on; `message_channel` is the MCS channel that was announced.
    pub(super) async fn act<S: Stream>(self, stream: &mut S, message_channel: u16) -> io::Error {
        match self.misbehave(stream, message_channel).await {
            Ok(()) => io::Error::other("the fault was shown"),
            Err(error) => error,
        }
    }

    async fn misbehave<S: Stream>(self, stream: &mut S, message_channel: u16) -> io::Result<()> {
        match self {
            Self::Close => Ok(()),
            Self::CloseAfter(seconds) => {
                sleep(Duration::from_secs(seconds)).await;
                Ok(())
            }
            Self::Reset => {
                stream.reset();
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Self::Silence => drain(stream).await,
            Self::Send(answer) => send(stream, &answer.bytes(message_channel)).await,
            Self::Greet(answer) => {
                send(stream, &answer.bytes(message_channel)).await?;
                drain(stream).await
            }
            Self::Trickle(answer) => {
                for byte in answer.bytes(message_channel) {
                    sleep(Duration::from_secs(1)).await;
                    send(stream, &[byte]).await?;
                }
                Ok(())
            }
            Self::Alert(code) => {
                let (record, mut below) = stream.alert(code)?;
                send(&mut below, &record).await?;
                leave(&mut below).await?;
                // There is no TLS left to leave.
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Self::Flood(answer) => {
                let bytes = answer.bytes(message_channel);
                loop {
                    send(stream, &bytes).await?;
                    // Without a pause a clock that is paused would never move.
                    sleep(Duration::from_millis(1)).await;
                }
            }
        }
    }
}
