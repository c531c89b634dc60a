//! Exported event logs in a build without the feature `event-logs`: none can be read.

use std::{convert::Infallible, marker::PhantomData};

use time::OffsetDateTime;

use crate::local::host::{Answer, Event, Span};

/// A log, of which there is none.
pub(crate) struct Log<R>(Infallible, PhantomData<R>);

impl<R> Log<R> {
    /// No log.
    ///
    /// # Errors
    /// Always; why.
    pub(crate) fn open(_file: R, _name: &str) -> Result<Self, String> {
        Err("this build of rdptrace lacks the feature `event-logs`, which reads exported event logs"
            .to_owned())
    }

    /// Never called.
    pub(crate) fn channels(&self) -> impl Iterator<Item = &str> {
        std::iter::from_fn(|| match self.0 {})
    }

    /// Never called.
    pub(crate) fn newest(&self) -> Option<OffsetDateTime> {
        match self.0 {}
    }

    /// Never called.
    pub(crate) fn notes(&self) -> Vec<String> {
        match self.0 {}
    }

    /// Never called.
    ///
    /// # Errors
    /// None.
    pub(crate) fn events(&self, _channel: &str) -> Answer<Vec<Event>> {
        match self.0 {}
    }

    /// Never called.
    pub(crate) fn span(&self, _channel: &str) -> Option<Span> {
        match self.0 {}
    }
}
