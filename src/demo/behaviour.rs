//! How a server differs from a healthy one, and where in the connection sequence.

use ironrdp_pdu::nego::SecurityProtocol;

use super::action::Action;
use super::answer::Answer;
use super::certificate::Kind;
use super::hello::Disliked;
use super::select::Select;

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
    /// Answers an account in Client Info so, whatever it is.
    LogsOn(LogonAnswer),
    /// Selects this, and ends when the client has offered all that it can without a proof.
    Listens(Select),
}

/// What a server does with the account that Client Info has, once the session is active.
#[derive(Clone, Copy, Debug)]
pub(super) enum LogonAnswer {
    /// Says that the user is logged on, or that the password is wrong.
    Honest,
    /// Says that the logon failed with this status, whatever the password is, and shows its logon screen: status, data.
    Error(u32, u32),
    /// Draws its screen and says nothing of the account.
    Unsaid,
    /// Does this.
    Does(Action),
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

/// What a client may announce in its Connect Initial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ability {
    /// That it can be redirected.
    Redirection,
    /// That it wants the session that a redirection named.
    Session,
    /// The graphics pipeline, and the channel that carries it.
    Graphics,
}

/// A server of Standard RDP Security.
#[derive(Clone, Copy, Debug)]
pub(super) struct StandardSecurity {
    /// The Connection Confirm.
    pub confirm: &'static [u8],
    /// Refuses every offer of TLS first.
    pub only: bool,
    /// encryptionMethod.
    pub method: u32,
    /// encryptionLevel.
    pub level: u32,
    /// What follows Client Info.
    pub then: Then,
    /// How the session that follows licensing differs from a healthy one.
    pub session: Option<&'static Behaviour>,
}

/// What the server does after Client Info.
#[derive(Clone, Copy, Debug)]
pub(super) enum Then {
    /// Says that the client needs no license.
    ValidClient,
    /// The same, in an encrypted PDU although nobody asked for that.
    EncryptedValidClient,
    /// Asks for a license.
    License,
    /// The encrypted PDU has a wrong MAC.
    WrongMac,
    /// Closes, as xrdp does after a MAC that it does not accept.
    Close,
    /// Sets this error info.
    ErrorInfo(u32),
    /// Redirects.
    Redirection,
    /// Measures the round trip on the message channel, then needs no license.
    AutoDetect,
    /// Needs no license, and sends wrong MACs on the fast path.
    WrongFastPathMac,
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
            Self::Listens(_) if matches!(stage, Stage::Negotiate | Stage::FontList) => Some(Action::Close),
            Self::PlainHybrid(action) if stage == Stage::Credentials => *action,
            _ => None,
        }
    }
}
