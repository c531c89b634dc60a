//! A check says ok of what it understood alone: a value of the registry of a type that it never has is not understood.

use rdptrace::{
    local::{Recorded, Unreadable, Value},
    report::{CheckStatus, Os},
};

use crate::{local::invented, local_garbage::statuses};

/// The checks that say ok of a machine, though one answer of it is not to be understood, while they read that answer.
fn deceived(invented: &crate::local::Invented, question: &str, alter: impl Fn(&mut Recorded)) -> Vec<String> {
    let (machine, subject, role) = (&invented.machine, invented.subject.as_ref(), invented.role);
    let mut hidden = machine.clone();
    hidden.unreadable.insert(question.to_owned(), Unreadable::Failed("hidden".to_owned()));
    let (whole, without) = (statuses(machine, subject, role), statuses(&hidden, subject, role));
    let mut altered = machine.clone();
    alter(&mut altered);
    let unknown =
        |said: Option<&(CheckStatus, String)>| said.map(|said| said.0) == Some(CheckStatus::Unknown);
    let said = statuses(&altered, subject, role).into_iter();
    said.filter(|(code, (status, _))| {
        *status == CheckStatus::Ok && unknown(without.get(code)) && !unknown(whole.get(code))
    })
    .map(|(code, (_, message))| format!("{}: {code} with {question}: {message}", invented.name))
    .collect()
}

#[test]
fn a_value_of_another_type_is_never_ok() {
    let mut wrong = Vec::new();
    for invented in invented().iter().filter(|invented| invented.machine.machine.system == Os::Windows) {
        let all = invented.machine.registry.iter();
        let values = all.flat_map(|(key, values)| values.iter().map(move |(name, value)| (key, name, value)));
        for (key, name, value) in values {
            if matches!(value, Value::Binary { .. }) {
                continue;
            }
            wrong.extend(deceived(invented, &format!("value {key}\\{name}"), |machine| {
                let strange = Value::Binary { binary: "deadbeef".to_owned() };
                machine.registry.entry(key.clone()).or_default().insert(name.clone(), strange);
            }));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
