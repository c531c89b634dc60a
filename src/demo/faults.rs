//! The table of faults: a row says what the server does where, and what a trace must make of it.

use super::action::Action;
use super::answer::Answer::{self, *};
use super::behaviour::{Ability, Behaviour, LogonAnswer, Stage, StandardSecurity, Then};
use super::certificate::Kind;
use super::fault::{Expect, Fault};
use super::hello::Disliked;
use Action::{Alert, Close, CloseAfter, Flood, Greet, Reset, Send, Silence, Trickle};
use Behaviour::{At, AtTls12, LogsOn, SpeaksFirst};
use ironrdp_pdu::nego::SecurityProtocol;

/// Every fault, in the order of the connection.
pub const FAULTS: &[Fault] = &[
    // Negotiation: MS-RDPBCGR 2.2.1.1 and 2.2.1.2.
    fault(
        "negotiate-close",
        "closes after the Connection Request",
        At(Stage::ConnectionRequest, Close),
        by("wrong-service-on-port", failed("negotiate", "closed")),
    ),
    fault(
        "negotiate-reset",
        "resets after the Connection Request",
        At(Stage::ConnectionRequest, Reset),
        by("wrong-service-on-port", failed("negotiate", "reset")),
    ),
    fault(
        "negotiate-close-unasked",
        "closes every connection at once, whatever is sent in it",
        At(Stage::Connect, Close),
        by("proxy-without-live-host", failed("negotiate", "closed")),
    ),
    fault(
        "negotiate-silence",
        "never answers the Connection Request",
        At(Stage::ConnectionRequest, Silence),
        by("services-hung", shows("server-silent", failed("negotiate", "timeout"))),
    ),
    fault(
        "negotiate-trickle",
        "sends one byte of a valid confirm a second",
        At(Stage::ConnectionRequest, Trickle(CONFIRM_NLA)),
        by("path-slow", shows("path-slow", failed("negotiate", "timeout"))),
    ),
    fault(
        "negotiate-flood",
        "sends endless bytes that never form a PDU",
        At(Stage::ConnectionRequest, Flood(Bytes(&[0xA5; 512]))),
        by("wrong-service-on-port", failed("negotiate", "not_rdp")),
    ),
    fault(
        "tls-required",
        "says that TLS is required",
        At(Stage::ConnectionRequest, Send(NegotiationFailure(1))),
        by("server-requires-tls", failed_with("negotiate", "negotiation_failure", 1)),
    ),
    fault(
        "tls-not-allowed",
        "says that TLS is not allowed",
        At(Stage::ConnectionRequest, Send(NegotiationFailure(2))),
        by("server-refuses-tls", failed_with("negotiate", "negotiation_failure", 2)),
    ),
    fault(
        "certificate-missing",
        "says that it has no certificate",
        At(Stage::ConnectionRequest, Send(NegotiationFailure(3))),
        by("certificate-unusable", failed_with("negotiate", "negotiation_failure", 3)),
    ),
    fault(
        "inconsistent-flags",
        "says that the flags are inconsistent, as a server does behind a TLS proxy",
        Behaviour::DirectTls(Send(NegotiationFailure(4))),
        by(
            "tls-proxy-in-front",
            shows("negotiation-direct-tls", failed_with("negotiate", "negotiation_failure", 4)),
        ),
    ),
    fault(
        "nla-required",
        "says that NLA is required",
        At(Stage::ConnectionRequest, Send(NegotiationFailure(5))),
        by("offer-rewritten", failed_with("negotiate", "negotiation_failure", 5)),
    ),
    fault(
        "client-certificate-required",
        "says that a client certificate is required",
        At(Stage::ConnectionRequest, Send(NegotiationFailure(6))),
        by("server-requires-client-certificate", failed_with("negotiate", "negotiation_failure", 6)),
    ),
    fault(
        "entra-required",
        "says that Entra authentication is required, and takes it",
        SpeaksFirst(SecurityProtocol::RDSAAD, Greet(NONCE), Some(NegotiationFailure(7))),
        by("server-requires-entra", failed_with("negotiate", "negotiation_failure", 7)),
    ),
    fault(
        "entra-unready",
        "says that Entra authentication is required, and goes silent when it is to begin",
        SpeaksFirst(SecurityProtocol::RDSAAD, Silence, Some(NegotiationFailure(7))),
        by("server-requires-entra", failed_with("negotiate", "negotiation_failure", 7)),
    ),
    fault(
        "rdstls",
        "takes RDSTLS too, as a host behind a broker does",
        SpeaksFirst(SecurityProtocol::RDSTLS, Greet(RDSTLS_CAPABILITIES), None),
        PASSES,
    ),
    fault(
        "negotiation-failure-unknown",
        "sends a negotiation failure with code 0x99",
        At(Stage::ConnectionRequest, Send(NegotiationFailure(0x99))),
        by("newer-server", failed_with("negotiate", "negotiation_failure", 0x99)),
    ),
    fault(
        "negotiate-malformed",
        "confirms with a TPDU that is cut short",
        At(Stage::ConnectionRequest, Send(Bytes(&[3, 0, 0, 9, 0x0E, 0xD0, 0, 0, 0x12]))),
        by("server-not-conforming", shows("answer-malformed", failed("negotiate", "malformed"))),
    ),
    fault(
        "negotiate-ultimatum",
        "disconnects in place of the confirm, as xrdp does",
        At(Stage::ConnectionRequest, Send(Ultimatum(3))),
        by("xrdp-refuses-offer", failed_with("negotiate", "disconnect", 3)),
    ),
    fault(
        "ssh",
        "greets as an SSH server",
        At(Stage::Connect, Send(Bytes(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"))),
        by("wrong-service-on-port", failed("negotiate", "not_rdp")),
    ),
    fault(
        "ssh-open",
        "greets like an SSH server and waits",
        At(Stage::Connect, Greet(Bytes(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"))),
        by("wrong-service-on-port", failed("negotiate", "not_rdp")),
    ),
    fault(
        "vnc",
        "greets as a VNC server",
        At(Stage::Connect, Send(Bytes(b"RFB 003.008\n"))),
        by("wrong-service-on-port", failed("negotiate", "not_rdp")),
    ),
    fault(
        "smtp",
        "greets as a mail server",
        At(Stage::Connect, Send(Bytes(b"220 mail.corp.example ESMTP Postfix\r\n"))),
        by("wrong-service-on-port", failed("negotiate", "not_rdp")),
    ),
    fault(
        "ftp",
        "greets as an FTP server",
        At(Stage::Connect, Send(Bytes(b"220 (vsFTPd 3.0.3)\r\n"))),
        by("wrong-service-on-port", failed("negotiate", "not_rdp")),
    ),
    fault(
        "http",
        "answers as a web server",
        At(
            Stage::ConnectionRequest,
            Send(Bytes(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")),
        ),
        by("wrong-service-on-port", failed("negotiate", "not_rdp")),
    ),
    fault(
        "tls-at-once",
        "answers with a TLS alert, as a TLS server does",
        Behaviour::DirectTls(Send(TlsAlert(10))),
        by("tls-proxy-in-front", shows("negotiation-direct-tls", failed("negotiate", "not_rdp"))),
    ),
    fault(
        "http-waiting",
        "waits for a request of HTTP, as a web server or a proxy does",
        Behaviour::ToBeginning(b'G', Send(Bytes(b"HTTP/1.1 403 Forbidden\r\nServer: squid/5.7\r\n\r\n"))),
        by("wrong-service-on-port", shows("not-an-rdp-server", failed("negotiate", "timeout"))),
    ),
    fault(
        "tls-alert-at-once",
        "is silent to all but a ClientHello, and answers that with alert 40",
        Behaviour::ToBeginning(22, Send(TlsAlert(40))),
        by("tls-proxy-in-front", shows("server-silent", failed("negotiate", "timeout"))),
    ),
    fault(
        "random-bytes",
        "answers with bytes of no protocol",
        At(Stage::ConnectionRequest, Send(NOISE)),
        by("wrong-service-on-port", failed("negotiate", "not_rdp")),
    ),
    // What only a changed Connection Request shows.
    fault(
        "cookie-refused",
        "closes when the Connection Request carries the mstshash cookie",
        Behaviour::DislikesCookie,
        by("cookie-filtered", shows("negotiation-cookie-refused", failed("negotiate", "closed"))),
    ),
    fault(
        "offer-refused",
        "closes when the Connection Request offers NLA",
        Behaviour::DislikesNla,
        by("offer-filtered", shows("negotiation-offer-refused", failed("negotiate", "closed"))),
    ),
    fault(
        "tls-unusable",
        "closes where TLS is offered, as VirtualBox does without a readable certificate",
        Behaviour::WithoutTls(&RC4_128, false),
        by("tls-not-usable", shows("negotiation-offer-refused", failed("negotiate", "closed"))),
    ),
    fault(
        "tls-unusable-late",
        "selects TLS and closes before it begins, and takes Standard RDP Security",
        Behaviour::WithoutTls(&RC4_128, true),
        by("tls-not-usable", failed("tls", "closed")),
    ),
    fault(
        "direct-tls",
        "takes TLS without a Connection Request and closes on one, as a TLS proxy does",
        Behaviour::DirectTls(Close),
        by("tls-proxy-in-front", shows("negotiation-direct-tls", failed("negotiate", "closed"))),
    ),
    fault(
        "nla-insisted",
        "says that NLA is required to clients that offer none, as Windows does",
        Behaviour::WantsNla,
        PASSES,
    ),
    fault(
        "routing-token-required",
        "closes on a Connection Request without a load balancer's routing token",
        Behaviour::WantsToken,
        by("wrong-service-on-port", failed("negotiate", "closed")),
    ),
    fault(
        "token-refused",
        "closes on a Connection Request with a load balancer's routing token",
        Behaviour::DislikesToken,
        PASSES,
    ),
    fault(
        "preconnection-required",
        "closes on a connection that begins without a pre-connection PDU",
        Behaviour::WantsPreconnection,
        by("wrong-service-on-port", failed("negotiate", "closed")),
    ),
    fault(
        "intermittent",
        "closes after the Connection Request on one of three connections",
        Behaviour::EveryThird(Close),
        by("pool-member-broken", shows("experiment-intermittent", failed("negotiate", "closed"))),
    ),
    // Standard RDP Security: MS-RDPBCGR 5.3.
    fault(
        "legacy-confirm",
        "confirms without a negotiation response, then wants Standard RDP Security",
        standard(StandardSecurity { confirm: &[3, 0, 0, 11, 6, 0xD0, 0, 0, 0x12, 0x34, 0], ..RC4_128 }),
        STANDARD_SECURITY,
    ),
    fault(
        "standard-security",
        "selects Standard RDP Security although TLS was asked for",
        standard(RC4_128),
        FELL_BACK,
    ),
    fault(
        "standard-security-only",
        "says that TLS is not allowed, and takes a request without it",
        standard(StandardSecurity { only: true, ..RC4_128 }),
        STANDARD_SECURITY,
    ),
    fault(
        "standard-security-plain",
        "selects Standard RDP Security and encrypts nothing",
        standard(StandardSecurity { method: 0, level: 0, ..RC4_128 }),
        FELL_BACK,
    ),
    fault(
        "standard-security-40-bit",
        "selects RC4 with 40 bits, from client to server only",
        standard(StandardSecurity { method: 0x01, level: 1, ..RC4_128 }),
        FELL_BACK,
    ),
    fault(
        "standard-security-56-bit",
        "selects RC4 with 56 bits, and encrypts the license exchange too",
        standard(StandardSecurity { method: 0x08, then: Then::EncryptedValidClient, ..RC4_128 }),
        FELL_BACK,
    ),
    fault(
        "standard-security-auto-detect",
        "selects RC4 with 128 bits and measures the round trip before licensing",
        standard(StandardSecurity { confirm: CONFIRM_RDP_EXTENDED, then: Then::AutoDetect, ..RC4_128 }),
        FELL_BACK,
    ),
    fault(
        "standard-security-license",
        "selects RC4 with 128 bits and asks for a license",
        standard(StandardSecurity { level: 3, then: Then::License, ..RC4_128 }),
        Expect { phase: "licensing", ..FELL_BACK },
    ),
    fault(
        "standard-security-fips",
        "selects FIPS encryption, which nobody offered",
        standard(StandardSecurity { method: 0x10, level: 4, ..RC4_128 }),
        by(
            "server-requires-fips",
            Expect {
                finding: Some("encryption-method-not-offered"),
                ..failed_with("mcs", "security_unsupported", 0x10)
            },
        ),
    ),
    fault(
        "standard-security-unknown",
        "selects an encryption method that nobody knows",
        standard(StandardSecurity { method: 0x20, ..RC4_128 }),
        by(
            "server-not-conforming",
            Expect {
                finding: Some("encryption-method-not-offered"),
                ..failed_with("mcs", "security_unsupported", 0x20)
            },
        ),
    ),
    fault(
        "standard-security-wrong-mac",
        "signs an encrypted PDU with a wrong MAC",
        standard(StandardSecurity { then: Then::WrongMac, ..RC4_128 }),
        by(
            "server-not-conforming",
            Expect { finding: Some("standard-security-mac-invalid"), ..failed("licensing", "mac_invalid") },
        ),
    ),
    fault(
        "standard-security-close",
        "closes after an encrypted Client Info, as xrdp does after a MAC that it rejects",
        standard(StandardSecurity { then: Then::Close, ..RC4_128 }),
        by(
            "xrdp-key-unreadable",
            Expect { finding: Some("standard-rdp-security"), ..failed("licensing", "closed") },
        ),
    ),
    fault(
        "standard-security-error-info",
        "sets error info 0x101 in an encrypted PDU",
        standard(StandardSecurity { then: Then::ErrorInfo(0x101), ..RC4_128 }),
        by(
            "license-server-missing",
            Expect {
                finding: Some("license-server-missing"),
                ..failed_with("licensing", "error_info", 0x101)
            },
        ),
    ),
    fault(
        "standard-security-redirection",
        "redirects in an encrypted PDU",
        standard(StandardSecurity { then: Then::Redirection, ..RC4_128 }),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), ..FELL_BACK },
    ),
    fault(
        "standard-security-multitransport",
        "asks for a UDP transport in an encrypted PDU, which is no fault",
        standard(StandardSecurity {
            confirm: CONFIRM_RDP_EXTENDED,
            then: Then::AutoDetect,
            session: Some(&Behaviour::Also(Stage::Licensed, &[MULTITRANSPORT, RttRequest(7), HEARTBEAT])),
            ..RC4_128
        }),
        FELL_BACK,
    ),
    fault(
        "standard-security-drawing",
        "draws on an encrypted fast path before the Font Map, which is no fault",
        standard(StandardSecurity { session: Some(&DRAWS_EARLY), ..RC4_128 }),
        FELL_BACK,
    ),
    fault(
        "standard-security-drawing-plain",
        "draws on a fast path in clear, as a server of encryption level low does",
        standard(StandardSecurity { method: 0x01, level: 1, session: Some(&DRAWS_EARLY), ..RC4_128 }),
        FELL_BACK,
    ),
    fault(
        "standard-security-drawing-wrong-mac",
        "signs a drawing with a wrong MAC",
        standard(StandardSecurity { then: Then::WrongFastPathMac, session: Some(&DRAWS_EARLY), ..RC4_128 }),
        by(
            "server-not-conforming",
            Expect { finding: Some("standard-security-mac-invalid"), ..failed("activate", "mac_invalid") },
        ),
    ),
    fault(
        "standard-security-error-info-late",
        "sets error info 0x10C9 in an encrypted PDU in place of the Font Map",
        standard(StandardSecurity {
            session: Some(&At(Stage::FontList, Send(ErrorInfo(0x10C9)))),
            ..RC4_128
        }),
        by("client-pdu-rejected", failed_with("activate", "error_info", 0x10C9)),
    ),
    // TLS: RFC 8446 and 5246.
    fault(
        "tls-close",
        "closes after the ClientHello",
        At(Stage::ClientHello, Close),
        by("certificate-unusable", failed("tls", "closed")),
    ),
    fault(
        "tls-reset",
        "resets after the ClientHello",
        At(Stage::ClientHello, Reset),
        by("certificate-unusable", failed("tls", "reset")),
    ),
    fault(
        "tls-silence",
        "never answers the ClientHello",
        At(Stage::ClientHello, Silence),
        by("services-hung", shows("server-silent", failed("tls", "timeout"))),
    ),
    fault(
        "tls-short-hello-alone-answered",
        "answers only a ClientHello of less than 100 bytes, which no usual one is",
        Behaviour::Hello(Disliked::Above(100), Silence),
        by("path-drops-large-packets", shows("server-silent", failed("tls", "timeout"))),
    ),
    fault(
        "tls-handshake-failure",
        "answers the ClientHello with alert 40",
        At(Stage::ClientHello, Send(TlsAlert(40))),
        by("tls-suites-disjoint", shows("tls-alert-received", failed_with("tls", "tls_alert", 40))),
    ),
    fault(
        "tls-protocol-version",
        "answers the ClientHello with alert 70",
        At(Stage::ClientHello, Send(TlsAlert(70))),
        by("tls-versions-disjoint", shows("tls-alert-received", failed_with("tls", "tls_alert", 70))),
    ),
    fault(
        "tls-insufficient-security",
        "answers the ClientHello with alert 71",
        At(Stage::ClientHello, Send(TlsAlert(71))),
        by("tls-suites-disjoint", shows("tls-alert-received", failed_with("tls", "tls_alert", 71))),
    ),
    fault(
        "tls-internal-error",
        "answers the ClientHello with alert 80",
        At(Stage::ClientHello, Send(TlsAlert(80))),
        by("certificate-unusable", shows("tls-alert-received", failed_with("tls", "tls_alert", 80))),
    ),
    fault(
        "tls-garbage",
        "answers the ClientHello with bytes that are not TLS",
        At(Stage::ClientHello, Send(NOISE)),
        by("server-not-conforming", shows("tls-not-spoken", failed("tls", "not_tls"))),
    ),
    fault(
        "tls-block-page",
        "answers the ClientHello with a page of HTTP, as a filter in between does",
        At(
            Stage::ClientHello,
            Send(Bytes(b"HTTP/1.1 403 Forbidden\r\nServer: filter\r\n\r\n<html>blocked</html>")),
        ),
        by("filter-answers-tls", shows("tls-not-spoken", failed("tls", "not_tls"))),
    ),
    fault(
        "tls-half-flight",
        "closes in the middle of its first TLS flight",
        Behaviour::HalfFlight(Close),
        by("middlebox-cuts-stream", failed("tls", "closed")),
    ),
    fault(
        "tls-half-flight-silence",
        "falls silent in its first TLS flight, as where large packets are lost",
        Behaviour::HalfFlight(Silence),
        by("path-drops-large-packets", failed("tls", "timeout")),
    ),
    fault(
        "tls-client-certificate",
        "wants a client certificate",
        Behaviour::ClientCertificate,
        by(
            "server-requires-client-certificate",
            Expect {
                finding: Some("tls-client-certificate-required"),
                ..failed_with("tls", "tls_alert", 116)
            },
        ),
    ),
    // What only another ClientHello shows.
    fault(
        "tls-version-intolerant",
        "resets when TLS 1.3 is offered, and answers TLS 1.2",
        Behaviour::Hello(Disliked::Tls13, Reset),
        by("inspection-device", shows("tls-version-intolerant", failed("tls", "reset"))),
    ),
    fault(
        "tls-large-hello-dropped",
        "never answers a ClientHello above 180 bytes",
        Behaviour::Hello(Disliked::Above(180), Silence),
        by("inspection-device", shows("tls-large-hello-dropped", failed("tls", "timeout"))),
    ),
    fault(
        "tls13-selected-close",
        "selects TLS 1.3 and closes in its first flight, and goes on with TLS 1.2",
        Behaviour::HalfFlightTo(Disliked::Tls13, Close),
        by("inspection-device", shows("tls-version-intolerant", failed("tls", "closed"))),
    ),
    fault(
        "tls12-intolerant",
        "closes when TLS 1.2 is offered, and answers TLS 1.3 alone",
        Behaviour::Hello(Disliked::Tls12, Close),
        by("inspection-device", shows("tls-hello-refused", failed("tls", "closed"))),
    ),
    fault(
        "tls-large-hello-refused",
        "answers a ClientHello above 180 bytes with an alert",
        Behaviour::Hello(Disliked::Above(180), Send(TlsAlert(50))),
        by("tls-stack-intolerant", shows("tls-hello-refused", failed_with("tls", "tls_alert", 50))),
    ),
    fault(
        "tls-short-hello-refused",
        "answers a ClientHello below 512 bytes with an alert",
        Behaviour::Hello(Disliked::Below(512), Send(TlsAlert(80))),
        by("tls-stack-intolerant", shows("tls-hello-refused", failed_with("tls", "tls_alert", 80))),
    ),
    fault(
        "tls-name-wanted",
        "answers a ClientHello that does not name rdsh01.corp.example with alert 112",
        Behaviour::Hello(Disliked::NotNamed("rdsh01.corp.example"), Send(TlsAlert(112))),
        PASSES,
    ),
    fault(
        "tls-named-hello-refused",
        "answers a ClientHello that names the server with an alert about nothing of it",
        Behaviour::Hello(Disliked::Named, Send(TlsAlert(40))),
        by("sni-refused", shows("tls-name-refused", failed_with("tls", "tls_alert", 40))),
    ),
    fault(
        "tls-name-refused",
        "closes when the ClientHello names the server",
        Behaviour::Hello(Disliked::Named, Close),
        by("sni-refused", shows("tls-name-refused", failed("tls", "closed"))),
    ),
    fault(
        "tls-other-name-refused",
        "closes on a ClientHello that does not name rdsh01.corp.example",
        Behaviour::Hello(Disliked::NotNamed("rdsh01.corp.example"), Close),
        PASSES,
    ),
    fault(
        "tls-legacy-only",
        "knows TLS 1.0 only, with an RSA key and AES-CBC",
        Behaviour::OldTls(1),
        by("rdptrace-lacks-suites", shows("tls-legacy-only", failed("tls", "tls_unsupported"))),
    ),
    fault(
        "tls-ssl3-only",
        "knows SSL 3 only, with an RSA key and AES-CBC",
        Behaviour::OldTls(0),
        by("tls-legacy-server", shows("tls-legacy-only", failed("tls", "tls_unsupported"))),
    ),
    fault(
        "tls-old-suites-only",
        "knows TLS 1.2 with an RSA key and AES-CBC only",
        Behaviour::OldTls(3),
        by("rdptrace-lacks-suites", shows("tls-no-common-suite", failed("tls", "tls_unsupported"))),
    ),
    fault(
        "tls-cbc-suites-only",
        "knows TLS 1.2 with ECDHE and AES-CBC only, as Windows Server 2012 R2 does",
        Behaviour::OldSuites(None),
        finding("tls-old-suites"),
    ),
    fault(
        "tls-cbc-suites-only-reset",
        "knows TLS 1.2 with ECDHE and AES-CBC only, and resets on any other hello",
        Behaviour::OldSuites(Some(Reset)),
        finding("tls-old-suites"),
    ),
    fault(
        "certificate-expired",
        "presents a certificate that expired",
        Behaviour::Certificate(Kind::Expired),
        finding("certificate-expired"),
    ),
    fault(
        "certificate-not-yet-valid",
        "presents a certificate of the future",
        Behaviour::Certificate(Kind::NotYetValid),
        finding("certificate-not-yet-valid"),
    ),
    fault(
        "certificate-wrong-name",
        "presents the certificate of rdsh99",
        Behaviour::Certificate(Kind::WrongName),
        finding("certificate-name-mismatch"),
    ),
    fault(
        "certificate-weak-key",
        "presents an RSA key of 1024 bits",
        Behaviour::Certificate(Kind::WeakKey),
        finding("certificate-weak-key"),
    ),
    fault(
        "certificate-version-1",
        "presents a certificate of X.509 version 1",
        Behaviour::Certificate(Kind::Version1),
        UNPROVED,
    ),
    fault(
        "certificate-wrong-usage",
        "presents a certificate for client authentication only",
        Behaviour::Certificate(Kind::WrongUsage),
        finding("certificate-wrong-usage"),
    ),
    fault(
        "certificate-untrusted",
        "presents a certificate of an unknown authority",
        Behaviour::Certificate(Kind::Untrusted),
        finding("certificate-untrusted"),
    ),
    // CredSSP: MS-CSSP 3.1.5.
    fault(
        "tls-nothing-inside",
        "closes once TLS is up, as a front does without a host behind it",
        At(Stage::Secured, Close),
        by("nothing-behind-tls", failed("credssp", "closed")),
    ),
    fault(
        "tls-http-inside",
        "answers the first message inside TLS as a web server",
        At(Stage::Negotiate, Send(Bytes(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"))),
        by("another-service-behind-tls", shows("answer-malformed", failed("credssp", "malformed"))),
    ),
    fault(
        "credssp-close",
        "closes after the first TSRequest",
        At(Stage::Negotiate, Close),
        by("ntlm-restricted", failed("credssp", "closed")),
    ),
    fault(
        "credssp-close-late",
        "closes five seconds after the first TSRequest",
        At(Stage::Negotiate, CloseAfter(5)),
        by("ntlm-restricted", failed("credssp", "closed")),
    ),
    fault(
        "credssp-reset",
        "resets after the first TSRequest",
        At(Stage::Negotiate, Reset),
        by("ntlm-restricted", failed("credssp", "reset")),
    ),
    fault(
        "credssp-alert",
        "ends TLS with alert 80 after the first TSRequest",
        At(Stage::Negotiate, Alert(80)),
        by("ntlm-restricted", shows("tls-alert-received", failed_with("credssp", "tls_alert", 80))),
    ),
    fault(
        "credssp-alert-tls12",
        "the same in TLS 1.2",
        AtTls12(Stage::Negotiate, Alert(80)),
        by("ntlm-restricted", shows("tls-alert-received", failed_with("credssp", "tls_alert", 80))),
    ),
    fault(
        "credssp-alert-certificate",
        "ends TLS 1.3, in which it asked for no certificate, with alert 42 there",
        At(Stage::Negotiate, Alert(42)),
        by("ntlm-restricted", shows("tls-alert-received", failed_with("credssp", "tls_alert", 42))),
    ),
    fault(
        "credssp-alert-certificate-tls12",
        "ends TLS 1.2 with alert 42 after the first TSRequest",
        AtTls12(Stage::Negotiate, Alert(42)),
        by("ntlm-restricted", shows("tls-alert-received", failed_with("credssp", "tls_alert", 42))),
    ),
    fault(
        "credssp-silence",
        "never answers the first TSRequest",
        At(Stage::Negotiate, Silence),
        by("services-hung", shows("server-silent", failed("credssp", "timeout"))),
    ),
    fault(
        "credssp-garbage",
        "answers the first TSRequest with bytes that are none",
        At(Stage::Negotiate, Send(NOISE)),
        by("server-not-conforming", shows("answer-malformed", failed("credssp", "malformed"))),
    ),
    fault(
        "credssp-oversized",
        "announces a TSRequest of 100 MB",
        At(Stage::Negotiate, Send(Bytes(&[0x30, 0x84, 0x06, 0x40, 0, 0, 0xA0, 3, 2, 1, 6]))),
        by("server-not-conforming", shows("answer-malformed", failed("credssp", "malformed"))),
    ),
    fault(
        "credssp-status-at-once",
        "refuses before the CHALLENGE, as a domain without NTLM does",
        At(Stage::Negotiate, Send(Status(0xC000_0418))),
        by("ntlm-restricted", failed_with("credssp", "nt_status", 0xC000_0418)),
    ),
    fault(
        "challenge-without-target-info",
        "sends a CHALLENGE without target information, which a proof with NTLMv2 needs",
        At(Stage::Negotiate, Greet(Bytes(CHALLENGE_OF_OLD))),
        UNPROVED,
    ),
    fault(
        "challenge-target-info-outside",
        "sends a CHALLENGE whose TargetInfo lies outside of it",
        At(Stage::Negotiate, Send(Bytes(TARGET_INFO_OUTSIDE))),
        by("server-not-conforming", shows("answer-malformed", failed("credssp", "malformed"))),
    ),
    fault(
        "challenge-target-name-outside",
        "sends a CHALLENGE whose TargetName lies outside of it",
        At(Stage::Negotiate, Send(Bytes(TARGET_NAME_OUTSIDE))),
        by("server-not-conforming", shows("answer-malformed", failed("credssp", "malformed"))),
    ),
    fault(
        "credssp-old-version",
        "speaks CredSSP version 2, as an unpatched server does",
        Behaviour::CredsspVersion(2),
        by(
            "credssp-server-unpatched",
            Expect {
                phase: "credssp",
                kind: "",
                code: None,
                finding: Some("credssp-unpatched"),
                cause: None,
            },
        ),
    ),
    fault(
        "credssp-ntlm-blocked",
        "lets NTLM begin and does not take its proof, as a Windows that blocks NTLM",
        At(Stage::Authenticate, Send(Status(0x8009_0302))),
        by("ntlm-restricted", failed_with("credssp", "nt_status", 0x8009_0302)),
    ),
    fault(
        "credssp-version-0",
        "says that it speaks CredSSP version 0",
        Behaviour::CredsspVersion(0),
        by("server-not-conforming", shows("answer-malformed", failed("credssp", "malformed"))),
    ),
    fault(
        "credssp-version-1",
        "says that it speaks CredSSP version 1, which never was",
        Behaviour::CredsspVersion(1),
        by("server-not-conforming", shows("answer-malformed", failed("credssp", "malformed"))),
    ),
    fault(
        "credssp-version-256",
        "says that it speaks CredSSP version 256",
        Behaviour::CredsspVersion(256),
        by("server-not-conforming", shows("answer-malformed", failed("credssp", "malformed"))),
    ),
    fault(
        "credssp-version-long",
        "says a CredSSP version of more than 32 bits",
        At(Stage::Negotiate, Send(Bytes(VERSION_OF_FIVE_BYTES))),
        by("server-not-conforming", shows("answer-malformed", failed("credssp", "malformed"))),
    ),
    fault(
        "credssp-error-long",
        "answers with an errorCode of more than 32 bits",
        At(Stage::Negotiate, Send(Bytes(ERROR_OF_FIVE_BYTES))),
        by("server-not-conforming", shows("answer-malformed", failed("credssp", "malformed"))),
    ),
    fault(
        "logon-failure",
        "refuses the account: wrong user name or password",
        At(Stage::Authenticate, Send(Status(0xC000_006D))),
        by("credentials-wrong", failed_with("credssp", "nt_status", 0xC000_006D)),
    ),
    fault(
        "account-locked",
        "refuses the account: locked out",
        At(Stage::Authenticate, Send(Status(0xC000_0234))),
        by("account-locked", failed_with("credssp", "nt_status", 0xC000_0234)),
    ),
    fault(
        "password-expired",
        "refuses the account: password expired",
        At(Stage::Authenticate, Send(Status(0xC000_0071))),
        by("password-expired", failed_with("credssp", "nt_status", 0xC000_0071)),
    ),
    fault(
        "no-logon-servers",
        "cannot reach a domain controller",
        At(Stage::Authenticate, Send(Status(0xC000_005E))),
        by("domain-controller-unreachable", failed_with("credssp", "nt_status", 0xC000_005E)),
    ),
    fault(
        "credssp-status-foreign",
        "refuses with a number that is no NTSTATUS, as FreeRDP does",
        At(Stage::Authenticate, Send(Status(0xC007_00EA))),
        by("credentials-wrong", failed_with("credssp", "nt_status", 0xC007_00EA)),
    ),
    fault(
        "credssp-close-after-authenticate",
        "closes after the AUTHENTICATE without a word",
        At(Stage::Authenticate, Close),
        by("credssp-refused-silently", failed("credssp", "closed")),
    ),
    fault(
        "credssp-silence-after-authenticate",
        "never answers the AUTHENTICATE",
        At(Stage::Authenticate, Silence),
        by("domain-controller-slow", shows("server-silent", failed("credssp", "timeout"))),
    ),
    fault(
        "credssp-alert-after-authenticate",
        "ends TLS with alert 80 after the AUTHENTICATE",
        At(Stage::Authenticate, Alert(80)),
        by("credssp-refused-silently", shows("tls-alert-received", failed_with("credssp", "tls_alert", 80))),
    ),
    fault(
        "credssp-alert-after-authenticate-tls12",
        "the same in TLS 1.2",
        AtTls12(Stage::Authenticate, Alert(80)),
        by("credssp-refused-silently", shows("tls-alert-received", failed_with("credssp", "tls_alert", 80))),
    ),
    fault(
        "key-binding-altered",
        "answers the key binding with other bytes",
        Behaviour::AlteredKeyBinding,
        by("tls-intercepted", failed("credssp", "key_binding")),
    ),
    fault(
        "key-binding-short",
        "answers the key binding with fewer bytes than a signature",
        Behaviour::ShortKeyBinding(15),
        by("server-not-conforming", shows("answer-malformed", failed("credssp", "malformed"))),
    ),
    fault(
        "key-binding-empty",
        "answers the key binding with no bytes",
        Behaviour::ShortKeyBinding(0),
        by("server-not-conforming", shows("answer-malformed", failed("credssp", "malformed"))),
    ),
    fault(
        "logon-type-not-granted",
        "refuses after the credentials, in place of the early authorization",
        At(Stage::Credentials, Send(Status(0xC000_015B))),
        by("logon-right-missing", failed_with("credssp", "nt_status", 0xC000_015B)),
    ),
    fault(
        "early-authorization-denied",
        "denies the early user authorization",
        At(Stage::Credentials, Send(EarlyAuthorization(5))),
        by("logon-right-missing", failed_with("credssp", "early_auth_denied", 5)),
    ),
    fault(
        "credssp-close-after-credentials",
        "closes after the credentials without a word",
        At(Stage::Credentials, Close),
        by("logon-right-missing", failed("credssp", "closed")),
    ),
    // MCS: MS-RDPBCGR 2.2.1.3 to 2.2.1.9.
    fault(
        "early-authorization-unknown",
        "answers the credentials with an early authorization result that nobody knows",
        At(Stage::Credentials, Send(EarlyAuthorization(77))),
        by("newer-server", failed_with("credssp", "early_auth_denied", 77)),
    ),
    fault(
        "early-authorization-ultimatum",
        "disconnects in place of the early authorization result",
        At(Stage::Credentials, Send(Ultimatum(1))),
        by("logon-right-missing", failed_with("credssp", "disconnect", 1)),
    ),
    fault(
        "hybrid",
        "offers CredSSP without early authorization, which is no fault",
        Behaviour::PlainHybrid(None),
        PASSES,
    ),
    fault(
        "hybrid-logon-type-not-granted",
        "the same, and refuses the delegated credentials with a status",
        Behaviour::PlainHybrid(Some(Send(Status(0xC000_015B)))),
        by("logon-right-missing", failed_with("credssp", "nt_status", 0xC000_015B)),
    ),
    fault(
        "hybrid-no-logon-servers",
        "the same, and finds no logon server",
        Behaviour::PlainHybrid(Some(Send(Status(0xC000_005E)))),
        by("domain-controller-unreachable", failed_with("credssp", "nt_status", 0xC000_005E)),
    ),
    fault(
        "hybrid-close-after-credentials",
        "the same, and closes after the delegated credentials",
        Behaviour::PlainHybrid(Some(Close)),
        by("logon-right-missing", failed("credssp", "closed")),
    ),
    fault(
        "mcs-close",
        "closes after the Connect Initial",
        At(Stage::ConnectInitial, Close),
        by("host-refuses-by-closing", failed("mcs", "closed")),
    ),
    fault(
        "mcs-reset",
        "resets after the Connect Initial",
        At(Stage::ConnectInitial, Reset),
        by("host-refuses-by-closing", failed("mcs", "reset")),
    ),
    fault(
        "mcs-alert",
        "ends TLS with alert 80 after the Connect Initial",
        At(Stage::ConnectInitial, Alert(80)),
        by("server-failed-inside", shows("tls-alert-received", failed_with("mcs", "tls_alert", 80))),
    ),
    fault(
        "mcs-alert-tls12",
        "the same in TLS 1.2",
        AtTls12(Stage::ConnectInitial, Alert(80)),
        by("server-failed-inside", shows("tls-alert-received", failed_with("mcs", "tls_alert", 80))),
    ),
    fault(
        "mcs-silence",
        "never answers the Connect Initial",
        At(Stage::ConnectInitial, Silence),
        by("services-hung", shows("server-silent", failed("mcs", "timeout"))),
    ),
    fault(
        "mcs-garbage",
        "answers the Connect Initial with bytes of no protocol",
        At(Stage::ConnectInitial, Send(NOISE)),
        by("server-not-conforming", shows("answer-malformed", failed("mcs", "malformed"))),
    ),
    fault(
        "mcs-refused",
        "refuses the conference: rt-unspecified-failure",
        At(Stage::ConnectInitial, Send(ConnectResult(14))),
        by("server-refuses-settings", failed_with("mcs", "mcs_result", 14)),
    ),
    fault(
        "mcs-refused-unknown",
        "refuses the conference with a result that no specification names",
        At(Stage::ConnectInitial, Send(ConnectResult(77))),
        by("server-refuses-settings", failed_with("mcs", "mcs_result", 77)),
    ),
    fault(
        "mcs-ultimatum",
        "disconnects in place of the Connect Response",
        At(Stage::ConnectInitial, Send(Ultimatum(1))),
        by("connection-denied", failed_with("mcs", "disconnect", 1)),
    ),
    fault(
        "attach-user-refused",
        "refuses the user: rt-too-many-users",
        At(Stage::AttachUser, Send(AttachUserResult(13))),
        by("connection-limit", failed_with("mcs", "mcs_result", 13)),
    ),
    fault(
        "channel-join-refused",
        "refuses a channel: rt-not-admitted",
        At(Stage::ChannelJoin, Send(ChannelJoinResult(6))),
        by("server-refuses-settings", failed_with("mcs", "mcs_result", 6)),
    ),
    // Licensing: MS-RDPBCGR 2.2.1.12, 2.2.5.1, 2.2.14.
    fault(
        "licensing-close",
        "closes after the Client Info",
        At(Stage::ClientInfo, Close),
        by("client-info-account-required", failed("licensing", "closed")),
    ),
    fault(
        "licensing-reset",
        "resets after the Client Info",
        At(Stage::ClientInfo, Reset),
        by("client-info-account-required", failed("licensing", "reset")),
    ),
    fault(
        "licensing-alert",
        "ends TLS with alert 80 in place of licensing",
        At(Stage::ClientInfo, Alert(80)),
        by(
            "client-info-account-required",
            shows("tls-alert-received", failed_with("licensing", "tls_alert", 80)),
        ),
    ),
    fault(
        "licensing-silence",
        "never answers the Client Info",
        At(Stage::ClientInfo, Silence),
        by("license-server-slow", shows("server-silent", failed("licensing", "timeout"))),
    ),
    fault(
        "licensing-garbage",
        "answers the Client Info with bytes of no protocol",
        At(Stage::ClientInfo, Send(NOISE)),
        by("server-not-conforming", shows("answer-malformed", failed("licensing", "malformed"))),
    ),
    fault(
        "license-malformed",
        "sends a license PDU that is longer than its message",
        At(Stage::ClientInfo, Send(IoChannel(&[0x80, 0, 0, 0, 0x01, 3, 0xFF, 0xFF, 0x5A]))),
        by("server-not-conforming", shows("answer-malformed", failed("licensing", "malformed"))),
    ),
    fault(
        "license-server-missing",
        "sends a license error: no license server",
        At(Stage::ClientInfo, Send(LicenseError(6, 1))),
        by("license-server-missing", failed_with("licensing", "license_error", 6)),
    ),
    fault(
        "license-error-unknown",
        "sends a license error with code 0x99",
        At(Stage::ClientInfo, Send(LicenseError(0x99, 1))),
        by("newer-server", failed_with("licensing", "license_error", 0x99)),
    ),
    fault(
        "error-info-no-license-server",
        "sets error info 0x101 in place of licensing",
        At(Stage::ClientInfo, Send(ErrorInfo(0x101))),
        by("license-server-missing", failed_with("licensing", "error_info", 0x101)),
    ),
    fault(
        "error-info-unknown",
        "sets error info 0xABCD in place of licensing",
        At(Stage::ClientInfo, Send(ErrorInfo(0xABCD))),
        by("newer-server", failed_with("licensing", "error_info", 0xABCD)),
    ),
    fault(
        "licensing-ultimatum-provider",
        "disconnects in place of licensing: provider initiated",
        At(Stage::ClientInfo, Send(Ultimatum(1))),
        by("connection-denied", failed_with("licensing", "disconnect", 1)),
    ),
    fault(
        "licensing-ultimatum-user",
        "disconnects in place of licensing: user requested",
        At(Stage::ClientInfo, Send(Ultimatum(3))),
        by("connection-denied", failed_with("licensing", "disconnect", 3)),
    ),
    fault(
        "message-channel-flood",
        "measures the round trip for ever and never licenses",
        At(Stage::ClientInfo, Flood(RttRequest(0))),
        by("server-keeps-sending", failed("licensing", "timeout")),
    ),
    fault(
        "unknown-channel-flood",
        "sends endless data on a channel that it never announced",
        At(Stage::ClientInfo, Flood(UnknownChannel(&[0x5A; 64]))),
        by("server-keeps-sending", failed("licensing", "timeout")),
    ),
    fault(
        "auto-detect",
        "measures the round trip before licensing, which is no fault",
        Behaviour::AutoDetect,
        PASSES,
    ),
    fault(
        "bandwidth",
        "measures the bandwidth before licensing, which is no fault",
        Behaviour::MeasuresBandwidth(Stage::ClientInfo),
        PASSES,
    ),
    fault(
        "license-request",
        "asks for a license",
        Behaviour::License,
        Expect { phase: "licensing", kind: "", code: None, finding: None, cause: None },
    ),
    fault(
        "redirect-in-licensing",
        "redirects to another host in place of licensing",
        At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION))),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    // Activation: MS-RDPBCGR 1.3.1.3, 2.2.1.13 to 2.2.1.22, 2.2.5.1, 2.2.13, 2.2.15.
    fault(
        "activate-close",
        "closes before the Demand Active",
        At(Stage::Licensed, Close),
        by("session-start-failed", failed("activate", "closed")),
    ),
    fault(
        "licensed-ultimatum",
        "disconnects in place of the Demand Active",
        At(Stage::Licensed, Send(Ultimatum(1))),
        by("session-start-failed", failed_with("activate", "disconnect", 1)),
    ),
    fault(
        "activate-reset",
        "resets after the Confirm Active",
        At(Stage::ConfirmActive, Reset),
        by("session-start-failed", failed("activate", "reset")),
    ),
    fault(
        "activate-alert",
        "ends TLS with alert 80 in place of the Demand Active",
        At(Stage::Licensed, Alert(80)),
        by("session-start-failed", shows("tls-alert-received", failed_with("activate", "tls_alert", 80))),
    ),
    fault(
        "activate-silence",
        "never sends a Demand Active",
        At(Stage::Licensed, Silence),
        by("services-hung", shows("server-silent", failed("activate", "timeout"))),
    ),
    fault(
        "finalization-silence",
        "never answers the Font List",
        At(Stage::FontList, Silence),
        by("services-hung", shows("server-silent", failed("activate", "timeout"))),
    ),
    fault(
        "activate-garbage",
        "sends bytes of no protocol in place of the Demand Active",
        At(Stage::Licensed, Send(NOISE)),
        by("server-not-conforming", shows("answer-malformed", failed("activate", "malformed"))),
    ),
    fault(
        "demand-active-malformed",
        "sends a Demand Active that is cut short",
        At(Stage::Licensed, Send(IoChannel(&[12, 0, 0x11, 0, 0xEA, 3, 0xEA, 3, 1, 0, 4, 0]))),
        by("server-not-conforming", shows("answer-malformed", failed("activate", "malformed"))),
    ),
    fault(
        "activate-ultimatum",
        "disconnects after the Confirm Active",
        At(Stage::ConfirmActive, Send(Ultimatum(1))),
        by("session-start-failed", failed_with("activate", "disconnect", 1)),
    ),
    fault(
        "error-info-in-finalization",
        "sets error info 0x10C9 in place of the Font Map",
        At(Stage::FontList, Send(ErrorInfo(0x10C9))),
        by("client-pdu-rejected", failed_with("activate", "error_info", 0x10C9)),
    ),
    fault(
        "error-info-denied",
        "sets error info 7 in place of the Demand Active: denied",
        At(Stage::Licensed, Send(ErrorInfo(7))),
        by("connection-denied", failed_with("activate", "error_info", 7)),
    ),
    fault(
        "activate-flood",
        "draws for ever and never sends the Font Map",
        At(Stage::FontList, Flood(Bytes(FAST_PATH_UPDATE))),
        by("server-keeps-sending", failed("activate", "timeout")),
    ),
    fault(
        "reactivation-endless",
        "takes the activation back again and again",
        Behaviour::Reactivate(100, DeactivateAll),
        by("server-not-conforming", shows("answer-malformed", failed("activate", "malformed"))),
    ),
    fault(
        "redirect",
        "redirects to another host in place of the Demand Active",
        At(Stage::Licensed, Greet(IoChannel(REDIRECTION))),
        Expect { phase: "activate", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-once",
        "redirects clients without a routing token in place of licensing, as brokers do",
        Behaviour::Broker(&At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION_BY_TOKEN))), None),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-with-account",
        "redirects back to itself with a one-time account, in place of licensing",
        Behaviour::Broker(&At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION))), None),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-to-rdstls",
        "redirects back to itself with a one-time account, and takes RDSTLS alone there",
        Behaviour::Broker(&At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION))), Some(&RDSTLS_ALONE)),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-several-ways",
        "redirects to a host by name, addresses and NetBIOS name, in place of licensing",
        At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION_IN_SEVERAL_WAYS))),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-able-clients",
        "redirects clients that say they can be redirected, and drops others",
        Behaviour::ToAbleClients(
            Ability::Redirection,
            &At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION))),
            &At(Stage::ClientInfo, Send(ErrorInfo(1))),
        ),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-to-name",
        "redirects to a host that it names, in place of licensing",
        At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION_TO_NAME))),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-to-hostile-name",
        "redirects to a name with control characters and marks, in place of licensing",
        At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION_TO_HOSTILE_NAME))),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-to-address",
        "redirects to an address, in place of licensing",
        At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION_TO_ADDRESS))),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-to-netbios-name",
        "redirects to the NetBIOS name of a host, in place of licensing",
        At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION_TO_NETBIOS_NAME))),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-to-session",
        "redirects to a session and names no host, until it is asked for it",
        Behaviour::ToAbleClients(
            Ability::Session,
            &Behaviour::Also(Stage::Licensed, &[]),
            &At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION_TO_SESSION))),
        ),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-by-bytes",
        "redirects with a routing token that is no text",
        Behaviour::Broker(&At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION_BY_BYTES))), None),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-to-named-address",
        "redirects to an address that is a name, in place of licensing",
        At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION_TO_NAMED_ADDRESS))),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-to-no-host",
        "redirects to names and addresses of which none is a host, in place of licensing",
        At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION_TO_NO_HOST))),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-partly-usable",
        "redirects to a host by its NetBIOS name, beside names that are no host",
        At(Stage::ClientInfo, Greet(IoChannel(REDIRECTION_PARTLY_USABLE))),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-nowhere",
        "redirects without a host, a token or a session, in place of licensing",
        At(Stage::ClientInfo, Greet(IoChannel(NOWHERE))),
        Expect { phase: "licensing", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    fault(
        "redirect-informational",
        "tells of another host without sending the client there, which is no fault",
        Behaviour::Also(Stage::Licensed, &[IoChannel(INFORMATION)]),
        PASSES,
    ),
    fault(
        "licensing-unknown",
        "knows no licensing and begins with the Demand Active, which is no fault",
        Behaviour::NoLicensing,
        PASSES,
    ),
    fault(
        "reactivation",
        "takes the activation back once and begins another, which is no fault",
        Behaviour::Reactivate(1, DeactivateAll),
        PASSES,
    ),
    fault(
        "reactivation-short",
        "takes the activation back with four bytes, as old servers do, which is no fault",
        Behaviour::Reactivate(1, IoChannel(&[4, 0, 0x16, 0])),
        PASSES,
    ),
    fault(
        "capabilities-odd",
        "demands an activation with odd capability sets, which is no fault",
        Behaviour::OddCapabilities,
        PASSES,
    ),
    fault(
        "graphics-required",
        "serves clients that announce the graphics pipeline alone, which is no fault",
        Behaviour::ToAbleClients(
            Ability::Graphics,
            &Behaviour::OpensDynamicChannel,
            &At(Stage::Licensed, Send(Ultimatum(3))),
        ),
        PASSES,
    ),
    fault(
        "bandwidth-late",
        "measures the bandwidth before the Demand Active, which is no fault",
        Behaviour::MeasuresBandwidth(Stage::Licensed),
        PASSES,
    ),
    fault(
        "multitransport",
        "asks for a UDP transport before the Demand Active, which is no fault",
        Behaviour::Also(Stage::Licensed, &[MULTITRANSPORT, RttRequest(7), HEARTBEAT]),
        PASSES,
    ),
    fault(
        "session-info-early",
        "tells of the logon before the Font Map, which is no fault",
        Behaviour::Also(Stage::FontList, &[ShareData(0x26, &[2, 0, 0, 0]), ShareData(0x1B, &[3, 0, 0, 0])]),
        PASSES,
    ),
    fault(
        "session-info-joined",
        "tells of the logon twice in one message, which is no fault",
        Behaviour::Also(Stage::FontList, &[IoChannel(TWO_NOTIFICATIONS)]),
        PASSES,
    ),
    fault(
        "fast-path-early",
        "draws on the fast path before the Font Map, which is no fault",
        DRAWS_EARLY,
        PASSES,
    ),
    // The account in Client Info, without NLA: MS-RDPBCGR 2.2.10.1.
    fault(
        "logon-verified",
        "says without NLA that the user is logged on, which is no fault",
        LogsOn(LogonAnswer::Honest),
        finding("session-left-behind"),
    ),
    fault(
        "logon-wrong-password",
        "says without NLA that the password is wrong, and shows its logon screen",
        LogsOn(LogonAnswer::Error(0xC000_006D, 0)),
        by(
            "credentials-wrong",
            shows("credentials-refused", failed_with("activate", "nt_status", 0xC000_006D)),
        ),
    ),
    fault(
        "logon-account-locked",
        "says without NLA that the account is locked",
        LogsOn(LogonAnswer::Error(0xC000_0234, 2)),
        by("account-locked", shows("credentials-refused", failed_with("activate", "nt_status", 0xC000_0234))),
    ),
    fault(
        "logon-warning",
        "asks without NLA, on its screen, which session of the user is meant",
        LogsOn(LogonAnswer::Error(0xFFFF_FFFC, 3)),
        finding("credentials-not-verified"),
    ),
    fault(
        "logon-unsaid",
        "takes an account without NLA, draws and says nothing of it",
        LogsOn(LogonAnswer::Unsaid),
        finding("credentials-not-verified"),
    ),
    fault(
        "logon-closed",
        "opens a session for an account without NLA and closes",
        LogsOn(LogonAnswer::Does(Close)),
        by("credentials-wrong", shows("credentials-not-verified", failed("activate", "closed"))),
    ),
    fault(
        "logon-ultimatum",
        "opens a session for an account without NLA and disconnects",
        LogsOn(LogonAnswer::Does(Send(Ultimatum(3)))),
        by("credentials-wrong", shows("credentials-not-verified", failed_with("activate", "disconnect", 3))),
    ),
    fault(
        "logon-not-allowed",
        "opens a session without NLA for an account that may not log on",
        LogsOn(LogonAnswer::Does(Send(ErrorInfo(9)))),
        by(
            "logon-right-missing",
            shows("credentials-not-verified", failed_with("activate", "error_info", 9)),
        ),
    ),
    fault(
        "logon-redirected",
        "opens a session for an account without NLA and redirects",
        LogsOn(LogonAnswer::Does(Greet(IoChannel(REDIRECTION)))),
        Expect { phase: "activate", kind: "", code: None, finding: Some("redirected"), cause: None },
    ),
    // The session, which a screenshot watches: MS-RDPBCGR 1.3.6, 2.2.9.1.2.
    fault(
        "session-black",
        "activates a session and never draws",
        At(Stage::Active, Silence),
        finding("session-nothing-drawn"),
    ),
    fault(
        "session-blank",
        "draws a screen of one colour",
        At(Stage::Active, Greet(Bytes(BLACK_SQUARE))),
        finding("session-blank"),
    ),
    fault(
        "session-slow-path",
        "draws on the slow path, behind another PDU in one message, which is no fault",
        At(Stage::Active, Greet(IoChannel(NOTIFICATION_AND_SQUARE))),
        PASSES,
    ),
    fault(
        "session-closed",
        "activates a session and closes",
        At(Stage::Active, Close),
        finding("session-ended"),
    ),
    fault(
        "session-ultimatum",
        "activates a session and disconnects, as FreeRDP's proxy does without a logon",
        At(Stage::Active, Send(Ultimatum(3))),
        finding("session-ended"),
    ),
    fault(
        "session-refused",
        "ends a session at once because the user may not log on",
        At(Stage::Active, Send(ErrorInfo(0x0A))),
        finding("session-ended"),
    ),
    fault(
        "session-undecodable",
        "draws what cannot be decoded",
        At(Stage::Active, Greet(Bytes(&[0x00, 12, 0x01, 6, 0, 1, 0, 1, 0, 0, 0, 0]))),
        finding("session-not-decodable"),
    ),
    fault(
        "session-half-pdu",
        "sends the beginning of a PDU and never its end",
        At(Stage::Active, Greet(Bytes(&[3, 0, 0, 100, 2, 0xF0, 0x80]))),
        PASSES,
    ),
    fault(
        "session-flood",
        "draws without an end",
        At(Stage::Active, Flood(Bytes(BLACK_SQUARE))),
        finding("session-blank"),
    ),
    fault(
        "session-redirection",
        "sends the client of an active session to another host",
        At(Stage::Active, Greet(IoChannel(REDIRECTION))),
        finding("redirected"),
    ),
    fault(
        "session-reactivation",
        "draws, asks for another activation and draws again, which is no fault",
        Behaviour::ReactivateSession,
        PASSES,
    ),
    fault(
        "session-reactivation-silent",
        "draws, takes the activation back and begins no other",
        Behaviour::DeactivateSession,
        PASSES,
    ),
];

