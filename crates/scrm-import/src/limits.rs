//! Limits, formats and defaults inside a description.

use scrm_schema::model::{Quota, TimeFormat};

use crate::choices::{self, Choice};
use crate::types::Shape;

/// What a description says besides what the field is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Documented values.
    pub choices: Vec<Choice>,
    /// Smallest value.
    pub minimum: Option<i64>,
    /// Largest value.
    pub maximum: Option<i64>,
    /// Most characters.
    pub max_length: Option<u64>,
    /// Most items.
    pub max_items: Option<u64>,
    /// Default, as printed.
    pub default: Option<String>,
    /// How a time is written.
    pub time: Option<TimeFormat>,
    /// A time stamp, but seconds or milliseconds is not told.
    pub time_stamp: bool,
    /// Unit.
    pub unit: Option<&'static str>,
    /// `null` may be sent.
    pub null_allowed: bool,
    /// Number of the first page.
    pub first: Option<i64>,
    /// The vendor gives no row beyond this one.
    pub row_cap: Option<u64>,
}

/// Reads the facts in a description of a field of this shape.
pub(crate) fn read(text: &str, shape: &Shape) -> Facts {
    if text.is_empty() {
        return Facts::default();
    }
    let null_allowed = ["传null", "传 null", "可为null", "可以为null", "或null", "为null"].iter().any(|words| text.contains(words));
    let mut facts = Facts { null_allowed, ..Facts::default() };
    if shape.is_container() {
        largest(text, shape, &mut facts);
        return facts;
    }
    facts.choices = choices::read(text);
    facts.default = default(text);
    facts.time = time(text);
    facts.time_stamp = facts.time.is_none() && (text.contains("时间戳") || text.contains("timestamp"));
    facts.unit = unit(text);
    facts.first = number_between(text, &["从"], &["开始", "起"]).and_then(|first| i64::try_from(first).ok()).filter(|first| *first <= 1);
    facts.row_cap = row_cap(text);
    largest(text, shape, &mut facts);
    smallest(text, shape, &mut facts);
    range(text, shape, &mut facts);
    facts
}

/// What the items of a list are, as far as a description says: `字符串数组`, `元素为整数`.
pub(crate) fn item_shape(text: &str) -> Option<Shape> {
    let lower = text.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&[
        "字符串数组",
        "字符串列表",
        "string数组",
        "string类型数组",
        "元素为字符串",
        "元素是字符串",
        "元素类型为string",
        "元素类型string",
        "字符串类型的数组",
        "array of string",
    ]) {
        Some(Shape::Text)
    } else if has(&[
        "整数数组",
        "整型数组",
        "int数组",
        "int类型数组",
        "数字数组",
        "元素为整数",
        "元素为int",
        "元素类型为int",
        "元素类型int",
        "整型的数组",
        "array of int",
    ]) {
        Some(Shape::Integer)
    } else if has(&["对象数组", "对象列表", "元素为对象", "object数组", "元素类型为object", "数组对象"]) {
        Some(Shape::Object)
    } else {
        None
    }
}

/// The last row the vendor gives, from a sentence about the operation.
pub(crate) fn row_cap(text: &str) -> Option<u64> {
    number_between(text, &["获取前", "返回前", "查询前", "支持前"], &["条"])
}

/// A quota: `10秒3000次`, `1分钟300次`, `10s/10000次`, `每秒20次`, `允许两秒请求一次`, `20次/秒`.
pub(crate) fn quota(text: &str) -> Option<Quota> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '`' | '*')).take(80).collect();
    let end = text.find('次')?;
    let before = text.get(..end)?;
    let rest = text.get(end + '次'.len_utf8()..)?;
    let calls = trailing_number(before)?;
    let window = match unit_of_time(before) {
        Some((place, unit)) => Some((count_of(before.get(..place)?)?, unit)),
        None => {
            let rest = rest.trim_start_matches(['/', '每']);
            let (place, unit) = unit_of_time(rest)?;
            Some((count_of(rest.get(..place)?)?, unit))
        }
    };
    let (count, unit) = window?;
    let seconds = count.checked_mul(unit)?;
    (calls > 0 && seconds > 0).then_some(Quota { calls: u32::try_from(calls).ok()?, seconds: u32::try_from(seconds).ok()? })
}

