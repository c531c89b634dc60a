//! Who is waited for when nothing comes, by the phase in which it does not.

use super::{
    CauseRule, Place, Weighed,
    advice::is_another,
    after, credssp, cut_in,
    hello::NOT_EVEN_AN_ALERT,
    listener::{some_request_answered, takes_tls},
    path::small_segments_pass,
    rule,
};
use crate::{
    codes::Phase,
    diagnose::{Facts, end_after_pause, experiments::Ending, pace, path, watched},
    report::{Answerer, CauseCode, ExperimentKind, Failure, FailureKind, Likelihood, NtlmEvidence},
};

pub(super) const RULES: &[CauseRule] = &[
    rule(Place::Kdc, CauseCode::DomainControllerSlow, domain_controller).intermittent(),
    rule(Place::Host, CauseCode::LicenseServerSlow, license_server).intermittent(),
    rule(Place::Proxy, CauseCode::BackEndSilent, back_end).intermittent(),
    rule(Place::Host, CauseCode::HostSlow, slow).intermittent(),
    rule(Place::Host, CauseCode::ServicesHung, hung).intermittent(),
    rule(Place::Host, CauseCode::ServerKeepsSending, busy).intermittent(),
];

/// A silence that nothing on the path explains.
fn silent_in<'a>(facts: &Facts<'a>, phase: Phase) -> Option<&'a Failure> {
    super::silent_in(facts, phase).filter(|_| watched::drops_large_packets(facts).is_none())
}

/// The host has the proof of the account and asks whether it is right.
fn domain_controller(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = silent_in(facts, Phase::Credssp).or_else(|| late_in(facts, Phase::Credssp))?;
    asks_domain(facts)
        .then(|| waited_for(facts, after("the proof of the account", failure), Likelihood::Likely))
}

/// The host knows the client, and asks whether it has a license.
fn license_server(facts: &Facts<'_>) -> Option<Weighed> {
    let failure = silent_in(facts, Phase::Licensing).or_else(|| late_in(facts, Phase::Licensing))?;
    (asks_license_server(facts) && !facts.is_busy()).then_some(())?;
    Some(waited_for(facts, after("Client Info", failure), Likelihood::Likely))
}

/// An end that came so late that something else was waited for until then.
fn late_in<'a>(facts: &Facts<'a>, phase: Phase) -> Option<&'a Failure> {
    cut_in(facts, phase).filter(|_| end_after_pause::timed_out(facts).is_some())
}

/// Who ends TLS need not be the host, and who takes the connection need not be who answers in it.
fn back_end(facts: &Facts<'_>) -> Option<Weighed> {
    let late = late_in(facts, Phase::Tls).map(|failure| ("the ClientHello", failure));
    let first = format!("TLS and {} first message inside it", facts.ours());
    let inside = || late_in(facts, Phase::Mcs).map(|failure| (first.as_str(), failure));
    if let Some((what, failure)) = late.or_else(inside) {
        return Some(
            waited_for(facts, after(what, failure), Likelihood::Likely)
                .and(end_after_pause::timed_out(facts)),
        );
    }
    let asked =
        silent_in(facts, Phase::Credssp).filter(|_| !facts.credssp.is_some_and(|seen| seen.attempted));
    let failure = silent_in(facts, Phase::Mcs).or(asked).filter(|_| facts.tls.is_some())?;
    let known = facts.answerer() == Answerer::Proxy;
    let likelihood = if known { Likelihood::Likely } else { Likelihood::Possible };
    Some(waited_for(facts, after(&first, failure), likelihood))
}

/// It is alive, and what belongs there never came.
fn busy(facts: &Facts<'_>) -> Option<Weighed> {
    let phase = facts.failed().filter(|_| facts.is_busy())?.phase;
    silent_in(facts, phase).map(|failure| Weighed::likely(failure.detail.clone()))
}

/// Whether the account was proved to a host that may ask a domain controller: not to one that names itself as its domain.
fn asks_domain(facts: &Facts<'_>) -> bool {
    let alone =
        |ntlm: &NtlmEvidence| ntlm.netbios_domain.is_some() && ntlm.netbios_domain == ntlm.netbios_computer;
    let proved =
        facts.credssp.is_some_and(|credssp| credssp.attempted && !credssp.ntlm.as_ref().is_some_and(alone));
    proved && !is_another(facts.answerer())
}

/// Whether the host may ask a license server, which only Windows does.
fn asks_license_server(facts: &Facts<'_>) -> bool {
    !is_another(facts.answerer())
}

