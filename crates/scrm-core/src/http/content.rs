//! Bodies that came compressed.

use std::io::Read;

use bytes::Bytes;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use crate::transport::{Header, Sent, TransportError, TransportErrorKind as Kind};

/// What gzip begins with; no JSON does.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Nobody means more than these, one on the other. Each may take as long as the largest answer does, and a header has space for thousands.
const MOST_CODINGS: usize = 4;

/// The body without its compression (gzip, deflate), whether or not it was asked for; the headers then tell of none. What is compressed otherwise stays
/// as it is, and the headers name it.
///
/// # Errors
/// When more than `limit` bytes come out of it, or it is damaged.
pub(super) fn decompressed(headers: &mut Vec<Header>, body: Bytes, limit: usize) -> Result<Bytes, TransportError> {
    if body.is_empty() {
        return Ok(body);
    }
    let mut codings: Vec<String> = Vec::new();
    for (_, value) in headers.iter().filter(|(name, _)| name == "content-encoding") {
        codings.extend(
            value.split(',').map(|coding| coding.trim().to_ascii_lowercase()).filter(|coding| !matches!(&**coding, "" | "identity")),
        );
    }
    if codings.is_empty() {
        // Some gateways compress without a word.
        return if body.starts_with(&GZIP) { inflate("gzip", &body, limit) } else { Ok(body) };
    }
    if codings.len() > MOST_CODINGS || !codings.iter().all(|coding| matches!(&**coding, "gzip" | "x-gzip" | "deflate")) {
        return Ok(body);
    }
    // The last was put on last.
    let body = codings.iter().rev().try_fold(body, |body, coding| inflate(coding, &body, limit))?;
    headers.retain(|(name, _)| name != "content-encoding" && name != "content-length");
    Ok(body)
}

fn inflate(coding: &str, body: &Bytes, limit: usize) -> Result<Bytes, TransportError> {
    match coding {
        "deflate" if is_zlib(body) => read(coding, ZlibDecoder::new(&body[..]), limit),
        // Meant is zlib; some send it bare.
        "deflate" if !looks_like_json(body) => read(coding, DeflateDecoder::new(&body[..]), limit),
        "gzip" | "x-gzip" if body.starts_with(&GZIP) => read(coding, MultiGzDecoder::new(&body[..]), limit),
        // The header lies: something on the way took the compression off and left the header on.
        _ => Ok(body.clone()),
    }
}

fn read(coding: &str, decoder: impl Read, limit: usize) -> Result<Bytes, TransportError> {
    let mut whole = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(most).read_to_end(&mut whole).map_err(|error| {
        TransportError::new(Kind::Broken, Sent::Yes, format!("the answer's content-encoding, {coding}, is damaged: {error}"))
    })?;
    if whole.len() > limit { Err(super::too_large(limit)) } else { Ok(whole.into()) }
}

/// The two bytes that zlib begins with: method and window, and a check over both.
fn is_zlib(body: &[u8]) -> bool {
    matches!(body, [first, second, ..] if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0)
}

fn looks_like_json(body: &[u8]) -> bool {
    matches!(body.trim_ascii_start().first(), Some(b'{' | b'['))
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write as _;

    use flate2::{
        Compression,
        write::{DeflateEncoder, GzEncoder, ZlibEncoder},
    };
    use proptest::prelude::*;

    use super::*;

    const TEXT: &[u8] = br#"{"code":0,"data":{"list":[]}}"#;

    pub(in crate::http) fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn deflate(text: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn headers(coding: &str) -> Vec<Header> {
        let mut headers: Vec<Header> = vec![("content-type".into(), "application/json".into())];
        if !coding.is_empty() {
            headers.push(("content-encoding".into(), coding.to_owned().into()));
        }
        headers
    }

    fn read(coding: &str, body: &[u8]) -> Result<(Vec<u8>, bool), TransportError> {
        let mut headers = headers(coding);
        let body = decompressed(&mut headers, Bytes::copy_from_slice(body), 1000)?;
        Ok((body.to_vec(), headers.iter().any(|(name, _)| name == "content-encoding")))
    }

    #[test]
    fn what_is_known_is_taken_off_whoever_put_it_on() {
        for (coding, body) in [
            ("", TEXT.to_vec()),
            ("identity", TEXT.to_vec()),
            ("gzip", gzip(TEXT)),
            ("X-GZIP", gzip(TEXT)),
            ("gzip, gzip", gzip(&gzip(TEXT))),
            ("deflate, gzip", gzip(&zlib(TEXT))),
            ("deflate", zlib(TEXT)),
            ("deflate", deflate(TEXT)),
            ("", gzip(TEXT)),
            ("gzip", TEXT.to_vec()),
            ("deflate", TEXT.to_vec()),
        ] {
            let (text, told) = read(coding, &body).unwrap();
            assert_eq!((&text[..], told), (TEXT, coding == "identity"), "{coding}");
        }
        assert_eq!(read("gzip", b"").unwrap().0, b"");
    }

    #[test]
    fn what_is_not_known_stays_as_it_is() {
        for coding in ["br", "zstd", "gzip, br", "compress", "gzip, gzip, gzip, gzip, gzip"] {
            assert_eq!(read(coding, b"\x0b\x02\x80").unwrap(), (b"\x0b\x02\x80".to_vec(), true), "{coding}");
        }
    }

    #[test]
    fn a_bomb_is_too_large_and_a_cut_one_is_damaged() {
        let bomb = read("gzip", &gzip(&[b' '; 100_000])).unwrap_err();
        assert_eq!((bomb.kind, bomb.sent), (Kind::TooLarge, Sent::Yes));
        let whole = gzip(TEXT);
        let cut = read("gzip", &whole[..whole.len() - 9]).unwrap_err();
        assert_eq!((cut.kind, cut.sent), (Kind::Broken, Sent::Yes));
        assert!(cut.message.contains("content-encoding, gzip"), "{cut}");
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(coding in "(gzip|deflate|br|,| ){0,4}", body: Vec<u8>) {
            if let Ok((text, _)) = read(&coding, &body) {
                prop_assert!(text.len() <= 1000.max(body.len()));
            }
        }
    }
}
