//! OpenSSL's lists of ciphers: whether every word is known, and whether suites are left that hosts and clients take.

/// Words that stand for kinds of suites (ciphers(1)).
const KINDS: &[&str] = &[
    "COMPLEMENTOFDEFAULT",
    "ALL",
    "COMPLEMENTOFALL",
    "DEFAULT",
    "HIGH",
    "MEDIUM",
    "LOW",
    "EXP",
    "EXPORT",
    "eNULL",
    "NULL",
    "aNULL",
    "kRSA",
    "aRSA",
    "RSA",
    "kDHE",
    "kEDH",
    "DH",
    "DHE",
    "EDH",
    "ADH",
    "kEECDH",
    "kECDHE",
    "ECDH",
    "ECDHE",
    "EECDH",
    "AECDH",
    "aDSS",
    "DSS",
    "aECDSA",
    "ECDSA",
    "TLSv1.2",
    "TLSv1.0",
    "TLSv1",
    "SSLv3",
    "AES128",
    "AES256",
    "AES",
    "AESGCM",
    "AESCCM",
    "AESCCM8",
    "ARIA128",
    "ARIA256",
    "ARIA",
    "ARIAGCM",
    "CAMELLIA128",
    "CAMELLIA256",
    "CAMELLIA",
    "CHACHA20",
    "3DES",
    "DES",
    "RC4",
    "RC2",
    "IDEA",
    "SEED",
    "MD5",
    "SHA1",
    "SHA",
    "SHA256",
    "SHA384",
    "kPSK",
    "PSK",
    "kECDHEPSK",
    "kDHEPSK",
    "kRSAPSK",
    "aPSK",
    "SRP",
    "kSRP",
    "aSRP",
    "kGOST",
    "aGOST",
    "CBC",
];
/// What the names of suites are made of.
const PARTS: &[&str] = &[
    "ECDHE",
    "DHE",
    "EDH",
    "ECDH",
    "ADH",
    "AECDH",
    "RSA",
    "ECDSA",
    "DSS",
    "PSK",
    "SRP",
    "AES128",
    "AES256",
    "AES",
    "128",
    "256",
    "GCM",
    "CCM",
    "CCM8",
    "CBC",
    "CBC3",
    "SHA",
    "SHA256",
    "SHA384",
    "CHACHA20",
    "POLY1305",
    "CAMELLIA128",
    "CAMELLIA256",
    "ARIA128",
    "ARIA256",
    "DES",
    "3DES",
    "RC4",
    "MD5",
    "NULL",
    "SEED",
    "IDEA",
    "EXP",
    "3DES_EDE",
];
/// Words that let in what every current peer with an RSA key has.
const BROAD: &[&str] = &[
    "DEFAULT",
    "HIGH",
    "ALL",
    "AES",
    "AES128",
    "AES256",
    "AESGCM",
    "ECDHE",
    "EECDH",
    "kEECDH",
    "kECDHE",
    "ECDHE+AESGCM",
    "EECDH+AESGCM",
    "TLSv1.2",
    "RSA",
    "aRSA",
    "PROFILE=SYSTEM",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES128-GCM-SHA256",
];
/// Words without which little or nothing is left.
const NEEDED: &[&str] = &[
    "DEFAULT", "HIGH", "ALL", "AES", "AES128", "AES256", "AESGCM", "ECDHE", "EECDH", "ECDH", "kEECDH",
    "kECDHE", "TLSv1.2", "RSA", "aRSA",
];

/// Whether OpenSSL knows every word of it.
pub(super) fn is_known(list: &str) -> bool {
    let mut words = words(list).peekable();
    words.peek().is_some() && words.all(is_word)
}

/// Whether it leaves suites that every current peer has; false where that is not known.
pub(super) fn is_usual(list: &str) -> bool {
    let removes =
        |word: &str| word.starts_with(['!', '-']) && NEEDED.contains(&word.trim_start_matches(['!', '-']));
    is_known(list) && words(list).any(|word| BROAD.contains(&word)) && !words(list).any(removes)
}

/// The number behind `@SECLEVEL=`.
pub(super) fn level(list: &str) -> Option<u32> {
    let rest = list.split("@SECLEVEL=").nth(1)?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

fn words(list: &str) -> impl Iterator<Item = &str> {
    // A command may follow a word at once.
    list.split([':', ',', ' ', ';'])
        .flat_map(|word| {
            let (before, command) = word.split_at(word.find('@').unwrap_or(word.len()));
            [before, command]
        })
        .filter(|word| !word.is_empty())
}

fn is_word(word: &str) -> bool {
    if let Some(level) = word.strip_prefix("@SECLEVEL=") {
        return level.parse::<u32>().is_ok_and(|level| level <= 5);
    }
    let word = word.trim_start_matches(['!', '-', '+']);
    let is_suite = || word.contains('-') && word.split('-').all(|part| PARTS.contains(&part));
    let is_tls13 = || word.starts_with("TLS_") && word.split('_').skip(1).all(|part| PARTS.contains(&part));
    matches!(word, "@STRENGTH" | "PROFILE=SYSTEM")
        || word.split('+').all(|kind| KINDS.contains(&kind))
        || is_suite()
        || is_tls13()
}
