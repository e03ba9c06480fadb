//! What tells rows apart: a hash of all of a row, and how often it came in this run.

use std::{collections::HashMap, io};

use scrm_core::NamedRow;

/// A hash of 128 bits that is the same in every version of the program (FNV-1a).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hash(u128);

impl Default for Hash {
    fn default() -> Self {
        Hash(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }
}

impl Hash {
    pub(crate) fn finish(self) -> u128 {
        self.0
    }
}

impl io::Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Of all of a row.
pub(crate) fn content(row: &NamedRow) -> u128 {
    let mut hash = Hash::default();
    // nothing that is written into a hash fails
    _ = serde_json::to_writer(&mut hash, row);
    hash.finish()
}

/// How often each row came in a run.
#[derive(Default)]
pub(crate) struct Occurrences(HashMap<u128, u32>);

impl Occurrences {
    /// The row came once more: how often that is.
    pub(crate) fn count(&mut self, content: u128) -> u32 {
        let times = self.0.entry(content).or_default();
        *times += 1;
        *times
    }

    /// How often it came.
    pub(crate) fn of(&self, content: u128) -> u32 {
        self.0.get(&content).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_hash_is_fnv_of_128_bits() {
        let mut hash = Hash::default();
        hash.write_all(b"foobar").unwrap();
        assert_eq!(hash.finish(), 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18);
    }

    #[test]
    fn equal_rows_are_counted() {
        let mut came = Occurrences::default();
        assert_eq!((came.count(1), came.count(1), came.of(1), came.of(2)), (1, 2, 2, 0));
    }
}