/// Where the first unit of time stands, and its seconds.
fn unit_of_time(text: &str) -> Option<(usize, u64)> {
    let units = [
        ("秒", 1),
        ("分钟", 60),
        ("分", 60),
        ("小时", 3600),
        ("天", 86400),
        ("日", 86400),
        ("s", 1),
        ("S", 1),
        ("min", 60),
        ("m", 60),
        ("h", 3600),
    ];
    units.iter().filter_map(|(word, seconds)| text.find(word).map(|place| (place, *seconds))).min_by_key(|(place, _)| *place)
}

/// The count before a unit: none means one, one too large means nothing.
fn count_of(text: &str) -> Option<u64> {
    if text.ends_with(|c: char| c.is_ascii_digit()) { trailing_number(text) } else { Some(trailing_number(text).unwrap_or(1)) }
}

/// The number a text ends with, in digits or as a Chinese numeral.
fn trailing_number(text: &str) -> Option<u64> {
    let digits: String = text.chars().rev().take_while(char::is_ascii_digit).collect::<Vec<_>>().into_iter().rev().collect();
    if !digits.is_empty() {
        return digits.parse().ok();
    }
    let numeral = text.chars().next_back()?;
    [('一', 1), ('两', 2), ('二', 2), ('三', 3), ('四', 4), ('五', 5), ('六', 6), ('七', 7), ('八', 8), ('九', 9), ('十', 10), ('百', 100)]
        .iter()
        .find_map(|(sign, value)| (*sign == numeral).then_some(*value))
}

/// The number that follows one of some words, blanks and joining signs between; with what stands after it.
fn number_after<'a>(text: &'a str, words: &[&str]) -> Option<(u64, &'a str)> {
    words.iter().find_map(|word| {
        let (_, rest) = text.split_once(word)?;
        let rest = rest.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, ':' | '为' | '是' | '值' | '于' | '传' | '支' | '持' | '长' | '度' | '=' | '`')
        });
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        Some((rest.get(..digits)?.parse().ok()?, rest.get(digits..)?.trim_start()))
    })
}

fn number_between(text: &str, before: &[&str], after: &[&str]) -> Option<u64> {
    before.iter().find_map(|word| {
        let (number, rest) = number_after(text, &[word])?;
        after.iter().any(|word| rest.starts_with(word)).then_some(number)
    })
}

const LARGEST: [&str; 16] = [
    "最大",
    "最多",
    "上限",
    "不超过",
    "不得超过",
    "不能超过",
    "不可超过",
    "小于等于",
    "不大于",
    "至多",
    "最长",
    "限制",
    "<=",
    "≤",
    "maximum",
    "max",
];
const SMALLEST: [&str; 9] = ["最小", "最少", "至少", "不小于", "大于等于", "不少于", ">=", "≥", "minimum"];

fn largest(text: &str, shape: &Shape, facts: &mut Facts) {
    let within = text.find("以内").or_else(|| text.find("之内")).and_then(|end| {
        let before = text.get(..end)?;
        let unit = before.chars().next_back().filter(|c| !c.is_ascii_digit()).map_or(0, char::len_utf8);
        let counted = before.get(..before.len() - unit)?;
        trailing_number(counted).map(|number| (number, before.get(before.len() - unit..).unwrap_or("")))
    });
    let Some((number, rest)) = number_after(text, &LARGEST).or(within) else { return };
    let characters =
        rest.starts_with('字') || text.contains("长度") || text.contains("最长") || rest.starts_with("位") || rest.starts_with("个字");
    match shape {
        Shape::List(_) => facts.max_items = Some(number),
        Shape::Text if characters => facts.max_length = Some(number),
        _ if characters => {}
        _ => facts.maximum = i64::try_from(number).ok(),
    }
}

