//! The security protocols of a negotiation as a set (MS-RDPBCGR 2.2.1.1.1).

use std::ops::BitOr;

/// requestedProtocols; the empty set asks for Standard RDP Security.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Protocols(u32);

impl Protocols {
    /// PROTOCOL_RDP, which is the empty set.
    pub const RDP: Self = Self(0);
    /// PROTOCOL_SSL.
    pub const SSL: Self = Self(1);
    /// PROTOCOL_HYBRID.
    pub const HYBRID: Self = Self(2);
    /// PROTOCOL_RDSTLS.
    pub const RDSTLS: Self = Self(4);
    /// PROTOCOL_HYBRID_EX.
    pub const HYBRID_EX: Self = Self(8);
    /// PROTOCOL_RDSAAD.
    pub const RDSAAD: Self = Self(16);
    /// NLA, with and without the early user authorization result.
    pub const NLA: Self = Self::HYBRID.or(Self::HYBRID_EX);
    /// Those with which the server speaks first inside TLS.
    pub const SERVER_SPEAKS_FIRST: Self = Self::RDSTLS.or(Self::RDSAAD);

    /// The set of these bits, also of those that no specification names.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The number on the wire.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Both.
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This without the other.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether any of the other is in this.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Protocols {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}
