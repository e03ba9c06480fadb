//! Types, in all the spellings pages use.

use scrm_schema::model::TimeFormat;

/// The shape of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `string`
    Text,
    /// `integer`
    Integer,
    /// `number`
    Number,
    /// `boolean`
    Boolean,
    /// `object`
    Object,
    /// An object whose keys are data.
    Map,
    /// `array` of something.
    List(Box<Shape>),
    /// Not told.
    Any,
}

impl Shape {
    /// A list of items of this shape.
    pub(crate) fn list_of(item: Shape) -> Self {
        Self::List(Box::new(item))
    }

    /// Whether it can have members: an object, or a list of objects or of nobody knows what.
    pub(crate) fn is_container(&self) -> bool {
        match self {
            Self::Object | Self::Map => true,
            Self::List(item) => item.is_container() || **item == Self::Any,
            _ => false,
        }
    }

    /// The innermost item of a list, or the shape itself.
    pub(crate) fn innermost(&self) -> &Self {
        match self {
            Self::List(item) => item.innermost(),
            other => other,
        }
    }

    /// The same shape with members inside: `Any` becomes an object, a list of `Any` a list of objects.
    pub(crate) fn with_members(&self) -> Self {
        match self {
            Self::List(item) => Self::list_of(item.with_members()),
            _ => Self::Object,
        }
    }

    /// Its name in JSON Schema.
    pub(crate) fn json_name(&self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Object | Self::Map => "object",
            Self::List(_) => "array",
            Self::Any => "any",
        }
    }
}

/// A type as a page prints it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Printed {
    /// Its shape.
    pub shape: Shape,
    /// How many members the page says it has: the 35 of `array [object {35}]`.
    pub members: Option<usize>,
    /// The type that describes its members: the `UserVO` of `List«UserVO»`.
    pub reference: Option<String>,
    /// How a time is written, when the type says so.
    pub time: Option<TimeFormat>,
    /// `null` is named in the type.
    pub nullable: bool,
    /// Another type is named beside this one: `string / array`.
    pub or_else: Option<Shape>,
    /// JSON inside a text.
    pub json_text: bool,
}

impl Printed {
    fn plain(shape: Shape) -> Self {
        Self { shape, members: None, reference: None, time: None, nullable: false, or_else: None, json_text: false }
    }

    fn into_list(self) -> Self {
        Self { shape: Shape::list_of(self.shape), ..self }
    }
}

/// A type longer than this is a sentence.
const LONGEST: usize = 80;
const DEEPEST: usize = 4;

/// Reads a type. `None`: not one that is known.
pub(crate) fn read(text: &str) -> Option<Printed> {
    let text = text.trim().trim_matches(['`', '*', '"', ',']).trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    read_nested(text, 0)
}

/// Reads the type of a cell in a column of types, where a name that is not known is the name of a sub-table.
pub(crate) fn read_cell(text: &str) -> Option<Printed> {
    if let Some(printed) = read(text) {
        return Some(printed);
    }
    let text = text.trim().trim_matches('`');
    // `Person[]`, `Person []`: a list of what a table of its own describes.
    if let Some(item) = text.strip_suffix("[]").map(str::trim_end).filter(|item| !item.is_empty() && !item.ends_with(']')) {
        return read_cell(item).map(Printed::into_list);
    }
    let name = text.len() <= LONGEST
        && (text.starts_with(|c: char| c.is_ascii_uppercase()) || names_an_object(text))
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    name.then(|| Printed { reference: Some(text.to_owned()), ..Printed::plain(Shape::Object) })
}

/// `data_object`, `order_info`: the name of a table that a page writes in small letters.
fn names_an_object(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && ["_object", "_info", "_vo", "_dto", "_data", "_item", "_model", "_obj"].iter().any(|end| text.ends_with(end))
}

fn read_nested(text: &str, depth: usize) -> Option<Printed> {
    let text = text.trim();
    let text = text.strip_suffix(" unsigned").unwrap_or(text);
    if depth > DEEPEST || text.is_empty() {
        return None;
    }
    if let Some(head) = text.strip_suffix("[]").map(str::trim_end).filter(|head| !head.is_empty()) {
        return read_nested(head, depth + 1).map(Printed::into_list);
    }
    // `[]int`, `[object]`
    if let Some(item) = text.strip_prefix("[]").filter(|item| !item.is_empty()) {
        return read_nested(item, depth + 1).map(Printed::into_list);
    }
    if let Some(item) =
        text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|item| !item.is_empty() && !item.contains(['[', ']']))
    {
        return read_nested(item, depth + 1).map(Printed::into_list);
    }
    if let Some(printed) = alternatives(text, depth) {
        return Some(printed);
    }
    let (head, inner) = split(text);
    match inner {
        None => word(head),
        Some(inner) => parameterised(head, inner, depth),
    }
}

