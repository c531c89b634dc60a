//! An error of connecting with what the system knows of who caused it.

use std::{fmt, io};

use crate::{
    codes::{
        ICMP_UNREACHABLE, ICMPV6_UNREACHABLE,
        icmp::{TIME_EXCEEDED, UNREACHABLE, V6_TIME_EXCEEDED, V6_UNREACHABLE},
    },
    report::{IcmpError, RejectedBy},
};

/// The error, who caused it and the message in which it was said.
#[derive(Debug)]
pub struct Rejected {
    /// What the system made of it.
    pub error: io::Error,
    /// Who said so.
    pub by: RejectedBy,
    /// How; none where this system alone said so.
    pub icmp: Option<IcmpError>,
}

impl Rejected {
    /// The same as an error of connecting.
    pub fn into_error(self) -> io::Error {
        io::Error::new(self.error.kind(), self)
    }

    /// What is known beside an error, where something is.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Rejected {}

/// The name of a code, by the table of its family.
pub fn icmp_name(v6: bool, kind: u8, code: u8) -> Option<String> {
    let table = match (v6, kind) {
        (false, UNREACHABLE) => &ICMP_UNREACHABLE,
        (true, V6_UNREACHABLE) => &ICMPV6_UNREACHABLE,
        (false, TIME_EXCEEDED) | (true, V6_TIME_EXCEEDED) => return Some("time-exceeded".to_owned()),
        _ => return None,
    };
    table.symbol(code.into()).map(str::to_owned)
}
