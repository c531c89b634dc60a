//! The configuration of Kerberos, as far as its checks and the search for a KDC need it (MIT's krb5.conf).

use super::{Host, Unreadable};
use crate::report::Os;

/// More included files than this are not read.
const MOST: usize = 64;

/// The settings of krb5.conf, by section, group and name.
pub struct Krb5 {
    /// The file that was read first.
    pub path: String,
    /// It and those that it includes.
    pub files: Vec<String>,
    lines: Vec<Line>,
}

struct Line {
    section: String,
    /// The name before the innermost brace, such as that of a realm.
    group: String,
    name: String,
    value: String,
}

/// What could not be read, and why.
pub struct Unread {
    /// The file or the variable.
    pub what: String,
    /// Why.
    pub why: Unreadable,
}

impl Krb5 {
    /// The configuration with what it includes; none where this machine has none.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn of(host: &dyn Host) -> Result<Option<Self>, Unread> {
        let unread = |what: &str| {
            let what = what.to_owned();
            move |why| Unread { what, why }
        };
        let named = host.variable("KRB5_CONFIG").map_err(unread("KRB5_CONFIG"))?;
        let usual = ["/etc/krb5.conf", "/Library/Preferences/edu.mit.Kerberos"];
        let usual = if host.system() == Os::Macos { &usual[..] } else { &usual[..1] };
        let paths = named.as_deref().map_or(usual.to_vec(), |named| named.split(':').take(MOST).collect());
        for path in paths {
            let Some(text) = host.text(path).map_err(unread(path))? else { continue };
            let mut settings =
                Self { path: path.to_owned(), files: vec![path.to_owned()], lines: Vec::new() };
            settings.read(&text);
            let words = text.lines().filter_map(|line| line.trim().split_once(char::is_whitespace));
            for (word, place) in words.take(MOST) {
                let files = match word {
                    "include" => vec![place.trim().to_owned()],
                    "includedir" => inside(host, place.trim()),
                    _ => continue,
                };
                for file in files {
                    settings.read(&host.text(&file).ok().flatten().unwrap_or_default());
                    settings.files.push(file);
                }
            }
            return Ok(Some(settings));
        }
        Ok(None)
    }

    /// The realm of this machine.
    pub fn realm(&self) -> Option<&str> {
        self.value("libdefaults", "default_realm")
    }

    /// The first value of this name in a section, in whatever group.
    pub fn value(&self, section: &str, name: &str) -> Option<&str> {
        let mut lines = self.lines.iter();
        lines.find(|line| line.section == section && line.name == name).map(|line| line.value.as_str())
    }

    /// The KDCs of a realm, in their order. Case matters, and Active Directory uses capitals.
    pub fn kdcs(&self, realm: &str) -> Vec<&str> {
        let of = |realm: &str| -> Vec<&str> {
            let listed = |line: &&Line| line.section == "realms" && line.group == realm && line.name == "kdc";
            self.lines.iter().filter(listed).map(|line| line.value.as_str()).collect()
        };
        match of(realm) {
            found if found.is_empty() => of(&realm.to_uppercase()),
            found => found,
        }
    }

    /// The realms of which a KDC is listed.
    pub fn realms(&self) -> Vec<&str> {
        let listed = self.lines.iter().filter(|line| line.section == "realms" && line.name == "kdc");
        let mut realms: Vec<_> = listed.map(|line| line.group.as_str()).collect();
        realms.dedup();
        realms
    }

    /// Whether DNS may be asked for a KDC.
    pub fn asks_dns(&self) -> bool {
        self.value("libdefaults", "dns_lookup_kdc").is_none_or(yes)
    }

    fn read(&mut self, text: &str) {
        let (mut section, mut groups) = (String::new(), Vec::new());
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.split(']').next()) {
                section = name.trim().to_ascii_lowercase();
                groups.clear();
            } else if line.starts_with('}') {
                groups.pop();
            } else if let Some((name, value)) = line.split_once('=') {
                let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
                let group = groups.last().cloned().unwrap_or_default();
                if value == "{" && groups.len() < MOST {
                    groups.push(name.clone());
                }
                self.lines.push(Line { section: section.clone(), group, name, value });
            }
        }
    }
}

fn yes(word: &str) -> bool {
    ["true", "yes", "on", "t", "y", "1"].iter().any(|yes| word.eq_ignore_ascii_case(yes))
}

fn inside(host: &dyn Host, folder: &str) -> Vec<String> {
    let folder = folder.trim_end_matches('/');
    let names = host.folder(folder).ok().flatten().unwrap_or_default();
    names.into_iter().take(MOST).map(|name| format!("{folder}/{name}")).collect()
}
