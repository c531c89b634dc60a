//! The schemes that a server or a proxy asks for (RFC 9110 section 11.6.1), several of which may share a header.

/// One scheme with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme as it was spelled: `Negotiate`, `NTLM`, `Basic`, `Digest`, `Bearer`.
    pub scheme: String,
    /// A token in base64 or parameters as they came; empty for the scheme alone.
    pub parameters: String,
}

impl Challenge {
    /// Whether this is the scheme of that name.
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }
}

/// The challenges of one header.
pub fn challenges(value: &str) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    for item in items(value) {
        match (begins(item), found.last_mut()) {
            (None, Some(last)) => {
                last.parameters.push_str(", ");
                last.parameters.push_str(item);
            }
            (Some((scheme, parameters)), _) => {
                found.push(Challenge { scheme: scheme.to_owned(), parameters: parameters.trim().to_owned() });
            }
            (None, None) => {}
        }
    }
    found
}

/// A scheme stands alone or before a space; a parameter has its equals sign before any space.
fn begins(item: &str) -> Option<(&str, &str)> {
    let (word, rest) = item.split_once(' ').unwrap_or((item, ""));
    let is_scheme = !word.contains('=') && !rest.trim_start().starts_with('=');
    is_scheme.then_some((word, rest))
}

/// What stands between commas outside of quotes.
fn items(value: &str) -> Vec<&str> {
    let (mut quoted, mut escaped, mut start, mut items) = (false, false, 0, Vec::new());
    for (at, c) in value.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                items.push(value[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(value[start..].trim());
    items.retain(|item| !item.is_empty());
    items
}
