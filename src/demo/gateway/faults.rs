//! The table of the gateway's faults: a row says what the gateway does where, and what a trace must make of it.

use super::fault::{Behaviour, Entry, Expect, Fault, Impostor, Shape, Stage};
use crate::demo::action::Action::{Alert, Close, Flood, Reset, Send, Silence, Trickle};
use crate::demo::answer::Answer::{Bytes, TlsAlert};
use crate::demo::certificate::Kind;
use Behaviour::{At, AtTls12, Begun, Certificate, Closes, Code, Front, Packets};

/// A connection that ends, or goes silent, at a stage.
macro_rules! endings {
    ($name:literal, $stage:ident, $step:literal, $what:literal) => {
        [
            fault(
                concat!("gateway-", $name, "-close"),
                concat!("closes after ", $what),
                At(Stage::$stage, Close),
                failed($step, "closed"),
            ),
            fault(
                concat!("gateway-", $name, "-reset"),
                concat!("resets after ", $what),
                At(Stage::$stage, Reset),
                failed($step, "reset"),
            ),
            fault(
                concat!("gateway-", $name, "-silence"),
                concat!("says nothing after ", $what),
                At(Stage::$stage, Silence),
                failed($step, "timeout"),
            ),
        ]
    };
}

/// Connections that end at every stage, in its order.
static ENDINGS: [[Fault; 3]; 8] = [
    endings!("hello", ClientHello, "tls", "the ClientHello"),
    endings!("request", Request, "http", "the first request"),
    endings!("negotiate", Negotiate, "auth", "the NTLM NEGOTIATE"),
    endings!("authenticate", Authenticate, "auth", "the proof of the password"),
    endings!("handshake", Handshake, "handshake", "HANDSHAKE_REQUEST"),
    endings!("tunnel", Tunnel, "tunnel", "TUNNEL_CREATE"),
    endings!("authorize", Authorize, "authorize", "TUNNEL_AUTH"),
    endings!("channel", Channel, "channel", "CHANNEL_CREATE"),
];

/// Every fault: the endings, then the others in the order of the way through the gateway.
pub fn all() -> impl Iterator<Item = &'static Fault> {
    ENDINGS.iter().flatten().chain(FAULTS)
}

