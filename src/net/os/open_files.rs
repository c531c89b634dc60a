//! How many descriptors this process may hold.

/// The limit; none where the system has none that counts.
#[cfg(unix)]
pub(crate) fn most_open_files() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};

    getrlimit(Resource::Nofile).current
}

/// None: sockets are no descriptors here.
#[cfg(not(unix))]
pub(crate) fn most_open_files() -> Option<u64> {
    None
}
