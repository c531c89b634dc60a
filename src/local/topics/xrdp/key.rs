//! Whether the user that xrdp runs as may read its key, and whether it is that of the certificate. Of its content only the public
//! half is asked for.

use super::settings::{USUAL_KEY, settings};
use crate::{
    local::{CheckResult, File, PrivateKey, Survey, Unreadable},
    report::CheckStatus,
};

const UNITS: &[&str] = &[
    "/etc/systemd/system/xrdp.service.d/override.conf",
    "/etc/systemd/system/xrdp.service",
    "/usr/lib/systemd/system/xrdp.service",
    "/lib/systemd/system/xrdp.service",
];

/// Fields of a line of /etc/passwd (passwd(5)) and of /etc/group (group(5)).
const ROW_OF_USER: usize = 7;
const ROW_OF_GROUP: usize = 4;

pub(super) fn judge(survey: &Survey<'_>) -> CheckResult {
    let settings = match settings(survey) {
        Ok(settings) => settings,
        Err(result) => return result,
    };
    let layer = settings.layer().to_ascii_lowercase();
    if layer == "rdp" {
        return CheckResult::not_applicable("xrdp is told not to use TLS");
    }
    let path = settings.path("key_file", USUAL_KEY);
    // xrdp goes on without TLS where it may, and refuses where it must have it.
    let bad = |message: &str| match layer.as_str() {
        "tls" => CheckResult::error(format!("{message}, so it refuses every client")),
        _ => {
            CheckResult::warning(format!("{message}, so it falls back to Standard RDP Security without TLS"))
        }
    };
    let file = match survey.machine.file(path) {
        Ok(Some(file)) => file,
        Ok(None) => return bad("the key of xrdp does not exist").seen(path),
        Err(why) => return CheckResult::unreadable(path, &why),
    };
    let user = match settings.value("runtime_user").map(str::to_owned).map_or_else(|| of_unit(survey), Ok) {
        Ok(user) => user,
        Err(why) => return CheckResult::unreadable("the user that xrdp runs as", &why),
    };
    let groups = match groups(survey, &user) {
        Ok(groups) => groups,
        Err(why) => return CheckResult::unreadable("the groups of this machine", &why),
    };
    let facts = describe(path, &file, &user);
    if file.mode.is_none() || file.owner.is_none() {
        return CheckResult::unknown("who may read the key of xrdp is not known").seen(facts);
    }
    if let Some(result) = entered(survey, path, &user, &groups, &bad) {
        return result;
    }
    if !readable(&file, &user, &groups) {
        return bad(&format!("the user {user} may not read the key of xrdp")).seen(facts);
    }
    let fits = fits(survey, path, file.size);
    if fits.status == CheckStatus::Error {
        return fits.seen(facts);
    }
    if file.mode.is_some_and(|mode| mode & 0o004 != 0) {
        return CheckResult::warning("every user of this machine may read the key of xrdp").seen(facts);
    }
    fits.seen(facts)
}

/// Whether the key is that of the certificate: xrdp offers TLS all the same, and then cannot use it.
fn fits(survey: &Survey<'_>, path: &str, size: u64) -> CheckResult {
    let wrong =
        |what: &str| CheckResult::error(format!("{what}, so every client that uses TLS is sent away"));
    let is_long = super::certificate::fits_length(survey, size);
    let key = match survey.machine.private_key(path) {
        Ok(key) => key.unwrap_or(PrivateKey::Missing),
        Err(_) if !is_long => {
            return CheckResult::warning(
                "the key of xrdp is not as long as one for its certificate is, so they may not belong together",
            );
        }
        Err(why) => return CheckResult::unreadable("whether xrdp's key is that of its certificate", &why),
    };
    match (key, super::certificate::public_key(survey)) {
        (PrivateKey::Encrypted, _) => wrong("a password protects the key of xrdp, which nobody gives it"),
        (PrivateKey::Missing, _) => wrong("the file of xrdp's key holds no private key that can be read"),
        (PrivateKey::Of { public }, Some(own)) if public != own => {
            wrong("the key of xrdp does not belong to its certificate")
        }
        (PrivateKey::Of { .. }, Some(_)) => {
            CheckResult::ok("xrdp may read its key, which is that of its certificate, and not everybody may")
        }
        _ => CheckResult::unknown(
            "whether the key of xrdp is that of its certificate cannot be told of this kind of key",
        ),
    }
}