fn smallest(text: &str, shape: &Shape, facts: &mut Facts) {
    if matches!(shape, Shape::Integer | Shape::Number)
        && let Some((number, _)) = number_after(text, &SMALLEST)
    {
        facts.minimum = i64::try_from(number).ok();
    }
}

/// `范围1-100`, `取值1~100`.
fn range(text: &str, shape: &Shape, facts: &mut Facts) {
    if !matches!(shape, Shape::Integer | Shape::Number) {
        return;
    }
    let Some((low, rest)) = number_after(text, &["范围", "取值", "区间", "介于"]) else { return };
    let Some(rest) = ["-", "~", "—", "到", "至"].iter().find_map(|sign| rest.strip_prefix(sign)) else { return };
    let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
    if let (Ok(low), Ok(high)) = (i64::try_from(low), digits.parse::<i64>())
        && low < high
    {
        (facts.minimum, facts.maximum) = (Some(low), Some(high));
    }
}

fn default(text: &str) -> Option<String> {
    ["默认值", "默认为", "默认是", "默认", "default"].iter().find_map(|word| {
        let (_, rest) = text.split_once(word)?;
        let rest = rest.trim_start_matches([' ', ':', '为', '是', '=', '`', '"', '\'']);
        let value: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')).take(40).collect();
        let after = rest.get(value.len()..)?.trim_start_matches(['`', '"', '\'']);
        // "default ID order" is a sentence; a default stands alone.
        let alone = after.is_empty() || after.starts_with([' ', ',', ';', '。', ')', '、', '条', '页', '(']);
        (!value.is_empty() && alone).then_some(value)
    })
}

fn time(text: &str) -> Option<TimeFormat> {
    let lower = text.to_ascii_lowercase();
    let clock = ["hh:mm", "h:i:s", "hh24:mi", "hh:ii", "时分秒"].iter().any(|format| lower.contains(format)) || has_clock(&lower);
    let date = lower.contains("yyyy-mm-dd") || lower.contains("y-m-d") || lower.contains("年-月-日");
    if date || (clock && lower.contains("yyyy")) {
        return Some(if clock { TimeFormat::DateTime } else { TimeFormat::Date });
    }
    if lower.contains("yyyy_mm") || has_month(&lower) {
        return Some(TimeFormat::Month);
    }
    if lower.contains("时间戳") || lower.contains("timestamp") {
        if lower.contains("毫秒") || lower.contains("13位") || lower.contains("13 位") || lower.contains("ms") {
            return Some(TimeFormat::Milliseconds);
        }
        if lower.contains('秒') || lower.contains("10位") || lower.contains("10 位") {
            return Some(TimeFormat::Seconds);
        }
    }
    None
}

/// A sample such as `2024-01-02 03:04:05`.
fn has_clock(text: &str) -> bool {
    text.as_bytes()
        .windows(8)
        .any(|bytes| matches!(bytes, [a, b, b':', c, d, b':', e, f] if [a, b, c, d, e, f].iter().all(|byte| byte.is_ascii_digit())))
}

/// A sample such as `2025_05`.
fn has_month(text: &str) -> bool {
    let digit = u8::is_ascii_digit;
    text.as_bytes().windows(7).enumerate().any(|(place, bytes)| {
        let before = place.checked_sub(1).and_then(|before| text.as_bytes().get(before));
        let after = text.as_bytes().get(place + 7);
        matches!(bytes, [b'1' | b'2', a, b, c, b'_', d, e] if [a, b, c, d, e].into_iter().all(digit))
            && !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            && !after.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    })
}

