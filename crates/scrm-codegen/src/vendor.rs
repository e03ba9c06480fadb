//! `vendor.rs` of a client: what is known of the vendor as a whole.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use scrm_schema::model::{BaseUrl, ClockUnit, Credential, Evidence, Filling, Hash, Label, Place, Signature, SignedFilling, Token, Vendor};
use scrm_schema::names::base_url_variable;
use serde_json::Value;

use crate::{
    address::{self, marker, signature_name, token_name},
    docs,
    error::Error,
    errors,
    format::{File, doc},
    proofs::{self, Proof},
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
    for signature in &vendor.file.signatures {
        file.add(signature_spec(vendor, signature)).map_err(broken)?;
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
    let base_urls = (!file.base_urls.is_empty()).then(|| {
        let listed = file.base_urls.iter().map(|BaseUrl { name, url, zh, en }| quote!(spec::BaseUrlSpec::new(#name, #url, #en, #zh)));
        quote!(.base_urls(&[#(#listed),*]))
    });
    let signatures = (!file.signatures.is_empty()).then(|| {
        let listed = file.signatures.iter().map(|signature| signature_name(&signature.name));
        quote!(.signatures(&[#(&#listed),*]))
    });
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
            #base_urls
            .tokens(&[#(&#tokens),*])
            #signatures
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
    text += &servers(vendor);
    text += &proofs(vendor);
    let codes = errors::documented(&file.errors);
    if !codes.is_empty() {
        text += &format!("\n# Errors\n\nCodes that any operation may answer.\n\n{codes}");
    }
    text
}

/// Which base URLs there are, where there are several.
fn servers(vendor: &Vendor) -> String {
    let file = &vendor.file;
    if file.base_urls.is_empty() {
        return String::new();
    }
    let variable = |name| docs::code(&base_url_variable(&file.vendor, name));
    let usual = format!("| | <{}> | | {} |\n", file.base_url, variable(None));
    let others = file.base_urls.iter().map(|BaseUrl { name, url, zh, en }| {
        let title = docs::both(&Label { zh: zh.clone(), en: en.clone() });
        format!("| {} | <{url}> | {title} | {} |\n", docs::code(name), variable(Some(name)))
    });
    let rows: String = std::iter::once(usual).chain(others).collect();
    format!(
        "\n# Base URLs\n\nThe first is the usual one. [`Builder::base_url`](crate::Builder::base_url) stands for all of them, \
         [`Builder::base_url_for`](crate::Builder::base_url_for) for the one of a name.\n\n| Name | URL | What stands there | Variable |\n|---|---|---|---|\n{rows}"
    )
}

/// By what calls prove who calls, where there is more than one way.
fn proofs(vendor: &Vendor) -> String {
    let proofs = proofs::all(vendor);
    if proofs.len() < 2 {
        return String::new();
    }
    let row = |proof: &Proof<'_>| {
        let credentials: Vec<String> = proof.credentials.iter().map(|name| docs::code(name)).collect();
        let mark = if proof.evidence == Evidence::Unverified { " **Unverified.**" } else { "" };
        format!("| {} | {} | {} | {}{mark} |\n", proof.what, docs::code(proof.name), credentials.join(", "), docs::both(&proof.label))
    };
    let rows: String = proofs.iter().map(row).collect();
    format!(
        "\n# Tokens and signatures\n\nEach operation's page names the one that it needs. A call whose credentials were not given is an error before anything is sent.\n\n\
         | | Name | Credentials | |\n|---|---|---|---|\n{rows}"
    )
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

fn signature_spec(vendor: &Vendor, signature: &Signature) -> TokenStream {
    let statics = signature_name(&signature.name);
    let digest = match signature.hash {
        Hash::Sha1 => quote!(scrm_core::sign::sha1_hex),
    };
    let parameters = signature.parameters.iter().map(|(name, filling)| {
        let filling = match filling {
            SignedFilling::Credential(credential) => quote!(Credential(#credential)),
            SignedFilling::Nonce(length) => {
                let length = Literal::u8_unsuffixed(*length);
                quote!(Nonce(#length))
            }
            SignedFilling::Clock(ClockUnit::Milliseconds) => quote!(Milliseconds),
            SignedFilling::Clock(ClockUnit::Seconds) => quote!(Seconds),
        };
        quote!((#name, spec::SignatureParameter::#filling))
    });
    let (name, sent) = (&signature.name, &signature.signature);
    let (secret, credential) = (&signature.secret.name, &signature.secret.credential);
    let place = match signature.place {
        Place::Body => None,
        Place::Query => Some(quote!(.place(spec::Place::Query))),
        Place::Header => Some(quote!(.place(spec::Place::Header))),
    };
    let docs = doc(&format!("The signature {} of {}.", docs::code(name), docs::escape(&vendor.file.title.en)));
    quote! {
        #docs
        pub(super) static #statics: spec::SignatureSpec = spec::SignatureSpec::new(
            #name,
            #digest,
            &[#(#parameters),*],
            (#secret, #credential),
            #sent,
        ) #place;
    }
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
            .source(spec::Source::new(#page, #read) #url.evidence(spec::Evidence::Unverified))
            .body(spec::BodyKind::#body)
            .access(spec::Access::Write)
            #token;
    }
}
