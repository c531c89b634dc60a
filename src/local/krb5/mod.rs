//! The configuration of Kerberos, as far as its checks and the search for a KDC need it, read as MIT's libraries read krb5.conf.

mod profile;

use super::host::{Host, Unreadable};
use crate::report::Os;
use profile::{Profile, Relation};

pub use profile::Unread;

/// MIT's own realm, which Debian's krb5-config writes unless it is told another.
const EXAMPLE: &str = "ATHENA.MIT.EDU";

/// More files than this are not named by a variable.
const MOST: usize = 64;

/// The settings of krb5.conf, by section, group and name.
pub struct Krb5 {
    /// The file that was read first.
    pub path: String,
    /// It, those that are read behind it, and those that they include.
    pub files: Vec<String>,
    relations: Vec<Relation>,
}

impl Krb5 {
    /// The configuration with what it includes; none where this machine has none. Of the files that `KRB5_CONFIG` names those
    /// that are missing are passed over, and the first value counts.
    ///
    /// # Errors
    /// It is there and cannot be read, or MIT's libraries would refuse it.
    pub fn of(host: &dyn Host) -> Result<Option<Self>, Unread> {
        let named = host.variable("KRB5_CONFIG");
        let named = named.map_err(|why| Unread { what: "KRB5_CONFIG".to_owned(), why })?;
        let usual = ["/etc/krb5.conf", "/Library/Preferences/edu.mit.Kerberos"];
        let usual = if host.system() == Os::Macos { &usual[..] } else { &usual[..1] };
        let paths = named.as_deref().map_or(usual.to_vec(), |named| named.split(':').take(MOST).collect());
        let mut profile = Profile::new(host);
        let mut denied = None;
        for path in paths {
            match profile.file(path) {
                Ok(_) => {}
                // Who may not read a file goes on without it.
                Err(unread) if unread.why == Unreadable::Denied && unread.what == path => {
                    denied = Some(unread)
                }
                Err(unread) => return Err(unread),
            }
        }
        match (profile.files.first().cloned(), denied) {
            (Some(path), _) => Ok(Some(Self { path, files: profile.files, relations: profile.relations })),
            (None, Some(unread)) => Err(unread),
            (None, None) => Ok(None),
        }
    }

    /// The realm of this machine; the example of a package is none.
    pub fn realm(&self) -> Option<&str> {
        self.default_realm().filter(|realm| *realm != EXAMPLE)
    }

    /// Whether nobody has put a realm in place of the example.
    pub fn is_example(&self) -> bool {
        self.default_realm() == Some(EXAMPLE)
    }

    fn default_realm(&self) -> Option<&str> {
        self.value("libdefaults", "default_realm")
    }

    /// The first value of this name in a section, outside of its groups.
    pub fn value(&self, section: &str, name: &str) -> Option<&str> {
        self.values(&[section], name).first().copied()
    }

    /// The KDCs of a realm, in their order. Case matters, and Active Directory uses capitals.
    pub fn kdcs(&self, realm: &str) -> Vec<&str> {
        match self.values(&["realms", realm], "kdc") {
            found if found.is_empty() => self.values(&["realms", &realm.to_uppercase()], "kdc"),
            found => found,
        }
    }

    /// The realms of which a KDC is listed.
    pub fn realms(&self) -> Vec<&str> {
        let mut realms = Vec::new();
        for relation in &self.relations {
            if let [section, realm] = relation.path.as_slice()
                && section == "realms"
                && relation.name == "kdc"
                && !realms.contains(&realm.as_str())
            {
                realms.push(realm.as_str());
            }
        }
        realms
    }

    /// Whether DNS may be asked for a KDC.
    pub fn asks_dns(&self) -> bool {
        let own = self.value("libdefaults", "dns_lookup_kdc");
        own.or_else(|| self.value("libdefaults", "dns_fallback")).is_none_or(yes)
    }

    fn values(&self, path: &[&str], name: &str) -> Vec<&str> {
        let of = |relation: &&Relation| relation.path == path && relation.name == name;
        self.relations.iter().filter(of).map(|relation| relation.value.as_str()).collect()
    }
}

fn yes(word: &str) -> bool {
    ["true", "yes", "on", "t", "y", "1"].iter().any(|yes| word.eq_ignore_ascii_case(yes))
}
