//! A fake of a vendor, for code that takes any.

use serde_json::json;
use xiaoe_client::{
    ErasedCall, Error, ErrorKind, ResponseMeta, VENDOR, VendorClient, VendorClientExt as _, async_trait, spec::VendorSpec, user::UserList,
};

/// The code under test: the nickname of a user.
async fn nickname(vendor: &dyn VendorClient, phone: &str) -> Result<Option<String>, Error> {
    let found = vendor.call(UserList::new().with_phone(phone)).await?;
    Ok(found.data.list.into_iter().next().and_then(|user| user.user_nickname))
}

struct Fake;

#[async_trait]
impl VendorClient for Fake {
    fn vendor(&self) -> &'static VendorSpec {
        &VENDOR
    }
    async fn execute(&self, call: ErasedCall<'_>) -> Result<ResponseMeta, Error> {
        match call.request_json()?["phone"].as_str() {
            Some("13800138000") => call.answer(json!({ "list": [{ "user_id": "u_1", "user_nickname": "李雷" }], "total": 1 })),
            _ => Err(Error::new(ErrorKind::Timeout, &VENDOR, "made up")),
        }
    }
}

#[tokio::test]
async fn a_nickname_is_found() {
    assert_eq!(nickname(&Fake, "13800138000").await.unwrap().as_deref(), Some("李雷"));
    assert_eq!(nickname(&Fake, "13900139000").await.unwrap_err().kind(), ErrorKind::Timeout);
}
