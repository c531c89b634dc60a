//! One step of the way through a gateway.

use super::super::{
    talk::{Halt, Passing},
    track::Track,
};
use crate::report::{PhaseRecord, Status};

/// What the client and the server say inside the channel.
pub(super) type Tracks = (Track<'static>, Track<'static>);

/// What a step that did not pass says of the phase; the step is recorded as it ended.
pub(super) fn step<E, T>(slot: &mut Option<PhaseRecord<E>>, made: (PhaseRecord<E>, Option<T>)) -> Passing<T> {
    let (record, value) = made;
    let ended = match (record.status, &record.failure, &record.stopped) {
        (Status::Failed, Some(failure), _) => Some(Halt::Failed(failure.clone())),
        (Status::Stopped, _, Some(why)) => Some(Halt::Stopped(why.clone())),
        (_, _, why) => why.clone().map(Halt::Unseen),
    };
    *slot = Some(record);
    value.ok_or_else(|| ended.unwrap_or_else(|| Halt::Unseen(String::new())))
}
