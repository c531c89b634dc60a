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
    /// How far a packet without bytes says that its sender has come, and when the first one did that says more than was captured.
    claimed: Option<(i64, At, u64)>,
}

impl Lacks {
    /// The other end has everything up to here, and something in front of the second offset.
    pub(super) fn acknowledged(&mut self, to: i64, beyond: Option<i64>, assembly: &Assembly, met: Met) {
        let place = assembly.next();
        let Some((next, at, packet)) = self.behind(assembly).filter(|_| to <= place) else {
            self.told = None;
            return;
        };
        let knows = beyond.is_some_and(|beyond| beyond > place) || met.at.saturating_sub(at) >= ANSWERED;
        if std::mem::replace(&mut self.place, place) != place {
            self.told = None;
        }
        if knows {
            let told = Vain { times: 0, denied: true, ..Vain::once((next - place) as u64, at, packet) };
            self.told.get_or_insert(told).last = (met.at, met.packet);
        }
    }

    /// The sender has sent everything up to here, as a packet without bytes says.
    pub(super) fn claim(&mut self, to: i64, assembly: &Assembly, met: Met) {
        let known = self.claimed.filter(|(end, ..)| *end > assembly.next());
        let (end, at, packet) = known.unwrap_or((to, met.at, met.packet));
        self.claimed = Some((end.max(to), at, packet));
    }

    /// Up to where its sender says that it has come.
    pub(super) fn claimed(&self) -> Option<i64> {
        self.claimed.map(|(end, ..)| end)
    }

    /// Where those bytes end that are missing, and since when that is known.
    fn behind(&self, assembly: &Assembly) -> Option<(i64, At, u64)> {
        let claimed = self.claimed.filter(|(end, ..)| assembly.begin().is_some() && *end > assembly.next());
        assembly.beyond().or(claimed)
    }

    /// What never arrived, if it did not come to the end.
    pub(super) fn told(&self, assembly: &Assembly) -> Option<Vain> {
        let (next, ..) = self.behind(assembly).filter(|_| assembly.next() == self.place)?;
        self.told.map(|told| Vain { bytes: (next - self.place) as u64, ..told })
    }
}
