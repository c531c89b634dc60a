//! Bytes that came before others that belong in front of them; the first to come wins.

use std::{collections::BTreeMap, mem::size_of};

use crate::flow::At;

/// Bytes at a place of a stream.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) bytes: Vec<u8>,
    /// How many bytes follow them that were not captured.
    pub(super) missing: u32,
    pub(super) at: At,
    pub(super) packet: u64,
}

impl Piece {
    pub(super) fn length(&self) -> i64 {
        self.bytes.len() as i64 + i64::from(self.missing)
    }

    /// Leaves out what is in front of an offset in it.
    pub(super) fn from(mut self, offset: i64) -> Self {
        let known = offset.clamp(0, self.bytes.len() as i64) as usize;
        self.bytes.drain(..known);
        self.missing = self.missing.saturating_sub((offset - known as i64).try_into().unwrap_or(u32::MAX));
        self
    }

    /// Leaves out what is from an offset in it on.
    fn to(mut self, offset: i64) -> Self {
        let known = offset.clamp(0, self.bytes.len() as i64) as usize;
        self.bytes.truncate(known);
        self.missing = self.missing.min((offset - known as i64).try_into().unwrap_or(0));
        self
    }
}

/// Pieces by their place in the stream; none overlap.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    pieces: BTreeMap<i64, Piece>,
    held: usize,
}

impl Waiting {
    /// Keeps what is new in a piece, and says whether anything in it was not.
    pub(super) fn insert(&mut self, start: i64, piece: Piece) -> bool {
        let end = start + piece.length();
        let before = self.pieces.range(..start).next_back();
        let mut from = before.map_or(start, |(place, before)| start.max(place + before.length()));
        let mut known = from > start;
        let after: Vec<_> =
            self.pieces.range(start..end).map(|(place, after)| (*place, after.length())).collect();
        for (place, length) in after {
            known = true;
            self.keep(from, place, start, &piece);
            from = from.max(place + length);
        }
        self.keep(from, end, start, &piece);
        known
    }

    /// Keeps what a piece has between two places.
    fn keep(&mut self, from: i64, to: i64, start: i64, piece: &Piece) {
        if from < to {
            let part = piece.clone().to(to - start).from(from - start);
            self.held += cost(&part);
            self.pieces.insert(from, part);
        }
    }

    /// Where the first one is.
    pub(super) fn first(&self) -> Option<i64> {
        self.pieces.keys().next().copied()
    }

    /// The first one and its place.
    pub(super) fn front(&self) -> Option<(i64, &Piece)> {
        self.pieces.first_key_value().map(|(place, piece)| (*place, piece))
    }

    /// Takes the first one.
    pub(super) fn pop(&mut self) -> Option<(i64, Piece)> {
        let (place, piece) = self.pieces.pop_first()?;
        self.held -= cost(&piece);
        Some((place, piece))
    }

    /// Forgets the bytes of all of them, and keeps how many there are.
    pub(super) fn count_only(&mut self) {
        for piece in self.pieces.values_mut() {
            let bytes = std::mem::take(&mut piece.bytes);
            piece.missing = piece.missing.saturating_add(bytes.len() as u32);
        }
        self.held = self.pieces.values().map(cost).sum();
    }

    /// How many bytes of memory they take.
    pub(super) fn held(&self) -> usize {
        self.held
    }
}

fn cost(piece: &Piece) -> usize {
    piece.bytes.len() + size_of::<(i64, Piece)>()
}
