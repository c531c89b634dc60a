//! Statuses that are said in words: the reason phrase of an HTTP refusal (RFC 9112 section 4) that names what ails an account.
//!
//! Gateways of Windows say in the reason phrase of a 401 what ails the account. It decides like an NTSTATUS: the
//! account is refused, or nobody could be asked.

use super::NTSTATUS;

/// How Windows says a status in words, by how these begin; the first row that fits decides.
const WORDS: &[(&[&str], u32)] = &[
    (&["user", "account", "restrict"], 0xC000_006E),
    (&["password", "change"], 0xC000_0224),
    (&["password", "expir"], 0xC000_0071),
    (&["account", "lock"], 0xC000_0234),
    (&["user", "lock"], 0xC000_0234),
    (&["account", "disab"], 0xC000_0072),
    (&["user", "disab"], 0xC000_0072),
    (&["account", "expir"], 0xC000_0193),
    (&["logon", "hour"], 0xC000_006F),
    (&["logon", "time"], 0xC000_006F),
    (&["logon", "type"], 0xC000_015B),
    (&["logon", "workstation"], 0xC000_0070),
    (&["workstation", "restrict"], 0xC000_0070),
    (&["not", "log", "computer"], 0xC000_0070),
    (&["smart", "card", "requir"], 0xC000_02FA),
    (&["smartcard", "requir"], 0xC000_02FA),
    (&["account", "restrict"], 0xC000_006E),
    (&["no", "logon", "server"], 0xC000_005E),
    (&["domain", "controller"], 0xC000_005E),
    (&["ntlm", "block"], 0xC000_0418),
    (&["ntlm", "disab"], 0xC000_0418),
    (&["password", "bad"], 0xC000_006D),
    (&["password", "incorrect"], 0xC000_006D),
    (&["password", "invalid"], 0xC000_006D),
    (&["credentials", "invalid"], 0xC000_006D),
    (&["logon", "fail"], 0xC000_006D),
];

/// As much of a word as its forms share, such as restriction and restricted.
const STEM: usize = 7;

/// The NTSTATUS that a phrase says in words, such as `User Account Restricted`, or by its symbol; none where it says none.
pub fn status_in_words(phrase: &str) -> Option<u32> {
    let lower = phrase.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let says = |stem: &str| words.iter().any(|word| word.starts_with(stem));
    let known = WORDS.iter().find(|(stems, _)| stems.iter().all(|stem| says(stem)));
    if let Some((_, code)) = known {
        return Some(*code);
    }
    let named = NTSTATUS.rows().filter(|row| row.refuses_credentials).find(|row| {
        let parts = row.symbol.strip_prefix("STATUS_").unwrap_or_default().split('_');
        let mut parts = parts.map(|part| part[..part.len().min(STEM)].to_lowercase()).peekable();
        parts.peek().is_some_and(|first| !first.is_empty()) && parts.all(|part| says(&part))
    });
    named.and_then(|row| row.code)
}
