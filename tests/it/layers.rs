//! The structure that ARCHITECTURE.md describes, held by reading the sources.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// What each room may use of the others; lowest first.
const LAYERS: &[(&str, &[&str])] = &[
    ("codes", &[]),
    ("sections", &[]),
    ("guard", &[]),
    ("plain", &[]),
    ("explain", &["codes", "diagnose", "local", "sections"]),
    ("pdu", &["guard"]),
    ("old_suites", &[]),
    ("target", &[]),
    ("settings", &["codes", "report"]),
    ("report", &["codes"]),
    ("certificate", &["report"]),
    ("net", &["codes", "pdu", "old_suites", "report", "certificate"]),
    ("diagnose", &["codes", "sections", "report", "certificate"]),
    ("local", &["codes", "sections", "report"]),
    ("render", &["codes", "explain", "plain", "report"]),
    ("phase", &["codes", "guard", "pdu", "target", "settings", "report", "certificate", "net"]),
    ("probe", &["codes", "pdu", "target", "settings", "report", "certificate", "net", "phase"]),
    ("experiment", &["codes", "pdu", "target", "settings", "report", "net", "probe"]),
    ("posture", &["codes", "pdu", "target", "settings", "report", "net", "probe"]),
    ("wait", &["target", "settings", "report", "net", "diagnose", "probe"]),
    ("demo", &["codes", "pdu", "old_suites"]),
];

/// Rooms on top of everything.
const TOP: &[&str] = &["lib", "main", "cli"];

/// Words that belong to some rooms only, each with those rooms.
const WORDS: &[(&str, &[&str])] = &[
    ("tokio::net", &["net", "demo"]),
    ("tokio::time", &["net", "demo"]),
    ("std::net::Tcp", &[]),
    ("std::net::Udp", &[]),
    ("now_utc", &["net", "cli", "local/host"]),
    ("io::stdout", &["cli/out"]),
    ("io::stderr", &["cli/out"]),
    ("anstream::", &["cli/out"]),
    ("unsafe", &["local/host", "net/os"]),
    ("target_os", &["local/host", "net/os"]),
    ("cfg(unix)", &["local/host", "net/os"]),
    ("cfg(windows)", &["local/host", "net/os"]),
];

const LONGEST_FILE: usize = 300;

/// Tables may be as long as what they list.
const TABLES: &[&str] = &["src/demo/faults.rs", "src/demo/gateway/faults.rs"];

fn sources(root: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(root)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is in the repository") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Every source file of the program with its room: the folder below `src`, or the file itself.
fn rooms() -> Vec<(String, PathBuf, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let room = |path: &Path| {
        let first = path.strip_prefix(&src).expect("below src").iter().next().expect("a name");
        Path::new(first).file_stem().expect("a stem").to_string_lossy().into_owned()
    };
    sources("src").into_iter().map(|path| (room(&path), path.clone(), code(&path))).collect()
}

/// The file without comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a readable source");
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The rooms that a source names after `crate::`, alone or in braces.
fn used(code: &str) -> Vec<String> {
    let ident =
        |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for (start, _) in code.match_indices("crate::") {
        let rest = &code[start + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(top_level(list).into_iter().map(|item| ident(item.trim()))),
            None => names.push(ident(rest)),
        }
    }
    names
}

/// The items of a brace list, without those of lists inside it.
fn top_level(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (index, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                items.push(&list[start..index]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&list[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    items.into_iter().filter(|item| !item.trim().is_empty()).collect()
}

#[test]
fn every_room_uses_only_the_rooms_below_it() {
    let allowed: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (room, path, code) in rooms() {
        if TOP.contains(&room.as_str()) {
            continue;
        }
        let below = allowed.get(room.as_str()).unwrap_or_else(|| panic!("{room} is in no layer"));
        let known = |name: &String| allowed.contains_key(name.as_str()) || TOP.contains(&name.as_str());
        for name in used(&code).into_iter().filter(known) {
            if name != room && !below.contains(&name.as_str()) {
                wrong.push(format!("{} uses {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn sockets_clocks_printing_and_system_differences_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (_, path, code) in rooms() {
        let inside =
            |home: &&str| path.to_string_lossy().replace('\\', "/").contains(&format!("/src/{home}/"));
        for (word, homes) in WORDS {
            if code.contains(word) && !homes.iter().any(inside) {
                wrong.push(format!("{} says {word}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_file_is_longer_than_a_page_can_hold() {
    let all = ["src", "tests", "examples"].into_iter().flat_map(sources);
    let lines = |path: &Path| fs::read_to_string(path).expect("a readable source").lines().count();
    let table = |path: &Path| TABLES.iter().any(|table| path.ends_with(table));
    let long: Vec<_> = all.filter(|path| !table(path) && lines(path) > LONGEST_FILE).collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn every_file_says_what_lives_in_it() {
    let all = ["src", "tests", "examples"].into_iter().flat_map(sources);
    let says = |path: &PathBuf| fs::read_to_string(path).expect("a readable source").starts_with("//! ");
    let silent: Vec<_> = all.filter(|path| !says(path)).collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn every_dependency_has_a_reason() {
    let manifest =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).expect("a manifest");
    let mut reason = false;
    let mut section = "";
    for line in manifest.lines() {
        match line {
            _ if line.starts_with('[') => (section, reason) = (line, false),
            "" => reason = false,
            _ if line.starts_with('#') => reason = true,
            _ if section.contains("dependencies") => assert!(reason, "no reason is given for: {line}"),
            _ => {}
        }
    }
}
