//! krb5.conf as MIT's own libraries read it: the default realm and its KDCs, as kinit's trace shows them, in many forms of the files.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use rdptrace::{
    local::{About, Krb5, Recorded},
    report::Os,
};
use time::OffsetDateTime;

use crate::lab::has;

const REALM: &str = "[libdefaults]\ndefault_realm = A.EXAMPLE\ndns_lookup_kdc = false\n";
const KDC: &str = "[realms]\nA.EXAMPLE = {\nkdc = 127.0.0.1:23001\n}\n";
const OTHER: &str = "[realms]\nA.EXAMPLE = {\nkdc = 127.0.0.2:23001\n}\n";

/// The value of KRB5_CONFIG, and the files; `@` is their folder.
type Case = (&'static str, &'static [(&'static str, &'static str)]);

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("@/a", &[("a", "include @/realm\ninclude @/kdc\n"), ("realm", REALM), ("kdc", KDC)]),
    // In place: what is included first comes first.
    ("@/a", &[("a", "include @/kdc\ninclude @/other\ninclude @/realm\n"), ("kdc", KDC), ("other", OTHER), ("realm", REALM)]),
    ("@/a", &[("a", "[libdefaults]\ndefault_realm = B.EXAMPLE\ninclude @/realm\ninclude @/kdc\n"), ("realm", REALM), ("kdc", KDC)]),
    ("@/a", &[("a", "include @/realm\n[libdefaults]\ndefault_realm = B.EXAMPLE\n"), ("realm", REALM)]),
    // Several files.
    ("@/realm:@/kdc", &[("realm", REALM), ("kdc", KDC)]),
    ("@/missing:@/realm:@/kdc:@/other", &[("realm", REALM), ("kdc", KDC), ("other", OTHER)]),
    ("@/b:@/realm", &[("b", "[libdefaults]\ndefault_realm = B.EXAMPLE\ndns_lookup_kdc = false\n"), ("realm", REALM)]),
    // The first value, and every KDC.
    ("@/a", &[("a", "[libdefaults]\ndefault_realm = A.EXAMPLE\ndefault_realm = B.EXAMPLE\ndns_lookup_kdc = false\n[realms]\nA.EXAMPLE = {\nkdc = 127.0.0.3:23001\nkdc = 127.0.0.1:23001\n}\n[realms]\nA.EXAMPLE = {\nkdc = 127.0.0.2:23001\n}\n")]),
    // A folder: in order, and names that do not count.
    ("@/a", &[("a", "includedir @/d\n"), ("d/20-kdc", OTHER), ("d/10-kdc.conf", KDC), ("d/realm", REALM), ("d/old.conf.bak", "[libdefaults]\ndefault_realm = X\n"), ("d/.hidden.conf", "[libdefaults]\ndefault_realm = Y\n")]),
    // What is missing.
    ("@/a", &[("a", "include @/missing\n[libdefaults]\ndefault_realm = A.EXAMPLE\n")]),
    ("@/a", &[("a", "includedir @/missing\n[libdefaults]\ndefault_realm = A.EXAMPLE\n")]),
    // An include that is not at the beginning of its line is none.
    ("@/a", &[("a", "[libdefaults]\ndefault_realm = A.EXAMPLE\ndns_lookup_kdc = false\n include @/kdc\n"), ("kdc", KDC)]),
    ("@/a", &[("a", " include @/kdc\n[libdefaults]\ndefault_realm = A.EXAMPLE\ndns_lookup_kdc = false\n"), ("kdc", KDC)]),
    // Syntax.
    ("@/a", &[("a", "words before the first section\n[libdefaults]\n  default_realm = A.EXAMPLE\n# default_realm = B\n; more\ndns_lookup_kdc = false\n"), ]),
    ("@/a", &[("a", "[libdefaults]\ndefault_realm = \"A.EXAMPLE\" and more\ndns_lookup_kdc = false\n")]),
    ("@/a", &[("a", "[libdefaults]\ndefault_realm = A.EXAMPLE # words\ndns_lookup_kdc = false\n")]),
    ("@/a", &[("a", "[LibDefaults]\ndefault_realm = A.EXAMPLE\n")]),
    ("@/a", &[("a", "[libdefaults]\ndefault_realm = A.EXAMPLE\ndns_lookup_kdc = false\n[realms]\nA.EXAMPLE =\n{\nkdc = 127.0.0.1:23001\n}\n")]),
    ("@/a", &[("a", "[libdefaults]\ndefault_realm = A.EXAMPLE\ndns_lookup_kdc = false\n[realms]\nA.EXAMPLE = { kdc = 127.0.0.1:23001 }\n")]),
    ("@/a", &[("a", "[libdefaults]\ndefault_realm = A.EXAMPLE\n}\n")]),
    ("@/a", &[("a", "[libdefaults]\ndefault_realm = A.EXAMPLE\nnonsense\n")]),
    ("@/a", &[("a", "[libdefaults]\ndefault realm = A.EXAMPLE\n")]),
    ("@/a", &[("a", "[libdefaults\ndefault_realm = A.EXAMPLE\n")]),
    ("@/a", &[("a", "[libdefaults]\ndefault_realm = A.EXAMPLE\ndns_lookup_kdc = false\n[realms]\nA.EXAMPLE = {\nkdc = 127.0.0.1:23001\n")]),
    ("@/a", &[("a", "[realms]\nA.EXAMPLE = {\n[libdefaults]\ndefault_realm = A.EXAMPLE\n")]),
    ("@/a", &[("a", "[libdefaults]\nsub = {\ndefault_realm = B.EXAMPLE\n}\ndefault_realm = A.EXAMPLE\ndns_lookup_kdc = false\n")]),
    // What is final.
    ("@/kdc:@/other:@/realm", &[("kdc", "[realms]*\nA.EXAMPLE = {\nkdc = 127.0.0.1:23001\n}\n"), ("other", OTHER), ("realm", REALM)]),
    ("@/kdc:@/other:@/realm", &[("kdc", "[realms]\nA.EXAMPLE = {\nkdc = 127.0.0.1:23001\n}*\n"), ("other", OTHER), ("realm", REALM)]),
    ("@/a", &[("a", "[libdefaults]\r\ndefault_realm = A.EXAMPLE\r\ndns_lookup_kdc = false\r\n")]),
];

