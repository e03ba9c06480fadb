//! From the bytes of a file to text: UTF-8 with and without a mark, UTF-16, GBK, and whatever an HTML page says of itself.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::ImportError;

/// A page larger than this is not one.
pub const LARGEST: usize = 32 * 1024 * 1024;
/// The encoding that a page names stands in its first bytes.
const HEAD: usize = 2048;

/// The text of a file.
///
/// # Errors
/// [`ImportError::TooLarge`], [`ImportError::Empty`], and [`ImportError::Binary`] for what is no text in any encoding that pages are published in.
pub fn decode(bytes: &[u8]) -> Result<String, ImportError> {
    if bytes.len() > LARGEST {
        return Err(ImportError::TooLarge { bytes: bytes.len(), limit: LARGEST });
    }
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => decode_as(encoding, bytes.get(length..).unwrap_or_default())?,
        None => unmarked(bytes)?,
    };
    if text.trim().is_empty() {
        return Err(ImportError::Empty);
    }
    let strange = text.chars().filter(|c| (c.is_control() && !matches!(c, '\t' | '\r' | '\n' | '\u{c}')) || *c == '\u{fffd}').count();
    if strange * 100 > text.chars().count() {
        return Err(ImportError::Binary);
    }
    Ok(text)
}

fn unmarked(bytes: &[u8]) -> Result<String, ImportError> {
    if bytes.contains(&0) {
        return decode_as(wide(bytes).ok_or(ImportError::Binary)?, bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let named = named(bytes).filter(|encoding| *encoding != UTF_8);
    decode_as(named.unwrap_or(GB18030), bytes).or_else(|_| {
        // A page of UTF-8 that was cut inside a character, or with a few broken ones.
        let text = String::from_utf8_lossy(bytes);
        let broken = text.matches('\u{fffd}').count();
        if broken * 200 <= text.len() { Ok(text.into_owned()) } else { Err(ImportError::Binary) }
    })
}

fn decode_as(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, ImportError> {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    if broken && encoding != UTF_8 && encoding != UTF_16LE && encoding != UTF_16BE {
        return Err(ImportError::Binary);
    }
    Ok(text.into_owned())
}

/// UTF-16 without a mark: line ends and Latin letters leave their zero bytes on one side.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let (mut even, mut odd) = (0usize, 0usize);
    for (place, _) in bytes.iter().enumerate().filter(|(_, byte)| **byte == 0) {
        if place % 2 == 0 { even += 1 } else { odd += 1 }
    }
    let enough = |zeros: usize, others: usize| zeros * 50 > bytes.len() && others * 20 <= zeros;
    if enough(odd, even) {
        Some(UTF_16LE)
    } else if enough(even, odd) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The encoding that an HTML page names in its head.
fn named(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(HEAD))?).to_ascii_lowercase();
    let (_, rest) = head.split_once("charset=")?;
    let label: String =
        rest.trim_start_matches(['"', '\'']).chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect();
    Encoding::for_label(label.as_bytes())
}

/// Every kind of line end becomes `\n`.
pub(crate) fn line_ends(text: &str) -> String {
    if !text.contains(['\r', '\u{2028}', '\u{85}', '\u{b}', '\u{c}']) {
        return text.to_owned();
    }
    text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{85}', '\u{b}', '\u{c}'], "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "\u{83b7}\u{53d6}\u{7528}\u{6237}\n| page | int | \u{9875}\u{7801} |\n";
        let utf_16: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = utf_16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = utf_16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        let (gbk, _, _) = GB18030.encode(text);
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(),
            little.clone(),
            big.clone(),
            [b"\xff\xfe".as_slice(), &little].concat(),
            [b"\xfe\xff".as_slice(), &big].concat(),
            gbk.to_vec(),
        ] {
            assert_eq!(decode(&bytes).unwrap(), text);
        }
        assert_eq!(line_ends("a\r\nb\rc\nd"), "a\nb\nc\nd");
    }

    #[test]
    fn what_is_no_text_is_a_clear_error() {
        assert_eq!(decode(b""), Err(ImportError::Empty));
        assert_eq!(decode(b" \r\n\t"), Err(ImportError::Empty));
        assert_eq!(decode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\xff\xd8\xfe"), Err(ImportError::Binary));
        let noise: Vec<u8> = (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        assert_eq!(decode(&noise), Err(ImportError::Binary));
        let huge = vec![b'a'; LARGEST + 1];
        assert_eq!(decode(&huge), Err(ImportError::TooLarge { bytes: LARGEST + 1, limit: LARGEST }));
    }

    #[test]
    fn a_page_that_names_its_encoding_is_believed() {
        let (big5, _, _) = encoding_rs::BIG5.encode("<meta charset=\"big5\"><p>\u{7372}\u{53d6}\u{7528}\u{6236}\u{5217}\u{8868}</p>");
        assert!(decode(&big5).unwrap().contains('\u{7372}'));
    }
}
