//! What a meta-schema cannot say: that parts of a file, and files of a vendor, agree with each other.

mod customer;
mod errata;
mod examples;
mod fields;
mod known;
mod paging;
mod places;
mod push;
mod rules;
mod source;
mod vendor;

use crate::error::{FileProblems, Problems};
use crate::model::{BodyKind, Field, Filling, Object, Operation, Place, Tree, Type, Vendor, VendorFile};
use crate::names;

/// Checks all vendors.
pub(crate) fn tree(tree: &Tree, problems: &mut Problems) {
    places::vendors(&tree.vendors, problems);
    for vendor in &tree.vendors {
        self::vendor(vendor, problems);
    }
}

/// Checks one vendor and its operations.
fn vendor(vendor: &Vendor, problems: &mut Problems) {
    let path = format!("{}/vendor.json", vendor.file.vendor);
    vendor::check(vendor, &mut FileProblems { file: &path, all: problems });
    places::check(vendor, problems);
    known::check(vendor, &mut FileProblems { file: &format!("{}/known.json", vendor.file.vendor), all: problems });
    for operation in &vendor.operations {
        check(&Context { vendor: &vendor.file, operation }, &mut FileProblems { file: &operation.file, all: problems });
    }
    for channel in &vendor.channels {
        push::check(vendor, channel, problems);
    }
    for area in &vendor.file.areas {
        errata::shared(&vendor.area(&area.name).collect::<Vec<_>>(), problems);
    }
    for channel in &vendor.channels {
        errata::shared(&channel.pushes.iter().map(|push| &push.operation).collect::<Vec<_>>(), problems);
    }
}

/// Checks one operation by itself.
pub(crate) fn operation(vendor: &VendorFile, operation: &Operation, problems: &mut Problems) {
    let mut problems = FileProblems { file: &operation.file, all: problems };
    places::name(operation, &mut problems);
    check(&Context { vendor, operation }, &mut problems);
}

/// One operation and the vendor it belongs to.
#[derive(Clone, Copy)]
struct Context<'a> {
    vendor: &'a VendorFile,
    operation: &'a Operation,
}

fn check(context: &Context<'_>, problems: &mut FileProblems<'_>) {
    let operation = context.operation;
    head(context, problems);
    source::check(operation, problems);
    envelope(context, problems);
    fields::check(context, problems);
    rules::check(context, problems);
    paging::check(context, problems);
    customer::check(context, problems);
    vendor::errors(&context.vendor.envelope, &operation.errors, problems);
    errata::check(operation, problems);
    examples::check(context, problems);
}

fn head(context: &Context<'_>, problems: &mut FileProblems<'_>) {
    let operation = context.operation;
    if let Some(token) = &operation.token
        && !context.vendor.tokens.iter().any(|known| known.name == *token)
    {
        problems.add("/token", format!("the vendor has no token called `{token}`"), "use a name of `tokens` in vendor.json, or `false`");
    }
    if let Some(name) = &operation.base_url
        && !context.vendor.base_urls.iter().any(|known| known.name == *name)
        // Else it is the signature's, and told there.
        && operation.signature.as_ref().and_then(|signature| context.vendor.signature(signature)).is_none_or(|signature| signature.base_url.as_ref() != Some(name))
    {
        problems.add("/http/base_url", format!("the vendor has no base URL called `{name}`"), "use a name of `base_urls` in vendor.json");
    }
    signature(context, problems);
    if let Some(kind) = operation.token.as_ref().and_then(|token| context.vendor.tokens.iter().find(|known| known.name == *token)) {
        let carried = operation.request.fields.iter().find(|field| field.name == kind.place.name);
        if let Some(field) = carried.filter(|field| place_of(field, operation.body) == token_place(kind.place.place, operation.body)) {
            problems.add(&field.pointer, "is the token, which vendor.json already sends", "take it out of the request");
        }
    }
}

/// A signed operation needs no token, and its fields are none of the signature's.
fn signature(context: &Context<'_>, problems: &mut FileProblems<'_>) {
    let operation = context.operation;
    let Some(name) = &operation.signature else { return };
    let Some(signature) = context.vendor.signature(name) else {
        problems.add("/signature", format!("the vendor has no signature called `{name}`"), "use a name of `signatures` in vendor.json");
        return;
    };
    if operation.token.is_some() {
        problems.add("/token", "the operation is signed, and needs a token besides", "keep one of the two");
    }
    for field in operation
        .request
        .fields
        .iter()
        .filter(|field| signature.sent().chain([signature.secret.name.as_str()]).any(|own| own == field.name))
    {
        problems.add(&field.pointer, "belongs to the signature, which vendor.json already sends", "take it out of the request");
    }
}