/// The realm and the KDCs, or nothing where the files are refused.
type Read = Option<(String, Vec<String>)>;

/// What kinit does with a principal of the default realm: it asks each KDC in its order.
fn by_kinit(configuration: &str) -> Read {
    let output = Command::new("kinit")
        .arg("nobody")
        .env("KRB5_CONFIG", configuration)
        .env("KRB5_TRACE", "/dev/stdout")
        .env("LC_ALL", "C")
        .stdin(std::process::Stdio::null())
        .output()
        .expect("kinit runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let after = |words: &str, line: &str| line.split_once(words).map(|(_, rest)| rest.to_owned());
    let realm = said.lines().find_map(|line| after("Getting initial credentials for nobody@", line))?;
    let asked = said.lines().filter_map(|line| after("Resolving hostname ", line));
    let mut kdcs: Vec<String> = Vec::new();
    for kdc in asked {
        if !kdcs.contains(&kdc) {
            kdcs.push(kdc);
        }
    }
    Some((realm, kdcs))
}

fn by_us(configuration: &str, texts: BTreeMap<String, String>, folder: &Path) -> Read {
    let about = About {
        system: Os::Linux,
        version: None,
        elevated: Some(false),
        now: OffsetDateTime::UNIX_EPOCH.into(),
        complete: true,
    };
    let mut host = Recorded::new(about);
    host.variables.insert("KRB5_CONFIG".to_owned(), configuration.to_owned());
    host.texts = texts;
    if let Ok(entries) = fs::read_dir(folder.join("d")) {
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        host.folders.insert(folder.join("d").display().to_string(), names);
    }
    let settings = Krb5::of(&host).ok()??;
    let realm = settings.realm()?.to_owned();
    let host_of = |kdc: &str| kdc.split(':').next().unwrap_or_default().to_owned();
    let kdcs = settings.kdcs(&realm).into_iter().map(host_of).collect();
    Some((realm, kdcs))
}

#[test]
fn files_are_read_as_kinit_reads_them() {
    if !has(&["kinit"]) {
        return;
    }
    let mut differ = Vec::new();
    for (index, (configuration, files)) in CASES.iter().enumerate() {
        let folder = std::env::temp_dir().join(format!("krb5-conf-{}-{index}", std::process::id()));
        let place = |text: &str| text.replace('@', &folder.display().to_string());
        let mut texts = BTreeMap::new();
        for (name, text) in *files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(&path, place(text)).expect("a file");
            texts.insert(path.display().to_string(), place(text));
        }
        let (kinit, own) = (by_kinit(&place(configuration)), by_us(&place(configuration), texts, &folder));
        if kinit != own {
            differ.push(format!("{configuration} {files:?}\n  kinit: {kinit:?}\n  own:   {own:?}"));
        }
        fs::remove_dir_all(&folder).expect("the folder");
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
