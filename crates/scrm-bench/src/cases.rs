//! What is decoded: four answers, each in three forms.

use beschannels_client::group::GroupUserListData;
use rabbitpre_client::customer;
use scrm_core::{spec::EnvelopeSpec, table::Payload};
use serde::de::DeserializeOwned;
use xiaoe_client::{points::PointsListData, user::UserListData};

use crate::{
    bodies::{self, Twist},
    strict,
};

/// One answer.
pub struct Case {
    /// What the table calls it.
    pub name: &'static str,
    /// How many rows it has.
    pub rows: usize,
    /// How it is wrapped.
    pub envelope: &'static EnvelopeSpec,
    /// What decoding its plain form may cost at most, against strict structs.
    pub goal: f64,
    body: fn(usize, Twist) -> Vec<u8>,
}

impl Case {
    /// The answer in a form.
    pub fn body(&self, twist: Twist) -> Vec<u8> {
        (self.body)(self.rows, twist)
    }
}

/// What is done with every case.
pub trait Each {
    /// `T`: the generated type; `S`: the strict one.
    fn case<T: Payload + Default, S: DeserializeOwned>(&mut self, case: &Case);
}

/// Does it with the four cases.
pub fn each(each: &mut impl Each) {
    let (xiaoe, rabbitpre, beschannels) =
        (&xiaoe_client::VENDOR.envelope, &rabbitpre_client::VENDOR.envelope, &beschannels_client::VENDOR.envelope);
    let one = |_, twist| bodies::customer(twist);
    let users = Case { name: "decode 50 users", rows: 50, envelope: xiaoe, goal: 0.60, body: bodies::users };
    let points = Case { name: "decode 100 points rows", rows: 100, envelope: xiaoe, goal: 0.60, body: bodies::points };
    let leads = Case { name: "decode 50 leads × 20 scores", rows: 50, envelope: beschannels, goal: 0.52, body: bodies::leads };
    let customer = Case { name: "decode one customer", rows: 1, envelope: rabbitpre, goal: 0.65, body: one };
    each.case::<UserListData, strict::Users>(&users);
    each.case::<PointsListData, strict::Points>(&points);
    each.case::<GroupUserListData, strict::Leads>(&leads);
    each.case::<Vec<customer::Customer>, strict::Customers>(&customer);
}

#[cfg(test)]
mod tests {
    use scrm_core::decode::{DecodeOptions, decode};

    use super::*;

    struct BothRead;

    impl Each for BothRead {
        fn case<T: Payload + Default, S: DeserializeOwned>(&mut self, case: &Case) {
            for unknown_fields in [false, true] {
                let body = case.body(Twist { unknown_fields, ..Twist::default() });
                let answer = decode::<T>(&body, case.envelope, &DecodeOptions::default()).unwrap();
                assert!(answer.head.is_success(case.envelope) && answer.head.bad_rows.is_empty(), "{}", case.name);
                serde_json::from_slice::<S>(&body).map_err(|error| error.to_string()).unwrap();
            }
            let body = case.body(Twist { numbers_as_text: true, ..Twist::default() });
            let answer = decode::<T>(&body, case.envelope, &DecodeOptions::default()).unwrap();
            assert!(answer.head.bad_rows.is_empty(), "{}", case.name);
            assert!(serde_json::from_slice::<S>(&body).is_err(), "{}", case.name);
        }
    }

    #[test]
    fn plain_forms_are_read_by_both_sides_and_numbers_in_quotes_by_ours() {
        each(&mut BothRead);
    }
}
