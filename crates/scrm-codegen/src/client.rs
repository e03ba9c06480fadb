//! `client.rs` of a vendor's crate: credentials, and a client with one method for each area.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{Area, Credential, Label, Operation, Vendor};

use crate::{
    address, customers, docs,
    error::Error,
    format::{File, doc},
    names,
};

/// The file.
pub(crate) fn file(vendor: &Vendor) -> Result<File, Error> {
    let from = format!("{}/", vendor.file.vendor);
    let broken = |problem: String| Error::new(&from, "", problem);
    let mut file = File::new(&from, "The client and its credentials.");
    file.add(quote!(
        use scrm_core::{spec, vendor_client};
    ))
    .map_err(broken)?;
    for tokens in [credentials(vendor), client(vendor), customers::implementation(vendor)?] {
        file.add(tokens).map_err(broken)?;
    }
    Ok(file)
}

fn credentials(vendor: &Vendor) -> TokenStream {
    let (required, optional): (Vec<&Credential>, Vec<&Credential>) =
        vendor.file.credentials.iter().partition(|credential| credential.required);
    let parameters = required.iter().map(|credential| {
        let name = names::field(&credential.name);
        quote!(#name: impl Into<String>)
    });
    let values = required.iter().map(|credential| {
        let (wire, name) = (&credential.name, names::field(&credential.name));
        quote!(.with(#wire, #name))
    });
    let listed: String = vendor.file.credentials.iter().map(|credential| format!("- {}\n", described(credential))).collect();
    let docs = doc(&format!("What {} asks for. Secrets are never shown.\n\n{listed}", docs::escape(&vendor.file.title.en)));
    let setters = optional.iter().map(|credential| {
        let (wire, name) = (&credential.name, names::field(&credential.name));
        let (method, docs) = (names::joined("with_", wire, ""), doc(&described(credential)));
        quote! {
            #docs
            #[must_use]
            pub fn #method(self, #name: impl Into<String>) -> Self {
                Self(self.0.with(#wire, #name))
            }
        }
    });
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct Credentials(scrm_core::CredentialSet);
        impl Credentials {
            /// With what is required.
            #[must_use]
            pub fn new(#(#parameters),*) -> Self {
                Self(scrm_core::CredentialSet::new(&super::VENDOR) #(#values)*)
            }
            #(#setters)*
            /// From the environment variables named above.
            ///
            /// # Errors
            /// A variable that is required is missing or empty; the error names it.
            pub fn from_env() -> Result<Self, scrm_core::Error> {
                Ok(Self(scrm_core::CredentialSet::from_env(&super::VENDOR)?))
            }
        }
        impl From<Credentials> for scrm_core::CredentialSet {
            fn from(credentials: Credentials) -> Self {
                credentials.0
            }
        }
    }
}

fn described(credential: &Credential) -> String {
    let label = Label { zh: credential.zh.clone(), en: credential.en.clone() };
    let mut text =
        format!("{}: {}. Environment variable {}.", docs::code(&credential.name), docs::both(&label), docs::code(&credential.env));
    if credential.secret {
        text += " Secret.";
    }
    if !credential.required {
        text += " Optional.";
    }
    text
}

fn client(vendor: &Vendor) -> TokenStream {
    let marker = crate::address::marker(vendor);
    let docs = doc(&format!(
        "A client of {} for one account. Cheap to clone; clones share connections, tokens and quotas.\n\n\
         {} 的客户端，对应一个账号。克隆很便宜，各个克隆共用连接、令牌和配额。",
        docs::escape(&vendor.file.title.en),
        docs::escape(&vendor.file.title.zh)
    ));
    let handles = vendor.file.areas.iter().map(handle);
    let tokens = vendor.token_operations().map(|operation| token(vendor, operation));
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct Client(scrm_core::ApiClient);
        impl Client {
            /// Sets up a client; everything but the credentials has a default.
            pub fn builder(credentials: Credentials) -> scrm_core::Builder<Self> {
                scrm_core::Builder::new(credentials.0).user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
            }
            /// What all vendors' clients have in common.
            #[inline]
            #[must_use]
            pub fn core(&self) -> &scrm_core::ApiClient {
                &self.0
            }
            /// A client for another shop: connections and settings are shared, token and quotas are its own.
            #[must_use]
            pub fn shop(&self, credentials: Credentials) -> Self {
                Self(self.0.with_credentials(credentials.0))
            }
            /// What the vendor answered otherwise than its pages say, so far.
            #[must_use]
            pub fn drift(&self) -> scrm_core::DriftReport {
                self.0.drift()
            }
            /// Calls an operation of this vendor; for generic code. The areas' methods do the same by name.
            #[inline]
            pub fn call<O: scrm_core::Operation<Vendor = super::#marker>>(&self, request: O) -> scrm_core::Call<O> {
                self.0.call(request)
            }
            /// Calls an operation that has no method here: `path` below the vendor's base URL, `request` a JSON object without the token.
            pub fn call_raw(&self, path: &str, request: scrm_core::Value) -> scrm_core::RawCall {
                self.0.call_raw(path, request)
            }
            #(#handles)*
            #(#tokens)*
        }
        impl scrm_core::declare::FromApiClient for Client {
            fn from_api_client(client: scrm_core::ApiClient) -> Self {
                Self(client)
            }
        }
    }
}

fn handle(area: &Area) -> TokenStream {
    let module = names::field(&area.name);
    let docs =
        doc(&format!("{}: see [`{}`](super::{}::Handle).\n\n{}。", docs::escape(&area.en), area.name, area.name, docs::escape(&area.zh)));
    quote! {
        #docs
        #[inline]
        #[must_use]
        pub fn #module(&self) -> super::#module::Handle<'_> {
            super::#module::Handle(&self.0)
        }
    }
}

/// Stands apart from the areas, for it is seldom what a caller wants.
fn token(vendor: &Vendor, operation: &Operation) -> TokenStream {
    let (method, module, request) = (address::method(operation), address::module(operation), names::ident(&operation.request.name));
    let docs = token_docs(vendor, operation);
    quote! {
        #docs
        #[inline]
        pub fn #method(&self, request: super::#module::#request) -> scrm_core::Call<super::#module::#request> {
            self.0.call(request)
        }
    }
}

/// What a call for a token does to others.
pub(crate) fn token_docs(vendor: &Vendor, operation: &Operation) -> TokenStream {
    let fresh = vendor.file.tokens.iter().find(|token| token.operation == operation.name).map_or(0, |token| token.renew_below);
    let (en, zh) = if fresh == 0 {
        ("Each call may make a new token, and a new one ends the one before: **one call of this can end the token of every other process of the account.**".to_owned(),
         "每次调用都可能产生新令牌，并使之前的令牌失效：**调用一次就可能使同一账号其他进程的令牌全部失效。**".to_owned())
    } else {
        (
            format!(
                "The vendor gives the same token again while more than {fresh} s of its life remain; after that, **one call of this can end the token of every other process of the account.**"
            ),
            format!("令牌剩余时间多于 {fresh} 秒时返回同一个令牌；在那以后，**调用一次就可能使同一账号其他进程的令牌失效。**"),
        )
    };
    doc(&format!(
        "{}. Not needed for calls: the client gets, keeps and renews its token on its own. {en}\n\n{}。一般不需要：令牌由客户端自行获取、保存和更新。{zh}",
        docs::escape(&operation.title.en),
        docs::escape(&operation.title.zh)
    ))
}
