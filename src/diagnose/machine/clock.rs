//! Which clock is wrong: the difference that CredSSP showed, against who keeps this machine's clock.

use super::machine;
use crate::{
    codes::MAX_SKEW_SECONDS,
    diagnose::Facts,
    report::{Certificate, Timestamp},
};

/// This machine's.
pub(super) fn here(facts: &Facts<'_>) -> Option<String> {
    let skew = skew(facts)?;
    is_unkept(facts).then(|| {
        format!(
            "the clocks differ by {} s, and this machine's is not kept by the network: it is probably the wrong one{}",
            skew.unsigned_abs(),
            by_the_other(facts, skew)
        )
    })
}

/// The server's.
pub(super) fn there(facts: &Facts<'_>) -> Option<String> {
    let skew = skew(facts)?;
    (kept(facts)?).then(|| {
        format!(
            "the clocks differ by {} s, and this machine's is kept by the network: the server's is probably the wrong \
             one",
            skew.unsigned_abs()
        )
    })
}

/// The certificate is outside its validity only by a clock that nobody keeps.
pub(super) fn doubtful(facts: &Facts<'_>) -> Option<String> {
    let certificate = facts.certificate?;
    let told = server_skew(facts).is_some();
    (is_unkept(facts) && !told && !is_valid(certificate, facts.started)).then(|| {
        "the certificate is not valid at this machine's time, and this machine's clock is not kept by the network: the \
         clock may be what is wrong"
            .to_owned()
    })
}

/// Whether it is known that nobody keeps the clock with which this trace was made.
pub(crate) fn is_unkept(facts: &Facts<'_>) -> bool {
    kept(facts) == Some(false)
}

/// Files are of a machine with a clock of its own.
fn kept(facts: &Facts<'_>) -> Option<bool> {
    machine(facts).filter(|machine| !machine.from_files)?.clock_synchronized
}

fn server_skew(facts: &Facts<'_>) -> Option<i64> {
    facts.credssp?.ntlm.as_ref()?.clock_skew_seconds
}

/// Server minus this machine, where it is more than Kerberos allows.
fn skew(facts: &Facts<'_>) -> Option<i64> {
    server_skew(facts).filter(|skew| skew.unsigned_abs() > MAX_SKEW_SECONDS)
}

fn by_the_other(facts: &Facts<'_>, skew: i64) -> &'static str {
    let there = facts.started.0.checked_add(time::Duration::seconds(skew));
    let (Some(certificate), Some(there)) = (facts.certificate, there) else { return "" };
    let differs = !is_valid(certificate, facts.started) && is_valid(certificate, there.into());
    if differs { "; by the server's clock its certificate is valid" } else { "" }
}

fn is_valid(certificate: &Certificate, at: Timestamp) -> bool {
    certificate.not_before <= at && at <= certificate.not_after
}
