//! The causes, best first, with what speaks for and against each.

use super::{shown::Shown, tone::Tone};
use crate::{
    render::cells,
    report::{Cause, Likelihood, Place},
};

/// A cause.
pub(super) struct CauseView {
    pub(super) code: Shown,
    pub(super) tone: Tone,
    pub(super) likelihood: &'static str,
    pub(super) place: &'static str,
    /// For, against, confirm, fix; those that have entries.
    pub(super) lists: Vec<(&'static str, Vec<Shown>)>,
    /// The first is open.
    pub(super) is_first: bool,
}

pub(super) fn causes(causes: &[Cause]) -> Vec<CauseView> {
    causes.iter().enumerate().map(|(at, cause)| view(cause, at == 0)).collect()
}

fn view(cause: &Cause, is_first: bool) -> CauseView {
    let tone = match cause.likelihood {
        Likelihood::Certain => Tone::Bad,
        Likelihood::Likely => Tone::Caution,
        Likelihood::Possible => Tone::Plain,
    };
    let lists = [
        ("For", &cause.because),
        ("Against", &cause.against),
        ("Confirm", &cause.confirm),
        ("Fix", &cause.fix),
    ];
    let lists = lists.into_iter().map(|(label, texts)| (label, Shown::all(texts)));
    CauseView {
        code: Shown::new(cause.code.as_str()),
        tone,
        likelihood: cells::likelihood(cause.likelihood),
        place: cause.at.map_or("host or path", Place::title),
        lists: lists.filter(|(_, texts)| !texts.is_empty()).collect(),
        is_first,
    }
}