/// Whether somebody else than the service itself is what is waited for in this phase.
fn waits_for_another(phase: Phase, facts: &Facts<'_>) -> bool {
    match phase {
        Phase::Credssp => asks_domain(facts),
        Phase::Mcs => facts.answerer() == Answerer::Proxy,
        phase => phase == Phase::Licensing && asks_license_server(facts),
    }
}

/// Silence after this, with what TCP says of it.
fn waited_for(facts: &Facts<'_>, because: String, likelihood: Likelihood) -> Weighed {
    let through = facts.through.map(|_| {
        "all of it came through the gateway, and some gateways do not pass on that the server closed or reset"
            .to_owned()
    });
    let lost = path::black_hole(facts).map(|hole| match hole.bytes {
        0 => "not even the host's system says any more that it is there".to_owned(),
        _ => "what was sent was never acknowledged".to_owned(),
    });
    // A gateway or proxy that acknowledges says nothing of the host behind it.
    let taken = (path::is_direct(facts) && path::is_acknowledged(facts))
        .then(|| "the host acknowledged all that was sent".to_owned());
    let pulse = (pace::pulse(facts) == Some(true))
        .then(|| "its system said all the time that it is there: the path carries short packets".to_owned());
    let arriving = path::trickle(facts).map(|_| "bytes still arrive: it is not silent".to_owned());
    let doubted = lost.is_some() || arriving.is_some();
    let likelihood = if doubted { Likelihood::Possible } else { likelihood };
    Weighed::new(likelihood, because).and(taken).and(pulse).but(lost).but(arriving).but(through)
}

/// Silence of someone who took the connection; a close is its weaker sign.
fn hung(facts: &Facts<'_>) -> Option<Weighed> {
    let phase = facts.failed().map(|failed| failed.phase).filter(|phase| *phase >= Phase::Negotiate)?;
    let answers = match phase {
        Phase::Negotiate => {
            some_request_answered(facts) || takes_tls(facts) || facts.answers_http().is_some()
        }
        Phase::Tls => facts.any_hello_accepted(),
        _ => facts.is_busy(),
    };
    if answers || small_segments_pass(facts) || slow(facts).is_some() {
        return None;
    }
    let Some(failure) = silent_in(facts, phase) else { return closed(facts, phase) };
    let reaction =
        reaction(facts, phase).map(|failure| format!("it reacts to something else: {}", failure.detail));
    let doubted = reaction.is_some() || waits_for_another(phase, facts);
    let likelihood = if doubted { Likelihood::Possible } else { Likelihood::Likely };
    let queue = pace::only_syns(facts).map(|retries| {
        format!("SYNs were sent again {retries} times and nothing else was, as where the queue of the listener is full")
    });
    let hung = waited_for(facts, format!("in {phase} {}", failure.detail), likelihood).and(queue);
    let dead = phase == Phase::Tls && facts.answers(ExperimentKind::HelloForAlert, phase) == Some(false);
    let dead = dead.then(|| NOT_EVEN_AN_ALERT.to_owned());
    Some(hung.shown(dead).refuted(reaction))
}

/// Its messages come seconds apart, and the phase was over before the next one was due.
fn slow(facts: &Facts<'_>) -> Option<Weighed> {
    let failed = facts.failed().filter(|failed| failed.phase >= Phase::Negotiate)?;
    let failure = silent_in(facts, failed.phase).filter(|_| !facts.is_busy() && path::is_direct(facts))?;
    let text = pace::unhurried(facts)?;
    Some(Weighed::likely(text).and(Some(failure.detail.clone())))
}

/// How an experiment ended in this phase, where it was not silence: who hangs does nothing.
fn reaction<'a>(facts: &Facts<'a>, phase: Phase) -> Option<&'a Failure> {
    let asked = facts.experiments.iter().filter(|made| !made.name.is(ExperimentKind::ConnectOnly));
    asked.into_iter().find_map(|made| match made.ending(phase)? {
        Ending::Failed(failure) if failure.kind != FailureKind::Timeout => Some(failure),
        _ => None,
    })
}

fn closed(facts: &Facts<'_>, phase: Phase) -> Option<Weighed> {
    let what = match phase {
        Phase::Negotiate => "the Connection Request",
        Phase::Mcs => "the Connect Initial",
        Phase::Activate => "the license",
        Phase::Credssp if credssp::is_before_challenge(facts) && credssp::waited(facts).is_some() => {
            &format!("{} first TSRequest", facts.ours())
        }
        _ => return None,
    };
    cut_in(facts, phase).map(|failure| Weighed::possible(after(what, failure)))
}
