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
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if SECRET.iter().any(|word| plain.ends_with(word)) {
        Some("secret")
    } else if plain == "name" || PERSONAL.iter().any(|word| plain.contains(word)) {
        Some("personal")
    } else {
        None
    }
}
