//! Which rows came already.

use std::{collections::HashSet, io};

use hmac_sha256::Hash;

use super::plan::{Keep, RowKey};

/// Rows that are kept of one piece. With those of the piece before it, at most some twenty megabytes.
const MOST: usize = 1 << 18;

/// How many rows in front of a place mark it in a resume token; at most twice as many.
pub(super) const MARKS: usize = 16;

/// What identifies an id: the beginning of a SHA-256, so that two ids never meet by chance.
pub(super) fn key(text: &[u8]) -> u64 {
    let hash = Hash::hash(text);
    hash.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

/// Hashes what is written to it, eight bytes at a time: every row of a pull is hashed whole. The same in every version, and whatever pieces it is written in.
pub(super) struct Content {
    state: u64,
    /// Bytes that are no eight yet, the first one lowest, and how many bytes came.
    rest: u64,
    length: u64,
}

impl Default for Content {
    fn default() -> Self {
        Content { state: 0xcbf2_9ce4_8422_2325, rest: 0, length: 0 }
    }
}

impl Content {
    pub(super) fn finish(&self) -> u64 {
        mixed(mixed(self.state, self.rest), self.length)
    }

    fn byte(&mut self, byte: u8) {
        self.rest |= u64::from(byte) << (8 * (self.length % 8));
        self.length += 1;
        if self.length.is_multiple_of(8) {
            (self.state, self.rest) = (mixed(self.state, self.rest), 0);
        }
    }
}

/// A multiplication, whose upper half comes back to the lower.
fn mixed(state: u64, word: u64) -> u64 {
    let product = (state ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ (product >> 32)
}

impl io::Write for Content {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (words, last) = bytes.as_chunks::<8>();
        let shift = 8 * (self.length % 8);
        for word in words {
            let word = u64::from_le_bytes(*word);
            self.state = mixed(self.state, self.rest | word << shift);
            self.rest = if shift > 0 { word >> (64 - shift) } else { 0 };
        }
        self.length += 8 * words.len() as u64;
        last.iter().for_each(|byte| self.byte(*byte));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How an id is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    /// For the first time.
    New,
    /// It came with the piece before.
    Seam,
    /// It came with this piece.
    Again,
}

/// Ids, and whole rows.
#[derive(Clone, Debug, Default)]
struct Rows {
    ids: HashSet<u64>,
    contents: HashSet<u64>,
}

impl Rows {
    fn insert(&mut self, key: RowKey) -> bool {
        self.contents.insert(key.content);
        self.ids.insert(key.id)
    }
}

/// The rows of this piece and of the one before.
#[derive(Clone, Debug)]
pub(super) struct Known {
    current: Rows,
    previous: Rows,
    /// The last rows that were delivered, in order.
    last: Vec<RowKey>,
    /// Whether all rows of this piece are known: it was not resumed, and not too long.
    whole: bool,
    /// Whether `previous` holds rows of this piece.
    overflowed: bool,
    most: usize,
}

impl Default for Known {
    fn default() -> Self {
        let (current, previous) = Default::default();
        Known { current, previous, last: Vec::new(), whole: true, overflowed: false, most: MOST }
    }
}

/// How the rows of a page are held against those that came.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reading {
    /// Rows in front of this position were to come again: there, a known id is the same row, whatever became of it.
    pub(super) reread: usize,
    /// Only rows behind the first that came before are new; those in front of it must have come.
    pub(super) behind: bool,
}

/// What of a page is new.
#[derive(Debug, Default)]
pub(super) struct Sifted {
    pub(super) kept: Vec<bool>,
    /// Positions of rows that are kept, though another one with their id came before.
    pub(super) namesakes: Vec<usize>,
    /// Which rows did not come with this piece before.
    pub(super) counted: Vec<bool>,
    /// So many rows in front must have come, since they stand before rows that did.
    presumed: usize,
}

impl Sifted {
    pub(super) fn keep(&self) -> Keep {
        if self.kept.iter().all(|kept| *kept) { Keep::All } else { Keep::Some(self.kept.clone()) }
    }

    /// How many rows did not come with this piece before.
    pub(super) fn came(&self) -> u64 {
        self.counted.iter().filter(|counted| **counted).count() as u64
    }

    pub(super) fn is_vain(&self) -> bool {
        !self.kept.contains(&true)
    }
}

impl Known {
    /// After a restart: of this piece, only these rows are known.
    pub(super) fn resumed(last: Vec<RowKey>) -> Self {
        let mut known = Known { whole: last.is_empty(), ..Known::default() };
        last.iter().for_each(|key| _ = known.current.insert(*key));
        known.last = last;
        known
    }

    pub(super) fn met(&self, id: u64) -> Met {
        if self.current.ids.contains(&id) || (self.overflowed && self.previous.ids.contains(&id)) {
            Met::Again
        } else if self.previous.ids.contains(&id) {
            Met::Seam
        } else {
            Met::New
        }
    }

    /// Whether a row that came with this piece is among these.
    pub(super) fn hits(&self, keys: Option<&[RowKey]>) -> bool {
        keys.into_iter().flatten().any(|key| self.met(key.id) == Met::Again)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    pub(super) fn marks(&self) -> &[RowKey] {
        &self.last
    }

    /// What of a page is new. A row is the same as another when it has the same id and the same content; or the same id, where it was to come again. On one page
    /// they are two. Rows without an id that are exactly the same come again at the head of a page, when the pages have shifted; anywhere else they are two.
    pub(super) fn sift(&self, keys: &[RowKey], reading: Reading) -> Sifted {
        let mut sifted = Sifted { kept: Vec::with_capacity(keys.len()), ..Sifted::default() };
        let (mut reached, mut head) = (!reading.behind, true);
        let mut here = HashSet::new();
        for (at, key) in keys.iter().enumerate() {
            let met = if self.is_of_the_piece_before(*key) { Met::Seam } else { self.met(key.id) };
            if !reached && met != Met::Again {
                sifted.presumed += 1;
                sifted.kept.push(false);
                sifted.counted.push(false);
                continue;
            }
            reached = true;
            let reread = at < reading.reread;
            let same = self.is_same(*key);
            let named = key.id != key.content;
            // Equal rows without an id come again only from the end of the page before.
            head &= reread || (met != Met::New && same && (named || self.last.contains(key)));
            let twin = here.contains(&key.id);
            let keep = match met {
                Met::New => true,
                Met::Seam => twin || !(reread || same),
                Met::Again => twin || !(reread || (same && (named || head))),
            };
            if keep && (twin || met != Met::New) {
                sifted.namesakes.push(at);
            }
            if keep {
                here.insert(key.id);
            }
            sifted.counted.push(keep || met == Met::Seam);
            sifted.kept.push(keep);
        }
        sifted
    }

    /// Takes in the rows of a page.
    pub(super) fn take_in(&mut self, keys: &[RowKey], sifted: &Sifted) {
        for (at, key) in keys.iter().enumerate() {
            let new = self.current.insert(*key);
            let kept = sifted.kept.get(at).is_some_and(|kept| *kept);
            if at >= sifted.presumed && (new || kept) {
                self.mark(*key);
            }
        }
        self.make_room();
    }

    /// Whether exactly this row came with the piece before, whatever else has its id.
    fn is_of_the_piece_before(&self, key: RowKey) -> bool {
        !self.overflowed && self.previous.contents.contains(&key.content) && !self.current.contents.contains(&key.content)
    }

    fn is_same(&self, key: RowKey) -> bool {
        self.current.contents.contains(&key.content) || self.previous.contents.contains(&key.content)
    }

    /// The last delivered row, for now.
    fn mark(&mut self, key: RowKey) {
        if self.last.len() >= 2 * MARKS {
            self.last.drain(..MARKS);
        }
        self.last.push(key);
    }

    fn make_room(&mut self) {
        if self.current.contents.len() > self.most {
            self.previous = std::mem::take(&mut self.current);
            let Known { current, last, .. } = self;
            last.iter().for_each(|key| _ = current.insert(*key));
            self.whole = false;
            self.overflowed = true;
        }
    }

    /// Takes in rows of the piece before.
    pub(super) fn add_previous(&mut self, keys: &[RowKey]) {
        keys.iter().for_each(|key| _ = self.previous.insert(*key));
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
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_hash_does_not_depend_on_the_pieces_that_it_was_written_in() {
        let of = |pieces: &[&[u8]]| {
            let mut content = Content::default();
            pieces.iter().for_each(|piece| content.write_all(piece).unwrap());
            content.finish()
        };
        let text = b"{\"user_id\":\"u_made_up_0001\",\"pay_sum\":0}";
        let whole = of(&[text]);
        for first in 0..text.len() {
            for second in first..text.len() {
                assert_eq!(of(&[&text[..first], &text[first..second], &text[second..]]), whole, "{first} {second}");
            }
        }
        let others = [of(&[]), of(&[b"\0"]), of(&[b"\0\0"]), of(&[&text[1..]]), of(&[b"12345678"]), of(&[b"12345678\0"])];
        for (at, hash) in others.iter().enumerate() {
            assert!(*hash != whole && !others[at + 1..].contains(hash), "{at}");
        }
    }

    fn row(id: u64) -> RowKey {
        RowKey { id, content: id }
    }

    fn version(id: u64, content: u64) -> RowKey {
        RowKey { id, content }
    }

    fn sift(known: &mut Known, keys: &[RowKey]) -> (Vec<bool>, Vec<usize>) {
        let sifted = known.sift(keys, Reading::default());
        known.take_in(keys, &sifted);
        (sifted.kept, sifted.namesakes)
    }

    #[test]
    fn rows_are_known_in_their_piece_and_at_the_seam_behind_it() {
        let mut known = Known::default();
        sift(&mut known, &[row(1), row(2)]);
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
            sift(&mut known, &[row(key)]);
            assert!(known.current.ids.len() + known.previous.ids.len() <= 203 && known.marks().len() <= 2 * MARKS);
        }
        assert!(!known.is_whole());
        assert_eq!((known.met(999), known.met(950), known.met(0)), (Met::Again, Met::Again, Met::New));
    }

    #[test]
    fn the_same_row_at_the_head_of_a_page_came_again_and_anywhere_else_is_another() {
        let mut known = Known::default();
        sift(&mut known, &[row(1), row(2), row(3)]);
        assert_eq!(sift(&mut known, &[row(2), row(3), row(4)]), (vec![false, false, true], vec![]));
        assert_eq!(sift(&mut known, &[row(5), row(1), row(6)]), (vec![true, true, true], vec![1]));
        assert_eq!(sift(&mut known, &[row(7), row(7)]), (vec![true, true], vec![1]));
    }

    #[test]
    fn the_same_row_with_an_id_came_again_wherever_it_stands() {
        let mut known = Known::default();
        sift(&mut known, &[version(1, 10), version(2, 20), version(3, 30)]);
        let shifted = [version(4, 40), version(2, 20), version(5, 50), version(3, 30)];
        assert_eq!(sift(&mut known, &shifted), (vec![true, false, true, false], vec![]));
        assert_eq!(sift(&mut known, &[version(7, 70), version(7, 70)]), (vec![true, true], vec![1]));
    }

    #[test]
    fn an_id_with_another_content_is_another_row_unless_it_was_to_come_again() {
        let mut known = Known::default();
        sift(&mut known, &[version(1, 10), version(2, 20)]);
        assert_eq!(sift(&mut known, &[version(1, 11), version(2, 21)]), (vec![true, true], vec![0, 1]));
        let again = known.sift(&[version(1, 12), version(3, 30)], Reading { reread: 1, behind: false });
        assert_eq!((again.kept.clone(), again.namesakes.clone(), again.came()), (vec![false, true], vec![], 1));
    }

    #[test]
    fn a_namesake_that_was_delivered_marks_the_place_too() {
        let mut known = Known::default();
        sift(&mut known, &[version(1, 10), version(2, 20), version(1, 11)]);
        assert_eq!(known.marks(), [version(1, 10), version(2, 20), version(1, 11)]);
        sift(&mut known, &[version(1, 11), version(3, 30)]);
        assert_eq!(known.marks(), [version(1, 10), version(2, 20), version(1, 11), version(3, 30)]);
    }

    #[test]
    fn behind_a_place_only_what_follows_the_known_rows_is_new() {
        let known = Known::resumed(vec![row(3), row(4)]);
        let sifted = known.sift(&[row(1), row(2), row(3), row(4), row(5)], Reading { reread: 5, behind: true });
        assert_eq!((sifted.kept.clone(), sifted.came()), (vec![false, false, false, false, true], 1));
    }

    #[test]
    fn keys_do_not_change_from_version_to_version() {
        assert_eq!(key(b"u_1"), key(b"u_1"));
        assert_eq!(key(b""), 0xe3b0_c442_98fc_1c14);
        let mut content = Content::default();
        content.write_all(b"foobar").unwrap();
        assert_eq!(content.finish(), 0xc301_51f2_3960_c8ca);
    }
}
