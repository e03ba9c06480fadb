//! Which rows came already.

use std::collections::HashSet;

use hmac_sha256::Hash;

/// Ids that are kept of one piece. With those of the piece before it, at most some ten megabytes.
const MOST: usize = 1 << 18;

/// How many rows in front of a place mark it in a resume token.
const MARKS: usize = 16;

/// What identifies a row: the beginning of a SHA-256, so that two ids never meet by chance.
pub(super) fn key(text: &[u8]) -> u64 {
    let hash = Hash::hash(text);
    hash.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

/// How a row is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    /// For the first time.
    New,
    /// It came with the piece before.
    Seam,
    /// It came with this piece.
    Again,
}

/// The rows of this piece and of the one before.
#[derive(Clone, Debug)]
pub(super) struct Known {
    current: HashSet<u64>,
    previous: HashSet<u64>,
    /// The last rows that were delivered, in order.
    last: Vec<u64>,
    /// Whether all rows of this piece are known: it was not resumed, and not too long.
    whole: bool,
    /// Whether `previous` holds rows of this piece.
    overflowed: bool,
    most: usize,
}

impl Default for Known {
    fn default() -> Self {
        Known { current: HashSet::new(), previous: HashSet::new(), last: Vec::new(), whole: true, overflowed: false, most: MOST }
    }
}

impl Known {
    /// After a restart: of this piece, only these rows are known.
    pub(super) fn resumed(last: Vec<u64>) -> Self {
        Known { current: last.iter().copied().collect(), whole: last.is_empty(), last, ..Known::default() }
    }

    pub(super) fn met(&self, key: u64) -> Met {
        if self.current.contains(&key) || (self.overflowed && self.previous.contains(&key)) {
            Met::Again
        } else if self.previous.contains(&key) {
            Met::Seam
        } else {
            Met::New
        }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    pub(super) fn marks(&self) -> &[u64] {
        &self.last
    }

    /// Takes in rows of this piece.
    pub(super) fn add(&mut self, keys: impl IntoIterator<Item = u64>) {
        for key in keys {
            if self.current.insert(key) {
                if self.last.len() >= 2 * MARKS {
                    self.last.drain(..MARKS);
                }
                self.last.push(key);
            }
        }
        if self.current.len() > self.most {
            self.previous = std::mem::take(&mut self.current);
            self.current.extend(&self.last);
            self.whole = false;
            self.overflowed = true;
        }
    }

    /// Takes in a row that must have come before the marked ones, since it stands in front of them.
    pub(super) fn presume(&mut self, key: u64) {
        self.current.insert(key);
    }

    /// Takes in rows of the piece before.
    pub(super) fn add_previous(&mut self, keys: &[u64]) {
        self.previous.extend(keys);
    }

    /// The next piece begins.
    pub(super) fn turn(&mut self) {
        self.previous = std::mem::take(&mut self.current);
        self.last.clear();
        self.whole = true;
        self.overflowed = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_known_in_their_piece_and_at_the_seam_behind_it() {
        let mut known = Known::default();
        known.add([1, 2]);
        assert_eq!((known.met(1), known.met(3)), (Met::Again, Met::New));
        known.turn();
        assert_eq!((known.met(1), known.met(3), known.is_whole()), (Met::Seam, Met::New, true));
        known.turn();
        assert_eq!(known.met(1), Met::New);
    }

    #[test]
    fn memory_is_bounded() {
        let mut known = Known { most: 100, ..Known::default() };
        for key in 0..1000 {
            known.add([key]);
            assert!(known.current.len() + known.previous.len() <= 203 && known.marks().len() <= 2 * MARKS);
        }
        assert!(!known.is_whole());
        assert_eq!((known.met(999), known.met(950), known.met(0)), (Met::Again, Met::Again, Met::New));
    }

    #[test]
    fn keys_do_not_change_from_version_to_version() {
        assert_eq!(key(b"u_1"), key(b"u_1"));
        assert_eq!(key(b""), 0xe3b0_c442_98fc_1c14);
    }
}
