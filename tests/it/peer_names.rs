//! What answers in place of an RDP server is named by its first bytes, and no other is called so.

use rdptrace::{
    Report,
    internal::pdu::{peer, x224},
    report::{ExperimentKind, Purpose},
};

use crate::{
    faults::{settings, trace},
    lab::fault,
};

/// What a service says first, or in answer to a Connection Request, and how its name begins.
const PEERS: &[(&[u8], &str)] = &[
    (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH (SSH-2.0-OpenSSH_9.2)"),
    (b"Authorized use only\r\nSSH-2.0-dropbear\r\n", "SSH (SSH-2.0-dropbear)"),
    (b"HTTP/1.1 400 Bad Request\r\n", "HTTP (HTTP/1.1 400 Bad Request)"),
    (
        b"HTTP/1.1 403 Forbidden\r\nServer: squid/5.7\r\n\r\n<html>",
        "HTTP (HTTP/1.1 403 Forbidden; Server: squid/5.7)",
    ),
    (b"<html><head><title>400 Bad Request</title>", "HTTP, an answer without headers (400 Bad Request)"),
    (b"\r\n<!doctype HTML><TITLE>Blocked</TITLE>", "HTTP, an answer without headers (Blocked)"),
    (b"\xEF\xBB\xBF<html>", "HTTP, an answer without headers"),
    (b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80", "HTTP/2 (00 00 12 04"),
    (b"RFB 003.008\n", "VNC (RFB 003.008)"),
    (b"220 mail.example ESMTP Postfix\r\n", "SMTP ("),
    (b"220 (vsFTPd 3.0.3)\r\n", "FTP ("),
    (b"220-welcome\r\n", "SMTP or FTP ("),
    (b"421 4.3.2 mail.example ESMTP too many connections\r\n", "SMTP (421"),
    (b"554 no SMTP service here\r\n", "SMTP (554"),
    (b"530 Please log in to this FTP server\r\n", "FTP (530"),
    (b"220 VMware Authentication Daemon Version 1.10\r\n", "VMware's log-on service ("),
    (b"200 news.example InterNetNews ready\r\n", "NNTP (200"),
    (b"502 no permission, NNTP is for members\r\n", "NNTP (502"),
    (b"+OK Dovecot ready.\r\n", "POP3 (+OK Dovecot ready.)"),
    (b"-ERR POP server is busy\r\n", "POP3 ("),
    (b"* OK [CAPABILITY IMAP4rev1] ready\r\n", "IMAP ("),
    (b"* BYE too many connections\r\n", "IMAP ("),
    (b"-ERR unknown command '\x03'\r\n", "Redis"),
    (b"-NOAUTH Authentication required.\r\n", "Redis (-NOAUTH"),
    (b"-DENIED Redis is running in protected mode\r\n", "Redis (-DENIED"),
    (b"J\0\0\0\x0A8.0.36\0\x08\0\0\0abcdefgh\0", "MySQL 8.0.36 (4a 00 00 00 0a 38 2e 30 ...)"),
    (b"Y\0\0\0\x0A5.5.5-10.11.6-MariaDB\0\x08\0\0\0", "MariaDB 5.5.5-10.11.6-MariaDB ("),
    (
        b"\x45\0\0\0\xFF\x6A\x04Host '192.0.2.9' is not allowed to connect to this MySQL server",
        "MySQL or MariaDB (",
    ),
    (b"\x05\0\0\0\x0B\x08\x05\x1A\0", "MySQL's X protocol ("),
    (b"E\0\0\0\x60SFATAL\0VFATAL\0C0A000\0", "PostgreSQL (45 00 00 00 60 53"),
    (b"EFATAL:  unsupported frontend protocol\n\0", "PostgreSQL ("),
    (b"N", "PostgreSQL, as it seems (4e)"),
    (b"0\x84\0\0\0\x10\x02\x01\0x\x84\0\0\0\x07\x0A\x01\x02\x04\0\x04\0", "LDAP (30 84"),
    (b"0\x0C\x02\x01\x01\x61\x07\x0A\x01\0\x04\0\x04\0", "LDAP (30 0c"),
    (b"0\x24\x02\x01\x01\x04\x06public\xA2", "SNMP ("),
    (b"\0\0\0\x48\xFFSMBr\0\0\0\0", "SMB ("),
    (b"\0\0\0\x48\xFESMB@\0\0\0", "SMB ("),
    (b"\xFESMB@\0", "SMB ("),
    (b"\x83\0\0\x01\x8F", "SMB (NetBIOS session service) ("),
    (b"\x05\xFF", "SOCKS5 (05 ff)"),
    (b"\x05\x00", "SOCKS5 (05 00)"),
    (b"\x05\x02", "SOCKS5 (05 02)"),
    (b"\x05\x01\0\x01\0\0\0\0\0\0", "SOCKS5 ("),
    (b"\0\x5B", "SOCKS4 (00 5b)"),
    (b"\0\x5B\0\0\0\0\0\0", "SOCKS4 ("),
    (b"\x05\0\x0D\x03\x10\0\0\0\x18\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "RPC (DCE) (05 00 0d 03"),
    (b"\x17\x24\x0A\x20\0\0\0\0", "TeamViewer ("),
    (b"\x11\x30\x04\0", "TeamViewer ("),
    (b"\x20\x02\0\x05", "MQTT (20 02 00 05)"),
    (b"\x20\x03\0\x84\0", "MQTT ("),
    (b"AMQP\0\0\x09\x01", "AMQP (41 4d 51 50 00 00 09 01)"),
    (b"\xFF\xFD\x18\xFF\xFD\x20", "Telnet (ff fd 18"),
    (b"\r\nrouter login: ", "Telnet, or a console"),
    (b"RTSP/1.0 400 Bad Request\r\n", "RTSP ("),
    (b"SIP/2.0 400 Bad Request\r\n", "SIP ("),
    (b"ERROR\r\n", "memcached (ERROR)"),
    (b"CLIENT_ERROR bad command line format\r\n", "memcached ("),
    (b"UNKNOWN_COMMAND\r\n", "beanstalkd ("),
    (b"\0\0\0\x30~.0,\xA0\x03\x02\x01\x05", "Kerberos (00 00 00 30 7e"),
    (b"\0\x0C\x03\0\x81\x01\0\0\0\0\0\0\0\0", "DNS (00 0c 03 00 81"),
    (b"\0\x0C\0\0\x04\0\0\0\0\0\0\0", "Oracle ("),
    (b"\x04\x01\0\x0A\0\0\x01\0\0\0", "SQL Server ("),
    (b"\x24\0\0\0\x01\0\0\0\0\0\0\0\x01\0\0\0aaaaaaaaaaaaaaaaaaaa", "MongoDB ("),
    (b"\x84\0\0\0\0\0\0\0\x04oops", "Cassandra ("),
    (b"\x7F\x7FICA\0", "Citrix ICA ("),
    (b"\xFF\0\x23\0\xA7\0\x31\0\0", "Minecraft ("),
    (b"\x20\0\x1E{\"text\":\"bad packet\"}", "Minecraft ("),
    (b"@RSYNCD: 31.0\n", "rsync ("),
    (b"( success ( 2 2 ( ) ) ) ", "Subversion ("),
    (b"INFO {\"server_id\":\"N\"}\r\n", "NATS ("),
    (b"OK MPD 0.23.5\n", "MPD ("),
    (b":irc.example NOTICE * :*** Looking up your hostname\r\n", "IRC ("),
    (b"<?xml version='1.0'?><stream:stream from='x'>", "XMPP ("),
    (b"Asterisk Call Manager/5.0.2\r\n", "Asterisk ("),
    (b"REDQ\x02\0\0\0", "SPICE ("),
    (b"ZBXD\x01\0\0\0", "Zabbix ("),
    (b"\0\x9C\0\x01\x1A\x2B\x3C\x4D\0\x02", "PPTP ("),
    (b"\x01\x11\0\x08\x21\x12\xA4\x42", "STUN ("),
    (b"\0\x16\x0B\0\0\0\x06\0No protocol specified", "X11 ("),
    (b"\x01\0\0\0\x25\0\0\x02", "Radmin ("),
    (b"\x15\x03\x01\0\x02\x02\x0A", "TLS, from the first byte on"),
    (b"hello, who is there?\r\n", "another text protocol (hello, who is there?)"),
];

/// What tells nothing, or is a message of Remote Desktop.
const NAMELESS: &[&[u8]] = &[
    b"",
    b"\xDE\xAD\xBE\xEF",
    b"\0",
    b"0",
    b"0\x82",
    // A TSRequest.
    b"0\x1A\xA0\x03\x02\x01\x06\xA1\x13",
    b"\x05",
    b"no",
];

#[test]
fn services_are_named_by_what_they_say() {
    for (said, begins) in PEERS {
        let name = peer::speaks(said).unwrap_or_default();
        assert!(name.starts_with(begins), "{name} in place of {begins}");
    }
    for said in NAMELESS {
        assert_eq!(peer::speaks(said), None, "{said:02x?}");
    }
}

#[test]
fn a_part_of_a_greeting_is_never_read_past_its_end() {
    for (said, _) in PEERS {
        (0..said.len()).for_each(|length| drop(peer::speaks(&said[..length])));
    }
}

#[test]
fn what_comes_in_a_tpkt_is_named_too() {
    let request = x224::connection_request(11, false, x224::Lead::Cookie).expect("a request");
    let name = |frame: &[u8]| peer::speaks_in_tpkt(frame, &request).unwrap_or_default();
    assert!(name(&request).starts_with("an echo"));
    assert!(name(b"\x03\0\0\x10\x08\x02\x80\0\x5A").starts_with("H.323"));
    assert_eq!(name(b"\x03\0\0\x0B\x06\xD0\0\0\x12\x34\0"), "");
}

fn message<'a>(report: &'a Report, code: &str) -> &'a str {
    report
        .findings
        .iter()
        .find(|finding| finding.code.as_str() == code)
        .map_or("", |finding| &finding.message)
}

#[tokio::test(start_paused = true)]
async fn a_silent_port_is_asked_once_as_a_web_server_is() {
    let report = trace(Some(fault("http-waiting")), &settings()).await;
    let asked = Purpose::Experiment(ExperimentKind::HttpRequest.into());
    assert_eq!(report.trace.connections.iter().filter(|made| made.purpose == asked).count(), 1);
    assert!(
        message(&report, "not-an-rdp-server").ends_with("HTTP (HTTP/1.1 403 Forbidden; Server: squid/5.7)")
    );
    assert_eq!(report.causes[0].code.as_str(), "wrong-service-on-port");
    let silent = trace(Some(fault("negotiate-silence")), &settings()).await;
    assert!(silent.trace.connections.iter().any(|made| made.purpose == asked));
    assert_eq!(silent.causes[0].code.as_str(), "services-hung");
    let closed = trace(Some(fault("negotiate-close")), &settings()).await;
    assert!(!closed.trace.connections.iter().any(|made| made.purpose == asked));
}

#[tokio::test(start_paused = true)]
async fn an_alert_to_tls_at_once_is_an_answer() {
    let report = trace(Some(fault("tls-alert-at-once")), &settings()).await;
    let cause = &report.causes[0];
    assert_eq!(cause.code.as_str(), "tls-proxy-in-front");
    assert!(cause.because.iter().any(|text| text.contains("TLS is spoken there")), "{:?}", cause.because);
    assert!(!report.causes.iter().any(|cause| cause.code.as_str() == "services-hung"));
}

#[tokio::test(start_paused = true)]
async fn a_page_in_answer_to_the_client_hello_is_told_with_its_status_line() {
    let report = trace(Some(fault("tls-block-page")), &settings()).await;
    let name = "HTTP (HTTP/1.1 403 Forbidden; Server: filter)";
    assert_eq!(
        message(&report, "tls-not-spoken"),
        format!("the answer to the ClientHello is not TLS, but {name}")
    );
    assert_eq!(report.causes[0].code.as_str(), "filter-answers-tls");
    let tls = report.trace.connections[0].phases.tls.as_ref().expect("tls");
    assert_eq!(tls.evidence.speaks.as_deref(), Some(name));
    // A hello of our own is answered so too.
    let own = report
        .trace
        .connections
        .iter()
        .find(|made| made.purpose == Purpose::Experiment(ExperimentKind::SmallHello.into()));
    let own = own.and_then(|made| made.phases.tls.as_ref()).expect("an experiment");
    assert_eq!(own.evidence.speaks.as_deref(), Some(name));
}
