//! `test_support.rs` of a client: how its tests read a request that is no JSON.

use quote::quote;
use scrm_schema::model::Vendor;

use crate::{error::Error, format::File};

/// The file.
pub(crate) fn file(vendor: &Vendor) -> Result<File, Error> {
    let from = format!("{}/", vendor.file.vendor);
    let mut file = File::new(&from, "Requests as the tests read them back.");
    file.add(quote! {
        use scrm_core::transport::HttpRequest;

        pub(crate) type Pairs = Vec<(String, String)>;

        /// The parameters of the query.
        pub(crate) fn query(request: &HttpRequest) -> Pairs {
            request.url.split_once('?').map(|(_, query)| pairs(query)).unwrap_or_default()
        }

        /// The fields of an urlencoded form.
        pub(crate) fn form(request: &HttpRequest) -> Pairs {
            pairs(std::str::from_utf8(&request.body).unwrap())
        }

        /// The fields of a multipart form.
        pub(crate) fn multipart(request: &HttpRequest) -> Pairs {
            let body = std::str::from_utf8(&request.body).unwrap();
            let (boundary, _) = body.split_once("\r\n").unwrap();
            let parts = body.split(boundary).map(|part| part.trim_start_matches("\r\n")).filter(|part| part.contains("name=\""));
            parts
                .map(|part| {
                    let (head, value) = part.split_once("\r\n\r\n").unwrap();
                    let name = head.split("name=\"").nth(1).unwrap().split('"').next().unwrap();
                    (name.to_owned(), value.strip_suffix("\r\n").unwrap_or(value).to_owned())
                })
                .collect()
        }

        fn pairs(text: &str) -> Pairs {
            let pairs = text.split('&').filter(|pair| !pair.is_empty());
            pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(name, value)| (plain(name), plain(value))).collect()
        }

        fn plain(text: &str) -> String {
            let mut bytes = Vec::new();
            let mut rest = text.as_bytes();
            while let [first, after @ ..] = rest {
                rest = after;
                match (first, after) {
                    (b'%', [high, low, after @ ..]) => {
                        let digits = [*high, *low];
                        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                        rest = after;
                    }
                    (b'+', _) => bytes.push(b' '),
                    (byte, _) => bytes.push(*byte),
                }
            }
            String::from_utf8(bytes).unwrap()
        }
    })
    .map_err(|problem| Error::new(&from, "", problem))?;
    Ok(file)
}
