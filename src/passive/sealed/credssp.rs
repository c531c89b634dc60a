//! How a CredSSP exchange ended that cannot be opened, by who spoke last and how long that was (MS-CSSP 2.2.1 and 3.1.5). All of it
//! is inferred.

use std::ops::RangeInclusive;

use super::{
    Leaving, SHORTEST_AUTHENTICATE, Sealed,
    size::{SHORT, STATUS, Size, Ticket},
};
use crate::{
    flow::{Mark, Side},
    report::{CredsspEvidence, Failure, FailureKind, Selected},
};

/// The proof of the key, a hash and a signature, from CredSSP 5 on. An older one is as long as a public key.
const PROOF: RangeInclusive<usize> = 55..=80;
/// An Early User Authorization Result.
const EARLY: RangeInclusive<usize> = 4..=4;

/// What a client has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::passive) enum Shown {
    /// Nothing that is derived from the password.
    Nothing,
    /// A proof of it, or a ticket.
    Proof,
    /// What is delegated.
    Credentials,
}

/// How the exchange ended.
pub(in crate::passive) enum Ending {
    /// With an answer that nothing but a refusal fits.
    Refused(Shown, Failure),
    /// Without any answer to what the client said then, but perhaps a ticket of TLS 1.3 of this length.
    Unanswered { shown: Shown, said: Mark, ticket: Option<usize> },
}

impl Ending {
    /// What the client had shown.
    fn shown(&self) -> Shown {
        match self {
            Self::Refused(shown, _) | Self::Unanswered { shown, .. } => *shown,
        }
    }

    /// Notes what the client had shown, and what it shows of the server.
    pub(in crate::passive) fn note(&self, evidence: &mut CredsspEvidence) {
        evidence.attempted = self.shown() >= Shown::Proof;
        // A client delegates only to a server that has proved its key.
        evidence.key_binding = (self.shown() == Shown::Credentials).then_some(true);
    }
}

/// The last message of a client, and what crossed around it.
pub(super) struct Last<'a> {
    shown: Shown,
    said: &'a Size,
    answer: Option<&'a Size>,
}

impl Sealed {
    /// How the exchange ended; none if it went on, or if the sizes leave that open.
    pub(in crate::passive) fn credssp(&self, selected: Selected, ended: Option<Leaving>) -> Option<Ending> {
        let Last { shown, said, answer } = self.turns()?;
        let leaving = self.first_to_leave(ended);
        // Whoever had left before answers nothing of it; before the first message it may be TLS that failed.
        let is_late = leaving.is_some_and(|leaving| leaving.when < said.mark.order());
        if is_late && self.of(Side::Client).count() > 1 {
            return None;
        }
        let by_server = leaving.filter(|leaving| leaving.side == Side::Server);
        let unanswered = |ticket| Ending::Unanswered { shown, said: said.mark, ticket };
        let Some(answer) = answer else { return Some(unanswered(None)) };
        if answer.ticket == Ticket::Maybe {
            // Whoever has answered waits for what comes next.
            return by_server.map(|_| unanswered(Some(answer.length)));
        }
        let kind = match shown {
            // Who is let in goes on, unless it only wanted to know: then the client leaves. A server that has let somebody in waits.
            Shown::Credentials if answer.fits(&EARLY) => {
                let is_denied = by_server.is_some_and(|leaving| leaving.is_right_after(answer));
                (selected == Selected::NlaEx && is_denied).then_some(FailureKind::EarlyAuthDenied)?
            }
            _ => answer.fits(&STATUS).then_some(FailureKind::NtStatus)?,
        };
        Some(Ending::Refused(shown, refused(kind, shown, answer)))
    }

    /// Whether it is not more than an exchange of CredSSP has.
    pub(in crate::passive) fn is_within_credssp(&self) -> bool {
        self.messages().next().is_none() || self.turns().is_some()
    }

    /// Why this side ended the connection after the server's last word, as far as its size tells; none if it does not.
    pub(super) fn reason(&self, selected: Selected, leaving: Leaving, answer: &Size) -> Option<&'static str> {
        let Last { shown, .. } = self.turns()?;
        match shown {
            Shown::Nothing => None,
            Shown::Proof if answer.fits(&SHORT) => Some(", as after a refusal"),
            // Whoever is let in sends its password next.
            Shown::Proof => (leaving.side == Side::Client)
                .then_some(" without its credentials, as one does that first asks about the certificate"),
            Shown::Credentials if selected != Selected::NlaEx || !answer.fits(&EARLY) => None,
            Shown::Credentials if leaving.side == Side::Client || leaving.is_right_after(answer) => {
                Some(", as one does that is denied, or only tests an account")
            }
            Shown::Credentials => {
                Some("; a denial has the size of a permission, and after that one waits for the client")
            }
        }
    }

    /// Follows both sides, turn by turn; none if it is more than an exchange has.
    pub(super) fn turns(&self) -> Option<Last<'_>> {
        // In TLS 1.3 tickets come first.
        let messages = self.messages().skip_while(|one| one.side == Side::Server);
        let (mut count, mut longest) = (0, 0);
        let (mut said, mut answer, mut before): (Option<&Size>, Option<&Size>, Option<&Size>) =
            (None, None, None);
        for one in messages {
            if one.side == Side::Server {
                answer = Some(one);
                continue;
            }
            if said.is_none() || answer.is_some() {
                (count, before) = (count + 1, answer.take());
            }
            (said, longest) = (Some(one), longest.max(one.length));
        }
        let proves = longest >= SHORTEST_AUTHENTICATE;
        let shown = match count {
            1 if !proves => Shown::Nothing,
            1 | 2 if proves => Shown::Proof,
            // A client that falls back from Kerberos to NTLM proves the password here.
            3 if proves && before.is_some_and(|before| before.fits(&PROOF)) => Shown::Credentials,
            3 if proves => Shown::Proof,
            _ => return None,
        };
        Some(Last { shown, said: said?, answer })
    }
}

/// In which packet it came.
fn place(answer: &Size) -> String {
    match answer.mark.packet {
        0 => String::new(),
        packet => format!(" (packet {packet})"),
    }
}

fn refused(kind: FailureKind, shown: Shown, answer: &Size) -> Failure {
    let what = match shown {
        Shown::Nothing => "the client's first message",
        Shown::Proof => "the proof of the password",
        Shown::Credentials => "the delegated credentials",
    };
    let garbled = if shown == Shown::Nothing { ", or what no client can read" } else { "" };
    let place = place(answer);
    let detail = format!(
        "the server answered {what} with a record of {} B{place}, in which little more than a refusal fits{garbled}; no key opens it",
        answer.length
    );
    Failure::new(kind, detail)
}
