//! The canvas of a build that decodes no drawing, the feature `screenshot` being off: there is none.

use std::convert::Infallible;

use super::{Drawn, Picture, Share};
use crate::pdu::Malformed;

/// A desktop that a server draws on.
pub struct Canvas(Infallible);

impl Canvas {
    /// No canvas.
    ///
    /// # Errors
    /// Always: what a server draws is not decoded.
    pub fn new(_share: Share) -> Result<Self, Malformed> {
        Err(Malformed::new("this build of rdptrace lacks the feature `screenshot`, which decodes drawings"))
    }

    /// Never called.
    ///
    /// # Errors
    /// None.
    pub fn draw(&mut self, _frame: &[u8]) -> Result<Drawn, Malformed> {
        match self.0 {}
    }

    /// Never called.
    pub fn picture(&self) -> Picture {
        match self.0 {}
    }
}
