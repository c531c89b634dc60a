//! What a certificate chain is checked against. Plain data.

/// The roots a certificate chain is checked against.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Anchors {
    /// DER certificates given by the user.
    pub given: Vec<Vec<u8>>,
    /// Whether the system's roots count too.
    pub system: bool,
}

impl Anchors {
    /// These DER certificates alone, not the system's roots.
    pub fn only(given: Vec<Vec<u8>>) -> Self {
        Self { given, system: false }
    }
}

impl Default for Anchors {
    fn default() -> Self {
        Self { given: Vec::new(), system: true }
    }
}
