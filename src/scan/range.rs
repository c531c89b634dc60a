//! Addresses from one to another, as they are written: a CIDR, two addresses, or an address and a last octet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// The families of addresses, in the order in which they are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// The address with this number.
    pub fn address(self, number: u128) -> IpAddr {
        match self {
            Self::V4 => Ipv4Addr::from_bits(u32::try_from(number).unwrap_or(u32::MAX)).into(),
            Self::V6 => Ipv6Addr::from_bits(number).into(),
        }
    }
}

/// The family of an address, and its number there.
pub(super) fn number(address: IpAddr) -> (Family, u128) {
    match address {
        IpAddr::V4(address) => (Family::V4, address.to_bits().into()),
        IpAddr::V6(address) => (Family::V6, address.to_bits()),
    }
}

/// Addresses of one family, all from the first to the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Their family.
    pub family: Family,
    /// The number of the first.
    pub first: u128,
    /// The number of the last.
    pub last: u128,
}

impl Range {
    /// One address.
    pub fn of(address: IpAddr) -> Self {
        let (family, first) = number(address);
        Self { family, first, last: first }
    }

    /// Reads one; none where the text is no range, so that it may be a name with a hyphen.
    ///
    /// # Errors
    /// It begins as a range, and is none.
    pub fn read(text: &str) -> Option<Result<Self, &'static str>> {
        if let Some((address, _)) = text.split_once('/') {
            address.parse::<IpAddr>().ok()?;
            let net = text.parse::<IpNet>().map_err(|_| "the length of a prefix is from 0 to 32, or to 128");
            return Some(net.map(|net| Self::between(net.network(), net.broadcast())));
        }
        let (first, last) = text.split_once('-')?;
        let first = first.parse::<IpAddr>().ok()?;
        let last = last.parse().ok().or_else(|| last_octet(first, last));
        Some(match last {
            Some(last) if last.is_ipv4() != first.is_ipv4() => Err("its ends are of two families"),
            Some(last) if last < first => Err("it ends before it begins"),
            Some(last) => Ok(Self::between(first, last)),
            None => Err("it ends neither with an address nor with a last octet"),
        })
    }

    fn between(first: IpAddr, last: IpAddr) -> Self {
        let (family, first) = number(first);
        Self { family, first, last: number(last).1 }
    }
}

/// The address that has this octet in the place of the last one.
fn last_octet(first: IpAddr, text: &str) -> Option<IpAddr> {
    let IpAddr::V4(first) = first else { return None };
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let octet: u8 = text.parse().ok().filter(|_| is_number)?;
    let [a, b, c, _] = first.octets();
    Some(Ipv4Addr::new(a, b, c, octet).into())
}