/// `string|null`, `string or null`, `int/string`: the first counts, `null` marks.
fn alternatives(text: &str, depth: usize) -> Option<Printed> {
    let (first, second) = text
        .split_once('|')
        .or_else(|| text.split_once(" or "))
        .or_else(|| text.split_once('/'))
        .or_else(|| text.split_once('或'))
        .or_else(|| text.split_once('、'))
        .or_else(|| text.split_once(',').filter(|_| !text.contains(['<', '(', '[', '«', '{'])))?;
    let (first, second) = (first.trim(), second.trim());
    if first.eq_ignore_ascii_case("null") {
        return Some(Printed { nullable: true, ..read_nested(second, depth + 1)? });
    }
    let printed = read_nested(first, depth + 1)?;
    if second.eq_ignore_ascii_case("null") {
        return Some(Printed { nullable: true, ..printed });
    }
    let other = read_nested(second, depth + 1)?;
    let differs = other.shape != printed.shape;
    Some(Printed { or_else: differs.then_some(other.shape), ..printed })
}

/// `array [object {35}]` is `array` and `object {35}`; `array of string` is `array` and `string`.
fn split(text: &str) -> (&str, Option<&str>) {
    if let Some((head, inner)) = text.split_once(" of ") {
        return (head.trim(), Some(inner.trim()));
    }
    let Some(open) = text.find(['[', '<', '(', '{', '«']) else { return (text, None) };
    let (head, rest) = text.split_at(open);
    let inner = rest.trim_end_matches([']', '>', ')', '}', '»', ')', ' ']);
    let inner = inner.strip_prefix(['[', '<', '(', '{', '«', '(']).unwrap_or("");
    let closed = inner.len() < rest.len().saturating_sub(1);
    // Text goes on behind the bracket: `String(64) 是 名称` is no type, but a row that begins with one.
    if !closed && inner.contains([']', '>', ')', '}', '»']) {
        return ("", None);
    }
    (head.trim(), closed.then_some(inner.trim()))
}

fn parameterised(head: &str, inner: &str, depth: usize) -> Option<Printed> {
    let outer = if head.is_empty() { None } else { word(head) };
    match outer.as_ref().map(|printed| &printed.shape) {
        Some(Shape::List(_)) => {
            if inner.is_empty() {
                return outer;
            }
            let inner = restore_brackets(inner);
            if let Some(item) = read_nested(&inner, depth + 1) {
                return Some(item.into_list());
            }
            is_type_name(&inner).then(|| Printed { reference: Some(inner.clone()), ..Printed::plain(Shape::list_of(Shape::Object)) })
        }
        Some(Shape::Map) => outer,
        Some(Shape::Object) => {
            if inner.contains(',') {
                return Some(Printed::plain(Shape::Map));
            }
            let mut outer = outer?;
            outer.members = inner.parse().ok();
            outer.reference = is_type_name(inner).then(|| inner.to_owned());
            Some(outer)
        }
        Some(_) => {
            // What stands in the brackets of a scalar is its length, its format, or a note.
            let mut outer = outer?;
            refine(&mut outer, inner);
            Some(outer)
        }
        // A generic answer type: what matters is inside.
        None if is_type_name(head) && is_type_name(inner) => {
            Some(Printed { reference: Some(inner.to_owned()), ..Printed::plain(Shape::Object) })
        }
        None => None,
    }
}

/// `object {35` lost its closing bracket together with the one of the list.
fn restore_brackets(inner: &str) -> String {
    let mut text = inner.to_owned();
    for (open, close) in [('[', ']'), ('<', '>'), ('(', ')'), ('{', '}'), ('«', '»')] {
        let missing = inner.matches(open).count().saturating_sub(inner.matches(close).count());
        text.extend(std::iter::repeat_n(close, missing.min(DEEPEST)));
    }
    text
}

/// `integer(int64)`, `string(date-time)`, `varchar(20)`.
fn refine(printed: &mut Printed, inner: &str) {
    match inner.to_ascii_lowercase().as_str() {
        "int32" | "int64" | "long" | "integer" | "整数" => printed.shape = Shape::Integer,
        "double" | "float" => printed.shape = Shape::Number,
        "date-time" | "datetime" => printed.time = Some(TimeFormat::DateTime),
        "date" => printed.time = Some(TimeFormat::Date),
        _ => {}
    }
}

