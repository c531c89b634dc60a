//! The paths of keys, as an export writes them and as they are asked for.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The path in lower case below `hklm` or `hkcu`; none for what no check asks for. The first user of an export is the
/// current one.
pub(super) fn normal(key: &str, user: &mut Option<String>) -> Option<String> {
    let key = key.to_lowercase();
    let (root, rest) = key.split_once('\\').unwrap_or((&key, ""));
    let below = |root: &str, rest: &str| match rest {
        "" => root.to_owned(),
        rest => format!("{root}\\{rest}"),
    };
    match root {
        "hkey_local_machine" | "hklm" => Some(below("hklm", rest)),
        "hkey_current_user" | "hkcu" => Some(below("hkcu", rest)),
        "hkey_users" => {
            let (sid, rest) = rest.split_once('\\').unwrap_or((rest, ""));
            let person = sid.starts_with("s-1-5-21-") || sid.starts_with("s-1-12-");
            if !person || sid.ends_with("_classes") {
                return None;
            }
            let own = user.get_or_insert_with(|| sid.to_owned()) == sid;
            own.then(|| below("hkcu", rest))
        }
        _ => None,
    }
}

/// The path of the key above.
pub(super) fn above(key: &str) -> &str {
    key.rsplit_once('\\').map_or("", |(above, _)| above)
}

/// Whether a key is this one or below it.
pub(super) fn is_at_or_below(key: &str, root: &str) -> bool {
    key.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'))
}

/// What a path is remembered by.
pub(super) fn hash(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
