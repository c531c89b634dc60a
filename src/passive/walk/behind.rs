//! What is behind a handshake that cannot be opened: sizes and times say a little of it, and prove nothing.

use super::Walk;
use crate::{
    codes::Phase,
    flow::At,
    passive::{
        credssp, ended,
        record::record,
        sealed::{Leaving, Sealed},
        talk::{Halt, Talk},
        tls::Locked,
    },
    report::{CredsspEvidence, Failure, PhaseRecord, Selected},
};

/// What the records say.
struct Inferred {
    text: String,
    /// When the last of them came.
    last: At,
}

impl Walk<'_> {
    /// Judges the first phase that nobody sees, and if somebody between the two ended the connection, the one in which that was.
    pub(super) fn sealed(
        &mut self,
        talk: &mut Talk<'_>,
        selected: Selected,
        sealed: &Sealed,
        locked: Locked,
    ) {
        let on_the_way = talk.on_the_way().map(|(failure, _)| failure);
        let end = ended::first(talk.flow).filter(|_| on_the_way.is_none());
        let end = end.map(|(side, end)| Leaving { side, when: (end.at, end.packet) });
        let detail = on_the_way.as_ref().map(|failure| failure.detail.clone());
        let text =
            [Some(sealed.told(selected, end)), detail].into_iter().flatten().collect::<Vec<_>>().join("; ");
        let ending = sealed.credssp(selected, end).filter(|_| selected.is_nla());
        let begin = talk.now;
        let failed = ending.and_then(|ending| Some((credssp::sealed(talk, sealed, &ending)?, ending)));
        let last = talk.now.max(sealed.last().unwrap_or(begin));
        let inferred = Inferred { text, last };
        if let Some((failure, ending)) = failed {
            talk.now = begin;
            let mut evidence = CredsspEvidence::default();
            ending.note(&mut evidence);
            return fails(talk, Phase::Credssp, &mut self.phases.credssp, evidence, failure, inferred);
        }
        let cut = on_the_way.filter(|_| selected != Selected::Unknown && !sealed.shows_session());
        match cut {
            Some(failure) if selected.is_nla() && sealed.is_within_credssp() => {
                let evidence = CredsspEvidence::default();
                fails(talk, Phase::Credssp, &mut self.phases.credssp, evidence, failure, inferred);
            }
            Some(failure) => {
                if selected.is_nla() {
                    let text = inferred.text.clone();
                    unseen(talk, Phase::Credssp, &mut self.phases.credssp, locked, text);
                }
                let text = format!(
                    "{}; that is too little for a session, so it was in mcs or right after it",
                    inferred.text
                );
                let inferred = Inferred { text, ..inferred };
                fails(talk, Phase::Mcs, &mut self.phases.mcs, Default::default(), failure, inferred);
            }
            None => {
                talk.now = last;
                match selected.is_nla() {
                    true => unseen(talk, Phase::Credssp, &mut self.phases.credssp, locked, inferred.text),
                    false => unseen(talk, Phase::Mcs, &mut self.phases.mcs, locked, inferred.text),
                }
            }
        }
    }
}

/// Records a phase that failed with the last record.
fn fails<E: Default>(
    talk: &mut Talk<'_>,
    phase: Phase,
    slot: &mut Option<PhaseRecord<E>>,
    evidence: E,
    failure: Failure,
    inferred: Inferred,
) {
    let run = |talk: &mut Talk<'_>, known: &mut E| {
        *known = evidence;
        talk.now = inferred.last;
        Err(Halt::Failed(failure))
    };
    let _: Option<()> = record(talk, phase, slot, run);
    slot.iter_mut().for_each(|record| record.inferred = Some(inferred.text.clone()));
}

fn unseen<E: Default>(
    talk: &mut Talk<'_>,
    phase: Phase,
    slot: &mut Option<PhaseRecord<E>>,
    locked: Locked,
    inferred: String,
) {
    let _: Option<()> = record(talk, phase, slot, |_, _| Err(Halt::Unseen(locked.to_string())));
    if let Some(record) = slot {
        record.inferred = Some(inferred);
    }
}
