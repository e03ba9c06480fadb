//! `mod.rs` of an area: a table of its operations, its types, and the handle with one method for each operation.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use scrm_schema::model::{Area, Evidence, Object, Operation, Vendor};

use crate::{
    address, docs,
    error::Error,
    format::{File, comment},
    names,
    operation::Made,
    operation_docs,
};

/// The file of an area. `shared` are the public types of its definitions, where it has any.
pub(crate) fn file(vendor: &Vendor, area: &Area, made: &[&(&Operation, Made)], shared: Option<&[String]>) -> Result<File, Error> {
    let from = format!("{}/{}/", vendor.file.vendor, area.name);
    let broken = |problem: String| Error::new(&from, "", problem);
    let operations: Vec<&Operation> = made.iter().map(|(operation, _)| *operation).collect();
    let docs = format!("{}\n\n{}\n\n{}", docs::escape(&area.en), docs::escape(&area.zh), table(&operations));
    let mut file = File::new(&from, docs);
    file.add(modules(made, shared)).map_err(broken)?;
    file.add_text(handle(area, &operations));
    Ok(file)
}

/// The file of the operations that answer tokens.
pub(crate) fn token_file(vendor: &Vendor, made: &[&(&Operation, Made)]) -> Result<File, Error> {
    let from = format!("{}/", vendor.file.vendor);
    let docs = "What answers tokens. The client gets, keeps and renews its token on its own; calls of these by hand stand apart from the areas, for they may end every other \
                process's token.\n\n\
                获取令牌的接口。客户端会自行获取、保存和更新令牌；手工调用这些接口可能使其他进程的令牌失效，所以不和其他接口放在一起。";
    let mut file = File::new(&from, docs);
    file.add(modules(made, None)).map_err(|problem| Error::new(&from, "", problem))?;
    Ok(file)
}

fn modules(made: &[&(&Operation, Made)], shared: Option<&[String]>) -> TokenStream {
    let modules = made.iter().map(|(operation, _)| {
        let module = address::operation_module(&operation.name);
        // `token/token.rs`: the operation is called like its area.
        let same = (module == address::module(operation)).then(|| quote!(#[allow(clippy::module_inception)]));
        quote!(#same pub(super) mod #module;)
    });
    let definitions = shared.map(|_| {
        quote!(
            mod definitions;
        )
    });
    let of_definitions = shared.map(|types| reexport(&names::ident("definitions"), types));
    let types = made.iter().map(|(operation, made)| reexport(&address::operation_module(&operation.name), &made.public));
    quote!(#definitions #(#modules)* #of_definitions #(#types)*)
}

fn reexport(module: &Ident, types: &[String]) -> TokenStream {
    let mut types: Vec<Ident> = types.iter().map(|name| names::ident(name)).collect();
    types.sort_unstable();
    quote!(pub use self::#module::{#(#types),*};)
}

fn table(operations: &[&Operation]) -> String {
    let mut text = "| Call | What it does | 作用 | Permission | Quota | Pages | Documented |\n|---|---|---|---|---|---|---|\n".to_owned();
    for operation in operations {
        let method = address::method(operation).to_string();
        text += &format!(
            "| [`{shown}`](Handle::{link})([`{request}`]) | {} | {} | {} | {} | {} | {} |\n",
            docs::escape(&operation.title.en),
            docs::escape(&operation.title.zh),
            operation.permission.as_deref().map(docs::escape).unwrap_or_default(),
            operation.quota.map(|quota| format!("{} in {} s", quota.calls, quota.seconds)).unwrap_or_default(),
            operation.paging.as_ref().map(operation_docs::pages).unwrap_or_default(),
            documented(operation),
            shown = method.trim_start_matches("r#"),
            link = method,
            request = operation.request.name,
        );
    }
    text
}

/// How far what is known of an operation can be trusted.
fn documented(operation: &Operation) -> String {
    if operation.source.evidence == Evidence::Unverified {
        return "unverified".to_owned();
    }
    let fields = || std::iter::once(&operation.request).chain(operation.objects.values()).flat_map(|object: &Object| &object.fields);
    let unverified = fields().filter(|field| field.evidence == Evidence::Unverified).count();
    let mut words = vec![format!("read {}", operation.source.read)];
    if unverified > 0 {
        words.push(format!("{unverified} of {} fields unverified", fields().count()));
    }
    if !operation.errata.is_empty() {
        words.push(format!("{} errata", operation.errata.len()));
    }
    words.join("; ")
}

/// One line a call, for the two handles that the macro makes.
fn handle(area: &Area, operations: &[&Operation]) -> String {
    let client = names::field(&area.name).to_string();
    let docs = format!(
        "Calls of the operations of this area; made by [`Client::{}`](crate::Client::{client}).\n\n本组接口的调用入口，由 `Client::{}` 得到。",
        area.name, area.name
    );
    let mut text = format!("scrm_core::handle! {{\n{}    pub struct Handle, BlockingHandle;\n", comment(4, "///", &docs));
    for operation in operations {
        let (method, request) = (address::method(operation), names::ident(&operation.request.name));
        let docs = format!("{}. See [`{request}`].\n\n{}。", docs::escape(&operation.title.en), docs::escape(&operation.title.zh));
        text += &format!("{}    fn {method}({request});\n", comment(4, "///", &docs));
    }
    text + "}\n"
}
