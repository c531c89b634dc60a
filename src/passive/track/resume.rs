//! How reading goes on behind what was not kept of a long stream.

use super::Track;
use crate::{
    net::Framing,
    pdu::{Malformed, peer},
};

/// The whole length of the message that bytes begin with; none if more are needed to tell.
type Length<'l> = &'l dyn Fn(&[u8]) -> Result<Option<usize>, Malformed>;

/// How many records of a direction are not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::passive) enum LeftOut {
    Records(u64),
    /// Bytes are missing, in which headers may have been.
    Unknown,
}

/// A message that is cut short needs so many whole ones before it to show where messages begin.
const ENOUGH: usize = 2;
/// So many packets are tried that may begin with a message.
const MOST_TRIED: usize = 1024;

impl Track<'_> {
    /// Goes on with the first message that came in a packet of its own, and that others follow to the end. Whether there is one.
    pub(in crate::passive) fn resume(&mut self, framing: Framing) -> bool {
        self.resume_by(&|bytes| framing.length(bytes))
    }

    /// Goes on behind bytes that are missing where the next message begins.
    pub(in crate::passive) fn pass_gap(&mut self) {
        let here = self.at;
        self.gaps.to_mut().retain(|gap| gap.offset != here);
    }

    /// The same with messages of any kind.
    pub(in crate::passive) fn resume_by(&mut self, length: Length<'_>) -> bool {
        let Some(cut) = self.unread_cut() else { return false };
        let places = self.marks.iter().map(|mark| mark.offset).filter(|offset| *offset >= cut);
        let begin = places.take(MOST_TRIED).find(|offset| self.is_followed(*offset, length));
        begin.is_some_and(|begin| self.go_on(cut, begin))
    }

    /// The same with records of TLS: how many are left out, if there are others.
    pub(in crate::passive) fn resume_records(&mut self) -> Option<LeftOut> {
        let cut = self.unread_cut()?;
        let known = self.cut.and_then(|cut| cut.record).filter(|record| record.first == self.at);
        if let Some(record) = known {
            return self.go_on(cut, cut + record.offset).then_some(LeftOut::Records(record.before));
        }
        let is_first = |offset: &usize| {
            peer::begins_record(&self.bytes[*offset..])
                && self.is_followed(*offset, &|bytes| Framing::TlsRecord.length(bytes))
        };
        let begin = (cut..self.bytes.len()).find(is_first)?;
        self.go_on(cut, begin).then_some(LeftOut::Unknown)
    }

    /// Where the next bytes were not kept, if all before them was read.
    fn unread_cut(&self) -> Option<usize> {
        self.cut.map(|cut| cut.offset).filter(|offset| *offset == self.at + self.rest().len())
    }

    fn go_on(&mut self, cut: usize, begin: usize) -> bool {
        if begin >= self.bytes.len() {
            return false;
        }
        self.gaps.to_mut().retain(|gap| gap.offset != cut);
        (self.cut, self.at) = (None, begin);
        true
    }

    /// Whether messages begin here, one behind the other up to the end.
    fn is_followed(&self, begin: usize, length: Length<'_>) -> bool {
        let (mut at, mut whole) = (begin, 0);
        while let Some(rest) = self.bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match length(rest) {
                Ok(Some(length)) if (1..=rest.len()).contains(&length) => at += length,
                Ok(_) => return whole >= ENOUGH,
                Err(_) => return false,
            }
            whole += 1;
        }
        whole > 0
    }
}
