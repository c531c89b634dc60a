//! Which protocol a listener selects of what a client offers (MS-RDPBCGR 2.2.1.1.1, 2.2.1.2.2).

use ironrdp_pdu::nego::SecurityProtocol;

/// Which protocol is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select {
    /// The strongest one that the client offers.
    Best,
    /// CredSSP.
    Nla,
    /// TLS.
    Tls,
    /// Standard RDP Security.
    Rdp,
}

impl Select {
    /// What answers this offer, or the failureCode that refuses it.
    pub(super) fn answer(self, offer: SecurityProtocol) -> Result<SecurityProtocol, u32> {
        const SSL_REQUIRED: u32 = 1;
        const HYBRID_REQUIRED: u32 = 5;
        let strongest = [SecurityProtocol::HYBRID_EX, SecurityProtocol::HYBRID, SecurityProtocol::SSL];
        let offered = |protocols: &[SecurityProtocol]| {
            protocols.iter().copied().find(|protocol| offer.contains(*protocol))
        };
        match self {
            Self::Best => Ok(offered(&strongest).unwrap_or(SecurityProtocol::empty())),
            Self::Nla => offered(&strongest[..2]).ok_or(HYBRID_REQUIRED),
            Self::Tls => offered(&strongest[2..]).ok_or(SSL_REQUIRED),
            Self::Rdp => Ok(SecurityProtocol::empty()),
        }
    }
}
