//! The scheme that WeChat documents: SHA-1 over sorted parts, AES-256-CBC around random bytes, length, message and id.

use std::{borrow::Cow, fmt, time::Duration};

use aes::Aes256;
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _, block_padding::NoPadding};
use scrm_core::{Secret, sign::sha1_hex};
use subtle::{Choice, ConstantTimeEq as _, ConstantTimeLess as _};

use crate::{
    incoming::Incoming,
    seal::{Opened, Seal, Unverified, Window},
    xml,
};

/// Blocks that a message is padded to.
const BLOCK: usize = 32;
/// Random bytes in front of a message.
const RANDOM: usize = 16;
/// The last character of a key holds bits that mean nothing; some consoles make them up.
const LOOSE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Verification and encryption as WeChat documents it: a token, and a key of 43 characters.
///
/// The signature is the SHA-1 over token, timestamp, nonce and ciphertext, sorted and joined. Nothing is decrypted before it holds. The ciphertext is AES-256 in CBC mode,
/// its key the key's base64, its IV the first half of that; inside stand 16 random bytes, the message's length, the message and an id, padded to 32 bytes.
///
/// Parameters of the query are `msg_signature`, `timestamp` and `nonce`; the ciphertext stands in an element or key `Encrypt`, or is the body itself.
///
/// *Checks of an address.* With `echostr` in the query, and `msg_signature`: the echo is decrypted and given back, as WeCom documents it. With `signature` only: the echo is
/// given back as it came, as WeChat documents it for official accounts.
#[derive(Clone)]
pub struct WechatSeal {
    token: Secret,
    key: [u8; 32],
    id: Option<String>,
    window: Window,
}

/// What is wrong with a token or key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidKey;

impl fmt::Display for InvalidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no key of 43 letters and digits, as the vendor's console shows it")
    }
}

impl std::error::Error for InvalidKey {}

/// A push as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sealed {
    /// The query of the URL.
    pub query: String,
    /// The body.
    pub body: String,
}

impl WechatSeal {
    /// With the token and the key of the vendor's console, and the id that the vendor puts behind each message.
    ///
    /// # Errors
    /// The key is not 43 characters of base64.
    pub fn new(token: impl Into<Secret>, key: &str, id: impl Into<String>) -> Result<Self, InvalidKey> {
        let mut bytes = [0; 32];
        if key.len() != 43 || LOOSE.decode_slice(key, &mut bytes) != Ok(32) {
            return Err(InvalidKey);
        }
        Ok(WechatSeal { token: token.into(), key: bytes, id: Some(id.into()), window: Window::default() })
    }

    /// The id behind a message may be any: where it is not known what the vendor puts there.
    #[must_use]
    pub fn any_id(mut self) -> Self {
        self.id = None;
        self
    }

    /// How old a request may be at most: two days unless told, and at most thirty. The documented repetitions end after 32 hours, and nobody could read whether they are
    /// signed anew; a replay inside of this window is known by its id and signature.
    #[must_use]
    pub fn window(mut self, window: Duration) -> Self {
        self.window = Window::new(window);
        self
    }

    /// Signs and encrypts a message as the vendor would: for tests, and for stand-ins. `timestamp`: Unix time in seconds. `random` stands in front of the message.
    #[must_use]
    pub fn seal(&self, message: &[u8], timestamp: u64, nonce: &str, random: [u8; 16]) -> Sealed {
        let encrypted = self.encrypt(message, random);
        let signature = signature(&[self.token.expose(), &timestamp.to_string(), nonce, &encrypted]);
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("msg_signature", &signature)
            .append_pair("timestamp", &timestamp.to_string())
            .append_pair("nonce", nonce)
            .finish();
        Sealed { query, body: format!("<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>") }
    }

    /// The query by which a vendor checks an address.
    #[must_use]
    pub fn seal_check(&self, echo: &str, timestamp: u64, nonce: &str, random: [u8; 16]) -> String {
        let encrypted = self.encrypt(echo.as_bytes(), random);
        let signature = signature(&[self.token.expose(), &timestamp.to_string(), nonce, &encrypted]);
        form_urlencoded::Serializer::new(String::new())
            .append_pair("msg_signature", &signature)
            .append_pair("timestamp", &timestamp.to_string())
            .append_pair("nonce", nonce)
            .append_pair("echostr", &encrypted)
            .finish()
    }

    fn encrypt(&self, message: &[u8], random: [u8; 16]) -> String {
        let mut clear = Vec::with_capacity(message.len() + 2 * BLOCK);
        clear.extend(random);
        clear.extend(u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes());
        clear.extend(message);
        clear.extend(self.id.as_deref().unwrap_or_default().as_bytes());
        let padding = BLOCK - clear.len() % BLOCK;
        clear.resize(clear.len() + padding, u8::try_from(padding).unwrap_or_default());
        let cipher = cbc::Encryptor::<Aes256>::new(&self.key.into(), &self.iv().into());
        STANDARD.encode(cipher.encrypt_padded_vec::<NoPadding>(&clear))
    }

