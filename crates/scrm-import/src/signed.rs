//! Operations that are signed: what belongs to the signature is no field of theirs.

use scrm_schema::model::{Signature, VendorFile};

use crate::example_shapes::ExampleShape;
use crate::page::{Concern, Located, Page};
use crate::tree::Field;

/// Names of a digest where no vendor file tells them, and of what is signed with it.
const DIGESTS: [&str; 5] = ["signature", "sign", "sig", "Signature", "Sign"];
const SIGNED: [&str; 8] = ["nonce", "nonceStr", "nonce_str", "noncestr", "timestamp", "timeStamp", "time_stamp", "ts"];

/// Takes the parameters of one of the vendor's signatures out of the request: the vendor file says how they are made. Gives the signature's name.
pub(crate) fn take(
    request: &mut Field,
    shapes: &mut ExampleShape,
    page: &mut Page,
    vendor: Option<&VendorFile>,
) -> Option<Located<String>> {
    let signatures = vendor.map_or(&[][..], |vendor| &vendor.signatures);
    for signature in signatures {
        let Some(line) = line_of(&signature.signature, request, shapes, page) else { continue };
        let (there, missing): (Vec<&str>, Vec<&str>) = signature.sent().partition(|name| line_of(name, request, shapes, page).is_some());
        if there.len() < 2 {
            let text = format!(
                "`{}` is called like the digest of the signature `{}`, but nothing else of it is on the page: is the operation signed?",
                signature.signature, signature.name
            );
            page.remark(Concern::Decide, line, text);
            continue;
        }
        if !missing.is_empty() {
            let text = format!("the page shows the signature `{}` without {}: is it signed so?", signature.name, missing.join(", "));
            page.remark(Concern::Decide, line, text);
        }
        let text = format!("{} are the signature `{}`: the vendor file says how it is made", there.join(", "), signature.name);
        page.remark(Concern::Assumed, line, text);
        remove(signature, request, shapes);
        return Some(Located::new(signature.name.clone(), line));
    }
    if signatures.is_empty() {
        ask(request, page);
    }
    None
}

/// The line on which the page shows a name, as a row, in an example, or as a header.
fn line_of(name: &str, request: &Field, shapes: &ExampleShape, page: &Page) -> Option<usize> {
    let row = request.members.get(name).map(|field| field.line);
    let seen = shapes.members.get(name).map(|seen| seen.line);
    row.or(seen).or_else(|| page.headers.iter().find(|header| header.value.eq_ignore_ascii_case(name)).map(|header| header.line))
}

fn remove(signature: &Signature, request: &mut Field, shapes: &mut ExampleShape) {
    for name in signature.sent().chain([signature.secret.name.as_str()]) {
        request.members.shift_remove(name);
        shapes.members.shift_remove(name);
    }
}

/// Without a signature in the vendor file, what looks like one is left where it is.
fn ask(request: &Field, page: &mut Page) {
    let digest = DIGESTS.iter().find_map(|name| request.members.get_key_value(*name));
    let signed = SIGNED.iter().find(|name| request.members.contains_key(**name));
    if let (Some((digest, field)), Some(signed)) = (digest, signed) {
        let text =
            format!("`{digest}` beside `{signed}` looks like a signed call: if it is one, describe it under `signatures` in vendor.json");
        page.remark(Concern::Decide, field.line, text);
    }
}

/// The base URL that must be said: none where it is the signature's.
pub(crate) fn base_url(
    shown: Option<String>,
    signature: Option<&Located<String>>,
    page: &mut Page,
    vendor: Option<&VendorFile>,
) -> Option<String> {
    let own = signature.and_then(|signature| vendor?.signature(&signature.value)?.base_url.clone());
    let (Some(own), Some(url)) = (own, page.url.clone()) else { return shown };
    let is_whole = url.value.contains("://");
    if shown.is_none() && is_whole {
        let text = format!("the address `{}` is not below `{own}`, where signed calls go", url.value);
        page.remark(Concern::Decide, url.line, text);
    }
    shown.filter(|shown| *shown != own)
}
