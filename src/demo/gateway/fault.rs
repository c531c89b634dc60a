//! What a fault of the gateway is: one way to misbehave, where on the way through it, and what a trace must say about it.

use crate::demo::action::Action;
use crate::demo::certificate::Kind;

/// One way to misbehave.
#[derive(Debug)]
pub struct Fault {
    /// Its name in kebab-case, which begins with `gateway-`.
    pub name: &'static str,
    /// What the gateway does, in one line.
    pub about: &'static str,
    /// How a trace has to come to see it.
    pub entry: Entry,
    /// What a trace must say.
    pub expect: Expect,
    pub(super) behaviour: Behaviour,
}

/// What a trace brings to the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The account, with the best scheme that is offered.
    Account,
    /// The account with NTLM under Negotiate.
    Negotiate,
    /// The account with Basic.
    Basic,
    /// The token.
    Token,
    /// The account, and consent to whatever text.
    Consent,
}

/// What a trace through the gateway must say.
#[derive(Debug, PartialEq, Eq)]
pub struct Expect {
    /// The gateway's step that fails, or the phase behind it; with an empty kind the one where the trace stops by its own
    /// choice, or empty when it passes.
    pub step: &'static str,
    /// The failure's kind as the report names it, or empty.
    pub kind: &'static str,
    /// The failure's code, where the protocol has one.
    pub code: Option<u32>,
    /// A finding that must be there.
    pub finding: Option<&'static str>,
    /// The cause that must stand first, where what the gateway does allows to tell one.
    pub cause: Option<&'static str>,
}

/// How the gateway differs from a healthy one.
#[derive(Debug)]
pub(super) enum Behaviour {
    /// Presents this certificate.
    Certificate(Kind),
    /// Wants a certificate of its clients.
    WantsCertificate,
    /// Does this instead of going on.
    At(Stage, Action),
    /// The same, and knows TLS 1.2 at most.
    AtTls12(Stage, Action),
    /// Sends these bytes, then does this.
    Begun(Stage, &'static [u8], Action),
    /// Answers a request of this method, or of every one where it is empty, with this whole answer.
    Front(&'static [(&'static str, &'static str)]),
    /// Offers these schemes.
    Schemes(&'static [&'static str]),
    /// Understands NTLM under Negotiate in SPNEGO alone, or bare alone, and answers the other with this.
    OneForm { in_spnego: bool, otherwise: &'static str },
    /// Answers every first token with this.
    FirstToken(&'static str),
    /// Takes the right password for a wrong one.
    RefusesPassword,
    /// Wants the proof to be bound to its TLS connection.
    WantsBindings,
    /// Wants it bound to the TLS connection behind a proxy that ends TLS.
    BoundElsewhere,
    /// Does not know the connection that the proof comes on, and begins again.
    Forgets,
    /// Answers the proof of the password, of whatever scheme, with this.
    AfterProof(&'static str),
    /// Offers a side channel over UDP, with a cookie as long as that of Windows.
    OffersUdp,
    /// Lets everybody send packets, and wants a token there.
    OnlyToken,
    /// Answers the key of another WebSocket.
    WrongAccept,
    /// Does not see that an upgrade was asked for, as behind a proxy that strips it.
    StripsUpgrade,
    /// Strips the upgrade too, and gives this whole answer to the second connection.
    RefusesSecond(&'static str),
    /// Strips the upgrade too, and somebody else answers the second connection.
    SecondBy(Impostor),
    /// Answers with this code.
    Code(Stage, u32),
    /// Sends these bytes where the answer belongs, and waits.
    Packets(Stage, &'static [u8]),
    /// Reads one packet a WebSocket message, as some gateways do, and ends the connection at a message that is anything else.
    OnePacket,
    /// Packs what it sends in this way.
    Carried(Shape),
    /// Wants consent to this text.
    Consent(&'static str),
    /// Has this to say once the channel is open, and asks whether the client lives.
    Says(&'static str),
    /// Closes the channel with this code when the server behind it has shown the fault of this name.
    Closes(&'static str, u32),
    /// Leads to a server with the fault of this name.
    LeadsTo(&'static str),
}

/// Who stands in for the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Impostor {
    /// Somebody with a certificate of its own, for the gateway's name.
    OtherCertificate,
    /// Somebody who shows the gateway's certificate and does not hold its key.
    WithoutKey,
}

/// What the client has just sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing: the connection has just been made.
    Connect,
    /// A TLS ClientHello.
    ClientHello,
    /// The first request.
    Request,
    /// The first request of the second of two connections.
    Inbound,
    /// The first token of an authentication.
    Negotiate,
    /// The proof of the password.
    Authenticate,
    /// HANDSHAKE_REQUEST.
    Handshake,
    /// TUNNEL_CREATE.
    Tunnel,
    /// TUNNEL_AUTH.
    Authorize,
    /// CHANNEL_CREATE.
    Channel,
    /// Nothing since: the channel has just been opened.
    Opened,
    /// The first DATA.
    Data,
}

/// How packets are put into what carries them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One by one.
    Plain,
    /// Every byte on its own.
    ByteByByte,
    /// After a keepalive in the same frame.
    Joined,
    /// After a ping.
    Pinged,
}
