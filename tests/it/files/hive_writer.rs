//! Writes registry hives for tests: keys, every kind of list of subkeys, values in their key, in one cell and in several.

/// A key with its values and subkeys.
#[derive(Default)]
pub(super) struct Node {
    /// Name, type and data.
    pub values: Vec<(String, u32, Vec<u8>)>,
    /// Names and keys.
    pub keys: Vec<(String, Node)>,
    /// How the subkeys are listed.
    pub list: List,
}

/// The kinds of lists.
#[derive(Clone, Copy, Default)]
pub(super) enum List {
    /// With the beginnings of the names.
    #[default]
    Leaf,
    /// With hashes of the names.
    Hash,
    /// Plain.
    Index,
    /// A list of plain lists of two keys each.
    Root,
}

impl Node {
    /// The key at this path below, made where it does not exist.
    pub(super) fn at(&mut self, path: &str) -> &mut Self {
        path.split('\\').fold(self, |node, part| {
            let known = node.keys.iter().position(|(name, _)| name == part);
            let index = known.unwrap_or_else(|| {
                node.keys.push((part.to_owned(), Node::default()));
                node.keys.len() - 1
            });
            &mut node.keys[index].1
        })
    }

    /// With a value of a type.
    pub(super) fn set(&mut self, name: &str, kind: u32, data: &[u8]) -> &mut Self {
        self.values.push((name.to_owned(), kind, data.to_owned()));
        self
    }

    /// With a number.
    pub(super) fn number(&mut self, name: &str, number: u32) -> &mut Self {
        self.set(name, 4, &number.to_le_bytes())
    }

    /// With a text.
    pub(super) fn text(&mut self, name: &str, text: &str) -> &mut Self {
        self.set(name, 1, &utf16(&format!("{text}\0")))
    }
}

/// Text in UTF-16.
pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The file.
pub(super) fn hive(root: &Node) -> Vec<u8> {
    let mut cells = Cells(vec![0; 32]);
    let root = cells.key("ROOT", root);
    let mut bins = cells.0;
    let used = bins.len();
    let free = used.next_multiple_of(4096) - used;
    bins.resize(used + free, 0);
    if free > 0 {
        bins[used..used + 4].copy_from_slice(&(free as u32).to_le_bytes());
    }
    bins[..4].copy_from_slice(b"hbin");
    let size = bins.len() as u32;
    bins[8..12].copy_from_slice(&size.to_le_bytes());
    let mut head = vec![0; 4096];
    head[..4].copy_from_slice(b"regf");
    let numbers = [(4, 7), (8, 7), (20, 1), (24, 5), (28, 0), (32, 1), (36, root), (40, size), (44, 1)];
    for (at, number) in numbers {
        head[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
    }
    // 2026-11-22 12:00 UTC.
    head[12..20].copy_from_slice(&134_398_224_000_000_000_u64.to_le_bytes());
    let words = head[..508].as_chunks().0.iter().map(|word| u32::from_le_bytes(*word));
    let sum = words.fold(0, |sum, word| sum ^ word);
    head[508..512].copy_from_slice(&sum.to_le_bytes());
    [head, bins].concat()
}

/// Cells behind the head of their bin.
struct Cells(Vec<u8>);

impl Cells {
    fn add(&mut self, content: &[u8]) -> u32 {
        let at = self.0.len() as u32;
        let size = (content.len() + 4).next_multiple_of(8);
        self.0.extend((-(size as i32)).to_le_bytes());
        self.0.extend(content);
        self.0.resize(at as usize + size, 0);
        at
    }

    fn numbers(&mut self, head: &[u8], numbers: impl Iterator<Item = u32>) -> u32 {
        let mut content = head.to_vec();
        numbers.for_each(|number| content.extend(number.to_le_bytes()));
        self.add(&content)
    }

    fn key(&mut self, name: &str, node: &Node) -> u32 {
        let keys: Vec<u32> = node.keys.iter().map(|(name, key)| self.key(name, key)).collect();
        let list = if keys.is_empty() { u32::MAX } else { self.list(node.list, &keys) };
        let values: Vec<u32> =
            node.values.iter().map(|(name, kind, data)| self.value(name, *kind, data)).collect();
        let value_list = if values.is_empty() { u32::MAX } else { self.numbers(b"", values.iter().copied()) };
        let mut content = vec![0; 76];
        content[..2].copy_from_slice(b"nk");
        let (name, flags) = own_name(name);
        content[2..4].copy_from_slice(&(flags * 0x20).to_le_bytes());
        let numbers = [
            (20, keys.len() as u32),
            (28, list),
            (32, u32::MAX),
            (36, values.len() as u32),
            (40, value_list),
            (44, u32::MAX),
            (48, u32::MAX),
        ];
        for (at, number) in numbers {
            content[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
        }
        content[72..74].copy_from_slice(&(name.len() as u16).to_le_bytes());
        content.extend(name);
        self.add(&content)
    }

    fn list(&mut self, list: List, keys: &[u32]) -> u32 {
        let head = |sign: &[u8; 2], count: usize| [&sign[..], &(count as u16).to_le_bytes()].concat();
        match list {
            List::Leaf => self.numbers(&head(b"lf", keys.len()), keys.iter().flat_map(|key| [*key, 0])),
            List::Hash => self.numbers(&head(b"lh", keys.len()), keys.iter().flat_map(|key| [*key, 0])),
            List::Index => self.numbers(&head(b"li", keys.len()), keys.iter().copied()),
            List::Root => {
                let lists: Vec<u32> = keys.chunks(2).map(|two| self.list(List::Index, two)).collect();
                self.numbers(&head(b"ri", lists.len()), lists.into_iter())
            }
        }
    }

    fn value(&mut self, name: &str, kind: u32, data: &[u8]) -> u32 {
        let (size, at) = match data.len() {
            0..=4 => {
                let mut own = [0; 4];
                own[..data.len()].copy_from_slice(data);
                (data.len() as u32 | 0x8000_0000, u32::from_le_bytes(own))
            }
            5..=16_344 => (data.len() as u32, self.add(data)),
            _ => {
                let parts: Vec<u32> = data.chunks(16_344).map(|part| self.add(part)).collect();
                let list = self.numbers(b"", parts.iter().copied());
                let head = [b"db", &(parts.len() as u16).to_le_bytes()[..], &list.to_le_bytes()].concat();
                (data.len() as u32, self.add(&head))
            }
        };
        let (name, flags) = own_name(name);
        let mut content = [b"vk", &(name.len() as u16).to_le_bytes()[..]].concat();
        for number in [size, at, kind, u32::from(flags)] {
            content.extend(number.to_le_bytes());
        }
        content.extend(name);
        self.add(&content)
    }
}

/// A name in Latin-1 where that holds it, and whether it does.
fn own_name(name: &str) -> (Vec<u8>, u16) {
    match name.chars().map(|c| u8::try_from(c).ok()).collect::<Option<Vec<u8>>>() {
        Some(bytes) => (bytes, 1),
        None => (utf16(name), 0),
    }
}
