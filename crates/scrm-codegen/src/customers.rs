//! The shared trait: what a vendor's operations say of customers.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::Vendor;

use crate::error::Error;

/// `impl VendorClient for Client`
pub(crate) fn implementation(_vendor: &Vendor) -> Result<TokenStream, Error> {
    Ok(quote!())
}