fn is_type_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn word(text: &str) -> Option<Printed> {
    let lower = text.trim().to_ascii_lowercase();
    let shape = match lower.trim_end_matches("类型").trim() {
        "string" | "str" | "strng" | "stirng" | "sting" | "text" | "varchar" | "varchar2" | "nvarchar" | "char" | "longtext"
        | "mediumtext" | "enum" | "file" | "binary" | "uuid" | "guid" | "email" | "url" | "字符串" | "字符" | "字串" | "文本"
        | "字符型" | "字符串型" | "文件" => Shape::Text,
        "int" | "integer" | "intger" | "interger" | "interge" | "integar" | "int8" | "int16" | "int32" | "int64" | "uint" | "uint8"
        | "uint32" | "uint64" | "long" | "biginteger" | "bigint" | "short" | "smallint" | "mediumint" | "tinyint" | "byte" | "整数"
        | "整型" | "整形" | "长整型" | "长整数" | "整数型" => Shape::Integer,
        "float" | "float32" | "float64" | "double" | "decimal" | "bigdecimal" | "number" | "numeric" | "num" | "money" | "浮点"
        | "浮点数" | "浮点型" | "小数" | "数字" | "数值" | "数字型" | "双精度" | "金额" => Shape::Number,
        "bool" | "boolean" | "boolen" | "bolean" | "布尔" | "布尔值" | "布尔型" => Shape::Boolean,
        "object" | "obj" | "objcet" | "json" | "jsonobject" | "json object" | "jsonobj" | "struct" | "class" | "对象" | "json对象"
        | "结构体" | "实体" | "对象型" => Shape::Object,
        "map" | "dict" | "dictionary" | "hashmap" | "字典" | "键值对" => Shape::Map,
        "array" | "arrary" | "arrays" | "list" | "arraylist" | "jsonarray" | "json array" | "arr" | "set" | "[]" | "collection"
        | "数组" | "列表" | "集合" | "json数组" | "数组型" => Shape::list_of(Shape::Any),
        "对象数组" | "数组对象" | "objectarray" | "array object" | "object array" | "对象列表" | "objects" => {
            Shape::list_of(Shape::Object)
        }
        "字符串数组" | "stringarray" | "string array" | "array string" | "strings" => Shape::list_of(Shape::Text),
        "整数数组" | "整型数组" | "intarray" | "int array" | "array int" | "ints" => Shape::list_of(Shape::Integer),
        "any" | "mixed" | "null" | "interface{}" | "混合" => Shape::Any,
        "json字符串" | "jsonstring" | "json string" | "json串" => {
            return Some(Printed { json_text: true, ..Printed::plain(Shape::Text) });
        }
        "date" | "日期" => return Some(Printed { time: Some(TimeFormat::Date), ..Printed::plain(Shape::Text) }),
        "datetime" | "date-time" | "date time" | "localdatetime" | "时间" | "日期时间" => {
            return Some(Printed { time: Some(TimeFormat::DateTime), ..Printed::plain(Shape::Text) });
        }
        "timestamp" | "时间戳" => Shape::Integer,
        _ => return None,
    };
    Some(Printed::plain(shape))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> String {
        fn show(shape: &Shape) -> String {
            match shape {
                Shape::List(item) => format!("list of {}", show(item)),
                Shape::Map => "map".into(),
                other => other.json_name().into(),
            }
        }
        read(text).map_or_else(|| "-".into(), |printed| show(&printed.shape))
    }

    #[test]
    fn every_spelling_of_a_type_is_known() {
        for (expected, spellings) in [
            ("string", &["string", "String", " string ", "str", "字符串", "varchar(20)", "string(date-time)", "`string`", "text"][..]),
            (
                "integer",
                &[
                    "int",
                    "Integer",
                    "long",
                    "Long",
                    "int64",
                    "integer(int64)",
                    "integer <int32>",
                    "number(int64)",
                    "整数",
                    "bigint",
                    "bigint(20) unsigned",
                ],
            ),
            ("number", &["float", "double", "Double", "BigDecimal", "number", "decimal(10,2)", "数字"]),
            ("boolean", &["bool", "Boolean", "布尔"]),
            ("object", &["object", "Object", "object {3}", "json", "对象", "ApiResponse«UserVO»"]),
            ("map", &["map", "Map<String,Object>", "Map«string,string»", "object<string,int>"]),
            ("list of any", &["array", "List", "list", "数组"]),
            (
                "list of object",
                &[
                    "object[]",
                    "array [object {35}]",
                    "array<object>",
                    "List<Object>",
                    "array of object",
                    "对象数组",
                    "array[UserVO]",
                    "List«UserVO»",
                ],
            ),
            ("list of string", &["string[]", "array[string]", "List<String>", "array of string", "array(string)", "字符串数组"]),
            ("list of integer", &["int[]", "array [integer]", "array[int]"]),
            ("list of list of integer", &["int[][]", "array [array [integer]]"]),
            ("list of integer", &["[]int", "[]Integer", "int array"]),
            ("list of any", &["arrary", "json数组"]),
            ("string", &["string / array", "date", "json字符串", "字符串(32)"]),
            ("integer", &["int/array", "int(11)", "Int", "interger"]),
            ("object", &["class", "json对象", "Json对象"]),
            ("-", &["String(64) 是 名称", "VARCHAR(100) 负责人", "", "手机号", "no such type", "必需", "200", "}"]),
        ] {
            for spelling in spellings {
                assert_eq!(shape(spelling), expected, "{spelling}");
            }
        }
    }

    #[test]
    fn a_type_tells_more_than_its_shape() {
        assert_eq!(read("array [object {35}]").unwrap().members, Some(35));
        assert_eq!(read("object {2}").unwrap().members, Some(2));
        assert_eq!(read("List«UserVO»").unwrap().reference.as_deref(), Some("UserVO"));
        assert!(read("string|null").unwrap().nullable);
        assert!(read("null or integer").unwrap().nullable);
        assert_eq!(read("string(date-time)").unwrap().time, Some(TimeFormat::DateTime));
        assert_eq!(read_cell("UserVO").unwrap().reference.as_deref(), Some("UserVO"));
        assert_eq!(read_cell("user"), None);
    }
}
