//! Why a host that a redirection leads to does not take this program.

use super::{CauseRule, Weighed};
use crate::{
    diagnose::{
        Facts,
        redirection::{rdstls_only, with_own_account},
    },
    report::Likelihood,
};

pub const RULES: &[CauseRule] = &[CauseRule {
    code: "redirect-rdstls-only",
    weigh: rdstls,
    comes_and_goes: false,
    confirm: &[
        "whether mstsc or FreeRDP, which speak RDSTLS, get through the broker to a session",
        "the host's log of the redirected connection",
    ],
    fix: &[
        "nothing on the host: rdptrace does not log on with RDSTLS, and sees no more of a hop that takes nothing else",
    ],
}];

fn rdstls(facts: &Facts<'_>) -> Option<Weighed> {
    let text = rdstls_only(facts)?;
    let own = with_own_account(facts)
        .map(|_| "the redirection brought a one-time account, which RDSTLS carries".to_owned());
    let likelihood = if own.is_some() { Likelihood::Likely } else { Likelihood::Possible };
    Some(Weighed::new(likelihood, text).and(own))
}