fn place_of(field: &Field, body: BodyKind) -> Place {
    token_place(field.place, body)
}

/// The body of a request that travels in the query is the query.
fn token_place(place: Place, body: BodyKind) -> Place {
    if place == Place::Body && body == BodyKind::Query { Place::Query } else { place }
}

fn envelope(context: &Context<'_>, problems: &mut FileProblems<'_>) {
    let envelope = &context.vendor.envelope;
    let Some(properties) = context.operation.raw.pointer("/response/properties") else { return };
    if properties.get(&envelope.code).is_none() {
        problems.add("/response/properties", format!("the code `{}` is missing", envelope.code), "describe it as the page does");
    }
    if !envelope.message.iter().any(|message| properties.get(message).is_some()) {
        let keys = envelope.message.join("`, `");
        problems.add(
            "/response/properties",
            format!("the message (`{keys}`) is missing"),
            "describe it, or name its key under `envelope` in vendor.json",
        );
    }
}

impl Context<'_> {
    /// Whether the rows that `paging` names are there; if not, that is reported once, and not by all that depends on it.
    fn has_rows(&self) -> bool {
        let data = &self.vendor.envelope.data;
        let rows = self.operation.paging.as_ref().map(|paging| self.operation.in_answer(data, &paging.rows));
        rows.is_none_or(|found| found.is_some_and(|found| matches!(found.ty, Type::List(_))))
    }

    /// Checks the fillings of a call the client makes on its own: each names a field, and what is required is filled.
    fn fillings<'f>(
        &self,
        fillings: impl Iterator<Item = (&'f String, &'f Filling)> + Clone,
        given: &[&str],
        at: &str,
        problems: &mut FileProblems<'_>,
    ) {
        let request = &self.operation.request;
        for (name, filling) in fillings.clone() {
            let pointer = crate::pointer::join(at, name);
            match self.operation.at_path(request, name) {
                None => problems.add(
                    &pointer,
                    format!("`{}` has no field `{name}` in its request", self.operation.name),
                    "correct the name, or describe the field",
                ),
                Some(field) if matches!(filling, Filling::Constants(_)) != matches!(field.ty, Type::List(_)) => {
                    problems.add(&pointer, "a list is filled with `constants`, a single value with `constant`", "use the other one");
                }
                Some(_) => {}
            }
            if let Filling::Credential(credential) = filling
                && !self.vendor.credentials.iter().any(|known| known.name == *credential)
            {
                problems.add(&pointer, format!("there is no credential `{credential}`"), "use a name of `credentials` in vendor.json");
            }
        }
        let filled: Vec<&str> = given.iter().copied().chain(fillings.map(|(name, _)| name.as_str())).collect();
        self.unfilled(request, "", &filled, at, problems);
    }

    /// Required fields that nothing fills, in the request and in the objects that are begun.
    fn unfilled(&self, object: &Object, above: &str, filled: &[&str], at: &str, problems: &mut FileProblems<'_>) {
        for field in &object.fields {
            let path = format!("{above}{}", field.name);
            let begun = filled.iter().any(|name| name.strip_prefix(&path).is_some_and(|rest| rest.starts_with('/')));
            if let (true, Type::Object(name)) = (begun, &field.ty) {
                if let Some(inner) = self.operation.objects.get(name) {
                    self.unfilled(inner, &format!("{path}/"), filled, at, problems);
                }
            } else if field.required && field.default.is_none() && !filled.contains(&path.as_str()) {
                problems.add(at, format!("`{path}` is required but is not filled"), "say what it is filled with");
            }
        }
    }
}

/// The type of a value, or of the items of a list.
fn scalar(ty: &Type) -> &Type {
    match ty {
        Type::List(item) => scalar(item),
        other => other,
    }
}

/// All objects of an operation, the request first.
fn objects(operation: &Operation) -> impl Iterator<Item = &Object> {
    std::iter::once(&operation.request).chain(operation.objects.values())
}

/// The Rust name of a field.
fn rust(field: &Field) -> String {
    names::field(field.rust_name())
}
