//! Fields that must not be shown, by their names.

const SECRET: [&str; 5] = ["token", "secret", "password", "passwd", "appkey"];
const PERSONAL: [&str; 16] = [
    "phone",
    "mobile",
    "email",
    "openid",
    "unionid",
    "avatar",
    "nickname",
    "realname",
    "fullname",
    "address",
    "birth",
    "idcard",
    "customername",
    "username",
    "contactname",
    "wechat",
];

/// `secret`, `personal`, or nothing.
pub(crate) fn of(name: &str) -> Option<&'static str> {
    // `is_return_password` asks for one and is none.
    let asks =
        ["is_", "has_", "need_", "with_", "return_", "if_", "isReturn", "needReturn", "hasSet"].iter().any(|start| name.starts_with(start))
            || (name.starts_with("is") && name.chars().nth(2).is_some_and(|c| c.is_ascii_uppercase()));
    let counts = ["count", "num", "total", "size", "type", "status", "state", "flag", "time", "at"]
        .iter()
        .any(|end| name.to_ascii_lowercase().ends_with(end))
        && name.contains(['_']);
    if asks || counts {
        return None;
    }
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if SECRET.iter().any(|word| plain.ends_with(word)) {
        Some("secret")
    } else if plain == "name" || PERSONAL.iter().any(|word| plain.contains(word)) {
        Some("personal")
    } else {
        None
    }
}
