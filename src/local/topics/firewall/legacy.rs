//! A rule as `iptables -S` lists it.

use super::{
    values::{Fit, interface, not, places, ports, protocol, state},
    verdict::{Connection, Rule, Verdict},
};

/// Targets that leave packets alone.
const HARMLESS: &[&str] = &[
    "LOG",
    "NFLOG",
    "ULOG",
    "MARK",
    "CONNMARK",
    "TCPMSS",
    "CHECKSUM",
    "TTL",
    "TOS",
    "DSCP",
    "CLASSIFY",
    "AUDIT",
    "SECMARK",
    "CONNSECMARK",
    "TRACE",
];

/// Reads a line that adds a rule.
pub(super) fn rule(words: &[&str], connection: Connection, back: bool) -> Rule {
    let mut fits = Vec::new();
    let mut negated = false;
    let mut at = 2;
    while let Some(word) = words.get(at) {
        // Lists are apart here, so that an option may have more than one value.
        let end = words[at + 1..].iter().position(|word| word.starts_with('-') || *word == "!");
        let values = &words[at + 1..end.map_or(words.len(), |end| at + 1 + end)];
        at += 1 + values.len();
        let first = values.first().copied().unwrap_or_default();
        match *word {
            "!" => {
                negated = true;
                continue;
            }
            // What follows is about the target.
            "-j" => return (all(&fits), target(first)),
            "-g" => return (all(&fits), Verdict::Goto(first.to_owned())),
            "-m" => {}
            other => fits.push(not(condition(other, values, connection, back), negated)),
        }
        negated = false;
    }
    // It only counts.
    (all(&fits), Verdict::Nothing)
}

fn all(fits: &[Fit]) -> Fit {
    fits.iter().copied().min().unwrap_or(Fit::Yes)
}

fn target(name: &str) -> Verdict {
    match name {
        "ACCEPT" | "SNAT" | "MASQUERADE" => Verdict::Accept,
        "DROP" | "REJECT" | "QUEUE" | "NFQUEUE" | "TARPIT" => Verdict::Refuse,
        "DNAT" | "REDIRECT" => Verdict::Elsewhere,
        "RETURN" => Verdict::Return,
        harmless if HARMLESS.contains(&harmless) => Verdict::Nothing,
        chain => Verdict::Jump(chain.to_owned()),
    }
}

fn condition(option: &str, values: &[&str], connection: Connection, back: bool) -> Fit {
    let far = |is_far: bool, fit: Fit| if is_far { fit } else { Fit::Perhaps };
    let port = || ports(values, connection.port);
    let place = || places(values, connection.address);
    match option {
        "-p" => protocol(values),
        "--comment" => Fit::Yes,
        "--dport" | "--dports" => far(!back, port()),
        "--sport" | "--sports" => far(back, port()),
        "--ports" => port(),
        "-d" => far(!back, place()),
        "-s" => far(back, place()),
        "-o" => far(!back, interface(values, connection.address)),
        "-i" => far(back, interface(values, connection.address)),
        "--state" | "--ctstate" => state(values, back),
        _ => Fit::Perhaps,
    }
}
