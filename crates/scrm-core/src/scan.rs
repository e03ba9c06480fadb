//! The JSON scanner: a cursor over a text that takes one token at a time.
//!
//! *Strict*, it accepts the documents that `serde_json` accepts, the depth limit included, and yields the same values. *Lax*, it forgives besides
//! what is damaged inside a string without touching the structure (see [`lax`]). What it has that a `serde` visitor has not: byte offsets, so that
//! a value can be cut out where it stands, and the digits of a number as they came.

mod lax;
mod paths;
mod strides;
/// The longest beginning of at most `cap` bytes that ends between two characters.
pub(crate) fn cut(text: &str, cap: usize) -> &str {
    let mut end = cap.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde_json::{Map, Value};

use self::strides::{POWERS, leading_digits, numbered, plain_length, power, short_digits, short_integer, short_number};
pub(crate) use self::{
    lax::{Damage, Readable},
    paths::paths,
    strides::same,
};

/// Why and where scanning stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    /// Offset in the text, in bytes.
    pub(crate) at: usize,
    pub(crate) why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Not JSON.
    Syntax,
    /// Objects and lists nested deeper than 127.
    Depth,
    /// What is read into grows beyond all proportion to the text.
    Room,
    /// JSON, but not what was wanted here.
    Want(&'static str),
}

impl Stop {
    /// Whether the text cannot be walked beyond this point, as opposed to a value that does not fit.
    pub(crate) fn is_fatal(self) -> bool {
        !matches!(self.why, Why::Want(_))
    }
}

/// Boxed, so that what is scanned without a stop comes back in a register.
pub(crate) type Scanned<T> = Result<T, Box<Stop>>;

/// A number, parsed as far as that costs nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number<'t> {
    Int(i64),
    /// An integer that is no `i64`.
    Wide(&'t str),
    /// Has a fraction or an exponent; also `-0`, which is no integer to `serde_json` either.
    Float(&'t str),
}

/// A place to return to.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    /// Offset in the text, in bytes.
    pub(crate) at: usize,
    depth: u8,
}

/// As in `serde_json`: the 128th nested object or list is an error.
const DEPTH: u8 = 128;

pub(crate) struct Scan<'t> {
    text: &'t str,
    /// What of the text is not yet taken.
    rest: &'t [u8],
    depth: u8,
    /// The last string that had escapes.
    scratch: String,
    /// Whether damage inside strings is forgiven.
    lax: bool,
    /// Whether the text stands for one that is no UTF-8: see [`Readable`].
    repaired: bool,
    /// What was forgiven since this was last looked at.
    pub(crate) forgiven: Damage,
}

impl<'t> Scan<'t> {
    /// A strict scanner.
    pub(crate) fn new(text: &'t str) -> Self {
        Scan { text, rest: text.as_bytes(), depth: 0, scratch: String::new(), lax: false, repaired: false, forgiven: Damage::NONE }
    }

    /// A lax scanner.
    pub(crate) fn lax(text: &'t str) -> Self {
        Scan { lax: true, ..Scan::new(text) }
    }

    /// A lax scanner of a body; a byte order mark is left out.
    pub(crate) fn of(body: &'t Readable<'_>) -> Self {
        let mut scan = Scan { repaired: body.repaired(), ..Scan::lax(body.text()) };
        scan.advance(body.mark());
        scan
    }

