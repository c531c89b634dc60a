//! A rule as `iptables -S` lists it.

use super::{
    values::{Direction, Fit, interface, not, places, ports, protocol, state},
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
pub(super) fn rule(words: &[&str], connection: Connection, direction: Direction) -> Rule {
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
            other => fits.push(not(condition(other, values, connection, direction), negated)),
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

fn condition(option: &str, values: &[&str], connection: Connection, direction: Direction) -> Fit {
    // Each condition is about an end that packets of one direction have as their other end.
    let of = |about: Direction, fit: Fit| if direction == about { fit } else { Fit::Perhaps };
    let port = || ports(values, connection.port);
    let place = || places(values, connection.address);
    match option {
        "-p" => protocol(values),
        "--comment" => Fit::Yes,
        "--dport" | "--dports" => of(Direction::Sent, port()),
        "--sport" | "--sports" => of(Direction::Back, port()),
        "--ports" => port(),
        "-d" => of(Direction::Sent, place()),
        "-s" => of(Direction::Back, place()),
        "-o" => of(Direction::Sent, interface(values, connection.address)),
        "-i" => of(Direction::Back, interface(values, connection.address)),
        "--state" | "--ctstate" => state(values, direction),
        _ => Fit::Perhaps,
    }
}
