//! Addresses of IP and of Ethernet in texts, each with another that belongs to nobody (RFC 2544, RFC 3849).

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

/// The first of the addresses for benchmarks, 198.18.0.0/15.
const FIRST_V4: u32 = 0xC612_0000;
/// 2001:db8::/32, for documentation.
const FIRST_V6: u128 = 0x2001_0db8 << 96;
/// Parts of an Ethernet address.
const MAC: usize = 6;

/// Addresses and what stands for them.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses {
    ip: BTreeMap<IpAddr, IpAddr>,
    mac: BTreeMap<String, String>,
}

impl Addresses {
    /// The text with others.
    pub(super) fn replaced(&mut self, text: &str) -> String {
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(length);
            let address = word.trim_end_matches(['.', ':']);
            replaced.push_str(&self.other(address).unwrap_or_else(|| address.to_owned()));
            replaced.push_str(&word[address.len()..]);
            let next = after.find(is_part).unwrap_or(after.len());
            replaced.push_str(&after[..next]);
            rest = &after[next..];
        }
        replaced
    }

    fn other(&mut self, word: &str) -> Option<String> {
        if let Ok(end) = word.parse::<SocketAddr>() {
            return Some(SocketAddr::new(self.ip(end.ip()), end.port()).to_string());
        }
        if let Ok(ip) = word.parse::<IpAddr>() {
            return Some(self.ip(ip).to_string());
        }
        if let Some(ip) = word.strip_prefix('[').and_then(|word| word.strip_suffix(']')) {
            return Some(format!("[{}]", self.ip(ip.parse().ok()?)));
        }
        let parts = || word.split(':');
        let is_mac = parts().count() == MAC
            && parts().all(|part| part.len() == 2 && part.chars().all(|c| c.is_ascii_hexdigit()));
        is_mac.then(|| self.mac(word))
    }

    fn ip(&mut self, ip: IpAddr) -> IpAddr {
        if ip.is_loopback() || ip.is_unspecified() {
            return ip;
        }
        let count = self.ip.len() as u32 + 1;
        let new = match ip {
            IpAddr::V4(_) => Ipv4Addr::from_bits(FIRST_V4 | count & 0x1_FFFF).into(),
            IpAddr::V6(_) => Ipv6Addr::from_bits(FIRST_V6 | u128::from(count)).into(),
        };
        *self.ip.entry(ip).or_insert(new)
    }

    fn mac(&mut self, mac: &str) -> String {
        let [a, b, c, d] = (self.mac.len() as u32 + 1).to_be_bytes();
        let new = format!("02:00:{a:02x}:{b:02x}:{c:02x}:{d:02x}");
        self.mac.entry(mac.to_ascii_lowercase()).or_insert(new).clone()
    }
}

fn is_part(c: char) -> bool {
    c.is_ascii_hexdigit() || ".:[]".contains(c)
}
