//! Proxies in a machine's answers: texts of settings, and the binary value that WinHTTP keeps.

/// How the values of the registry are called that name proxies, in lower case.
const VALUES: &[&str] = &["proxyserver", "proxyoverride", "autoconfigurl"];
const WINHTTP: &str = "winhttpsettings";
/// Structure, counter and flags stand before the texts, in bytes.
const HEAD: usize = 12;
/// Proxy, exceptions and script.
const TEXTS: usize = 3;

/// Whether a variable or a value of the registry holds proxies.
pub(super) fn is_named(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with("_proxy") || VALUES.contains(&name.as_str())
}

/// Whether it is the value of WinHTTP.
pub(super) fn is_winhttp(name: &str) -> bool {
    name.eq_ignore_ascii_case(WINHTTP)
}

/// The texts in the value of WinHTTP.
pub(super) fn texts(digits: &str) -> Vec<String> {
    let bytes = hex::decode(digits).unwrap_or_default();
    let (mut rest, mut texts) = (bytes.get(HEAD..).unwrap_or_default(), Vec::new());
    while texts.len() < TEXTS
        && let Some((length, after)) = rest.split_first_chunk::<4>()
        && let Some((text, after)) = usize::try_from(u32::from_le_bytes(*length))
            .ok()
            .and_then(|length| after.split_at_checked(length))
    {
        texts.push(String::from_utf8_lossy(text).into_owned());
        rest = after;
    }
    texts
}

/// The value of WinHTTP with other texts, and nothing behind them.
pub(super) fn with_texts(digits: &str, other: impl Fn(&str) -> String) -> String {
    let bytes = hex::decode(digits).unwrap_or_default();
    let mut written = bytes[..bytes.len().min(HEAD)].to_vec();
    for text in texts(digits).iter().map(|text| other(text)) {
        written.extend(u32::try_from(text.len()).unwrap_or_default().to_le_bytes());
        written.extend(text.into_bytes());
    }
    hex::encode(written)
}

/// Without the accounts in a list of proxies.
pub(super) fn without_accounts(text: &str) -> String {
    if !text.contains('@') {
        return text.to_owned();
    }
    // What looks like a separator may be a piece of a password, so all before the last @ goes.
    let first = text.find('@').unwrap_or_default();
    let last = text.rfind('@').unwrap_or_default();
    let begin = text[..first].rfind([';', ' ', ',', '=', '/']).map_or(0, |at| at + 1);
    format!("{}{}", &text[..begin], &text[last + 1..])
}

/// Without the paths of addresses, which may name an organization.
pub(super) fn without_paths(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for piece in text.split_inclusive([' ', ';', ',', '\n', '"']) {
        let path = piece.find("://").and_then(|at| Some(at + 4 + piece[at + 3..].find('/')?));
        let (bare, path) = piece.split_at(path.unwrap_or(piece.len()));
        kept.push_str(bare);
        kept.extend(path.chars().next_back().filter(|c| " ;,\n\"".contains(*c)));
    }
    kept
}