    fn iv(&self) -> [u8; 16] {
        std::array::from_fn(|at| self.key.get(at).copied().unwrap_or_default())
    }

    /// The signature over these parts and the token, if the given one is that; the time it takes does not depend on where it differs.
    fn signed(&self, given: &str, parts: &[&str]) -> Option<String> {
        let mut all = vec![self.token.expose()];
        all.extend(parts);
        let signature = signature(&all);
        bool::from(signature.as_bytes().ct_eq(given.to_ascii_lowercase().as_bytes())).then_some(signature)
    }

    /// The message inside of a ciphertext that was verified.
    fn decrypt(&self, encrypted: &str) -> Result<Vec<u8>, Unverified> {
        let encrypted = STANDARD.decode(encrypted.trim()).map_err(|_| Unverified)?;
        let cipher = cbc::Decryptor::<Aes256>::new(&self.key.into(), &self.iv().into());
        let clear = cipher.decrypt_padded_vec::<NoPadding>(&encrypted).map_err(|_| Unverified)?;
        let clear = unpadded(&clear).ok_or(Unverified)?;
        let rest = clear.get(RANDOM..).ok_or(Unverified)?;
        let (length, rest) = rest.split_first_chunk::<4>().ok_or(Unverified)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Unverified)?;
        let (message, id) = rest.split_at_checked(length).ok_or(Unverified)?;
        let own = self.id.as_deref().is_none_or(|own| id.ct_eq(own.as_bytes()).into());
        if own { Ok(message.to_vec()) } else { Err(Unverified) }
    }
}

impl Seal for WechatSeal {
    fn open<'a>(&self, incoming: &Incoming<'a>, now: u64) -> Result<Opened<'a>, Unverified> {
        let parameter = |name: &str| incoming.parameter(name);
        let (timestamp, nonce) = (parameter("timestamp").ok_or(Unverified)?, parameter("nonce").ok_or(Unverified)?);
        let echo = parameter("echostr");
        let fresh = timestamp.parse().is_ok_and(|timestamp| self.window.holds(timestamp, now));
        if let (Some(echo), None, Some(signature)) = (&echo, parameter("msg_signature"), parameter("signature")) {
            let signed = self.signed(&signature, &[&timestamp, &nonce]);
            return if signed.is_some() && fresh { Ok(Opened::Check(echo.clone())) } else { Err(Unverified) };
        }
        let signature = parameter("msg_signature").or_else(|| parameter("signature")).ok_or(Unverified)?;
        let encrypted = match &echo {
            Some(echo) => Cow::Borrowed(echo.as_str()),
            None => ciphertext(incoming.body).ok_or(Unverified)?,
        };
        let signature = self.signed(&signature, &[&timestamp, &nonce, &encrypted]).filter(|_| fresh).ok_or(Unverified)?;
        let message = self.decrypt(&encrypted)?;
        match echo {
            Some(_) => String::from_utf8(message).map(Opened::Check).map_err(|_| Unverified),
            None => Ok(Opened::signed(message, signature)),
        }
    }

    fn accepted_for(&self) -> Duration {
        self.window.accepted_for()
    }
}

impl fmt::Debug for WechatSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WechatSeal").field("id", &self.id).field("window", &self.window).finish_non_exhaustive()
    }
}

/// Lower-case hexadecimal SHA-1 over the parts, sorted and joined.
pub(crate) fn signature(parts: &[&str]) -> String {
    let mut parts = parts.to_vec();
    parts.sort_unstable();
    sha1_hex(parts.concat().as_bytes())
}

/// The ciphertext of a body: in an element or key `Encrypt`, or the body itself.
fn ciphertext(body: &[u8]) -> Option<Cow<'_, str>> {
    let text = std::str::from_utf8(body).ok()?.trim();
    match text.as_bytes().first()? {
        b'<' => {
            let top = xml::read(text).ok()?;
            let inside = |element: &xml::Element| ["Encrypt", "encrypt"].iter().find_map(|key| Some(element.child(key)?.text.clone()));
            inside(&top).or_else(|| top.children.iter().find_map(inside)).map(Cow::Owned)
        }
        b'{' => {
            let value: serde_json::Value = serde_json::from_str(text).ok()?;
            let found = ["Encrypt", "encrypt"].iter().find_map(|key| value.get(key)?.as_str());
            found.map(|found| Cow::Owned(found.to_owned()))
        }
        _ => Some(Cow::Borrowed(text)),
    }
}

