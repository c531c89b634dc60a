//! The user's own additions as causes: first of all they can be left out.

use super::{CauseRule, Weighed};
use crate::{
    diagnose::{
        Facts,
        added::{
            gets_further, is_unknown_to_broker, is_unproved, preconnection, server_name, token, unknown_name,
            without_name,
        },
    },
    report::Likelihood,
};

pub const RULES: &[CauseRule] = &[
    CauseRule {
        code: "load-balance-info-refused",
        weigh: |facts| {
            token(facts)
                .and_then(|text| weigh(facts, "no-cookie", text))
                .or_else(|| unproved(facts, facts.request.load_balance_info, "another routing token"))
        },
        comes_and_goes: false,
        confirm: &["the same trace without --load-balance-info", "which collections the broker knows"],
        fix: &["leave --load-balance-info out, or take loadbalanceinfo from a fresh .rdp file"],
    },
    CauseRule {
        code: "preconnection-refused",
        weigh: |facts| {
            preconnection(facts)
                .and_then(|text| weigh(facts, "no-preconnection", text))
                .or_else(|| unproved(facts, facts.request.preconnection, "another blob"))
        },
        comes_and_goes: false,
        confirm: &[
            "the same trace without the line pcb",
            "whether the address is that of a host of virtual machines",
        ],
        fix: &[
            "leave pcb out of the .rdp file, or give the identifier and the port (2179) of a virtual machine",
        ],
    },
    CauseRule {
        code: "server-name-refused",
        weigh: |facts| {
            server_name(facts)
                .and_then(|text| weigh(facts, without_name(facts), text))
                .or_else(|| unknown_name(facts).map(unknown))
        },
        comes_and_goes: false,
        confirm: &["the same trace without --server-name", "which names the proxy or server knows"],
        fix: &["leave --server-name out, or give a name that the server knows"],
    },
];

/// Whether the user's own addition explains the failure, so that nothing else needs to.
pub fn is_explained_by(code: &str) -> bool {
    RULES.iter().any(|rule| rule.code == code) || code == "rdp-file-token-refused"
}

/// Nothing shows it, and nothing excludes it.
fn unproved(facts: &Facts<'_>, asked: bool, what: &str) -> Option<Weighed> {
    let text = format!("who waits for {what} ends this connection so, and one without any too");
    is_unproved(facts, asked).then(|| Weighed::possible(text))
}

fn unknown(name: &str) -> Weighed {
    Weighed::possible(format!("every ClientHello names {name} of --server-name, or nothing"))
}

/// How likely it is: the same for every addition, whether an option or a file made it.
pub fn weigh(facts: &Facts<'_>, experiment: &str, text: String) -> Option<Weighed> {
    let phase = facts.failed()?.phase;
    let likelihood = if is_unknown_to_broker(facts) {
        Likelihood::Certain
    } else if gets_further(facts, experiment) {
        facts.proof(phase, experiment)
    } else {
        Likelihood::Likely
    };
    Some(Weighed::new(likelihood, text).and(facts.every_time(phase)))
}
