//! What a certificate chain is checked against. Plain data.

/// The roots a certificate chain is checked against.
#[derive(Clone, Debug)]
pub struct Anchors {
    /// DER certificates given by the user.
    pub given: Vec<Vec<u8>>,
    /// Whether the system's roots count too.
    pub system: bool,
}

impl Default for Anchors {
    fn default() -> Self {
        Self { given: Vec::new(), system: true }
    }
}
