//! Chance that can be repeated: every choice is a hash of the seed and of what is chosen.

/// Mixes two numbers into one that shows no pattern (the finishing step of splitmix64).
pub(crate) fn mix(a: u64, b: u64) -> u64 {
    let mut x = a ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31);
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A number for a text (FNV-1a).
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A number below `end` (0 when `end` is 0).
pub(crate) fn below(chance: u64, end: u64) -> u64 {
    if end == 0 { 0 } else { chance % end }
}

/// One of `choices`; `None` only when there are none.
pub(crate) fn pick<T>(chance: u64, choices: &[T]) -> Option<&T> {
    choices.get(usize::try_from(below(chance, choices.len() as u64)).unwrap_or(0))
}

/// Whether something of this probability (0 to 1) happens.
pub(crate) fn happens(chance: u64, probability: f64) -> bool {
    #[allow(clippy::cast_precision_loss)]
    let share = (chance >> 11) as f64 / (1_u64 << 53) as f64;
    share < probability
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_kept() {
        let hits = (0..10_000).filter(|n| happens(mix(7, *n), 0.25)).count();
        assert!((2_300..2_700).contains(&hits), "{hits}");
        assert!(!happens(mix(1, 1), 0.0));
        assert!(happens(u64::MAX, 1.0));
    }

    #[test]
    fn nothing_to_pick_from() {
        assert_eq!(pick::<u8>(3, &[]), None);
        assert_eq!(below(3, 0), 0);
    }
}
