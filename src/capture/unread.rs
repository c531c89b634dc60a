//! What packets are in whose inside is not read, by its name if a connection may be hidden there.

use std::fmt;

/// A protocol that is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unread {
    /// What follows Ethernet (IEEE 802 numbers).
    EtherType(u16),
    /// What follows IP (IANA protocol numbers).
    Protocol(u8),
    /// What follows UDP, by its port.
    Port(u16),
}

use Unread::{EtherType, Port, Protocol};

/// What carries the packets of others.
const CARRIERS: &[(Unread, &str)] = &[
    (EtherType(0x22f3), "TRILL"),
    (EtherType(0x880b), "PPP of PPTP"),
    (EtherType(0x8903), "FabricPath"),
    (EtherType(0x894f), "NSH"),
    (EtherType(0x88e5), "MACsec"),
    (EtherType(0x88e7), "provider backbone bridging"),
    (Protocol(50), "ESP of IPsec"),
    (Protocol(115), "L2TP"),
    (Protocol(137), "MPLS in IP"),
    (Port(1701), "L2TP"),
    (Port(2152), "GTP-U"),
    (Port(4500), "IPsec"),
    (Port(5247), "CAPWAP"),
];

/// What no connection is in: PUP, ARP, RARP, slow protocols, EAPOL, PPPoE discovery, LLDP, PTP, CFM, loops, 1905.1, HomePlug, Wake-on-LAN.
const HARMLESS: &[u16] = &[
    0x0200, 0x0806, 0x0842, 0x8035, 0x8809, 0x888e, 0x8863, 0x88cc, 0x88f7, 0x8902, 0x9000, 0x893a, 0x88e1,
    0x8912, 0x887b, 0x8899,
];

impl Unread {
    /// Its name, if it carries the packets of others.
    fn carrier(self) -> Option<&'static str> {
        CARRIERS.iter().find(|(carrier, _)| *carrier == self).map(|(_, name)| *name)
    }

    /// Whether a connection may be hidden in it: a carrier, or an EtherType that nobody knows here.
    pub(super) fn hides(self) -> bool {
        let unknown = matches!(self, EtherType(kind) if !HARMLESS.contains(&kind));
        self.carrier().is_some() || unknown
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EtherType(kind) => write!(f, "EtherType {kind:#06x}")?,
            Protocol(number) => write!(f, "IP protocol {number}")?,
            Port(port) => write!(f, "UDP port {port}")?,
        }
        self.carrier().map_or(Ok(()), |name| write!(f, " ({name})"))
    }
}
