//! Kerberos on Linux and macOS: its configuration, its tolerance for clocks, and whether a ticket is there.

use crate::{
    local::{Check, Said, Scene},
    report::{
        Os::{Linux, Macos},
        Role::Client,
    },
};

/// More included files than this are not read.
const MOST: usize = 64;
/// Seconds that Kerberos allows between two clocks.
const TOLERANCE: u32 = 300;

/// The checks of this topic.
pub const CHECKS: &[Check] = &[
    Check::logic("kerberos-configuration", Client, &[Linux, Macos], configured),
    Check::logic("kerberos-clock-skew", Client, &[Linux, Macos], clock_skew),
    Check::logic("kerberos-ticket", Client, &[Linux, Macos], ticket),
];

/// The settings of krb5.conf, by section and name.
pub struct Settings {
    path: String,
    lines: Vec<(String, String, String)>,
}

impl Settings {
    /// The realm of this machine.
    pub fn realm(&self) -> Option<&str> {
        self.value("libdefaults", "default_realm")
    }

    fn value(&self, section: &str, name: &str) -> Option<&str> {
        let mut lines = self.lines.iter();
        lines.find(|line| line.0 == section && line.1 == name).map(|line| line.2.as_str())
    }

    fn read(&mut self, text: &str) {
        let mut section = String::new();
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.split(']').next()) {
                section = name.trim().to_ascii_lowercase();
            } else if let Some((name, value)) = line.split_once('=') {
                self.lines.push((section.clone(), name.trim().to_owned(), value.trim().to_owned()));
            }
        }
    }
}

/// The configuration with what it includes; none where this machine has none.
pub fn configuration(scene: &Scene<'_>) -> Result<Option<Settings>, Said> {
    let unreadable = |path: &str| {
        let path = path.to_owned();
        move |why| Said::unreadable(&path, &why)
    };
    let named = scene.host.variable("KRB5_CONFIG").map_err(unreadable("KRB5_CONFIG"))?;
    let usual = ["/etc/krb5.conf", "/Library/Preferences/edu.mit.Kerberos"];
    let usual = if scene.system() == Macos { &usual[..] } else { &usual[..1] };
    let paths = named.as_deref().map_or(usual.to_vec(), |named| named.split(':').take(MOST).collect());
    for path in paths {
        let Some(text) = scene.host.text(path).map_err(unreadable(path))? else { continue };
        let mut settings = Settings { path: path.to_owned(), lines: Vec::new() };
        settings.read(&text);
        let words = text.lines().filter_map(|line| line.trim().split_once(char::is_whitespace));
        for (word, place) in words.take(MOST) {
            let files = match word {
                "include" => vec![place.trim().to_owned()],
                "includedir" => inside(scene, place.trim()),
                _ => continue,
            };
            for file in files {
                settings.read(&scene.host.text(&file).ok().flatten().unwrap_or_default());
            }
        }
        return Ok(Some(settings));
    }
    Ok(None)
}

fn inside(scene: &Scene<'_>, folder: &str) -> Vec<String> {
    let folder = folder.trim_end_matches('/');
    let names = scene.host.folder(folder).ok().flatten().unwrap_or_default();
    names.into_iter().take(MOST).map(|name| format!("{folder}/{name}")).collect()
}

fn configured(scene: &Scene<'_>) -> Said {
    let settings = match configuration(scene) {
        Ok(Some(settings)) => settings,
        Ok(None) => return none(),
        Err(said) => return said,
    };
    let Some(realm) = settings.realm() else {
        return Said::warning(format!("{} names no default realm", settings.path));
    };
    let listed = settings.value("realms", "kdc").is_some();
    let asked = settings.value("libdefaults", "dns_lookup_kdc").is_none_or(yes);
    let said = if !listed && !asked {
        Said::warning(
            "the configuration of Kerberos lists no KDC and forbids to look for one in DNS; NTLM needs none",
        )
    } else if realm != realm.to_uppercase() {
        Said::warning(
            "the default realm is not in capitals; case matters, and Active Directory uses capitals",
        )
    } else if listed {
        Said::ok("Kerberos has a realm and its KDC")
    } else {
        Said::ok("Kerberos has a realm and looks for its KDC in DNS")
    };
    said.seen(format!("default_realm = {realm}"))
}

fn yes(word: &str) -> bool {
    ["true", "yes", "on", "t", "y", "1"].iter().any(|yes| word.eq_ignore_ascii_case(yes))
}

fn clock_skew(scene: &Scene<'_>) -> Said {
    let settings = match configuration(scene) {
        Ok(Some(settings)) => settings,
        Ok(None) => return none(),
        Err(said) => return said,
    };
    match settings.value("libdefaults", "clockskew") {
        None => Said::ok("Kerberos tolerates clocks that are five minutes apart, as servers do"),
        Some(text) => match text.trim_end_matches('s').parse::<u32>() {
            Ok(seconds) if seconds <= TOLERANCE => Said::ok("Kerberos tolerates no more than servers do"),
            Ok(_) => {
                Said::warning("Kerberos is told to tolerate more than servers do, they refuse all the same")
            }
            Err(_) => Said::unknown("the tolerance for clocks is not understood"),
        }
        .seen(format!("clockskew = {text}")),
    }
}

fn ticket(scene: &Scene<'_>) -> Said {
    match configuration(scene) {
        Err(said) => return said,
        Ok(None) => return none(),
        Ok(Some(settings)) if settings.realm().is_none() => return none(),
        Ok(Some(_)) => {}
    }
    // It prints nothing: names of tickets are nobody's business.
    match scene.command("klist -s") {
        Err(why) => Said::unreadable("klist", &why),
        Ok(None) => Said::not_applicable("klist is not installed"),
        Ok(Some(output)) if output.code == 0 => Said::ok("this user has a Kerberos ticket that is valid"),
        Ok(Some(_)) => Said::warning("this user has no Kerberos ticket, or it is expired"),
    }
}

fn none() -> Said {
    Said::not_applicable("Kerberos is not set up on this machine, so CredSSP uses NTLM")
}
