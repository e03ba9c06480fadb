//! Open enums: the documented values by name, anything else kept as it came.

use std::fmt::Write as _;

use proc_macro2::Ident;
use scrm_schema::model::{Enum, EnumValue};
use serde_json::Value;

use crate::{
    docs,
    format::{comment, quoted},
    names,
};

/// A code as it stands on the wire.
pub(crate) enum Code<'a> {
    Int(i64),
    Text(&'a str),
}

/// The code of a documented value; `None`: neither an integer nor a text.
pub(crate) fn code(value: &Value) -> Option<Code<'_>> {
    value.as_i64().map(Code::Int).or_else(|| value.as_str().map(Code::Text))
}

/// The variant's name.
pub(crate) fn variant(value: &EnumValue) -> Ident {
    names::ident(&names::pascal(&value.name))
}

/// The enum and all that belongs to it.
pub(crate) fn enumeration(enumeration: &Enum) -> String {
    let mut text = String::from("declare::open_enum! {\n");
    text += &comment(4, "///", &docs::enumeration(enumeration));
    let _ = writeln!(text, "    pub enum {} {{", names::ident(&enumeration.name));
    for value in &enumeration.values {
        text += &line(value);
    }
    text += "    }\n";
    let has = |wanted: fn(&Code<'_>) -> bool| enumeration.values.iter().filter_map(|value| code(&value.value)).any(|code| wanted(&code));
    if has(|code| matches!(code, Code::Int(_))) {
        text += "    from Int(i64);\n";
    }
    if has(|code| matches!(code, Code::Text(_))) {
        text += "    from Text(&str);\n";
    }
    text + "}\n"
}

/// `Wechat = Text("0"), "WeChat", "微信";`
fn line(value: &EnumValue) -> String {
    let Some(code) = code(&value.value) else { return String::new() };
    let code = match code {
        Code::Int(code) => format!("Int({code})"),
        Code::Text(code) => format!("Text({})", quoted(code)),
    };
    let (zh, en) = (value.zh.trim(), value.en.trim());
    let (shown_zh, shown_en) = (docs::escape(zh), docs::escape(en));
    let mut texts = quoted(&shown_en);
    if en != zh {
        let _ = write!(texts, ", {}", quoted(&shown_zh));
    }
    if shown_zh != zh || shown_en != en {
        let _ = write!(texts, ", ({}, {})", quoted(en), quoted(zh));
    }
    format!("        {} = {code}, {texts};\n", variant(value))
}
