//! Who signed the .rdp file, what that is worth, and what mstsc asks of whoever opens it. mstsc opens files and no addresses.

use super::{
    Facts, Rule,
    machine::{listed, machine, this},
};
use crate::{
    codes::Phase,
    report::{
        FindingCode, Machine, Os, Publisher, RdpFile, RdpFileSignature, Severity, SignatureState, Trust,
    },
};

const fn rule(code: FindingCode, severity: Severity, applies: fn(&Facts<'_>) -> Option<String>) -> Rule {
    Rule { code, severity, phase: Phase::Resolve, applies }
}

pub(super) const RULES: &[Rule] = &[
    rule(FindingCode::RdpFileUnsignedRefused, Severity::Warning, refused_here),
    rule(FindingCode::RdpFileSignatureWrong, Severity::Warning, wrong),
    rule(FindingCode::RdpFileSignatureIncomplete, Severity::Warning, incomplete),
    rule(FindingCode::RdpFileUnsigned, Severity::Info, unsigned),
    rule(FindingCode::RdpFilePublisherUnknown, Severity::Info, publisher_unknown),
    rule(FindingCode::RdpFilePublisherKnown, Severity::Info, publisher_known),
];

/// The file, unless it is an address.
fn file<'a>(facts: &Facts<'a>) -> Option<&'a RdpFile> {
    facts.named_file().filter(|file| file.encoding != "address")
}

fn signature<'a>(facts: &Facts<'a>) -> Option<&'a RdpFileSignature> {
    file(facts)?.signature.as_ref()
}

fn in_state<'a>(facts: &Facts<'a>, state: SignatureState) -> Option<&'a RdpFileSignature> {
    signature(facts).filter(|signature| signature.state == state)
}

/// The signer of a valid signature.
fn publisher<'a>(facts: &Facts<'a>) -> Option<&'a Publisher> {
    in_state(facts, SignatureState::Valid)?.publisher.as_ref()
}

fn unsigned(facts: &Facts<'_>) -> Option<String> {
    let file = file(facts).filter(|file| !file.signed)?;
    Some(format!("the file is not signed: {}", asks(facts, file, "calls the connection unknown")))
}

fn refused_here(facts: &Facts<'_>) -> Option<String> {
    let machine = windows(facts).filter(|machine| machine.unsigned_files == Some(false))?;
    let file = file(facts)?;
    let what = match (file.signed, doubt(facts)) {
        (false, _) => "is not signed".to_owned(),
        (true, Some(why)) => format!("has a publisher that cannot be identified ({why})"),
        (true, None) => return None,
    };
    Some(format!(
        "the file {what}, and mstsc on {} refuses such files (AllowUnsignedFiles is 0)",
        this(machine)
    ))
}

fn wrong(facts: &Facts<'_>) -> Option<String> {
    let signature = signature(facts)?;
    let why = signature.why.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
    let what = match signature.state {
        SignatureState::Wrong => format!("the settings of the file are not those that were signed{why}"),
        SignatureState::Unreadable => format!("the signature of the file cannot be read{why}"),
        SignatureState::Valid | SignatureState::Unchecked => return None,
    };
    Some(format!("{what}; mstsc says that the signature cannot be verified and does not connect"))
}

fn incomplete(facts: &Facts<'_>) -> Option<String> {
    let signature = in_state(facts, SignatureState::Valid)?;
    let outside: Vec<&str> = signature.outside.iter().map(String::as_str).collect();
    (!outside.is_empty()).then(|| {
        format!(
            "the signature is valid and leaves out {}, which rdpsign would have signed: whoever passed the file on can \
             have changed that",
            listed(&outside)
        )
    })
}

/// Why clients cannot identify the publisher of a file whose signature is not wrong.
fn doubt(facts: &Facts<'_>) -> Option<String> {
    let signature = signature(facts)?;
    if signature.state == SignatureState::Unchecked {
        return None;
    }
    let publisher = signature.publisher.as_ref()?;
    Some(match publisher.trust {
        Trust::SelfSigned => "its certificate is self-signed".to_owned(),
        Trust::UnknownIssuer => "its certificate leads to no root that is trusted here".to_owned(),
        Trust::Other => {
            let why = publisher.trust_detail.as_deref().unwrap_or("its chain is wrong");
            format!("its certificate is not trusted: {why}")
        }
        Trust::Trusted | Trust::NotChecked if publisher.in_time => return None,
        Trust::Trusted | Trust::NotChecked if facts.started < publisher.not_before => {
            format!("its certificate is valid from {} only", publisher.not_before.0.date())
        }
        Trust::Trusted | Trust::NotChecked => {
            format!(
                "its certificate expired on {}, and the signature has no time of its own",
                publisher.not_after.0.date()
            )
        }
    })
}

fn publisher_unknown(facts: &Facts<'_>) -> Option<String> {
    let publisher = publisher(facts)?;
    let why = doubt(facts)?;
    let asks = asks(facts, file(facts)?, "calls the publisher unknown");
    let trusted = match windows(facts).filter(|machine| machine.trusted_publishers.contains(&publisher.sha1))
    {
        Some(machine) => format!("; TrustedCertThumbprints on {} lists it all the same", this(machine)),
        None => String::new(),
    };
    Some(format!("the file is signed by {}, and {why}: {asks}{trusted}", publisher.subject))
}

fn publisher_known(facts: &Facts<'_>) -> Option<String> {
    let publisher = publisher(facts).filter(|_| doubt(facts).is_none())?;
    let trust = match publisher.trust {
        Trust::NotChecked => ", whose chain could not be checked",
        _ => "",
    };
    let signed = format!("the file is signed by {}{trust}", publisher.subject);
    let trusted = windows(facts).filter(|machine| machine.trusted_publishers.contains(&publisher.sha1));
    Some(match trusted {
        Some(machine) => format!(
            "{signed}, whose files {} opens without a question about the publisher (TrustedCertThumbprints)",
            this(machine)
        ),
        None => format!("{signed}: {}", asks(facts, file(facts)?, "names the publisher")),
    })
}

/// What mstsc does with whoever opens the file.
fn asks(facts: &Facts<'_>, file: &RdpFile, calls: &str) -> String {
    let shares: Vec<&str> = file.shares.iter().map(String::as_str).collect();
    let then = match shares.as_slice() {
        [] => " and asks before it connects".to_owned(),
        shares => format!(
            ", asks before it connects and leaves off what the file asks to share ({}) until the user ticks it",
            listed(shares)
        ),
    };
    let old = windows(facts).filter(|machine| machine.file_warning_version == Some(1));
    let old = old.map(|machine| {
        format!("; on {} RedirectionWarningDialogVersion = 1 brings the older question back", this(machine))
    });
    format!("since the updates of April 2026 (KB5083769) mstsc {calls}{then}{}", old.unwrap_or_default())
}

fn windows<'a>(facts: &Facts<'a>) -> Option<&'a Machine> {
    machine(facts).filter(|machine| machine.system == Os::Windows)
}