/// The faults that are more than an ending.
const FAULTS: &[Fault] = &[
    // TLS on the gateway leg.
    fault(
        "gateway-certificate-expired",
        "presents a certificate that has expired",
        Certificate(Kind::Expired),
        finding("gateway-certificate-expired"),
    ),
    fault(
        "gateway-certificate-not-yet-valid",
        "presents a certificate that becomes valid in two days",
        Certificate(Kind::NotYetValid),
        finding("gateway-certificate-not-yet-valid"),
    ),
    fault(
        "gateway-certificate-wrong-name",
        "presents the certificate of another gateway",
        Certificate(Kind::WrongName),
        finding("gateway-certificate-name-mismatch"),
    ),
    via(
        Entry::Basic,
        fault(
            "gateway-certificate-wrong-name-basic",
            "presents the certificate of another gateway to a client that would show its password",
            Certificate(Kind::WrongName),
            Expect { step: "auth", ..finding("gateway-account-not-used") },
        ),
    ),
    fault(
        "gateway-certificate-without-key",
        "shows its certificate and does not hold the key to it",
        Certificate(Kind::WithoutKey),
        Expect { step: "auth", ..finding("gateway-account-not-used") },
    ),
    fault(
        "gateway-certificate-weak-key",
        "presents a certificate with an RSA key of 1024 bits, whose signature is not checked",
        Certificate(Kind::WeakKey),
        Expect { step: "auth", ..finding("gateway-account-not-used") },
    ),
    fault(
        "gateway-client-certificate",
        "wants a certificate of its clients, which they do not have",
        Behaviour::WantsCertificate,
        by("gateway-client-certificate-required", failed_with("tls", "tls_alert", 116)),
    ),
    fault(
        "gateway-plain-http",
        "answers TLS with an error page of plain HTTP",
        At(
            Stage::ClientHello,
            Send(Bytes(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n")),
        ),
        by("gateway-tls-failed", failed("tls", "not_tls")),
    ),
    fault(
        "gateway-tls-alert",
        "answers the ClientHello with handshake_failure",
        At(Stage::ClientHello, Send(TlsAlert(40))),
        by("gateway-tls-failed", failed_with("tls", "tls_alert", 40)),
    ),
    // What answers the first request.
    fault(
        "gateway-request-alert",
        "ends TLS with alert 80 after the first request",
        At(Stage::Request, Alert(80)),
        shows("gateway-connection-lost", failed_with("http", "tls_alert", 80)),
    ),
    fault(
        "gateway-request-alert-tls12",
        "ends TLS 1.2 with alert 42 after the first request",
        AtTls12(Stage::Request, Alert(42)),
        shows("gateway-connection-lost", failed_with("http", "tls_alert", 42)),
    ),
    fault(
        "gateway-authenticate-alert",
        "ends TLS with alert 80 after the proof of the password",
        At(Stage::Authenticate, Alert(80)),
        shows("gateway-connection-lost", failed_with("auth", "tls_alert", 80)),
    ),
    fault(
        "gateway-alert-behind",
        "leads to a server that ends TLS 1.2 with alert 80 after the first TSRequest",
        Behaviour::LeadsTo("credssp-alert-tls12"),
        shows("tls-alert-received", failed_with("credssp", "tls_alert", 80)),
    ),
    fault(
        "gateway-challenge-of-old",
        "sends a CHALLENGE without target information, from which no proof is made",
        Front(&[(
            "",
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM TlRMTVNTUAACAAAAAAAAACAAAAABggBAAQIDBAUGBwg=\r\nContent-Length: 0\r\n\r\n",
        )]),
        Expect { step: "auth", ..finding("gateway-account-not-used") },
    ),
    fault(
        "gateway-not-found",
        "answers 404 to everything, as a web server without the role",
        Front(&[("", NOT_FOUND)]),
        by("gateway-not-there", failed_with("http", "http_status", 404)),
    ),
    fault(
        "gateway-web-page",
        "answers with a web page",
        Front(&[(
            "",
            "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 13\r\n\r\n<html></html>",
        )]),
        by("gateway-not-there", failed_with("http", "http_status", 200)),
    ),
    fault(
        "gateway-redirected",
        "sends the client to a login page",
        Front(&[(
            "",
            "HTTP/1.1 302 Found\r\nLocation: https://login.corp.example/\r\nContent-Length: 0\r\n\r\n",
        )]),
        by("gateway-not-there", failed_with("http", "http_status", 302)),
    ),
    fault(
        "gateway-method-forbidden",
        "a proxy in front answers 403 to a method it does not know",
        Front(&[ASKS_BROWSERS, ("", FORBIDDEN)]),
        by("gateway-method-filtered", failed_with("http", "http_status", 403)),
    ),
    fault(
        "gateway-method-not-allowed",
        "a proxy in front answers 405 to a method it does not know",
        Front(&[
            ASKS_BROWSERS,
            (
                "",
                "HTTP/1.1 405 Method Not Allowed\r\nServer: nginx/1.26.3\r\nAllow: GET, HEAD, POST\r\nContent-Length: 0\r\n\r\n",
            ),
        ]),
        by("gateway-method-filtered", failed_with("http", "http_status", 405)),
    ),
    fault(
        "gateway-method-not-implemented",
        "a proxy in front answers 501 to a method it does not know",
        Front(&[
            ASKS_BROWSERS,
            (
                "",
                "HTTP/1.1 501 Not Implemented\r\nServer: squid/6.13\r\nVia: 1.1 proxy (squid/6.13)\r\nContent-Length: 0\r\n\r\n",
            ),
        ]),
        by("gateway-method-filtered", failed_with("http", "http_status", 501)),
    ),
    fault(
        "gateway-path-forbidden",
        "a proxy in front answers 403 to whatever method this client comes with",
        Front(&[("", FORBIDDEN)]),
        by("gateway-path-forbidden", failed_with("http", "http_status", 403)),
    ),
    fault(
        "gateway-service-down",
        "answers 503, as HTTP.sys does when the service is stopped",
        Front(&[(
            "",
            "HTTP/1.1 503 Service Unavailable\r\nServer: Microsoft-HTTPAPI/2.0\r\nContent-Length: 0\r\n\r\n",
        )]),
        by("gateway-service-down", failed_with("http", "http_status", 503)),
    ),
    fault(
        "gateway-legacy-only",
        "knows RPC over HTTP only",
        Front(&[
            (
                "RPC_OUT_DATA",
                "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n",
            ),
            ("", NOT_FOUND),
        ]),
        by("gateway-legacy-rpc", failed_with("http", "http_status", 404)),
    ),
    fault(
        "gateway-azure",
        "answers as the front door of Azure Virtual Desktop does to a client without a token of Entra",
        Front(&[(
            "",
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{\"error\":{\"Code\":\"E_PROXY_ORCHESTRATION_UNKNOWN\"}}",
        )]),
        by("gateway-azure-virtual-desktop", failed_with("auth", "http_status", 401)),
    ),
    fault(
        "gateway-endless-head",
        "answers with a head that never ends",
        Begun(
            Stage::Request,
            b"HTTP/1.1 401 Unauthorized\r\n",
            Flood(Bytes(b"X-Padding: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")),
        ),
        shows("gateway-answer-malformed", failed("http", "malformed")),
    ),
    fault(
        "gateway-trickle",
        "sends one byte of its answer a second",
        At(Stage::Request, Trickle(Bytes(b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\n\r\n"))),
        shows("gateway-silent", failed("http", "timeout")),
    ),
    fault(
        "gateway-no-http",
        "answers the first request as a mail server",
        At(Stage::Request, Send(Bytes(b"220 mail.corp.example ESMTP\r\n221 bye\r\n\r\n"))),
        shows("gateway-answer-malformed", failed("http", "malformed")),
    ),
    // Authentication.
    fault(
        "gateway-password-refused",
        "takes the password for a wrong one (NTLM)",
        Behaviour::RefusesPassword,
        REFUSED,
    ),
    via(
        Entry::Negotiate,
        fault(
            "gateway-password-refused-negotiate",
            "takes the password for a wrong one (Negotiate)",
            Behaviour::RefusesPassword,
            REFUSED,
        ),
    ),
    via(
        Entry::Basic,
        fault(
            "gateway-password-refused-basic",
            "takes the password for a wrong one (Basic)",
            Behaviour::RefusesPassword,
            REFUSED,
        ),
    ),
    fault(
        "gateway-basic-only",
        "offers Basic and nothing better",
        Behaviour::Schemes(&["Basic realm=\"gw01.corp.example\""]),
        finding("gateway-basic-only"),
    ),
    via(
        Entry::Negotiate,
        fault(
            "gateway-negotiate",
            "takes NTLM under Negotiate, bare or in SPNEGO",
            Behaviour::Schemes(&["Negotiate"]),
            PASSES,
        ),
    ),
    via(
        Entry::Negotiate,
        fault(
            "gateway-negotiate-bare",
            "takes bare NTLM under Negotiate and fails at SPNEGO, as some gateways do",
            Behaviour::OneForm { in_spnego: false, otherwise: INTERNAL },
            PASSES,
        ),
    ),
    via(
        Entry::Negotiate,
        fault(
            "gateway-negotiate-spnego",
            "takes NTLM in SPNEGO alone and fails at bare NTLM",
            Behaviour::OneForm { in_spnego: true, otherwise: INTERNAL },
            PASSES,
        ),
    ),
    via(
        Entry::Basic,
        fault(
            "gateway-scheme-missing",
            "offers no Basic to a client that is told to use it",
            Behaviour::Schemes(&["NTLM"]),
            by("gateway-scheme-not-offered", failed_with("auth", "http_status", 401)),
        ),
    ),
    fault(
        "gateway-digest-only",
        "offers only a scheme that nobody speaks",
        Behaviour::Schemes(&["Digest realm=\"gw01\", nonce=\"0\", qop=\"auth\""]),
        by("gateway-scheme-not-offered", failed_with("auth", "http_status", 401)),
    ),
    via(
        Entry::Negotiate,
        fault(
            "gateway-kerberos-only",
            "selects Kerberos within Negotiate, as where NTLM is turned off",
            Behaviour::FirstToken(
                "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate oRQwEqADCgEBoQsGCSqGSIb3EgECAg==\r\nContent-Length: 0\r\n\r\n",
            ),
            by("gateway-scheme-refused", failed_with("auth", "http_status", 401)),
        ),
    ),
    fault(
        "gateway-bindings-enforced",
        "takes only a proof that is bound to its certificate",
        Behaviour::WantsBindings,
        PASSES,
    ),
    fault(
        "gateway-bindings-elsewhere",
        "takes only a proof that is bound to a certificate behind a proxy that ends TLS",
        Behaviour::BoundElsewhere,
        REFUSED,
    ),
    fault(
        "gateway-account-restricted",
        "refuses the account and says why in words, as a Windows that takes no NTLM of this user",
        Behaviour::AfterProof(
            "HTTP/1.1 401 User Account Restricted\r\nServer: Microsoft-HTTPAPI/2.0\r\nRDG-Auth-Scheme: SMARTCARD\r\n\
             WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n",
        ),
        by("account-restricted", failed_with("auth", "http_status", 401)),
    ),
    via(
        Entry::Basic,
        fault(
            "gateway-account-locked",
            "says in words that the account is locked (Basic)",
            Behaviour::AfterProof(
                "HTTP/1.1 401 User Account Locked Out\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
            ),
            by("account-locked", failed_with("auth", "http_status", 401)),
        ),
    ),
    fault(
        "gateway-password-expired",
        "says in words that the password has expired, with a status that is none for that",
        Behaviour::AfterProof("HTTP/1.1 403 Password Expired\r\nContent-Length: 0\r\n\r\n"),
        by("password-expired", failed_with("auth", "http_status", 403)),
    ),
    fault(
        "gateway-no-logon-servers",
        "cannot ask a domain controller for the account, and says so in words",
        Behaviour::AfterProof("HTTP/1.1 401 No Logon Servers Available\r\nContent-Length: 0\r\n\r\n"),
        by("gateway-account-service-failed", failed_with("auth", "http_status", 401)),
    ),
    via(
        Entry::Basic,
        fault(
            "gateway-account-service",
            "cannot ask its own service for accounts, and fails with the password in its hands",
            Behaviour::AfterProof(
                "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nServer error",
            ),
            by("gateway-account-service-failed", failed_with("auth", "http_status", 500)),
        ),
    ),
    fault(
        "gateway-account-service-early",
        "cannot ask its own service for accounts, and fails at the first token",
        Behaviour::FirstToken(INTERNAL),
        by("gateway-account-service-failed", failed_with("auth", "http_status", 500)),
    ),
    fault(
        "gateway-other-connection",
        "gets the proof on a connection that it does not know, and fails",
        Behaviour::AfterProof(INTERNAL),
        by("gateway-authentication-broken", failed_with("auth", "http_status", 500)),
    ),
    fault(
        "gateway-other-connection-again",
        "gets the proof on a connection that it does not know, and begins again",
        Behaviour::Forgets,
        by("gateway-authentication-broken", failed_with("auth", "http_status", 401)),
    ),
    fault(
        "gateway-wrong-accept",
        "answers the key of another WebSocket",
        Behaviour::WrongAccept,
        shows("gateway-answer-malformed", failed("auth", "malformed")),
    ),
    // What carries the packets.
    fault(
        "gateway-upgrade-stripped",
        "does not see the upgrade, as behind a proxy, and goes on with two connections",
        Behaviour::StripsUpgrade,
        finding("gateway-upgrade-stripped"),
    ),
    fault(
        "gateway-second-connection",
        "does not know the second connection, as where a load balancer leads it to another gateway",
        Behaviour::RefusesSecond(
            "HTTP/1.1 401 Unauthorized\r\nServer: Microsoft-HTTPAPI/2.0\r\nContent-Type: text/plain\r\n\
             Content-Length: 39\r\n\r\nTunnel is owned by a different session.",
        ),
        by("gateway-second-connection-refused", failed_with("handshake", "http_status", 401)),
    ),
    fault(
        "gateway-second-certificate",
        "goes on with two connections, and another certificate for its name is shown on the second",
        Behaviour::SecondBy(Impostor::OtherCertificate),
        Expect { step: "handshake", ..finding("gateway-second-connection-differs") },
    ),
    fault(
        "gateway-second-without-key",
        "goes on with two connections, and its certificate is shown on the second without its key",
        Behaviour::SecondBy(Impostor::WithoutKey),
        Expect { step: "handshake", ..finding("gateway-second-connection-differs") },
    ),
    fault(
        "gateway-pings",
        "sends a WebSocket ping before every packet",
        Behaviour::Carried(Shape::Pinged),
        PASSES,
    ),
    fault(
        "gateway-bytes",
        "sends every byte in a frame of its own",
        Behaviour::Carried(Shape::ByteByByte),
        PASSES,
    ),
    fault(
        "gateway-one-packet",
        "reads one packet a WebSocket message, and hangs up at a message that is anything else",
        Behaviour::OnePacket,
        PASSES,
    ),
    fault("gateway-joined", "sends two packets in a frame", Behaviour::Carried(Shape::Joined), PASSES),
    fault(
        "gateway-length-short",
        "sends a packet whose length is smaller than its header",
        Packets(Stage::Handshake, &[2, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0]),
        shows("gateway-answer-malformed", failed("handshake", "malformed")),
    ),
    fault(
        "gateway-length-huge",
        "sends a packet that claims two gigabytes",
        Packets(Stage::Tunnel, &[5, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0]),
        shows("gateway-answer-malformed", failed("tunnel", "malformed")),
    ),
    fault(
        "gateway-length-inside",
        "sends a response that ends before its fields do",
        Packets(Stage::Tunnel, &[5, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0]),
        shows("gateway-answer-malformed", failed("tunnel", "malformed")),
    ),
    fault(
        "gateway-length-data",
        "sends DATA that claims more than its packet holds",
        Packets(Stage::Data, &[10, 0, 0, 0, 12, 0, 0, 0, 0xFF, 0, 1, 2]),
        shows("gateway-answer-malformed", failed("channel", "gateway_error")),
    ),
    fault(
        "gateway-unknown-packet",
        "sends a packet of an unknown type and nothing else",
        Packets(Stage::Authorize, &[0x42, 0, 0, 0, 12, 0, 0, 0, 1, 2, 3, 4]),
        shows("gateway-silent", failed("authorize", "timeout")),
    ),
    fault(
        "gateway-wrong-packet",
        "sends the response of another step",
        Packets(Stage::Tunnel, &[9, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        shows("gateway-answer-malformed", failed("tunnel", "malformed")),
    ),
    // What the gateway says in packets.
    fault(
        "gateway-token-only",
        "lets everybody in and wants a token",
        Behaviour::OnlyToken,
        by("gateway-extended-auth-required", failed_in_packet("handshake", 0x8007_59E9)),
    ),
    via(Entry::Token, fault("gateway-token", "takes the token", Behaviour::OnlyToken, PASSES)),
    via(
        Entry::Token,
        fault(
            "gateway-token-refused",
            "takes the token for one that has expired",
            Code(Stage::Tunnel, 0x8007_59F8),
            by("gateway-token-refused", failed_in_packet("tunnel", 0x8007_59F8)),
        ),
    ),
    via(
        Entry::Token,
        fault(
            "gateway-token-other-host",
            "takes the token for one of another host",
            Code(Stage::Channel, 0x8007_59DA),
            by("gateway-token-other-host", failed_in_packet("channel", 0x8007_59DA)),
        ),
    ),
    fault(
        "gateway-full",
        "has reached its limit of connections",
        Code(Stage::Tunnel, 0x59E6),
        by("gateway-connection-limit", failed_in_packet("tunnel", 0x59E6)),
    ),
    fault(
        "gateway-connection-policy",
        "does not allow the user, by an RD CAP",
        Code(Stage::Authorize, 0x8007_59DB),
        by("gateway-connection-policy", failed_in_packet("authorize", 0x8007_59DB)),
    ),
    fault(
        "gateway-connection-policy-early",
        "does not allow the user, by an RD CAP, and says so a step earlier",
        Code(Stage::Tunnel, 0x59DB),
        by("gateway-connection-policy", failed_in_packet("tunnel", 0x59DB)),
    ),
    fault(
        "gateway-quarantine",
        "does not allow the device, by its health policy",
        Code(Stage::Authorize, 0x59ED),
        by("gateway-connection-policy", failed_in_packet("authorize", 0x59ED)),
    ),
    fault(
        "gateway-resource-policy",
        "does not allow the server, by an RD RAP",
        Code(Stage::Channel, 0x8007_59DA),
        by("gateway-resource-policy", failed_in_packet("channel", 0x8007_59DA)),
    ),
    fault(
        "gateway-target-down",
        "cannot reach the server",
        Code(Stage::Channel, 0x8007_59DD),
        by("gateway-target-unreachable", failed_in_packet("channel", 0x8007_59DD)),
    ),
    fault(
        "gateway-target-down-internal",
        "cannot reach the server, and calls it an internal error",
        Code(Stage::Channel, 0x8007_59D8),
        by("gateway-target-unreachable", failed_in_packet("channel", 0x8007_59D8)),
    ),
    fault(
        "gateway-code-unknown",
        "refuses the tunnel with a number that nobody knows",
        Code(Stage::Tunnel, 0x8007_5AFE),
        shows("gateway-refused", failed_in_packet("tunnel", 0x8007_5AFE)),
    ),
    fault(
        "gateway-udp",
        "offers a side channel over UDP with a cookie of 1.8 kB, as Windows does",
        Behaviour::OffersUdp,
        PASSES,
    ),
    fault(
        "gateway-consent",
        "wants consent to a text",
        Behaviour::Consent(CONSENT),
        Expect { step: "tunnel", ..finding("gateway-consent-asked") },
    ),
    via(
        Entry::Consent,
        fault(
            "gateway-consent-given",
            "wants consent to a text, and gets it",
            Behaviour::Consent(CONSENT),
            finding("gateway-consent-asked"),
        ),
    ),
    fault(
        "gateway-service-message",
        "has a message of its administrator",
        Behaviour::Says("Maintenance tonight at 22:00"),
        finding("gateway-service-message"),
    ),
    // What ends the channel while the server behind it is spoken to.
    fault(
        "gateway-opened-close",
        "opens the channel and closes, as one that has not reached the server yet",
        At(Stage::Opened, Close),
        by("gateway-target-unreachable", failed("channel", "gateway_error")),
    ),
    fault(
        "gateway-data-close",
        "closes after the first DATA without closing the channel",
        At(Stage::Data, Close),
        by("gateway-target-unreachable", failed("channel", "gateway_error")),
    ),
    fault(
        "gateway-data-reset",
        "resets after the first DATA",
        At(Stage::Data, Reset),
        by(
            "gateway-target-unreachable",
            shows("gateway-connection-lost", failed("channel", "gateway_error")),
        ),
    ),
    fault(
        "gateway-data-silence",
        "passes nothing on once the channel is open, which looks like a silent server",
        At(Stage::Data, Silence),
        shows("server-silent", failed("negotiate", "timeout")),
    ),
    fault(
        "gateway-time-limit-in-tls",
        "closes the channel at its time limit, during TLS with the server",
        Closes("tls-reset", 0x59F6),
        by("gateway-session-ended", failed_in_packet("channel", 0x59F6)),
    ),
    fault(
        "gateway-aborted-in-tls",
        "closes the channel for an administrator, during TLS with the server",
        Closes("tls-reset", 0x4D4),
        by("gateway-session-ended", failed_in_packet("channel", 0x4D4)),
    ),
    fault(
        "gateway-time-limit-in-licensing",
        "closes the channel at its time limit, during licensing",
        Closes("licensing-reset", 0x59F6),
        by("gateway-session-ended", failed_in_packet("channel", 0x59F6)),
    ),
    fault(
        "gateway-aborted-in-licensing",
        "closes the channel for an administrator, during licensing",
        Closes("licensing-reset", 0x4D4),
        by("gateway-session-ended", failed_in_packet("channel", 0x4D4)),
    ),
    fault(
        "gateway-checked-again",
        "asks for the authorization to be renewed, and closes the channel without waiting",
        Packets(
            Stage::Data,
            &[
                0x0C, 0, 0, 0, 16, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0, 0, 0, 12, 0, 0, 0, 0xFA, 0x59,
                0, 0,
            ],
        ),
        by("gateway-session-ended", failed_in_packet("channel", 0x59FA)),
    ),
    fault(
        "gateway-broker-behind",
        "leads to a broker, whose redirection would have to come through the gateway again",
        Behaviour::LeadsTo("redirect-once"),
        Expect { step: "licensing", ..finding("redirect-behind-gateway") },
    ),
];

const NOT_FOUND: &str = "HTTP/1.1 404 Not Found\r\nServer: Microsoft-IIS/10.0\r\nContent-Length: 0\r\n\r\n";
const FORBIDDEN: &str = "HTTP/1.1 403 Forbidden\r\nServer: nginx/1.26.3\r\nContent-Length: 0\r\n\r\n";
const INTERNAL: &str = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";
/// What a gateway answers to GET, which a proxy lets through to it.
const ASKS_BROWSERS: (&str, &str) =
    ("GET", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n");
const CONSENT: &str = "Authorized use only. All activity is recorded.";
const PASSES: Expect = Expect { step: "", kind: "", code: None, finding: None, cause: None };
const REFUSED: Expect = by("gateway-credentials-wrong", failed_with("auth", "http_status", 401));

const fn fault(name: &'static str, about: &'static str, behaviour: Behaviour, expect: Expect) -> Fault {
    Fault { name, about, entry: Entry::Account, expect, behaviour }
}

/// The same for a trace that comes in this way.
const fn via(entry: Entry, mut fault: Fault) -> Fault {
    fault.entry = entry;
    fault
}

const fn failed(step: &'static str, kind: &'static str) -> Expect {
    Expect { step, kind, ..PASSES }
}

const fn failed_with(step: &'static str, kind: &'static str, code: u32) -> Expect {
    Expect { code: Some(code), ..failed(step, kind) }
}

/// A code in a packet.
const fn failed_in_packet(step: &'static str, code: u32) -> Expect {
    failed_with(step, "gateway_error", code)
}

const fn finding(code: &'static str) -> Expect {
    Expect { finding: Some(code), ..PASSES }
}

const fn shows(finding: &'static str, expect: Expect) -> Expect {
    Expect { finding: Some(finding), ..expect }
}

/// The same, with the cause that must stand first.
const fn by(cause: &'static str, expect: Expect) -> Expect {
    Expect { cause: Some(cause), ..expect }
}

/// The fault with this name.
pub fn find(name: &str) -> Option<&'static Fault> {
    all().find(|fault| fault.name == name)
}
