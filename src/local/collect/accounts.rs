//! The lists of users and groups: only the rows by which xrdp's rights on its key are told.

use std::collections::BTreeSet;

use super::super::Recorded;

const USERS: &str = "/etc/passwd";
const GROUPS: &str = "/etc/group";
/// The settings that say whom xrdp runs as.
const RUNS_AS: [&str; 2] = ["runtime_user", "user"];

/// Leaves out every other user and group, and what else is told of those that stay.
pub(super) fn narrow(machine: &mut Recorded) {
    let users = users(machine);
    let mut own = BTreeSet::new();
    if let Some(text) = machine.texts.get_mut(USERS) {
        let rows = text.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let mut kept = String::new();
        for row in rows.filter(|row| users.contains(row[0]) && row.len() > 3) {
            own.insert(row[3].to_owned());
            kept += &format!("{}:x:{}:{}:::\n", row[0], row[2], row[3]);
        }
        *text = kept;
    }
    if let Some(text) = machine.texts.get_mut(GROUPS) {
        let mut kept = String::new();
        for row in text.lines().map(|line| line.split(':').collect::<Vec<_>>()).filter(|row| row.len() > 2) {
            let members = row.get(3).copied().unwrap_or_default().split(',').map(str::trim);
            let members: Vec<_> = members.filter(|member| users.contains(*member)).collect();
            if !members.is_empty() || own.contains(row[2]) {
                kept += &format!("{}:x:{}:{}\n", row[0], row[2], members.join(","));
            }
        }
        *text = kept;
    }
}

/// The users that xrdp may run as.
fn users(machine: &Recorded) -> BTreeSet<String> {
    let settings = machine.texts.iter().filter(|(path, _)| path.contains("xrdp"));
    let pairs = settings.flat_map(|(_, text)| text.lines()).filter_map(|line| line.split_once('='));
    let named = pairs.filter(|(name, _)| RUNS_AS.iter().any(|known| name.trim().eq_ignore_ascii_case(known)));
    let named = named.map(|(_, user)| user.trim().to_owned());
    named.chain(["xrdp".to_owned()]).collect()
}
