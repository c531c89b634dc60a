//! Errors of the system as answers.

use std::io;

use super::super::shared::existing;
use crate::local::host::Answer;

/// The error that the last call of the system left, as an answer.
pub(super) fn failed<T>(code: u32) -> Answer<T> {
    existing(Err(io::Error::from_raw_os_error(code.cast_signed())))
}
