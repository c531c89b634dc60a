//! `rdptrace demo`.

use super::{Error, args::DemoArguments};

pub fn run(_arguments: &DemoArguments) -> Result<u8, Error> {
    Err(Error::new("not yet"))
}
