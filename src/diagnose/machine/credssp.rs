//! AllowEncryptionOracle of the client against the CredSSP version of the server.

use super::{machine, this};
use crate::{
    codes::FIRST_PATCHED_CREDSSP,
    diagnose::{Facts, facts::VULNERABLE},
    report::{CheckStatus, Machine, Os},
};

const CHECK: &str = "credssp-encryption-oracle";

/// mstsc takes no server without the update of 2018, unless the policy says so.
pub(super) fn refuses(facts: &Facts<'_>) -> Option<String> {
    let (machine, version) = unpatched(facts)?;
    let why = match machine.encryption_oracle {
        Some(value @ 0..VULNERABLE) => format!("AllowEncryptionOracle is {value}"),
        Some(_) => return None,
        None if is_unread(facts) => return None,
        None => "no AllowEncryptionOracle is set, and an updated Windows then refuses".to_owned(),
    };
    Some(format!(
        "mstsc on {} refuses this server with a text about encryption oracle remediation: it speaks CredSSP version \
         {version}, and {why}",
        this(machine)
    ))
}

/// The policy lets the client connect, and whoever stands in between use the logon.
pub(super) fn exposed(facts: &Facts<'_>) -> Option<String> {
    let (machine, version) = unpatched(facts)?;
    (machine.encryption_oracle == Some(VULNERABLE)).then(|| {
        format!(
            "mstsc on {} connects to this server although it speaks CredSSP version {version}, because \
             AllowEncryptionOracle is 2: whoever stands in between can use the logon (CVE-2018-0886)",
            this(machine)
        )
    })
}

/// The bridge is left in place, and this server does not need it.
pub(super) fn not_needed(facts: &Facts<'_>) -> Option<String> {
    let machine = windows(facts)?;
    let version = facts.credssp?.version.filter(|version| *version >= FIRST_PATCHED_CREDSSP)?;
    (machine.encryption_oracle == Some(VULNERABLE)).then(|| {
        format!(
            "AllowEncryptionOracle is 2 on {}, and this server does not need it: it speaks CredSSP version {version}",
            this(machine)
        )
    })
}

fn unpatched<'a>(facts: &Facts<'a>) -> Option<(&'a Machine, u32)> {
    let version = facts.credssp?.version.filter(|version| *version < FIRST_PATCHED_CREDSSP)?;
    Some((windows(facts)?, version))
}

fn windows<'a>(facts: &Facts<'a>) -> Option<&'a Machine> {
    machine(facts).filter(|machine| machine.system == Os::Windows)
}

/// A value that could not be read is not a value that is not set.
fn is_unread(facts: &Facts<'_>) -> bool {
    facts.trace.local.iter().any(|check| check.code == CHECK && check.status == CheckStatus::Unknown)
}