/// What is wrong with the folders of the key: xrdp's user has to pass through each.
fn entered(
    survey: &Survey<'_>,
    path: &str,
    user: &str,
    groups: &[String],
    bad: &dyn Fn(&str) -> CheckResult,
) -> Option<CheckResult> {
    for (end, _) in path.match_indices('/').skip(1) {
        let folder = &path[..end];
        let file = match survey.machine.file(folder) {
            Err(why) => return Some(CheckResult::unreadable(folder, &why)),
            // The machine that tells of the key and not of its folder was not asked for it.
            Ok(None) => continue,
            Ok(Some(file)) => file,
        };
        if file.mode.is_some() && !allowed(&file, user, groups, 0o1) {
            return Some(
                bad(&format!("the user {user} may not enter the folder of xrdp's key"))
                    .seen(describe(folder, &file, user)),
            );
        }
    }
    None
}

fn describe(path: &str, file: &File, user: &str) -> String {
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "?".to_owned());
    let mode = file.mode.map_or_else(|| "?".to_owned(), |mode| format!("{mode:o}"));
    format!("{path} {mode} {}:{}, xrdp runs as {user}", name(&file.owner), name(&file.group))
}

fn readable(file: &File, user: &str, groups: &[String]) -> bool {
    allowed(file, user, groups, 0o4)
}

/// Whether the user's class has this bit.
fn allowed(file: &File, user: &str, groups: &[String], bit: u32) -> bool {
    let mode = file.mode.unwrap_or_default();
    // The first class that fits decides, also where a later one would allow more.
    let needed = match (&file.owner, &file.group) {
        _ if user == "root" => return true,
        (Some(owner), _) if owner == user => bit << 6,
        (_, Some(group)) if groups.contains(group) => bit << 3,
        _ => bit,
    };
    mode & needed != 0
}

/// The user of the service's unit; root where it names none.
fn of_unit(survey: &Survey<'_>) -> Result<String, Unreadable> {
    for path in UNITS {
        let text = survey.machine.text(path)?.unwrap_or_default();
        if !text.trim().is_empty() && !text.lines().any(|line| line.trim() == "[Service]") {
            return Err(Unreadable::Failed(format!("{path} holds no [Service]")));
        }
        let mut lines = text.lines().filter_map(|line| line.trim().strip_prefix("User="));
        if let Some(user) = lines.next().map(str::trim).filter(|user| !user.is_empty()) {
            return Ok(user.to_owned());
        }
    }
    Ok("root".to_owned())
}

/// The user's own group, and those that list it as a member. Whoever is root needs none.
fn groups(survey: &Survey<'_>, user: &str) -> Result<Vec<String>, Unreadable> {
    if user == "root" {
        return Ok(Vec::new());
    }
    let users = survey.machine.text("/etc/passwd")?.unwrap_or_default();
    let rows = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let own =
        rows.filter(|row| row[0] == user && row.len() == ROW_OF_USER).map(|row| row[3].to_owned()).next();
    // Where users come from a directory, so do their groups.
    let unknown = || Unreadable::Failed(format!("/etc/passwd does not know the user {user}"));
    let own = own.ok_or_else(unknown)?;
    let groups = survey.machine.text("/etc/group")?.unwrap_or_default();
    let rows = groups.lines().filter(|line| !line.trim().is_empty() && !line.starts_with(['#', '+', '-']));
    let rows = rows.map(|line| line.split(':').collect::<Vec<_>>());
    if rows.clone().any(|row| row.len() != ROW_OF_GROUP) {
        return Err(Unreadable::Failed("/etc/group holds lines that are not understood".to_owned()));
    }
    let member = |row: &Vec<&str>| {
        row.get(2).is_some_and(|id| *id == own)
            || row.get(3).is_some_and(|members| members.split(',').any(|member| member.trim() == user))
    };
    Ok(rows.filter(member).map(|row| row[0].to_owned()).collect())
}
