//! What a lax scanner forgives: damage inside a string that leaves the structure alone. It costs that string at most.
//!
//! * A byte order mark in front is left out.
//! * Bytes that are no UTF-8 become U+FFFD, as many as [`String::from_utf8_lossy`] makes of them.
//! * Raw control characters stay.
//! * Halves of surrogate pairs, as in `"\ud83d"`, become U+FFFD.
//!
//! Clean bodies pay for none of this: they are checked by one [`std::str::from_utf8`], and strings without escapes never come here.

use std::{borrow::Cow, ops};

use super::Scan;

/// Stands for the first byte of a sequence that is no UTF-8, until the scanner makes U+FFFD of it: so a repaired body keeps its length, and offsets
/// in it are offsets in the body. Raw, both may stand in a string of a body as well, where nobody would miss them.
const BROKEN: u8 = 0x1A;
/// Stands for the other bytes of the sequence.
const FILLER: u8 = 0x1F;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Kinds of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Damage(u8);

impl Damage {
    pub(crate) const NONE: Damage = Damage(0);
    pub(crate) const NOT_UTF8: Damage = Damage(1);
    pub(crate) const CONTROL: Damage = Damage(2);
    pub(crate) const HALF_SURROGATE: Damage = Damage(4);

    pub(crate) fn holds(self, other: Damage) -> bool {
        self.0 & other.0 != 0
    }
}

impl ops::BitOrAssign for Damage {
    fn bitor_assign(&mut self, other: Damage) {
        self.0 |= other.0;
    }
}

/// A body as a text that can be scanned. As long as the body, byte for byte.
pub(crate) struct Readable<'b>(Cow<'b, str>);

impl<'b> Readable<'b> {
    pub(crate) fn new(body: &'b [u8]) -> Self {
        Readable(match std::str::from_utf8(body) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(repaired(body)),
        })
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Whether the body is no UTF-8.
    pub(crate) fn repaired(&self) -> bool {
        matches!(self.0, Cow::Owned(_))
    }

    /// Length of the byte order mark in front.
    pub(crate) fn mark(&self) -> usize {
        mark(&self.0)
    }
}

/// Length of the byte order mark in front of a text.
pub(super) fn mark(text: &str) -> usize {
    if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 }
}

fn repaired(body: &[u8]) -> String {
    let mut text = String::with_capacity(body.len());
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        for at in 0..chunk.invalid().len() {
            text.push(char::from(if at == 0 { BROKEN } else { FILLER }));
        }
    }
    text
}

/// A piece of a repaired text with U+FFFD where bytes were no UTF-8.
pub(super) fn kept(piece: &str) -> String {
    let (broken, filler) = (char::from(BROKEN), char::from(FILLER));
    let mut out = String::with_capacity(piece.len());
    let mut after_broken = false;
    for character in piece.chars() {
        match character {
            _ if character == broken => out.push(char::REPLACEMENT_CHARACTER),
            _ if character == filler && after_broken => continue,
            _ => out.push(character),
        }
        after_broken = character == broken;
    }
    out
}

impl Scan<'_> {
    /// Takes the control character that stands here, inside a string.
    pub(super) fn control(&mut self) -> char {
        let byte = self.byte();
        self.advance(1);
        if byte != BROKEN || !self.repaired {
            self.forgiven |= Damage::CONTROL;
            return char::from(byte);
        }
        while self.byte() == FILLER {
            self.advance(1);
        }
        self.forgiven |= Damage::NOT_UTF8;
        char::REPLACEMENT_CHARACTER
    }
}
