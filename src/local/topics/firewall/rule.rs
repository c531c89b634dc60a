//! A rule of nftables or iptables: what it has to do with one connection, and what it does to what it fits.

use super::values::{Direction, Fit, family, interface, not, places, ports, protocol, state};
use super::verdict::{Connection, Rule, Verdict};

/// Reads a rule. A map of verdicts is read as a rule for each of its elements.
pub(super) fn rules(text: &str, connection: Connection, direction: Direction) -> Vec<Rule> {
    let words: Vec<String> = spaced(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words.first() == Some(&"-A") {
        return vec![super::legacy::rule(&words, connection, direction)];
    }
    match words.iter().position(|word| *word == "vmap") {
        None => vec![modern(&words, connection, direction)],
        Some(at) => mapped(&words, at, connection, direction),
    }
}

/// Words, with braces apart, without commas, and what is in quotes as one.
fn spaced(rule: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in rule.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                word.push(c);
            }
            c if quoted => word.push(c),
            '{' | '}' | ',' => {
                words.push(std::mem::take(&mut word));
                words.extend((c != ',').then(|| c.to_string()));
            }
            c if c.is_whitespace() => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    compared(words)
}

/// With a comparison and its number as one word.
fn compared(words: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        match joined.last_mut() {
            Some(last) if matches!(last.as_str(), "<" | "<=" | ">" | ">=") => last.push_str(&word),
            _ => joined.push(word),
        }
    }
    joined
}

/// The rules that a map of verdicts stands for; what a named one holds is not read.
fn mapped(words: &[&str], at: usize, connection: Connection, direction: Direction) -> Vec<Rule> {
    let before = &words[..at];
    let fit = modern(before, connection, direction).0;
    let strange = || vec![(fit.min(Fit::Perhaps), Verdict::Strange)];
    let Some(elements) = words.get(at + 1..).and_then(|rest| rest.strip_prefix(&["{"])) else {
        return strange();
    };
    let end = elements.iter().position(|word| *word == "}").unwrap_or(elements.len());
    let (mut rest, mut found) = (&elements[..end], Vec::new());
    while let [key, ":", verdict, behind @ ..] = rest {
        let has_chain = usize::from(matches!(*verdict, "jump" | "goto"));
        let mut rule = before.to_vec();
        rule.extend([key, verdict]);
        rule.extend(behind.iter().take(has_chain));
        found.push(modern(&rule, connection, direction));
        rest = &behind[has_chain.min(behind.len())..];
    }
    if rest.is_empty() { found } else { strange() }
}

/// A line of `nft list ruleset`.
fn modern(words: &[&str], connection: Connection, direction: Direction) -> Rule {
    let (mut fits, mut acts) = (Vec::new(), false);
    // Values that stand together are compared together.
    let together = words.contains(&".").then_some(Fit::Perhaps);
    let fit = |fits: &[Fit]| fits.iter().copied().chain(together).min().unwrap_or(Fit::Yes);
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if let Some(verdict) = verdict(word, words.get(at + 1).copied().unwrap_or_default()) {
            return (fit(&fits), verdict);
        }
        if let Some(behind) = statement(words, at) {
            (at, acts) = (behind, true);
            continue;
        }
        let (found, behind) = condition(words, at, connection, direction);
        fits.push(found);
        at = behind;
    }
    // Without any statement it is nothing that is known to do nothing.
    let nothing = acts || words.is_empty() || fits.contains(&Fit::No);
    (fit(&fits), if nothing { Verdict::Nothing } else { Verdict::Strange })
}

fn verdict(word: &str, next: &str) -> Option<Verdict> {
    Some(match word {
        "accept" | "snat" | "masquerade" => Verdict::Accept,
        "drop" | "reject" | "queue" => Verdict::Refuse,
        "return" => Verdict::Return,
        "continue" => Verdict::Nothing,
        "jump" => Verdict::Jump(next.to_owned()),
        "goto" => Verdict::Goto(next.to_owned()),
        "dnat" | "redirect" => Verdict::Elsewhere,
        "tproxy" | "fwd" | "notrack" | "synproxy" | "xt" => Verdict::Strange,
        _ => return None,
    })
}

