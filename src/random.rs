//! Random bytes of the system, for nonces and keys.

/// As many as the array holds.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("a system on which TLS works has random bytes");
    bytes
}