    /// A scanner of a string that stands inside this one's text; the depth goes on counting.
    pub(crate) fn nested<'i>(&self, text: &'i str) -> Scan<'i> {
        Scan { depth: self.depth, lax: self.lax, ..Scan::new(text) }
    }

    /// A scanner of the same text, from an offset.
    pub(crate) fn again(&self, at: usize) -> Scan<'t> {
        let mut again = Scan { lax: self.lax, repaired: self.repaired, ..Scan::new(self.text) };
        again.return_to(at);
        again
    }

    /// The whole text, as it is scanned.
    pub(crate) fn text(&self) -> &'t str {
        self.text
    }

    /// Whether the text is a copy of the body.
    pub(crate) fn is_copy(&self) -> bool {
        self.repaired
    }

    /// Where the text begins, behind a byte order mark.
    pub(crate) fn start(&self) -> usize {
        if self.lax { lax::mark(self.text) } else { 0 }
    }

    /// A piece of the text as it may be kept: what stands for bytes that are no UTF-8 becomes U+FFFD.
    pub(crate) fn as_kept<'p>(&self, piece: &'p str) -> Cow<'p, str> {
        if self.repaired { lax::kept(piece).into() } else { piece.into() }
    }

    /// The same, as a text of its own.
    pub(crate) fn kept(&self, piece: &str) -> Box<str> {
        self.as_kept(piece).into_owned().into()
    }

    /// Offset in the text of what is next, in bytes.
    #[inline]
    pub(crate) fn at(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { at: self.at(), depth: self.depth }
    }

    pub(crate) fn rewind(&mut self, mark: Mark) {
        self.depth = mark.depth;
        self.return_to(mark.at);
    }

    /// Goes to an offset where the depth was the same.
    pub(crate) fn return_to(&mut self, at: usize) {
        self.rest = self.text.as_bytes().get(at..).unwrap_or_default();
    }

    /// The text from an offset to here.
    pub(crate) fn since(&self, start: usize) -> &'t str {
        self.text.get(start..self.at()).unwrap_or_default()
    }

    #[cold]
    fn syntax<T>(&self) -> Scanned<T> {
        self.stop(self.at(), Why::Syntax)
    }

    #[cold]
    pub(crate) fn want<T>(&self, at: usize, what: &'static str) -> Scanned<T> {
        self.stop(at, Why::Want(what))
    }

    #[cold]
    pub(crate) fn stop<T>(&self, at: usize, why: Why) -> Scanned<T> {
        Err(Box::new(Stop { at, why }))
    }

    /// The byte here; 0 at the end.
    #[inline]
    fn byte(&self) -> u8 {
        self.rest.first().copied().unwrap_or(0)
    }

    /// Leaves out so many bytes.
    #[inline]
    fn advance(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// Moves to the next byte that is not white space and gives it; 0 at the end.
    #[inline]
    pub(crate) fn peek(&mut self) -> u8 {
        while let [first, rest @ ..] = self.rest {
            match first {
                b' ' | b'\n' | b'\r' | b'\t' => self.rest = rest,
                byte => return *byte,
            }
        }
        0
    }

    /// Takes the rest, which must be white space.
    pub(crate) fn end(&mut self) -> Scanned<()> {
        self.peek();
        if self.rest.is_empty() { Ok(()) } else { self.syntax() }
    }

    /// Takes exactly this word.
    pub(crate) fn word(&mut self, word: &str) -> Scanned<()> {
        match self.rest.strip_prefix(word.as_bytes()) {
            Some(rest) => {
                self.rest = rest;
                Ok(())
            }
            None => self.syntax(),
        }
    }

    // Objects and lists ---------------------------------------------------------------------------------------------

    /// Takes the opening bracket that stands here.
    #[inline]
    pub(crate) fn open(&mut self) -> Scanned<()> {
        self.depth += 1;
        if self.depth == DEPTH {
            return self.stop(self.at(), Why::Depth);
        }
        self.advance(1);
        Ok(())
    }

    /// After an opening bracket: whether there is a first element. Takes the closing bracket if not.
    #[inline]
    pub(crate) fn first(&mut self, close: u8) -> Scanned<bool> {
        if self.peek() != close {
            return Ok(true);
        }
        self.advance(1);
        self.depth -= 1;
        Ok(false)
    }

    /// After an element: whether there is another. Takes the comma or the closing bracket.
    #[inline]
    pub(crate) fn next(&mut self, close: u8) -> Scanned<bool> {
        if !matches!(self.rest, [b',', ..]) {
            self.peek();
        }
        match self.rest {
            [b',', rest @ ..] => {
                self.rest = rest;
                Ok(true)
            }
            [byte, rest @ ..] if *byte == close => {
                self.rest = rest;
                self.depth -= 1;
                Ok(false)
            }
            _ => self.syntax(),
        }
    }

    /// Takes a key and its colon.
    pub(crate) fn key(&mut self) -> Scanned<&str> {
        if self.peek() != b'"' {
            return self.syntax();
        }
        let plain = self.plain_string();
        if plain.is_none() {
            self.escaped()?;
        }
        if self.peek() != b':' {
            return self.syntax();
        }
        self.advance(1);
        Ok(plain.unwrap_or(&self.scratch))
    }

    /// Takes `"name":` if exactly that stands here.
    #[inline]
    pub(crate) fn takes(&mut self, name: &str) -> bool {
        let Some((quoted, [b':', rest @ ..])) = self.rest.split_at_checked(name.len() + 2) else { return false };
        let [b'"', written @ .., b'"'] = quoted else { return false };
        let hit = same(written, name.as_bytes());
        if hit {
            self.rest = rest;
        }
        hit
    }

    /// Takes `"<prefix>20408":` if exactly that stands here and gives the number; only one of up to nine digits that prints back the same.
    #[inline(always)]
    pub(crate) fn takes_numbered(&mut self, prefix: &str) -> Option<u32> {
        let (number, rest) = numbered(self.rest, prefix)?;
        self.rest = rest;
        Some(number)
    }

    /// Takes `"<prefix>20408":15` if exactly that stands here, the value as in [`Self::short_integer`].
    #[inline(always)]
    pub(crate) fn takes_column(&mut self, prefix: &str) -> Option<(u32, i64)> {
        let (number, rest) = numbered(self.rest, prefix)?;
        let (value, rest) = short_integer(rest)?;
        self.rest = rest;
        Some((number, value))
    }

    // Strings ---------------------------------------------------------------------------------------------------------

    /// Takes the string whose opening quote stands here, if it has no escapes; `None`: nothing taken.
    #[inline(always)]
    pub(crate) fn plain_string(&mut self) -> Option<&'t str> {
        let behind = self.rest.get(1..)?;
        let length = plain_length(behind);
        let (_, [b'"', rest @ ..]) = behind.split_at_checked(length)? else { return None };
        let start = self.at() + 1;
        let string = self.text.get(start..start + length)?;
        self.rest = rest;
        Some(string)
    }

    /// Takes the string whose opening quote stands here.
    #[inline]
    pub(crate) fn string(&mut self) -> Scanned<&str> {
        match self.plain_string() {
            Some(string) => Ok(string),
            None => self.escaped(),
        }
    }

    /// Takes the string whose opening quote stands here, and which has escapes or no end.
    #[cold]
    fn escaped(&mut self) -> Scanned<&str> {
        self.scratch.clear();
        self.advance(1);
        loop {
            let start = self.at();
            self.advance(plain_length(self.rest));
            let plain = self.since(start);
            self.scratch.push_str(plain);
            match self.byte() {
                b'"' => {
                    self.advance(1);
                    return Ok(&self.scratch);
                }
                b'\\' => {
                    self.advance(1);
                    let character = self.escape()?;
                    self.scratch.push(character);
                }
                _ if self.lax && !self.rest.is_empty() => {
                    let character = self.control();
                    self.scratch.push(character);
                }
                _ => return self.syntax(),
            }
        }
    }

    fn escape(&mut self) -> Scanned<char> {
        let character = match self.byte() {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.advance(1);
                return self.code_point();
            }
            _ => return self.syntax(),
        };
        self.advance(1);
        Ok(character)
    }

    /// The code point behind `\u`; one outside the basic plane is written as two surrogates, neither of which may stand alone.
    fn code_point(&mut self) -> Scanned<char> {
        let code = self.four_hex()?;
        if !(0xD800..0xE000).contains(&code) {
            return char::from_u32(code).map_or_else(|| self.syntax(), Ok);
        }
        let behind = self.rest;
        match self.surrogates(code) {
            Err(_) if self.lax => {
                self.rest = behind;
                self.forgiven |= Damage::HALF_SURROGATE;
                Ok(char::REPLACEMENT_CHARACTER)
            }
            pair => pair,
        }
    }

    /// The code point of two surrogates, the first of which was taken.
    fn surrogates(&mut self, high: u32) -> Scanned<char> {
        if high >= 0xDC00 {
            return self.syntax();
        }
        self.word("\\u")?;
        let low = self.four_hex()?;
        if !(0xDC00..0xE000).contains(&low) {
            return self.syntax();
        }
        char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)).map_or_else(|| self.syntax(), Ok)
    }

    fn four_hex(&mut self) -> Scanned<u32> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = char::from(self.byte()).to_digit(16) else { return self.syntax() };
            code = code * 16 + digit;
            self.advance(1);
        }
        Ok(code)
    }

    // Numbers ---------------------------------------------------------------------------------------------------------

    /// Takes an integer of up to fifteen digits, if one stands here and some more text does: the commonest numbers at a fraction of the cost.
    #[inline(always)]
    pub(crate) fn short_integer(&mut self) -> Option<i64> {
        let (value, rest) = short_integer(self.rest)?;
        self.rest = rest;
        Some(value)
    }

    /// The same with quotes around it, leading zeros allowed.
    #[inline]
    pub(crate) fn short_quoted_integer(&mut self) -> Option<i64> {
        let behind = self.rest.get(1..)?;
        let (value, length) = short_digits(behind)?;
        if length == 0 {
            return None;
        }
        self.rest = behind.get(length..)?.strip_prefix(b"\"")?;
        Some(value)
    }

    /// Takes a number of up to fifteen digits, if one stands here and some more text does, and gives its digits and how many of them stand behind a
    /// point, none in an integer.
    #[inline(always)]
    pub(crate) fn short_number(&mut self) -> Option<(i64, usize)> {
        let (digits, places, rest) = short_number(self.rest)?;
        self.rest = rest;
        Some((digits, places))
    }

    /// The same as a float.
    #[inline]
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn short_float(&mut self) -> Option<f64> {
        let (digits, places) = self.short_number()?;
        // both are exact below 2^53, so their quotient is rounded once: it is the nearest number
        Some(digits as f64 / power(places) as f64)
    }

    /// Takes a number.
    #[inline]
    pub(crate) fn number(&mut self) -> Scanned<Number<'t>> {
        let start = self.at();
        let negative = self.byte() == b'-';
        if negative {
            self.advance(1);
        }
        let first = self.rest;
        let (mut value, mut rest) = (0_i64, first);
        while let Some((eight, length)) = rest.first_chunk::<8>().map(|eight| leading_digits(*eight)) {
            value = value.wrapping_mul(POWERS[length]).wrapping_add(i64::from(eight));
            rest = &rest[length..];
            if length < 8 {
                break;
            }
        }
        while let [byte @ b'0'..=b'9', behind @ ..] = rest {
            value = value.wrapping_mul(10).wrapping_add(i64::from(byte - b'0'));
            rest = behind;
        }
        let digits = first.len() - rest.len();
        if digits == 0 || (digits > 1 && first[0] == b'0') {
            return self.syntax();
        }
        self.rest = rest;
        if matches!(self.byte(), b'.' | b'e' | b'E') {
            return self.fraction(start);
        }
        // 18 digits always fit, more may
        match (digits <= 18, negative) {
            (true, false) => Ok(Number::Int(value)),
            (true, true) if value != 0 => Ok(Number::Int(-value)),
            (true, true) => Ok(Number::Float(self.since(start))),
            (false, _) => Ok(self.since(start).parse().map_or_else(|_| Number::Wide(self.since(start)), Number::Int)),
        }
    }

    fn fraction(&mut self, start: usize) -> Scanned<Number<'t>> {
        if self.byte() == b'.' {
            self.advance(1);
            self.digits()?;
        }
        if matches!(self.byte(), b'e' | b'E') {
            self.advance(1);
            if matches!(self.byte(), b'+' | b'-') {
                self.advance(1);
            }
            self.digits()?;
        }
        Ok(Number::Float(self.since(start)))
    }

    fn digits(&mut self) -> Scanned<()> {
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return self.syntax();
        }
        self.advance(digits);
        Ok(())
    }

    // Whole values ----------------------------------------------------------------------------------------------------

    /// Takes one value of any kind and gives its text. Numbers are checked by grammar, not by range.
    pub(crate) fn skip(&mut self) -> Scanned<&'t str> {
        self.walk::<false>()
    }

    /// The same as [`Self::value`], but nothing is made of it.
    pub(crate) fn check(&mut self) -> Scanned<()> {
        self.walk::<true>().map(|_| ())
    }

    fn walk<const RANGES: bool>(&mut self) -> Scanned<&'t str> {
        let byte = self.peek();
        let start = self.at();
        match byte {
            b'"' => {
                self.string()?;
            }
            b'{' => {
                self.open()?;
                let mut more = self.first(b'}')?;
                while more {
                    self.key()?;
                    self.walk::<RANGES>()?;
                    more = self.next(b'}')?;
                }
            }
            b'[' => {
                self.open()?;
                let mut more = self.first(b']')?;
                while more {
                    self.walk::<RANGES>()?;
                    more = self.next(b']')?;
                }
            }
            b'n' => self.word("null")?,
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            _ => match self.number()? {
                Number::Wide(digits) | Number::Float(digits) if RANGES => {
                    self.in_range(start, digits)?;
                }
                _ => {}
            },
        }
        Ok(self.since(start))
    }

    /// Takes one value of any kind. A number beyond the range of `f64` does not fit.
    pub(crate) fn value(&mut self) -> Scanned<Value> {
        Ok(match self.peek() {
            b'"' => Value::String(self.string()?.to_owned()),
            open @ (b'{' | b'[') => self.container(open)?,
            b'n' => {
                self.word("null")?;
                Value::Null
            }
            b't' => {
                self.word("true")?;
                Value::Bool(true)
            }
            b'f' => {
                self.word("false")?;
                Value::Bool(false)
            }
            _ => {
                let start = self.at();
                match self.number()? {
                    Number::Int(value) => Value::from(value),
                    Number::Wide(digits) | Number::Float(digits) => self.in_range(start, digits)?,
                }
            }
        })
    }

    /// A number that is no `i64`. Rounding and range are `serde_json`'s own.
    fn in_range(&self, start: usize, digits: &str) -> Scanned<Value> {
        serde_json::from_str(digits).or_else(|_| self.want(start, "a number in the range of f64"))
    }

    /// An object or a list, its opening bracket being next.
    fn container(&mut self, open: u8) -> Scanned<Value> {
        self.open()?;
        if open == b'{' {
            let (mut entries, mut more) = (Map::new(), self.first(b'}')?);
            while more {
                let key = self.key()?.to_owned();
                entries.insert(key, self.value()?);
                more = self.next(b'}')?;
            }
            return Ok(Value::Object(entries));
        }
        let (mut list, mut more) = (Vec::new(), self.first(b']')?);
        while more {
            list.push(self.value()?);
            more = self.next(b']')?;
        }
        Ok(Value::Array(list))
    }
}

