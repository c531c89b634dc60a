//! What a configuration of OpenSSL sets for every program: the modules that it loads, and the settings of `system_default`.

use super::{super::cipher_list, file::File};

/// The versions of TLS, oldest first, as OpenSSL writes them.
pub(super) const VERSIONS: &[&str] = &["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
/// Values of a version that set no limit for TLS that matters here.
const OTHERS: &[&str] = &["None", "SSLv3"];
/// The suites of TLS 1.3, those that Windows has first.
const SUITES: &[&str] = &[
    "TLS_AES_256_GCM_SHA384",
    "TLS_AES_128_GCM_SHA256",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_CCM_SHA256",
    "TLS_AES_128_CCM_8_SHA256",
];
const SUITES_OF_WINDOWS: usize = 2;
/// Groups that Windows has, as OpenSSL calls them, and others.
const GROUPS: &[&str] = &["X25519", "P-256", "prime256v1", "secp256r1", "P-384", "secp384r1"];
const OTHER_GROUPS: &[&str] = &[
    "P-521",
    "secp521r1",
    "X448",
    "ffdhe2048",
    "ffdhe3072",
    "ffdhe4096",
    "ffdhe6144",
    "ffdhe8192",
    "brainpoolP256r1",
    "brainpoolP384r1",
    "brainpoolP512r1",
    "X25519MLKEM768",
    "SecP256r1MLKEM768",
    "SecP384r1MLKEM1024",
];
/// What the policies of Fedora set, which changes nothing outside of FIPS.
const HARMLESS: &[(&str, &str)] = &[
    ("options", "RHNoEnforceEMSinFIPS"),
    ("rh-allow-sha1-signatures", "yes"),
    ("rh-allow-sha1-signatures", "no"),
];
const YES: &[&str] = &["1", "yes", "true", "on"];

/// What the configuration sets for every program.
#[derive(Default)]
pub(super) struct Limits {
    /// The file.
    pub path: String,
    /// The oldest version.
    pub least: Option<String>,
    /// The newest version.
    pub most: Option<String>,
    /// The ciphers up to TLS 1.2.
    pub ciphers: Option<String>,
    /// The suites of TLS 1.3.
    pub suites: Option<String>,
    /// No provider is loaded that has the ciphers of TLS; those that are.
    pub bare: Option<String>,
    /// What may limit programs too and is not understood.
    pub unclear: Option<String>,
}

impl Limits {
    /// Reads the sections that `openssl_conf` leads to; whatever else stands in the file is for commands alone.
    pub(super) fn of(file: &File) -> Self {
        let mut limits = Self { unclear: file.unclear.clone(), ..Self::default() };
        let Some(name) = file.value("openssl_conf") else { return limits };
        let Some(modules) = file.section(name) else {
            limits.unclear(&format!("openssl_conf = {name}, which is missing"));
            return limits;
        };
        for (module, name) in modules {
            let told = format!("{module} = {name}");
            let section = file.section(name).filter(|section| !section.is_empty());
            match (module.split('.').next().unwrap_or_default(), section) {
                ("oid_section" | "config_diagnostics", _) => {}
                ("ssl_conf", Some(names)) => limits.programs(file, names),
                ("providers", Some(providers)) => limits.providers(file, providers),
                ("alg_section", Some(settings)) => {
                    for (name, value) in settings.iter().filter(|(name, value)| !is_harmless(name, value)) {
                        limits.unclear(&format!("{name} = {value}"));
                    }
                }
                ("ssl_conf" | "providers" | "alg_section", None) => {
                    limits.unclear(&format!("{told}, which is missing or empty"));
                }
                _ => limits.unclear(&told),
            }
        }
        limits
    }

    fn unclear(&mut self, what: &str) {
        self.unclear.get_or_insert_with(|| what.to_owned());
    }

    /// Sections for programs by their names: one is for all of them.
    fn programs(&mut self, file: &File, names: &[(String, String)]) {
        for (program, name) in names {
            match file.section(name).filter(|section| !section.is_empty()) {
                None => self.unclear(&format!("{program} = {name}, which is missing or empty")),
                Some(settings) if program == "system_default" => {
                    settings.iter().for_each(|(name, value)| self.setting(name, value));
                }
                Some(_) => {}
            }
        }
    }

    /// A command of SSL_CONF_cmd(3), behind a dot where it stands there more than once.
    fn setting(&mut self, name: &str, value: &str) {
        let command = name.split_once('.').map_or(name, |(_, command)| command).to_ascii_lowercase();
        let is_understood = match command.as_str() {
            // Of the other protocol, and without a word about this one.
            "minprotocol" | "maxprotocol" if value.starts_with("DTLS") => return,
            "minprotocol" | "maxprotocol" => VERSIONS.contains(&value) || OTHERS.contains(&value),
            "cipherstring" => cipher_list::is_usual(value) || has_level(value),
            "ciphersuites" => value.split(':').all(|suite| SUITES.contains(&suite)),
            "groups" | "curves" => groups(value),
            "signaturealgorithms" => signatures(value),
            _ => is_harmless(&command, value),
        };
        if !is_understood {
            return self.unclear(&format!("{name} = {value}"));
        }
        let value = Some(value.to_owned());
        match command.as_str() {
            "minprotocol" => self.least = value,
            "maxprotocol" => self.most = value,
            "cipherstring" => self.ciphers = value,
            "ciphersuites" => self.suites = value,
            _ => {}
        }
    }

    /// Where one is told to be loaded, only those are.
    fn providers(&mut self, file: &File, providers: &[(String, String)]) {
        let mut loaded = Vec::new();
        for (provider, name) in providers {
            let told = format!("{provider} = {name}");
            let Some(settings) = file.section(name) else {
                self.unclear(&format!("{told}, which is missing"));
                continue;
            };
            match settings {
                [] => {}
                [(name, value)] if name == "activate" && YES.contains(&value.as_str()) => {
                    loaded.push(provider.as_str());
                }
                _ => self.unclear(&told),
            }
        }
        if let Some(other) = loaded.iter().find(|name| !["default", "legacy", "base", "null"].contains(name))
        {
            self.unclear(&format!("the provider {other}"));
        }
        if !loaded.is_empty() && loaded.iter().all(|name| ["legacy", "base", "null"].contains(name)) {
            self.bare = Some(loaded.join(", "));
        }
    }

    /// Whether no suite of TLS 1.3 is left that Windows has.
    pub(super) fn has_strange_suites(&self) -> bool {
        let of_windows = |suite: &str| SUITES[..SUITES_OF_WINDOWS].contains(&suite);
        self.suites.as_deref().is_some_and(|suites| !suites.split(':').any(of_windows))
    }
}

/// A level of security alone, beside words that are known, is judged by itself.
fn has_level(list: &str) -> bool {
    cipher_list::is_known(list) && cipher_list::level(list).is_some_and(|level| level >= 3)
}

fn is_harmless(name: &str, value: &str) -> bool {
    HARMLESS.iter().any(|(own, harmless)| name.eq_ignore_ascii_case(own) && value == *harmless)
}

/// Whether all groups are known and Windows has one of them.
fn groups(list: &str) -> bool {
    let is = |group: &str, known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(group));
    // Newer versions mark what may be unknown, and which groups are sent with a key.
    let names = || list.split([':', '/']).map(|group| group.trim_start_matches(['?', '*', '-']));
    names().all(|group| is(group, GROUPS) || is(group, OTHER_GROUPS))
        && names().any(|group| is(group, GROUPS))
}