fn unit(text: &str) -> Option<&'static str> {
    for (word, unit) in
        [("元", "yuan"), ("分", "fen"), ("毫秒", "milliseconds"), ("秒", "seconds"), ("分钟", "minutes"), ("天", "days"), ("小时", "hours")]
    {
        for (open, close) in [("(", ")"), ("单位:", ""), ("单位", ""), ("单位为", ""), ("单位是", "")] {
            let Some((_, rest)) = text.split_once(open) else { continue };
            if let Some(after) = rest.strip_prefix(word)
                && (if close.is_empty() { !after.starts_with(['钟', '类', '组']) } else { after.starts_with(close) })
            {
                return Some(unit);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_are_read_in_every_wording() {
        for (text, calls, seconds) in [
            ("10秒3000次", 3000, 10),
            ("`10秒 500次`", 500, 10),
            ("1分钟300次", 300, 60),
            ("10分钟100次", 100, 600),
            ("10s/10000次", 10000, 10),
            ("每秒20次", 20, 1),
            ("20次/秒", 20, 1),
            ("300次/1分钟", 300, 60),
            ("允许两秒请求一次", 1, 2),
            ("接口限制:允许5秒请求10次", 10, 5),
            ("1小时1000次", 1000, 3600),
        ] {
            assert_eq!(quota(text), Some(Quota { calls, seconds }), "{text}");
        }
        for text in ["", "无", "次", "每次调用", "3000次", "0秒0次", "99999999999999999999秒1次"] {
            assert_eq!(quota(text), None, "{text}");
        }
    }

    #[test]
    fn limits_are_read_by_the_shape_of_the_field() {
        let list = Shape::list_of(Shape::Any);
        assert_eq!(read("每页条数,最大50条", &Shape::Integer).maximum, Some(50));
        assert_eq!(read("每页条数,最大值为50", &Shape::Text).maximum, Some(50));
        assert_eq!(read("编号 上限100", &list).max_items, Some(100));
        assert_eq!(read("最多支持100个", &list).max_items, Some(100));
        assert_eq!(read("昵称,最多20个字符", &Shape::Text).max_length, Some(20));
        assert_eq!(read("昵称,长度不超过 30", &Shape::Text).max_length, Some(30));
        assert_eq!(read("备注,50字以内", &Shape::Text).max_length, Some(50));
        assert_eq!(read("取值<=500", &Shape::Integer).maximum, Some(500));
        let ranged = read("取值范围1-100", &Shape::Integer);
        assert_eq!((ranged.minimum, ranged.maximum), (Some(1), Some(100)));
        assert_eq!(read("最小金额", &Shape::Integer).minimum, None);
        assert_eq!(read("最小1,最大9", &Shape::Integer).minimum, Some(1));
    }

    #[test]
    fn formats_defaults_and_units_are_read() {
        let text = Shape::Text;
        assert_eq!(read("开始时间 yyyy-MM-dd", &text).time, Some(TimeFormat::Date));
        assert_eq!(read("时间,YYYY-mm-dd H:i:s", &text).time, Some(TimeFormat::DateTime));
        assert_eq!(read("格式:yyyy-MM-dd HH:mm:ss", &text).time, Some(TimeFormat::DateTime));
        assert_eq!(read("月份 YYYY_MM", &text).time, Some(TimeFormat::Month));
        assert_eq!(read("创建时间,毫秒时间戳", &text).time, Some(TimeFormat::Milliseconds));
        assert_eq!(read("13位时间戳", &text).time, Some(TimeFormat::Milliseconds));
        assert_eq!(read("时间戳(秒)", &text).time, Some(TimeFormat::Seconds));
        assert!(read("创建时间,时间戳", &text).time_stamp);
        assert_eq!(read("每页条数,默认10条", &Shape::Integer).default.as_deref(), Some("10"));
        assert_eq!(read("排序,默认值:desc", &text).default.as_deref(), Some("desc"));
        assert_eq!(read("不传默认ID倒序", &text).default, None);
        assert_eq!(read("消费总额(元)", &text).unit, Some("yuan"));
        assert_eq!(read("金额,单位:分", &text).unit, Some("fen"));
        assert_eq!(read("时长(分钟)", &text).unit, Some("minutes"));
        assert!(read("不查询请传null或空", &text).null_allowed);
        assert_eq!(read("页码,从0开始", &Shape::Integer).first, Some(0));
        assert_eq!(row_cap("该接口最大获取前10000条数据"), Some(10000));
    }
}
