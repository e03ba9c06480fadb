//! `vendor.rs` of a client: what is known of the vendor as a whole.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use scrm_schema::model::{Credential, Filling, Place, Token, Vendor};
use serde_json::Value;

use crate::{
    address::{self, marker, token_name},
    docs,
    error::Error,
    errors,
    format::{File, doc},
    variants,
};

/// The file.
pub(crate) fn file(vendor: &Vendor) -> Result<File, Error> {
    let from = format!("{}/vendor.json", vendor.file.vendor);
    let broken = |problem: String| Error::new(&from, "", problem);
    let mut file = File::new(&from, "What is known of the vendor as a whole.");
    file.add(quote!(
        use scrm_core::spec;
    ))
    .map_err(broken)?;
    file.add(vendor_spec(vendor)).map_err(broken)?;
    for (number, token) in vendor.file.tokens.iter().enumerate() {
        file.add(token_spec(vendor, number, token)?).map_err(broken)?;
    }
    file.add(untyped(vendor)).map_err(broken)?;
    Ok(file)
}

fn vendor_spec(vendor: &Vendor) -> TokenStream {
    let file = &vendor.file;
    let (name, title) = (&file.vendor, errors::label(&file.title.zh, &file.title.en));
    let (doc_url, base_url) = (&file.docs, &file.base_url);
    let envelope = envelope(vendor);
    let tokens = file.tokens.iter().map(|token| token_name(&token.name));
    let credentials = file.credentials.iter().map(credential);
    let codes = errors::table(&file.errors);
    let operations = vendor.operations.iter().map(|operation| &operation.name);
    let docs = doc(&vendor_docs(vendor));
    let marker = marker(vendor);
    let marker_docs = doc(&format!("{}, as a type: its operations name it, and its client sends no others.", docs::escape(&file.title.en)));
    quote! {
        #docs
        pub static VENDOR: spec::VendorSpec = spec::VendorSpec::new(#name, #title, #base_url, #envelope, &UNTYPED)
            .doc_url(#doc_url)
            .tokens(&[#(&#tokens),*])
            .credentials(&[#(#credentials),*])
            .errors(#codes)
            .operations(&[#(#operations),*]);

        #marker_docs
        #[derive(Clone, Copy, Debug)]
        pub enum #marker {}
        impl scrm_core::operation::Vendor for #marker {
            #[inline]
            fn spec() -> &'static spec::VendorSpec { &VENDOR }
        }
    }
}

fn vendor_docs(vendor: &Vendor) -> String {
    let file = &vendor.file;
    let source = &file.source;
    let mut text = format!(
        "{}\n\nRead {} from {} (<{}>).\n",
        docs::both(&file.title),
        source.read,
        docs::escape(&source.page),
        source.url.as_ref().unwrap_or(&file.docs)
    );
    let codes = errors::documented(&file.errors);
    if !codes.is_empty() {
        text += &format!("\n# Errors\n\nCodes that any operation may answer.\n\n{codes}");
    }
    text
}

fn envelope(vendor: &Vendor) -> TokenStream {
    let envelope = &vendor.file.envelope;
    let (code, message, data) = (&envelope.code, &envelope.message, &envelope.data);
    let success = envelope.success.iter().map(docs::plain);
    let others = envelope.others.keys();
    let code_is_text = matches!(envelope.success.first(), Some(Value::String(_)));
    let text = code_is_text.then(|| quote!(.text_codes()));
    quote!(spec::EnvelopeSpec::new(#code, &[#(#message),*], #data, &[#(#success),*]) #text.others(&[#(#others),*]))
}

fn credential(credential: &Credential) -> TokenStream {
    let Credential { name, env, zh, en, secret, required } = credential;
    let (secret, optional) = (secret.then(|| quote!(.secret())), (!required).then(|| quote!(.optional())));
    quote!(spec::CredentialSpec::new(#name, #env, #en, #zh) #secret #optional)
}

fn token_spec(vendor: &Vendor, number: usize, token: &Token) -> Result<TokenStream, Error> {
    let file = format!("{}/vendor.json", vendor.file.vendor);
    let failed = |key: &str, problem: String| Error::new(&file, &format!("/tokens/{number}/{key}"), problem);
    let Some(source) = vendor.token_operations().find(|operation| operation.name == token.operation) else {
        return Err(failed("operation", format!("there is no operation `{}`", token.operation)));
    };
    let statics = token_name(&token.name);
    let source = address::static_path(source);
    let parameters = token.parameters.iter().filter_map(|(name, filling)| match filling {
        Filling::Credential(credential) => Some(quote!((#name, spec::TokenParameter::Credential(#credential)))),
        Filling::Constant(constant) => Some(quote!((#name, spec::TokenParameter::Constant(#constant)))),
        // The meta-schema of a vendor has none.
        Filling::Constants(_) => None,
    });
    let (name, value, expires_in) = (&token.name, &token.value, token.expires_in.as_ref().map(|pointer| quote!(.expires_in(#pointer))));
    let [lifetime, renew_below, overlap] = [token.lifetime, token.renew_below, token.overlap].map(Literal::u32_unsuffixed);
    let field = &token.place.name;
    let place = match token.place.place {
        Place::Body => quote!(Body(#field)),
        Place::Query => quote!(Query(#field)),
        Place::Header => quote!(Header(#field)),
    };
    let docs = doc(&format!("The token {}.", docs::code(name)));
    Ok(quote! {
        #docs
        pub(super) static #statics: spec::TokenSpec =
            spec::TokenSpec::new(#name, &#source, #value, spec::TokenPlace::#place)
                .parameters(&[#(#parameters),*])
                #expires_in
                .lifetime(#lifetime)
                .renew_below(#renew_below)
                .overlap(#overlap);
    })
}

fn untyped(vendor: &Vendor) -> TokenStream {
    let file = &vendor.file;
    let (method, body) = (variants::method(file.untyped.method), variants::body(file.untyped.body));
    let token = file.tokens.first().map(|token| {
        let name = token_name(&token.name);
        quote!(.token(&#name))
    });
    let (page, read) = (&file.source.page, &file.source.read);
    let url = file.source.url.as_ref().map(|url| quote!(.url(#url)));
    quote! {
        /// How an operation is called that has no schema.
        static UNTYPED: spec::OperationSpec = spec::OperationSpec::new("call_raw", spec::Method::#method, "")
            .title("An operation without a schema", "未建模的接口")
            .source(spec::Source::new(#page, #read) #url.unverified())
            .body(spec::BodyKind::#body)
            .access(spec::Access::Write)
            #token;
    }
}
