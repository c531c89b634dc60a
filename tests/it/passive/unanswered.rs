//! Connections that nobody opens: how often and how long they were asked for.

use rdptrace::{
    codes::Phase,
    internal::flow::Side,
    report::{FailureKind, Outcome},
};

use super::on_the_way::judged;
use crate::capture::talk::{SECOND, SYN, Talk};

#[test]
fn a_syn_that_is_not_answered_is_told_with_its_repetitions() {
    for (again, detail) in [
        (&[][..], "nothing answered the SYN, for 0.0 s"),
        (&[1][..], "nothing answered the SYN, sent twice, for 1.0 s"),
        (&[1, 3][..], "nothing answered the SYN, sent 3 times, for 3.0 s"),
        (&[1, 3, 7][..], "nothing answered the SYN, sent 4 times, for 7.0 s"),
    ] {
        let mut talk = Talk::default();
        let (begin, next) = (talk.at, talk.client.next);
        for seconds in [&[0], again].concat() {
            talk.at = begin + seconds * SECOND;
            talk.says(Side::Client, SYN, next, 0, b"");
        }
        let report = judged(&talk.pcap());
        let verdict = &report.verdict;
        assert_eq!((verdict.outcome, verdict.phase), (Outcome::Aborted, Some(Phase::Connect)));
        let failure = verdict.failure.as_ref().expect("it failed");
        assert_eq!((failure.kind, failure.detail.as_str()), (FailureKind::Timeout, detail));
    }
}
