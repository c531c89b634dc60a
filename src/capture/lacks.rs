//! What the other end says it lacks although what follows came: the path lost it before it could be captured.

use super::{assembly::Assembly, packet::Met};
use crate::flow::{At, Vain};

/// A receiver acknowledges within half a second (RFC 1122 section 4.2.3.2), so what it says a second after a packet it says of that
/// packet too.
const ANSWERED: At = 1_000_000_000;

/// The bytes that it asks for, and since when.
#[derive(Debug, Default)]
pub(super) struct Lacks {
    place: i64,
    told: Option<Vain>,
}

impl Lacks {
    /// The other end has everything up to here, and something in front of the second offset.
    pub(super) fn acknowledged(&mut self, to: i64, beyond: Option<i64>, assembly: &Assembly, met: Met) {
        let place = assembly.next();
        let Some((next, at, packet)) = assembly.beyond().filter(|_| to <= place) else {
            self.told = None;
            return;
        };
        let knows = beyond.is_some_and(|beyond| beyond > place) || met.at.saturating_sub(at) >= ANSWERED;
        if std::mem::replace(&mut self.place, place) != place {
            self.told = None;
        }
        if knows {
            let told = Vain { times: 0, ..Vain::once((next - place) as u64, at, packet) };
            self.told.get_or_insert(told).last = (met.at, met.packet);
        }
    }

    /// What never arrived, if it did not come to the end.
    pub(super) fn told(&self, assembly: &Assembly) -> Option<Vain> {
        let (next, ..) = assembly.beyond().filter(|_| assembly.next() == self.place)?;
        self.told.map(|told| Vain { bytes: (next - self.place) as u64, ..told })
    }
}