/// A fast-path bitmap update: sixteen rows of sixteen black pixels as one run.
const BLACK_SQUARE: &[u8] = &[
    0x00, 33, 0x01, 28, 0, 1, 0, 1, 0, 0, 0, 0, 0, 15, 0, 15, 0, 16, 0, 16, 0, 16, 0, 1, 4, 5, 0, 0xF3, 0, 1,
    0, 0, 0,
];

/// Two Save Session Info PDUs in one message: a logon, and one without anything to say of it (MS-RDPBCGR 2.2.10.1).
const TWO_NOTIFICATIONS: &[u8] = &[
    22, 0, 0x17, 0, 0xEA, 3, 0xEA, 3, 1, 0, 0, 1, 8, 0, 0x26, 0, 0, 0, 0, 0, 0, 0, //
    22, 0, 0x17, 0, 0xEA, 3, 0xEA, 3, 1, 0, 0, 1, 8, 0, 0x26, 0, 0, 0, 2, 0, 0, 0,
];

/// A Save Session Info PDU, and a bitmap update of four by four white pixels (MS-RDPBCGR 2.2.9.1.1.3.1.2).
const NOTIFICATION_AND_SQUARE: &[u8] = &[
    22, 0, 0x17, 0, 0xEA, 3, 0xEA, 3, 1, 0, 0, 1, 8, 0, 0x26, 0, 0, 0, 2, 0, 0, 0, //
    72, 0, 0x17, 0, 0xEA, 3, 0xEA, 3, 1, 0, 0, 1, 58, 0, 2, 0, 0, 0, //
    1, 0, 1, 0, 0, 0, 0, 0, 3, 0, 3, 0, 4, 0, 4, 0, 16, 0, 0, 0, 32, 0, //
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, //
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
];

