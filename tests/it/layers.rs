//! The structure that ARCHITECTURE.md describes: its tables and the sources are read, and must agree.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

const LONGEST_FILE: usize = 300;

/// Tables may be as long as what they list.
const TABLES: &[&str] = &["src/demo/faults.rs", "src/demo/gateway/faults.rs"];

/// What the map may weigh, in bytes.
const LARGEST_MAP: usize = 10_000;

/// The document, whose tables are the only place that says what a room may use.
fn map() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
    fs::read_to_string(path).expect("the map")
}

/// The rows of the table with this head, each as its first and its last cell.
fn table(head: &str) -> Vec<(String, String)> {
    let map = map();
    let rows = map.lines().skip_while(|line| !line.starts_with(head)).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|')).map(|line| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let first = cells.next().expect("a first cell").to_owned();
        (first, cells.next_back().expect("a last cell").to_owned())
    });
    let rows: Vec<_> = rows.collect();
    assert!(!rows.is_empty(), "no table begins with {head}");
    rows
}

/// What is in backticks.
fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The names of a cell, none for a dash.
fn listed(cell: &str) -> Vec<String> {
    cell.split_whitespace().filter(|name| *name != "-").map(str::to_owned).collect()
}

/// What each room may use of the others, lowest first; nothing is said of a room that may use everything.
fn layers() -> Vec<(String, Option<Vec<String>>)> {
    let rows = table("| room |").into_iter();
    let may = |cell: &str| (cell != "everything").then(|| listed(cell));
    rows.map(|(room, cell)| (quoted(&room).concat(), may(&cell))).collect()
}

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
pub(crate) fn rooms() -> Vec<(String, PathBuf, String)> {
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
pub(crate) fn top_level(list: &str) -> Vec<&str> {
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
fn every_room_uses_only_the_rooms_that_its_row_names() {
    let layers: BTreeMap<_, _> = layers().into_iter().collect();
    let mut wrong = Vec::new();
    for (room, path, code) in rooms() {
        let row = layers.get(&room).unwrap_or_else(|| panic!("the map has no room {room}"));
        let Some(below) = row else { continue };
        for name in used(&code).into_iter().filter(|name| layers.contains_key(name)) {
            if name != room && !below.contains(&name) {
                wrong.push(format!("{} uses {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_map_has_no_circle_and_no_room_that_is_gone() {
    let rooms: BTreeSet<_> = rooms().into_iter().map(|(room, ..)| room).collect();
    let mut above = BTreeSet::new();
    for (room, may) in layers() {
        assert!(rooms.contains(&room), "no source is in {room}");
        for name in may.into_iter().flatten() {
            assert!(above.contains(&name), "{room} may use {name}, which has no row above it");
        }
        assert!(above.insert(room.clone()), "{room} has two rows");
    }
}

#[test]
fn sockets_clocks_printing_and_system_differences_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    let words = table("| word |");
    for (_, path, code) in rooms() {
        let path = path.to_string_lossy().replace('\\', "/");
        for (words, homes) in &words {
            let inside = listed(homes).iter().any(|home| path.contains(&format!("/src/{home}/")));
            let said = quoted(words).into_iter().filter(|word| !inside && code.contains(word));
            wrong.extend(said.map(|word| format!("{path} says {word}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_map_is_short_and_names_only_what_is_there() {
    let map = map();
    assert!(map.len() < LARGEST_MAP, "{} bytes", map.len());
    // A name in angle brackets is anybody's choice; the folder before it is not.
    let fixed = |path: &str| match path.split_once('<') {
        Some((before, _)) => before.rsplit_once('/').map(|(folder, _)| folder.to_owned()),
        None => Some(path.to_owned()),
    };
    let roots = ["src/", "tests/", "testdata/", "schema/", "fuzz/", "benches/", "examples/"];
    let paths = map.lines().flat_map(quoted).filter(|path| roots.iter().any(|root| path.starts_with(root)));
    let there = |path: &String| Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists();
    let missing: Vec<_> = paths.filter_map(|path| fixed(&path)).filter(|path| !there(path)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn no_file_is_longer_than_a_page_can_hold() {
    let all = ["src", "tests", "examples"].into_iter().flat_map(sources);
    let lines = |path: &Path| fs::read_to_string(path).expect("a readable source").lines().count();
    let listing = |path: &Path| TABLES.iter().any(|table| path.ends_with(table));
    let long: Vec<_> = all.filter(|path| !listing(path) && lines(path) > LONGEST_FILE).collect();
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
