//! Whom to ask for a Kerberos ticket.

/// A Kerberos key distribution centre, asked over TCP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kdc {
    /// Name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
}