/// Whether all signatures are known in their shape, and those of RSA with SHA-2 are there, old and new, as hosts make them.
fn signatures(list: &str) -> bool {
    const ONES: &[&str] = &["ed25519", "ed448", "ecdsa_sha1", "rsa_pkcs1_sha1"];
    let names =
        || list.split(':').map(|name| name.trim_start_matches('?').to_ascii_lowercase().replace('-', "_"));
    let parts = |name: &str| -> Option<(String, String)> {
        let (kind, digest) = name.split_once('+').or_else(|| name.rsplit_once('_'))?;
        Some((kind.to_owned(), digest.to_owned()))
    };
    let is_kind = |kind: &str| {
        kind == "rsa"
            || kind == "ecdsa"
            || kind == "dsa"
            || kind.starts_with("rsa_p")
            || kind.starts_with("ecdsa_")
    };
    let is_digest = |digest: &str| ["sha1", "sha224", "sha256", "sha384", "sha512"].contains(&digest);
    let is_known = |name: &String| {
        let of_curve = name.starts_with("ecdsa_") || name.starts_with("mldsa");
        ONES.contains(&name.as_str())
            || of_curve
            || parts(name).is_some_and(|(kind, digest)| is_kind(&kind) && is_digest(&digest))
    };
    let has = |kinds: &[&str]| {
        names().any(|name| {
            parts(&name).is_some_and(|(kind, digest)| kinds.contains(&kind.as_str()) && digest == "sha256")
        })
    };
    names().all(|name| is_known(&name)) && has(&["rsa", "rsa_pkcs1"]) && has(&["rsa_pss", "rsa_pss_rsae"])
}
