//! What is never a code, by its form: dates, clocks, addresses with their ports, versions, GUIDs, accounts, paths and URLs.

/// Marks that make a date, a clock, an address or a version of digits.
const MARKS: &[char] = &['.', ':', '-', '/', '+'];
/// The longest code in bare digits of base 16.
const LONGEST: usize = 8;
/// Where the hyphens of a GUID stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// Whether a run of characters without spaces is an address of the web, with or without its scheme.
pub(super) fn is_url(run: &str) -> bool {
    let run = run.trim_start_matches(['(', '<', '[', '"', '\'']);
    let host = run.split('/').next().unwrap_or_default();
    let names: Vec<&str> = host.split('.').collect();
    let is_name =
        |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let is_host =
        names.len() > 1 && names.iter().all(is_name) && host.chars().any(|c| c.is_ascii_alphabetic());
    run.contains("://") || run.starts_with("www.") || (is_host && run.contains('/'))
}

/// Whether a part of such a run, without the marks around it, is something else than a code or a word.
pub(super) fn is_noise(part: &str) -> bool {
    part.contains(['@', '\\'])
        || part.starts_with('%')
        || part.ends_with('%')
        || is_stamp(part)
        || is_groups(part)
        || is_guid(part)
        || is_path(part)
        || is_long(part)
}

/// A date, a clock, a version, an address or a range: digits with marks between them. Two numbers with one slash can be codes.
fn is_stamp(part: &str) -> bool {
    let lower = part.to_ascii_lowercase();
    let suffixes = ["am", "pm", "ms", "z", "s", "h"];
    let digits = suffixes.into_iter().find_map(|suffix| lower.strip_suffix(suffix)).unwrap_or(&lower);
    let begins = digits.starts_with(|c: char| c.is_ascii_digit());
    let all = digits.chars().all(|c| c.is_ascii_digit() || c == 't' || c == '_' || MARKS.contains(&c));
    let pair = digits.matches(MARKS).eq(["/"]);
    begins && all && digits.contains(MARKS) && !pair
}

/// An IPv6 or hardware address, a thumbprint, or the numbers of a process and its thread: hexadecimal digits with colons.
fn is_groups(part: &str) -> bool {
    let plain = part.split(['%', '/']).next().unwrap_or_default();
    let all = plain.chars().all(|c| c.is_ascii_hexdigit() || c == ':' || c == '.');
    let colons = plain.matches(':').count();
    all && (colons > 1 || colons == 1 && plain.chars().any(|c| c.is_ascii_digit()))
}

fn is_guid(part: &str) -> bool {
    let fits = |(at, c): (usize, char)| if HYPHENS.contains(&at) { c == '-' } else { c.is_ascii_hexdigit() };
    part.len() == 36 && part.char_indices().all(fits)
}

fn is_path(part: &str) -> bool {
    let slashes = part.matches('/').count();
    let from_root = part.starts_with(['/', '.', '~']) && slashes > 0 && part.len() > 1;
    from_root || (slashes > 1 && part.contains(|c: char| c.is_ascii_alphabetic()) && !part.contains("0x"))
}

/// A hash, a pointer or an identifier.
fn is_long(part: &str) -> bool {
    part.len() > LONGEST
        && part.chars().all(|c| c.is_ascii_hexdigit())
        && part.chars().any(|c| c.is_ascii_alphabetic())
}
