//! Many bytes at once: the end of a plain text, digits, names. All of it could be said byte by byte, and is in the tests.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// How many bytes come before the first quote, backslash or control character.
#[inline(always)]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some((block, behind)) = rest.split_first_chunk::<16>() {
        let special = special_bytes(u128::from_le_bytes(*block));
        if special != 0 {
            return bytes.len() - rest.len() + special.trailing_zeros() as usize / 8;
        }
        rest = behind;
    }
    bytes.len() - rest.len() + rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | ..0x20)).count()
}

/// The lowest high bit that is set in the result marks the first quote, backslash or control character; all bytes at once.
#[inline]
fn special_bytes(block: u128) -> u128 {
    const ONES: u128 = u128::from_le_bytes([1; 16]);
    // the quote comes to stand behind the control characters, and they stay where they are
    let low = (block ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslash = (block ^ (ONES * b'\\' as u128)).wrapping_sub(ONES);
    (low | backslash) & !block & (ONES * 0x80)
}

/// 10 to the power of the position.
pub(super) const POWERS: [i64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// The number that the digits in front make, and how many they are; all eight at once.
#[inline(always)]
pub(super) fn leading_digits(eight: [u8; 8]) -> (u32, usize) {
    // every byte less the zero digit: 0 to 9 for digits
    let values = u64::from_le_bytes(eight) ^ (ONES * b'0' as u64);
    // the lowest high bit that is set marks the first byte beyond 9
    let others = (values.wrapping_add(ONES * 0x76) | values) & HIGHS;
    let length = others.trailing_zeros() as usize / 8;
    if length == 0 {
        return (0, 0);
    }
    // as if written with leading zeros; then neighbours are added up, three times
    let digits = values << (64 - 8 * length);
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let low = (pairs & 0x0000_00FF_0000_00FF).wrapping_mul(0x000F_4240_0000_0064);
    let high = ((pairs >> 16) & 0x0000_00FF_0000_00FF).wrapping_mul(0x0000_2710_0000_0001);
    ((low.wrapping_add(high) >> 32) as u32, length)
}

/// The number that up to fifteen leading digits make, and how many they are; `None`: more, or too near the end of the text to tell at a stride.
#[inline(always)]
pub(super) fn short_digits(text: &[u8]) -> Option<(i64, usize)> {
    let (high, length) = leading_digits(*text.first_chunk::<8>()?);
    if length < 8 {
        return Some((i64::from(high), length));
    }
    let (low, more) = leading_digits(*text[8..].first_chunk::<8>()?);
    if more < 8 { Some((i64::from(high) * POWERS[more] + i64::from(low), 8 + more)) } else { None }
}

/// The integer in front, of up to fifteen digits, and what stands behind it; `None`: something else, or too near the end of the text.
#[inline(always)]
pub(super) fn short_integer(text: &[u8]) -> Option<(i64, &[u8])> {
    let (value, length) = short_digits(text)?;
    if length == 0 || (length > 1 && text[0] == b'0') {
        return None;
    }
    let rest = text.get(length..)?;
    if matches!(rest, [b'.' | b'e' | b'E', ..]) { None } else { Some((value, rest)) }
}

/// The number in front, of up to fifteen digits, as its digits and how many of them stand behind a point, none in an integer; and what stands behind
/// it. `None` as in [`short_integer`].
#[inline(always)]
pub(super) fn short_number(text: &[u8]) -> Option<(i64, usize, &[u8])> {
    let (whole, length) = short_digits(text)?;
    if length == 0 || (length > 1 && text[0] == b'0') {
        return None;
    }
    let rest = text.get(length..)?;
    let [b'.', fraction @ ..] = rest else {
        return if matches!(rest, [b'e' | b'E', ..]) { None } else { Some((whole, 0, rest)) };
    };
    let (part, places) = short_digits(fraction)?;
    let rest = fraction.get(places..)?;
    if places == 0 || length + places > 15 || matches!(rest, [b'e' | b'E', ..]) {
        return None;
    }
    Some((whole * power(places) + part, places, rest))
}

/// 10 to the power of up to fifteen.
#[inline]
pub(super) fn power(places: usize) -> i64 {
    POWERS[places.min(8)] * POWERS[places.saturating_sub(8)]
}

/// The number in `"<prefix>20408":`, if that stands in front, and what stands behind it.
#[inline(always)]
pub(super) fn numbered<'r>(text: &'r [u8], prefix: &str) -> Option<(u32, &'r [u8])> {
    let (name, digits) = text.split_at_checked(1 + prefix.len())?;
    if name[0] != b'"' || !same(&name[1..], prefix.as_bytes()) {
        return None;
    }
    let (number, length) = match digits.first_chunk::<8>().map(|eight| leading_digits(*eight)) {
        Some((number, length @ 0..8)) => (number, length),
        // more digits than one stride holds, or the end of the text
        _ => {
            let length = digits.iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
            (digits[..length].iter().fold(0, |number, byte| number * 10 + u32::from(byte - b'0')), length)
        }
    };
    if length == 0 || (length > 1 && digits[0] == b'0') {
        return None;
    }
    Some((number, digits.get(length..)?.strip_prefix(b"\":")?))
}

/// Whether two short texts of one length are equal; cheaper than a call of `memcmp`. Their ends are compared in one piece each, which may overlap.
#[inline]
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() < 8 {
        return match (left.first_chunk::<4>(), right.first_chunk::<4>()) {
            (Some(left_start), Some(right_start)) => left_start == right_start && left.last_chunk::<4>() == right.last_chunk::<4>(),
            _ => left.len() == right.len() && left.iter().zip(right).all(|(one, other)| one == other),
        };
    }
    if left.last_chunk::<8>() != right.last_chunk::<8>() {
        return false;
    }
    let (mut left, mut right) = (left, right);
    while let (Some((one, left_rest)), Some((other, right_rest))) = (left.split_first_chunk::<8>(), right.split_first_chunk::<8>()) {
        if one != other {
            return false;
        }
        (left, right) = (left_rest, right_rest);
    }
    true
}
