//! Which causes a report shows, and in what order.
//!
//! Equals are ranked by the experiments that were made for them (`Weighed::shown`, `refuted`), then keep table order.

use crate::{
    diagnose::Facts,
    report::{Cause, CauseCode, Likelihood, Place},
};

/// More would be a list of everything that can go wrong.
const MOST: usize = 5;

/// The cause that names a host and leaves open what ails it.
const ONE_HOST: CauseCode = CauseCode::OneHostOfSeveral;

/// Best first, and no more than can be read.
pub(super) fn ranked(mut fitting: Vec<Cause>, facts: &Facts<'_>) -> Vec<Cause> {
    fitting.sort_by_key(|cause| rank(cause.likelihood));
    if let Some(certain) = fitting.first().filter(|first| first.likelihood == Likelihood::Certain) {
        let elsewhere = certain.code == ONE_HOST;
        fitting.iter_mut().skip(1).for_each(|other| humble(other, elsewhere, facts));
    }
    shortlist(fitting)
}

/// The first few, among them one on the path where there is one: it is easily forgotten, and often to blame.
fn shortlist(mut fitting: Vec<Cause>) -> Vec<Cause> {
    let on_path = |cause: &Cause| cause.at.is_none_or(|at| at == Place::Path);
    let rest = fitting.split_off(fitting.len().min(MOST));
    if !fitting.iter().any(on_path)
        && let Some(path) = rest.into_iter().find(on_path)
    {
        fitting.pop();
        fitting.push(path);
    }
    fitting
}

/// What is proved explains the failure: no other cause is likely beside it, and none that sits elsewhere is left alone.
fn humble(other: &mut Cause, elsewhere: bool, facts: &Facts<'_>) {
    if other.likelihood == Likelihood::Certain {
        return;
    }
    other.likelihood = Likelihood::Possible;
    let phase = facts.failed().map_or("", |failed| failed.phase.name());
    other.against.extend(elsewhere.then(|| format!("it would be of this host alone: others pass {phase}")));
}

fn rank(likelihood: Likelihood) -> u8 {
    match likelihood {
        Likelihood::Certain => 0,
        Likelihood::Likely => 1,
        Likelihood::Possible => 2,
    }
}
