//! What is left out of a list: hosts and ranges, at every port or at one.

use super::{
    intervals::{Interval, apart},
    place::range,
    range::{Family, Range, number},
};
use crate::{destination::host_and_port, endpoint::Endpoint};

/// One thing that is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    what: What,
    /// None is every port.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Name(String),
    Range(Range),
}

impl Exclusion {
    /// Reads a host or a range; without a port it is left out at every port.
    ///
    /// # Errors
    /// Why it is neither.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        if let Some((range, port)) = range(text)? {
            return Ok(Self { what: What::Range(range), port });
        }
        let (host, port) = host_and_port(text)?;
        let what = match host.parse() {
            Ok(address) => What::Range(Range::of(address)),
            Err(_) => What::Name(host.to_lowercase()),
        };
        Ok(Self { what, port })
    }

    /// Whether this host is left out.
    pub(super) fn holds(&self, endpoint: &Endpoint) -> bool {
        self.is_at(endpoint.port)
            && match (&self.what, endpoint.address()) {
                (What::Name(name), None) => *name == endpoint.host.to_lowercase(),
                (What::Range(range), Some(address)) => {
                    let (family, number) = number(address);
                    range.family == family && (range.first..=range.last).contains(&number)
                }
                _ => false,
            }
    }

    fn is_at(&self, port: u16) -> bool {
        self.port.is_none_or(|own| own == port)
    }
}

/// The addresses that are left out at this port.
pub(super) fn intervals(exclusions: &[Exclusion], family: Family, port: u16) -> Vec<Interval> {
    let at = exclusions.iter().filter(|one| one.is_at(port));
    let ranges = at.filter_map(|one| match one.what {
        What::Range(range) if range.family == family => Some((range.first, range.last)),
        _ => None,
    });
    apart(ranges.collect())
}
