//! Names what answers in place of an RDP server, by its first bytes.

/// What the peer speaks; none for bytes that tell nothing.
pub fn speaks(bytes: &[u8]) -> Option<String> {
    let line = first_line(bytes);
    let starts = |prefix: &str| bytes.starts_with(prefix.as_bytes());
    let known = [("SSH-", "SSH"), ("HTTP/", "HTTP"), ("RFB ", "VNC"), ("220", greeting(bytes))];
    if let Some((_, name)) = known.into_iter().find(|(prefix, _)| starts(prefix)) {
        return Some(if line.is_empty() { name.to_owned() } else { format!("{name} ({line})") });
    }
    if is_tls(bytes) {
        return Some("TLS, from the first byte on".to_owned());
    }
    if starts("<html") || starts("<!DOCTYPE") || starts("<HTML") {
        return Some("HTTP, an answer without headers".to_owned());
    }
    (line.len() >= 4).then(|| format!("another text protocol ({line})"))
}

/// SMTP and FTP both greet with 220; only their words tell them apart.
fn greeting(bytes: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(bytes).to_ascii_uppercase();
    match (text.contains("SMTP"), text.contains("FTP")) {
        (true, _) => "SMTP",
        (false, true) => "FTP",
        (false, false) => "SMTP or FTP",
    }
}

/// A TLS record: a type from 20 to 23 and version 3.x.
fn is_tls(bytes: &[u8]) -> bool {
    matches!(bytes, [20..=23, 3, 0..=4, ..])
}

/// The first line when it is printable ASCII, at most 60 characters.
fn first_line(bytes: &[u8]) -> String {
    let line = bytes.split(|b| *b == b'\r' || *b == b'\n').next().unwrap_or_default();
    if !line.iter().all(|b| (0x20..0x7F).contains(b)) {
        return String::new();
    }
    let text = String::from_utf8_lossy(&line[..line.len().min(60)]).into_owned();
    if line.len() > 60 { format!("{text}...") } else { text }
}
