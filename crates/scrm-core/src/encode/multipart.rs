//! `multipart/form-data` of texts.

use std::borrow::Cow;

/// The value of `Content-Type` and the body. The boundary follows from the content and occurs nowhere in it.
pub(super) fn write(fields: &[(&str, Cow<'_, str>)]) -> (String, String) {
    let boundary = boundary(fields);
    let mut body = String::new();
    for (name, value) in fields {
        body.push_str("--");
        body.push_str(&boundary);
        body.push_str("\r\nContent-Disposition: form-data; name=\"");
        push_name(&mut body, name);
        body.push_str("\"\r\n\r\n");
        body.push_str(value);
        body.push_str("\r\n");
    }
    body.push_str("--");
    body.push_str(&boundary);
    body.push_str("--\r\n");
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// A name as the WHATWG says; values stand as they are.
fn push_name(body: &mut String, name: &str) {
    for c in name.chars() {
        match c {
            '"' => body.push_str("%22"),
            '\r' => body.push_str("%0D"),
            '\n' => body.push_str("%0A"),
            other => body.push(other),
        }
    }
}

fn boundary(fields: &[(&str, Cow<'_, str>)]) -> String {
    let mut hash = Fnv::new();
    for (name, value) in fields {
        hash.add(name.as_bytes());
        hash.add(&[0xff]);
        hash.add(value.as_bytes());
        hash.add(&[0xff]);
    }
    unused(hash, fields)
}

/// The first boundary from this hash on that occurs in no field.
fn unused(mut hash: Fnv, fields: &[(&str, Cow<'_, str>)]) -> String {
    loop {
        let boundary = format!("form-{:016x}", hash.0);
        if fields.iter().all(|(name, value)| !name.contains(&boundary) && !value.contains(&boundary)) {
            return boundary;
        }
        hash.add(&[0]);
    }
}

/// FNV-1a, 64 bits: the standard library promises no hash that stays the same.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Fnv(0xcbf2_9ce4_8422_2325)
    }
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_gives_way_to_fields_that_hold_it() {
        let taken = "form-0000000000000007";
        assert_eq!(unused(Fnv(7), &[("a", "x".into())]), taken);
        let next = unused(Fnv(7), &[("a", format!("--{taken}").into())]);
        assert_ne!(next, taken);
        assert_ne!(unused(Fnv(7), &[(taken, "x".into()), ("b", next.as_str().into())]), taken);
        assert_ne!(unused(Fnv(7), &[(taken, "x".into()), ("b", next.as_str().into())]), next);
    }
}