/// A whole document; `None`: not one. For the fuzz targets.
#[must_use]
pub fn document(text: &str) -> Option<Value> {
    let mut scan = Scan::new(text);
    let value = scan.value().ok()?;
    scan.end().ok()?;
    Some(value)
}

/// The same of a lax scanner, from bytes that need not be UTF-8.
#[must_use]
pub fn lax_document(body: &[u8]) -> Option<Value> {
    let body = Readable::new(body);
    let mut scan = Scan::of(&body);
    let value = scan.value().ok()?;
    scan.end().ok()?;
    Some(value)
}

/// A member of an object: its name, its value, and the text of that.
pub type Member = (Box<str>, Value, Box<str>);

/// The members of an object that is a whole document, in their order; a name that occurs twice stands there twice. `None`: no object.
#[must_use]
pub fn lax_members(body: &[u8]) -> Option<Vec<Member>> {
    let body = Readable::new(body);
    let mut scan = Scan::of(&body);
    if scan.peek() != b'{' {
        return None;
    }
    scan.open().ok()?;
    let (mut members, mut more) = (Vec::new(), scan.first(b'}').ok()?);
    while more {
        let key = scan.key().map(Box::from).ok()?;
        scan.peek();
        let start = scan.at();
        let value = scan.value().ok()?;
        members.push((key, value, scan.kept(scan.since(start))));
        more = scan.next(b'}').ok()?;
    }
    scan.end().ok()?;
    Some(members)
}

/// The members of an object, each with a comma behind it but perhaps the last; up to the first that is none.
pub(crate) fn members(text: &str) -> Vec<(Box<str>, Value)> {
    let (mut scan, mut members) = (Scan::lax(text), Vec::new());
    while scan.peek() == b'"' {
        let Ok(key) = scan.key().map(Box::from) else { break };
        let Ok(value) = scan.value() else { break };
        members.push((key, value));
        if scan.peek() == b',' {
            scan.advance(1);
        }
    }
    members
}
