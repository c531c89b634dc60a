//! Why a host that a redirection leads to does not take this program.

use super::{CauseRule, Place, Weighed, rule};
use crate::{
    diagnose::{
        Facts,
        redirection::{rdstls_only, with_own_account},
    },
    report::Likelihood,
};

pub const RULES: &[CauseRule] = &[rule(Place::Host, "redirect-rdstls-only", rdstls)];

fn rdstls(facts: &Facts<'_>) -> Option<Weighed> {
    let text = rdstls_only(facts)?;
    let own = with_own_account(facts)
        .map(|_| "the redirection brought a one-time account, which RDSTLS carries".to_owned());
    let likelihood = if own.is_some() { Likelihood::Likely } else { Likelihood::Possible };
    Some(Weighed::new(likelihood, text).and(own))
}