/// Where what stands behind a statement that leaves packets alone begins.
fn statement(words: &[&str], at: usize) -> Option<usize> {
    const FLAGS: &[&str] = &["all", "tcp", "sequence", "options", "ip", "skuid", "ether"];
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    match (word(at), word(at + 1), word(at + 2)) {
        ("counter", "name", _) => Some(at + 3),
        ("counter", ..) => Some(at + 1),
        ("packets" | "bytes" | "comment", ..) => Some(at + 2),
        ("log", ..) => {
            let mut behind = at + 1;
            loop {
                match word(behind) {
                    "prefix" | "group" | "level" | "queue-threshold" | "snaplen" => behind += 2,
                    "flags" => behind += 1,
                    flag if FLAGS.contains(&flag) && words[at..behind].contains(&"flags") => behind += 1,
                    _ => return Some(behind),
                }
            }
        }
        ("meta" | "ct", _, "set") => {
            let rest = words[at + 3..].iter();
            let values = rest.take_while(|word| verdict(word, "").is_none()).count();
            Some(at + 3 + values)
        }
        _ => None,
    }
}

/// A condition, and where the next word stands.
fn condition(words: &[&str], at: usize, connection: Connection, direction: Direction) -> (Fit, usize) {
    let next = words.get(at + 1).copied().unwrap_or_default();
    let (values, negated, behind) = operand(words, at + 2);
    // The far end is where packets go to, or where they come from.
    let far_end = |is_destination: bool| is_destination == (direction == Direction::Sent);
    let far = |is_destination: bool, fit: Fit| if far_end(is_destination) { fit } else { Fit::Perhaps };
    let fit = match (words[at], next) {
        ("tcp" | "th", "dport" | "sport") => far(next == "dport", ports(&values, connection.port)),
        ("meta", "l4proto") | ("ip", "protocol") | ("ip6", "nexthdr") => protocol(&values),
        ("meta", "nfproto") => family(&values, connection.address),
        ("ip" | "ip6", "daddr" | "saddr") => far(next == "daddr", places(&values, connection.address)),
        ("ct", "state") => state(&values, direction),
        ("udp" | "icmp" | "icmpv6" | "sctp" | "dccp" | "udplite" | "ah" | "esp" | "arp" | "igmp", _) => {
            return (Fit::No, at + 2);
        }
        ("iif" | "iifname" | "oif" | "oifname", _) => {
            let (values, negated, behind) = operand(words, at + 1);
            let fit = far(words[at].starts_with('o'), interface(&values, connection.address));
            return (not(fit, negated), behind);
        }
        _ => return (Fit::Perhaps, at + 1),
    };
    (not(fit, negated), behind)
}

/// The values behind a word, whether they are excluded, and where the next word stands.
fn operand<'a>(words: &[&'a str], at: usize) -> (Vec<&'a str>, bool, usize) {
    let negated = words.get(at) == Some(&"!=");
    let at = if negated || words.get(at) == Some(&"==") { at + 1 } else { at };
    if words.get(at) == Some(&"{") {
        let end = words[at..].iter().position(|word| *word == "}").map_or(words.len(), |end| at + end);
        return (words[(at + 1).min(end)..end].to_vec(), negated, end + 1);
    }
    // States may stand in a list without braces.
    const STATES: &[&str] = &["new", "established", "related", "invalid", "untracked"];
    let mut end = (at + 1).min(words.len());
    while words[..end].last().is_some_and(|last| STATES.contains(last))
        && words.get(end).is_some_and(|next| STATES.contains(next))
    {
        end += 1;
    }
    (words[at.min(end)..end].to_vec(), negated, end)
}
