//! How many descriptors this process may hold.

/// The limit, raised to `wanted` as far as the system lets a process do so; none where there is no limit that counts.
#[cfg(unix)]
pub(crate) fn open_files(wanted: u64) -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let now = current?;
    let reached = maximum.map_or(wanted, |most| wanted.min(most));
    let is_raised =
        reached > now && setrlimit(Resource::Nofile, Rlimit { current: Some(reached), maximum }).is_ok();
    Some(if is_raised { reached } else { now })
}

/// None: sockets are no descriptors here.
#[cfg(not(unix))]
pub(crate) fn open_files(_wanted: u64) -> Option<u64> {
    None
}
