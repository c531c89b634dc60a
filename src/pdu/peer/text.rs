//! Protocols that are known by the text that they begin with.

/// The most characters that are shown of a line.
const LONGEST: usize = 60;

/// How a text begins, and who begins so.
const BEGINNINGS: &[(&str, &str)] = &[
    ("RFB ", "VNC"),
    ("RTSP/", "RTSP"),
    ("SIP/2.0", "SIP"),
    ("ICY ", "Shoutcast"),
    ("+OK", "POP3"),
    ("* OK", "IMAP"),
    ("* BYE", "IMAP"),
    ("* BAD", "IMAP"),
    ("* PREAUTH", "IMAP"),
    ("-NOAUTH", "Redis"),
    ("-DENIED", "Redis"),
    ("-WRONGPASS", "Redis"),
    ("-NOPERM", "Redis"),
    ("-LOADING", "Redis"),
    ("+PONG", "Redis"),
    ("200 ", "NNTP"),
    ("201 ", "NNTP"),
    ("ERROR :", "IRC"),
    ("NOTICE ", "IRC"),
    ("ERROR\r", "memcached"),
    ("ERROR\n", "memcached"),
    ("CLIENT_ERROR", "memcached"),
    ("SERVER_ERROR", "memcached"),
    ("UNKNOWN_COMMAND", "beanstalkd"),
    ("@RSYNCD:", "rsync"),
    ("INFO {", "NATS"),
    ("OK MPD", "MPD"),
    ("( success", "Subversion"),
    ("\"IMPLEMENTATION\"", "ManageSieve"),
    ("Asterisk Call Manager", "Asterisk"),
    ("<<<check_mk", "Checkmk"),
    ("JDWP-Handshake", "the Java debugger"),
    ("HELLO NXD", "NoMachine"),
    ("<stream:", "XMPP"),
];

/// What greets or answers so, with its line.
pub(super) fn named(bytes: &[u8]) -> Option<String> {
    // A server of SSH may say something else before (RFC 4253 section 4.2).
    let ssh = bytes.split(|byte| *byte == b'\n').take(8).find(|line| line.starts_with(b"SSH-"));
    if let Some(line) = ssh {
        return Some(told("SSH", &first_line(line)));
    }
    if let Some(name) = http(bytes) {
        return Some(name);
    }
    let line = first_line(bytes);
    let name = match beginning(bytes).or_else(|| reply(bytes)) {
        Some(name) => name,
        None if bytes.starts_with(b"-ERR") && upper(bytes).contains("POP") => "POP3",
        None if bytes.starts_with(b"-ERR") => "Redis",
        None if bytes.starts_with(b"<?xml") && upper(bytes).contains("STREAM") => "XMPP",
        None if bytes.starts_with(b":") && line.contains(" NOTICE ") => "IRC",
        None if asks_for_name(bytes) => "Telnet, or a console",
        None => return None,
    };
    Some(told(name, &line))
}

fn beginning(bytes: &[u8]) -> Option<&'static str> {
    BEGINNINGS.iter().find(|(begin, _)| bytes.starts_with(begin.as_bytes())).map(|(_, name)| *name)
}

/// A reply code of SMTP or FTP, both of which greet with 220 or say why they do not; only their words tell them apart.
fn reply(bytes: &[u8]) -> Option<&'static str> {
    let [a @ b'1'..=b'5', b, c, b' ' | b'-', ..] = bytes else { return None };
    let code = [*a, *b, *c];
    if ![b"120", b"220", b"421", b"500", b"501", b"502", b"503", b"530", b"554"].contains(&&code) {
        return None;
    }
    let text = upper(bytes);
    let named = [("VMWARE", "VMware's log-on service"), ("NNTP", "NNTP"), ("SMTP", "SMTP"), ("FTP", "FTP")];
    Some(named.into_iter().find(|(word, _)| text.contains(word)).map_or("SMTP or FTP", |(_, name)| name))
}

fn asks_for_name(bytes: &[u8]) -> bool {
    let text = upper(bytes);
    let asks = |word: &str| text.trim_end().ends_with(word);
    ["LOGIN:", "USERNAME:", "PASSWORD:", "USER NAME:"].into_iter().any(asks)
}

/// HTTP with its status line and what its server calls itself, or the title of a page that comes without a head.
pub(super) fn http(bytes: &[u8]) -> Option<String> {
    if bytes.starts_with(b"HTTP/") {
        let status = first_line(bytes);
        let server = field(bytes, "server:").map(|server| format!("; {server}")).unwrap_or_default();
        return Some(told("HTTP", &format!("{status}{server}")));
    }
    let text = upper(bytes);
    let page = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{7F}');
    let begins =
        ["<HTML", "<!DOCTYPE HTML", "<HEAD", "<BODY", "<TITLE"].into_iter().any(|tag| page.starts_with(tag));
    begins.then(|| told("HTTP, an answer without headers", &title(bytes).unwrap_or_default()))
}

/// The line of a header with this name, in lower case with its colon.
fn field(bytes: &[u8], name: &str) -> Option<String> {
    let lines = bytes.split(|byte| *byte == b'\n').skip(1).take_while(|line| !matches!(line, [] | [b'\r']));
    let is_it = |line: &&[u8]| {
        line.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name.as_bytes()))
    };
    lines.filter(is_it).map(first_line).find(|line| !line.is_empty())
}

fn title(bytes: &[u8]) -> Option<String> {
    const OPEN: &str = "<TITLE>";
    let begin = upper(bytes).find(OPEN)? + OPEN.len();
    let text = bytes.get(begin..)?.split(|byte| *byte == b'<').next()?;
    let text = text.trim_ascii();
    Some(first_line(text)).filter(|title| !title.is_empty())
}

/// Upper case of the ASCII letters, a character a byte.
fn upper(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| if byte.is_ascii() { char::from(byte.to_ascii_uppercase()) } else { '\u{7F}' })
        .collect()
}

fn told(name: &str, line: &str) -> String {
    if line.is_empty() { name.to_owned() } else { format!("{name} ({line})") }
}

/// The first line when it is printable ASCII, at most 60 characters.
pub(super) fn first_line(bytes: &[u8]) -> String {
    let line = bytes.split(|b| *b == b'\r' || *b == b'\n').next().unwrap_or_default();
    if !line.iter().all(|b| (0x20..0x7F).contains(b)) {
        return String::new();
    }
    let text = String::from_utf8_lossy(&line[..line.len().min(LONGEST)]).into_owned();
    if line.len() > LONGEST { format!("{text}...") } else { text }
}
