//! The way of a connection through the chains: the first rule that fits decides, as far as every rule before it is understood.

use super::{
    chains::{Chain, Chains},
    rule::rules,
    values::{Direction, Fit},
    verdict::{Connection, Verdict},
};

/// The kernel allows no more jumps inside each other.
const DEEPEST: usize = 16;
/// More rules are not gone through.
const MOST: usize = 50_000;

/// What the rules do to the connection.
pub(super) enum Against {
    /// Nothing.
    Nothing,
    /// A rule that may stop it, as far as it is understood.
    Perhaps(String),
    /// A rule that stops it, or lets nothing out that no rule allows.
    Rule(String),
    /// A rule that sends it to another place.
    Elsewhere(String),
}

/// The first rule that refuses what is sent, else the first that may refuse it or what comes back.
pub(super) fn against(chains: &Chains, connection: Connection) -> Against {
    let mut perhaps = chains.strange.clone();
    for direction in [Direction::Sent, Direction::Back] {
        for (name, chain, fit) in chains.hooked(direction, connection.address) {
            let doubt = direction == Direction::Back || fit != Fit::Yes;
            let mut way = Way { chains, connection, direction, doubt, steps: 0, perhaps: None };
            let end = match way.walk(name, chain, 0) {
                End::Through => chain.closed.clone().map_or(End::Over, |closed| way.refused(&closed)),
                end => end,
            };
            match end {
                End::Refused(rule) => return Against::Rule(rule),
                End::Sent(rule) => return Against::Elsewhere(rule),
                End::Over | End::Through => perhaps = perhaps.or(way.perhaps),
            }
        }
    }
    perhaps.map_or(Against::Nothing, Against::Perhaps)
}

/// How a chain ends.
enum End {
    /// No rule took the packet.
    Through,
    /// A rule did, or may have stopped it for good.
    Over,
    /// A rule refused it for certain.
    Refused(String),
    /// A rule sent it elsewhere for certain.
    Sent(String),
}

struct Way<'a> {
    chains: &'a Chains,
    connection: Connection,
    direction: Direction,
    /// Whether a rule before may have decided already, or what is refused proves nothing.
    doubt: bool,
    steps: usize,
    perhaps: Option<String>,
}

impl Way<'_> {
    fn walk(&mut self, name: &str, chain: &Chain, depth: usize) -> End {
        for text in &chain.rules {
            for (fit, verdict) in rules(text, self.connection, self.direction) {
                self.steps += 1;
                if self.steps > MOST || depth > DEEPEST {
                    self.may(text);
                    return End::Over;
                }
                if fit == Fit::No {
                    continue;
                }
                self.doubt |= fit == Fit::Perhaps && verdict != Verdict::Nothing;
                let certain = fit == Fit::Yes;
                let is_left = matches!(verdict, Verdict::Goto(_));
                match verdict {
                    Verdict::Nothing => {}
                    Verdict::Accept if certain => return End::Over,
                    Verdict::Return if certain => return End::Through,
                    Verdict::Accept | Verdict::Return => {}
                    Verdict::Refuse if certain => return self.refused(text),
                    Verdict::Elsewhere if certain && !self.doubt => return End::Sent(told(text)),
                    Verdict::Refuse | Verdict::Elsewhere | Verdict::Strange => self.may(text),
                    Verdict::Jump(other) | Verdict::Goto(other) => {
                        match self.jump(name, text, &other, depth) {
                            End::Through if is_left && certain => return End::Through,
                            End::Through => {}
                            end if certain => return end,
                            _ => {}
                        }
                    }
                }
            }
        }
        End::Through
    }

    fn jump(&mut self, name: &str, text: &str, other: &str, depth: usize) -> End {
        let Some((name, chain)) = self.chains.beside(name, other) else {
            self.may(text);
            return End::Through;
        };
        self.walk(&name, chain, depth + 1)
    }

    /// A rule that fits refuses.
    fn refused(&mut self, text: &str) -> End {
        if !self.doubt {
            return End::Refused(told(text));
        }
        self.may(text);
        End::Over
    }

    fn may(&mut self, text: &str) {
        self.doubt = true;
        self.perhaps.get_or_insert_with(|| told(text));
    }
}

fn told(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