/// Without the padding: 1 to 32 bytes that each say how many there are.
fn unpadded(clear: &[u8]) -> Option<&[u8]> {
    let last = *clear.last()?;
    let length = usize::from(last);
    if length == 0 || length > BLOCK || length > clear.len() || !clear.len().is_multiple_of(16) {
        return None;
    }
    let (rest, _) = clear.split_at_checked(clear.len() - length)?;
    let mut right = Choice::from(1);
    for (back, byte) in clear.iter().rev().take(BLOCK).enumerate() {
        let inside = u8::try_from(back).unwrap_or(u8::MAX).ct_lt(&last);
        right &= !inside | byte.ct_eq(&last);
    }
    bool::from(right).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";

    fn seal() -> WechatSeal {
        WechatSeal::new("token_made_up_01".to_owned(), KEY, "app_made_up_0001").unwrap()
    }

    fn opened(seal: &WechatSeal, query: &str, body: &str, now: u64) -> Result<Vec<u8>, Unverified> {
        match seal.open(&Incoming::new(&[], query, body.as_bytes()), now)? {
            Opened::Body { body, .. } => Ok(body.into_owned()),
            Opened::Check(text) => Ok(text.into_bytes()),
        }
    }

    /// Worked out with OpenSSL and sha1sum, not by this crate.
    #[test]
    fn what_others_sealed_is_opened() {
        let encrypted = include_str!("../tests/wechat/ciphertext.txt").trim();
        let signature = include_str!("../tests/wechat/signature.txt").trim();
        let query = format!("msg_signature={signature}&timestamp=1772330400&nonce=n0nce");
        for body in [
            format!("<xml><ToUserName>x</ToUserName><Encrypt>{encrypted}</Encrypt></xml>"),
            format!("{{\"encrypt\": \"{encrypted}\"}}"),
            encrypted.to_owned(),
        ] {
            assert_eq!(opened(&seal(), &query, &body, 1_772_330_401), Ok("<doc><type>你好</type></doc>".into()));
        }
        // printf abc | sha1sum
        assert_eq!(self::signature(&["b", "a", "c"]), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }

    #[test]
    fn every_length_survives() {
        for length in 0..100 {
            let message = vec![b'x'; length];
            let sealed = seal().seal(&message, 1000, "n", [7; 16]);
            assert_eq!(opened(&seal(), &sealed.query, &sealed.body, 1000), Ok(message));
        }
    }

    #[test]
    fn whatever_is_wrong_the_refusal_is_the_same() {
        let sealed = seal().seal(b"<doc/>", 100_000, "nonce", [1; 16]);
        let again = |query: &str, body: &str, now: u64| opened(&seal(), query, body, now);
        assert!(again(&sealed.query, &sealed.body, 100_000).is_ok());
        assert!(again(&sealed.query, &sealed.body, 100_000 + 48 * 3600).is_ok());
        let flipped = sealed.body.replacen("CDATA[", "CDATA[A", 1);
        let foreign =
            WechatSeal::new("token_made_up_01".to_owned(), KEY, "app_made_up_0002").unwrap().seal(b"<doc/>", 100_000, "nonce", [1; 16]);
        let other_token =
            WechatSeal::new("another".to_owned(), KEY, "app_made_up_0001").unwrap().seal(b"<doc/>", 100_000, "nonce", [1; 16]);
        let signed = |encrypted: &str| {
            let signature = signature(&["token_made_up_01", "100000", "nonce", encrypted]);
            format!("msg_signature={signature}&timestamp=100000&nonce=nonce")
        };
        let mut bad_padding = STANDARD.decode(sealed.body.split(['[', ']']).nth(2).unwrap()).unwrap();
        *bad_padding.last_mut().unwrap() ^= 1;
        let bad_padding = STANDARD.encode(bad_padding);
        for (query, body, now) in [
            (sealed.query.as_str(), flipped.as_str(), 100_000),
            (&sealed.query, &sealed.body, 100_001 + 48 * 3600),
            (&sealed.query, &sealed.body, 100_000 - 601),
            (&foreign.query, &foreign.body, 100_000),
            (&other_token.query, &other_token.body, 100_000),
            (&signed(&bad_padding), &bad_padding, 100_000),
            (&signed("AAAA"), "AAAA", 100_000),
            (&signed("not base64"), "not base64", 100_000),
            ("", &sealed.body, 100_000),
            (&sealed.query, "", 100_000),
            ("msg_signature=&timestamp=100000&nonce=", &sealed.body, 100_000),
            ("msg_signature=x&timestamp=-1&nonce=n", "<", 100_000),
        ] {
            assert_eq!(again(query, body, now), Err(Unverified), "{query}");
        }
    }

    #[test]
    fn an_address_is_checked_both_ways() {
        let query = seal().seal_check("12345", 1000, "n", [3; 16]);
        assert_eq!(opened(&seal(), &query, "", 1000), Ok("12345".into()));
        let signature = signature(&["token_made_up_01", "1000", "n"]);
        let query = format!("signature={signature}&timestamp=1000&nonce=n&echostr=678");
        assert_eq!(opened(&seal(), &query, "", 1000), Ok("678".into()));
        assert_eq!(opened(&seal(), &query.replace("nonce=n", "nonce=m"), "", 1000), Err(Unverified));
    }

    #[test]
    fn keys_are_looked_at() {
        for wrong in ["", "short", &"=".repeat(43), &format!("{KEY}="), &KEY.replace('a', "é")] {
            assert_eq!(WechatSeal::new("t".to_owned(), wrong, "id").err(), Some(InvalidKey), "{wrong}");
        }
        assert!(!format!("{:?}", seal()).contains("token_made_up"));
    }
}
