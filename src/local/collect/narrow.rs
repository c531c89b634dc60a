//! What is left out where names are replaced, because it may hold names that nothing marks: comments, certificates, and binary
//! values.

use std::collections::BTreeMap;

use super::{
    super::{Recorded, Unreadable, Value},
    proxies,
};

/// A longer binary value is no digest and no time, in hexadecimal digits.
const LONGEST: usize = 64;
/// Values below this key are certificates, which are read.
const CERTIFICATES: &str = r"\systemcertificates\";
const SCUTIL: &str = "scutil --proxy";
const CMDKEY: &str = "cmdkey /list:";

/// Leaves it out.
pub(super) fn machine(machine: &mut Recorded) {
    let denied = |why: &str| Unreadable::Failed(format!("{why}, so it was not taken along"));
    let unreadable = &mut machine.unreadable;
    machine.texts.retain(|path, text| {
        let is_kept = !text.contains("BEGIN CERTIFICATE") && !text.contains("BEGIN TRUSTED CERTIFICATE");
        if is_kept {
            *text = narrowed(path, text);
        } else {
            unreadable.insert(format!("text {path}"), denied("a certificate holds names"));
        }
        is_kept
    });
    for (key, values) in &mut machine.registry {
        let holds_certificates = key.to_ascii_lowercase().contains(CERTIFICATES);
        values.retain(|name, value| match value {
            Value::Binary { binary } if binary.len() > LONGEST && holds_certificates => {
                let question = format!("value {key}\\{name}");
                unreadable.insert(question, denied("a certificate holds names"));
                false
            }
            Value::Binary { binary } if proxies::is_winhttp(name) => {
                *binary = proxies::with_texts(binary, proxies::without_paths);
                true
            }
            Value::Binary { binary } if binary.len() > LONGEST => {
                // That it is there, and how long it is, is all that is asked.
                *binary = "0".repeat(binary.len());
                true
            }
            Value::Text(text) if proxies::is_named(name) => {
                *text = proxies::without_paths(text);
                true
            }
            _ => true,
        });
    }
    machine.registry.retain(|_, values| !values.is_empty());
    let variables = machine.variables.iter_mut().filter(|(name, _)| proxies::is_named(name));
    variables.for_each(|(_, value)| *value = proxies::without_paths(value));
    if let Some(output) = machine.commands.get_mut(SCUTIL) {
        output.text = proxies::without_paths(&output.text);
    }
    // Whose credential it is, is not asked.
    let stored = machine.commands.iter_mut().filter(|(line, _)| line.starts_with(CMDKEY));
    stored.for_each(|(_, output)| {
        output.text = output.text.lines().filter(|line| line.contains("target=")).collect();
    });
}

/// Without comments; of the certificates that FreeRDP knows without their subjects.
fn narrowed(path: &str, text: &str) -> String {
    let is_known = path.contains("known_hosts");
    let lines = text.lines().filter(|line| !line.trim_start().starts_with(['#', ';']));
    let lines = lines.map(|line| match is_known {
        true => line.split_whitespace().take(3).collect::<Vec<_>>().join(" "),
        false => uncommented(line),
    });
    lines.fold(String::with_capacity(text.len()), |text, line| text + &line + "\n")
}

/// That there was a comment stays: not every program takes one behind a value.
fn uncommented(line: &str) -> String {
    let mut marks = line.match_indices('#').map(|(at, _)| at);
    match marks.find(|at| line[..*at].ends_with(char::is_whitespace)) {
        Some(at) => format!("{}# ...", &line[..at]),
        None => line.to_owned(),
    }
}

/// Folders of files that people give names to.
const FOLDERS: &[&str] = &["ca-certificates", "/anchors", "krb5"];

/// Other names for such files, by their paths.
pub(super) fn renamed(machine: &Recorded) -> BTreeMap<String, String> {
    let mut renamed = BTreeMap::new();
    for (folder, names) in &machine.folders {
        if !FOLDERS.iter().any(|part| folder.contains(part)) {
            continue;
        }
        let folder = folder.trim_end_matches('/');
        for (index, name) in names.iter().enumerate() {
            let end =
                name.rsplit_once('.').map(|(_, end)| end).filter(|end| ["crt", "pem", "conf"].contains(end));
            let end = end.map(|end| format!(".{end}")).unwrap_or_default();
            // The digits keep the order in which the files are read.
            renamed.insert(format!("{folder}/{name}"), format!("{folder}/file-{index:04}{end}"));
        }
    }
    renamed
}
