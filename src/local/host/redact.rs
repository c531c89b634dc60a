//! What never leaves the machine in a collection: passwords in addresses and settings, and private keys.

/// An address without the account in it: `http://user:password@proxy:8080` is `http://proxy:8080`.
pub(crate) fn without_account(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").map_or(("", address), |(scheme, rest)| (scheme, rest));
    // A password may hold every character unescaped, so the last @ of all counts.
    let host = rest.rfind('@').map_or(rest, |at| &rest[at + 1..]);
    if scheme.is_empty() { host.to_owned() } else { format!("{scheme}://{host}") }
}

/// A text of settings without the values of passwords and without private keys.
pub(super) fn without_secrets(text: &str) -> String {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let key = line.contains("PRIVATE KEY-----");
        if key && line.contains("BEGIN") {
            inside = true;
        }
        if !inside {
            lines.push(setting(line));
        }
        if key && line.contains("END") {
            inside = false;
        }
    }
    lines.join("\n")
}

fn setting(line: &str) -> String {
    match line.split_once('=') {
        Some((name, value)) if name.to_ascii_lowercase().contains("password") && value.trim() != "ask" => {
            format!("{name}=(removed)")
        }
        _ => line.to_owned(),
    }
}