/// Draws before the Font Map, and sends data on another channel.
const DRAWS_EARLY: Behaviour =
    Behaviour::Also(Stage::FontList, &[Bytes(FAST_PATH_UPDATE), UnknownChannel(&[0x5A; 64])]);
/// A fast-path PDU with an empty synchronize update.
const FAST_PATH_UPDATE: &[u8] = &[0x00, 5, 0x03, 0, 0];
/// Initiate Multitransport Request 0x1234 for a reliable transport.
const MULTITRANSPORT: Answer = MessageChannel(&[
    0x02, 0, 0, 0, 0x34, 0x12, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);
/// Heartbeat: a period of five seconds, a warning after two of them missed and a reconnection after three.
const HEARTBEAT: Answer = MessageChannel(&[0x00, 0x40, 0, 0, 0, 5, 2, 3]);
/// A redirection without a field, LB_NOREDIRECT.
const INFORMATION: &[u8] = &[20, 0, 0x0A, 0, 0xEA, 3, 0, 0, 0x00, 0x04, 12, 0, 7, 0, 0, 0, 0x80, 0, 0, 0];
/// The same without the flag, so that the client has to go: to session 7 of where it is.
const REDIRECTION_TO_SESSION: &[u8] =
    &[20, 0, 0x0A, 0, 0xEA, 3, 0, 0, 0x00, 0x04, 12, 0, 7, 0, 0, 0, 0, 0, 0, 0];
/// To no session either.
const NOWHERE: &[u8] = &[20, 0, 0x0A, 0, 0xEA, 3, 0, 0, 0x00, 0x04, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// To session 7 of "rdsh02.corp.example", and nothing else.
const REDIRECTION_TO_NAME: &[u8] = &[
    72, 0, 26, 0, 234, 3, 0, 0, 0, 4, 64, 0, 7, 0, 0, 0, 0, 1, 0, 0, 40, 0, 0, 0, 114, 0, 100, 0, 115, 0,
    104, 0, 48, 0, 50, 0, 46, 0, 99, 0, 111, 0, 114, 0, 112, 0, 46, 0, 101, 0, 120, 0, 97, 0, 109, 0, 112, 0,
    108, 0, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];
/// To session 7 of a name with colours, control characters, marks of direction, a tag and characters without width.
const REDIRECTION_TO_HOSTILE_NAME: &[u8] = &[
    96, 0, 26, 0, 234, 3, 0, 0, 0, 4, 88, 0, 7, 0, 0, 0, 0, 1, 0, 0, 64, 0, 0, 0, 97, 0, 27, 0, 91, 0, 51, 0,
    49, 0, 109, 0, 27, 0, 93, 0, 48, 0, 59, 0, 116, 0, 7, 0, 155, 0, 50, 0, 74, 0, 127, 0, 28, 6, 46, 32, 40,
    32, 11, 32, 255, 254, 64, 219, 65, 220, 46, 0, 101, 0, 120, 0, 97, 0, 109, 0, 112, 0, 108, 0, 101, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0,
];
/// To session 7 of 2001:db8::1, and nothing else.
const REDIRECTION_TO_ADDRESS: &[u8] = &[
    56, 0, 26, 0, 234, 3, 0, 0, 0, 4, 48, 0, 7, 0, 0, 0, 1, 0, 0, 0, 24, 0, 0, 0, 50, 0, 48, 0, 48, 0, 49, 0,
    58, 0, 100, 0, 98, 0, 56, 0, 58, 0, 58, 0, 49, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];
/// To session 7 of "rdsh02.corp.example", which stands where the address belongs.
const REDIRECTION_TO_NAMED_ADDRESS: &[u8] = &[
    72, 0, 26, 0, 234, 3, 0, 0, 0, 4, 64, 0, 7, 0, 0, 0, 1, 0, 0, 0, 40, 0, 0, 0, 114, 0, 100, 0, 115, 0,
    104, 0, 48, 0, 50, 0, 46, 0, 99, 0, 111, 0, 114, 0, 112, 0, 46, 0, 101, 0, 120, 0, 97, 0, 109, 0, 112, 0,
    108, 0, 101, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];
/// To session 7, with a token of bytes: a NUL, FF, CR LF in the middle and no CR LF at its end.
const REDIRECTION_BY_BYTES: &[u8] = &[
    38, 0, 26, 0, 234, 3, 0, 0, 0, 4, 30, 0, 7, 0, 0, 0, 2, 0, 0, 0, 6, 0, 0, 0, 0, 255, 13, 10, 128, 1, 0,
    0, 0, 0, 0, 0, 0, 0,
];
/// To session 7 of "not a host", "192.0.2.2:3390", an empty NetBIOS name and "[::1]".
const REDIRECTION_TO_NO_HOST: &[u8] = &[
    118, 0, 26, 0, 234, 3, 0, 0, 0, 4, 110, 0, 7, 0, 0, 0, 1, 11, 0, 0, 30, 0, 0, 0, 49, 0, 57, 0, 50, 0, 46,
    0, 48, 0, 46, 0, 50, 0, 46, 0, 50, 0, 58, 0, 51, 0, 51, 0, 57, 0, 48, 0, 0, 0, 22, 0, 0, 0, 110, 0, 111,
    0, 116, 0, 32, 0, 97, 0, 32, 0, 104, 0, 111, 0, 115, 0, 116, 0, 0, 0, 2, 0, 0, 0, 0, 0, 20, 0, 0, 0, 1,
    0, 0, 0, 12, 0, 0, 0, 91, 0, 58, 0, 58, 0, 49, 0, 93, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];
/// The same with the NetBIOS name "rdsh02".
const REDIRECTION_PARTLY_USABLE: &[u8] = &[
    130, 0, 26, 0, 234, 3, 0, 0, 0, 4, 122, 0, 7, 0, 0, 0, 1, 11, 0, 0, 30, 0, 0, 0, 49, 0, 57, 0, 50, 0, 46,
    0, 48, 0, 46, 0, 50, 0, 46, 0, 50, 0, 58, 0, 51, 0, 51, 0, 57, 0, 48, 0, 0, 0, 22, 0, 0, 0, 110, 0, 111,
    0, 116, 0, 32, 0, 97, 0, 32, 0, 104, 0, 111, 0, 115, 0, 116, 0, 0, 0, 14, 0, 0, 0, 114, 0, 100, 0, 115,
    0, 104, 0, 48, 0, 50, 0, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0, 91, 0, 58, 0, 58, 0, 49, 0, 93, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];
/// To session 7 of "rdsh02", and nothing else.
const REDIRECTION_TO_NETBIOS_NAME: &[u8] = &[
    46, 0, 26, 0, 234, 3, 0, 0, 0, 4, 38, 0, 7, 0, 0, 0, 0, 2, 0, 0, 14, 0, 0, 0, 114, 0, 100, 0, 115, 0,
    104, 0, 48, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];
/// To session 7 of "rdsh02", 192.0.2.16, with the token "Cookie: msts=1".
const REDIRECTION_BY_TOKEN: &[u8] = &[
    92, 0, 26, 0, 234, 3, 0, 0, 0, 4, 76, 0, 7, 0, 0, 0, 3, 2, 0, 0, 22, 0, 0, 0, 49, 0, 57, 0, 50, 0, 46, 0,
    48, 0, 46, 0, 50, 0, 46, 0, 49, 0, 54, 0, 0, 0, 16, 0, 0, 0, 67, 111, 111, 107, 105, 101, 58, 32, 109,
    115, 116, 115, 61, 49, 13, 10, 14, 0, 0, 0, 114, 0, 100, 0, 115, 0, 104, 0, 48, 0, 50, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0,
];
/// To session 7 of "rdsh02.corp.example", 192.0.2.2, "RDSH02" and the addresses 192.0.2.2 and 192.0.2.3.
const REDIRECTION_IN_SEVERAL_WAYS: &[u8] = &[
    170, 0, 26, 0, 234, 3, 0, 0, 0, 4, 154, 0, 7, 0, 0, 0, 1, 11, 0, 0, 20, 0, 0, 0, 49, 0, 57, 0, 50, 0, 46,
    0, 48, 0, 46, 0, 50, 0, 46, 0, 50, 0, 0, 0, 40, 0, 0, 0, 114, 0, 100, 0, 115, 0, 104, 0, 48, 0, 50, 0,
    46, 0, 99, 0, 111, 0, 114, 0, 112, 0, 46, 0, 101, 0, 120, 0, 97, 0, 109, 0, 112, 0, 108, 0, 101, 0, 0, 0,
    14, 0, 0, 0, 82, 0, 68, 0, 83, 0, 72, 0, 48, 0, 50, 0, 0, 0, 52, 0, 0, 0, 2, 0, 0, 0, 20, 0, 0, 0, 49, 0,
    57, 0, 50, 0, 46, 0, 48, 0, 46, 0, 50, 0, 46, 0, 50, 0, 0, 0, 20, 0, 0, 0, 49, 0, 57, 0, 50, 0, 46, 0,
    48, 0, 46, 0, 50, 0, 46, 0, 51, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];
/// To session 7 of "rdsh02", 192.0.2.16, with the token "Cookie: msts=1", the user "u" of "D" and the password "pw".
const REDIRECTION: &[u8] = &[
    119, 0, 26, 0, 234, 3, 0, 0, 0, 4, 110, 0, 7, 0, 0, 0, 31, 2, 0, 0, 22, 0, 0, 0, 49, 0, 57, 0, 50, 0, 46,
    0, 48, 0, 46, 0, 50, 0, 46, 0, 49, 0, 54, 0, 0, 0, 16, 0, 0, 0, 67, 111, 111, 107, 105, 101, 58, 32, 109,
    115, 116, 115, 61, 49, 13, 10, 4, 0, 0, 0, 117, 0, 0, 0, 4, 0, 0, 0, 68, 0, 0, 0, 6, 0, 0, 0, 112, 0,
    119, 0, 0, 0, 14, 0, 0, 0, 114, 0, 100, 0, 115, 0, 104, 0, 48, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

/// Selects Standard RDP Security.
const CONFIRM_RDP: &[u8] = &[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 0, 8, 0, 0, 0, 0, 0];
/// The same, and takes extended client data.
const CONFIRM_RDP_EXTENDED: &[u8] = &[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 1, 8, 0, 0, 0, 0, 0];
/// Selects HYBRID_EX.
const CONFIRM_NLA: Answer = Bytes(&[3, 0, 0, 19, 14, 0xD0, 0, 0, 0x12, 0x34, 0, 2, 1, 8, 0, 8, 0, 0, 0]);
/// RDSTLS version 1 (MS-RDPBCGR 2.2.17.1).
const RDSTLS_CAPABILITIES: Answer = Bytes(&[1, 0, 1, 0, 1, 0, 1, 0]);
/// Closes on any other offer.
const RDSTLS_ALONE: Behaviour =
    SpeaksFirst(SecurityProtocol::RDSTLS, Greet(RDSTLS_CAPABILITIES), Some(Bytes(&[])));
/// As Windows sends it (MS-RDPBCGR 2.2.18).
const NONCE: Answer = Bytes(b"{\"ts_nonce\":\"8K1rQmXbT0a7yVd5sZcE2w\"}\0");
/// A TSRequest of version 6 with a CHALLENGE of 32 bytes, as before there was target information (MS-NLMP 2.2.1.2).
const CHALLENGE_OF_OLD: &[u8] = &[
    48, 47, 160, 3, 2, 1, 6, 161, 40, 48, 38, 48, 36, 160, 34, 4, 32, 78, 84, 76, 77, 83, 83, 80, 0, 2, 0, 0,
    0, 0, 0, 0, 0, 32, 0, 0, 0, 1, 130, 0, 64, 1, 2, 3, 4, 5, 6, 7, 8,
];
/// A CHALLENGE of 48 bytes whose TargetInfo has 200 bytes at offset 5000.
const TARGET_INFO_OUTSIDE: &[u8] = &[
    48, 63, 160, 3, 2, 1, 6, 161, 56, 48, 54, 48, 52, 160, 50, 4, 48, 78, 84, 76, 77, 83, 83, 80, 0, 2, 0, 0,
    0, 0, 0, 0, 0, 48, 0, 0, 0, 5, 130, 128, 64, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 200, 0, 200,
    0, 136, 19, 0, 0,
];
/// A CHALLENGE of 48 bytes whose TargetName has 24 bytes at offset 4096.
const TARGET_NAME_OUTSIDE: &[u8] = &[
    48, 63, 160, 3, 2, 1, 6, 161, 56, 48, 54, 48, 52, 160, 50, 4, 48, 78, 84, 76, 77, 83, 83, 80, 0, 2, 0, 0,
    0, 24, 0, 24, 0, 0, 16, 0, 0, 5, 130, 128, 64, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 48, 0, 0, 0,
];
/// A TSRequest of the version 0x0100000006.
const VERSION_OF_FIVE_BYTES: &[u8] = &[48, 9, 160, 7, 2, 5, 1, 0, 0, 0, 6];
/// A TSRequest with the errorCode 0x01C000006D.
const ERROR_OF_FIVE_BYTES: &[u8] = &[48, 14, 160, 3, 2, 1, 6, 164, 7, 2, 5, 1, 192, 0, 0, 109];
/// No proof of the password is made.
const UNPROVED: Expect =
    Expect { phase: "credssp", kind: "", code: None, finding: Some("account-not-used"), cause: None };
/// No TPKT, no TLS record, no DER, no text.
const NOISE: Answer =
    Bytes(&[0xDE, 0xC0, 0xAD, 0x0B, 0xFE, 0xCA, 0xED, 0xFE, 0x9A, 0x41, 0xF7, 0x88, 0xB3, 0xC6, 0xD1, 0xE9]);
const PASSES: Expect = Expect { phase: "", kind: "", code: None, finding: None, cause: None };
/// RC4 with 128 bits, level client compatible, and no license needed.
const RC4_128: StandardSecurity = StandardSecurity {
    confirm: CONFIRM_RDP,
    only: false,
    method: 0x02,
    level: 2,
    then: Then::ValidClient,
    session: None,
};
const STANDARD_SECURITY: Expect = finding("standard-rdp-security");
/// The same in answer to an offer of TLS.
const FELL_BACK: Expect = by("xrdp-key-unreadable", STANDARD_SECURITY);

const fn fault(name: &'static str, about: &'static str, behaviour: Behaviour, expect: Expect) -> Fault {
    Fault { name, about, expect, behaviour }
}

const fn standard(security: StandardSecurity) -> Behaviour {
    Behaviour::StandardSecurity(security)
}

const fn failed(phase: &'static str, kind: &'static str) -> Expect {
    Expect { phase, kind, code: None, finding: None, cause: None }
}

const fn failed_with(phase: &'static str, kind: &'static str, code: u32) -> Expect {
    Expect { phase, kind, code: Some(code), finding: None, cause: None }
}

const fn finding(code: &'static str) -> Expect {
    Expect { finding: Some(code), ..PASSES }
}

/// The same, with a finding.
const fn shows(finding: &'static str, expect: Expect) -> Expect {
    Expect { finding: Some(finding), ..expect }
}

/// The same, with the cause that must stand first.
const fn by(cause: &'static str, expect: Expect) -> Expect {
    Expect { cause: Some(cause), ..expect }
}

/// The fault with this name.
pub fn find(name: &str) -> Option<&'static Fault> {
    FAULTS.iter().find(|fault| fault.name == name)
}
