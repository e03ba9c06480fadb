//! Checks a request against its documented rules before anything is sent.

use std::fmt;

use crate::{
    mask,
    path::{Found, Scalar, Scope},
    spec::{Rule, TimeFormat},
    table::{PERSONAL, ReadFields, SECRET},
    time::{self, Moment},
};

/// One broken rule. `Display` is one sentence that holds no personal value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// Wire name of the field, with the index where it stands in a list: `data[2]/phone`; names joined by a comma for a rule between fields.
    pub field: String,
    /// The rule in words: `at most 50`, `a day as YYYY-MM-DD`, `at least one of phone, openid`.
    pub rule: String,
    /// What was given: a short number or something like a date; of all else and of a personal value only the length, of a secret nothing; for a rule
    /// between fields the names of those that were given. `None`: nothing was given.
    pub given: Option<String>,
    /// Whether the rule itself names the fields.
    between: bool,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.between {
            true => write!(f, "{} must be given", self.rule)?,
            false => write!(f, "{} must be {}", self.field, self.rule)?,
        }
        match &self.given {
            Some(given) => write!(f, "; given: {given}"),
            None => Ok(()),
        }
    }
}

/// Checks a request. All broken rules come out, in the order of `rules`.
///
/// An empty text counts as absent: it satisfies no [`Rule::Required`] and breaks no [`Rule::Range`], [`Rule::Length`] or [`Rule::Format`],
/// since it is how many operations are told "no filter"; where the page says that it is, [`Rule::NotEmpty`] asks for a value all the same. A field inside an
/// object that is absent is not required.
///
/// # Errors
/// The broken rules.
pub fn check(request: &dyn ReadFields, rules: &[Rule]) -> Result<(), Vec<Violation>> {
    check_allowing(request, rules, false)
}

/// [`check()`], where the caller may have said that empty filters are meant.
pub(crate) fn check_allowing(request: &dyn ReadFields, rules: &[Rule], empty_filters: bool) -> Result<(), Vec<Violation>> {
    let mut violations = Vec::new();
    for rule in rules.iter().filter(|rule| !(empty_filters && matches!(rule, Rule::NotEmpty { .. }))) {
        apply(rule, Scope::Record(request), &mut violations);
    }
    if violations.is_empty() { Ok(()) } else { Err(violations) }
}

fn apply(rule: &Rule, root: Scope<'_>, violations: &mut Vec<Violation>) {
    match *rule {
        Rule::Required { field } => root.walk(field, &mut |found| {
            if !found.is_given() {
                violations.push(Violation::of(found.at(), "given".to_owned(), None));
            }
        }),
        Rule::NotEmpty { field } => root.walk(field, &mut |found| {
            found.scalars(&mut |_, value| {
                if value == Scalar::Text("") {
                    let rule =
                        "left out or not empty (the vendor takes an empty filter for none and answers all; allow_empty_filters() sends it)";
                    violations.push(Violation::of(found.at(), rule.to_owned(), None));
                }
            });
        }),
        Rule::RequiredIf { field, other, values } => required_if(root, field, other, values, violations),
        Rule::AtLeastOne { fields } => between(root, fields, "at least one of", |given, _| given >= 1, violations),
        Rule::ExactlyOne { fields } => between(root, fields, "exactly one of", |given, _| given == 1, violations),
        Rule::AtMostOne { fields } => between(root, fields, "at most one of", |given, _| given <= 1, violations),
        Rule::Together { fields } => between(root, fields, "all or none of", |given, all| given == 0 || given == all, violations),
        Rule::Range { field, min, max } => each(root, field, violations, |value| {
            let inside = match number(value)? {
                Some(number) => number.is_within(min, max),
                None => false,
            };
            (!inside).then(|| bounds(min, max))
        }),
        Rule::Length { field, min, max } => each(root, field, violations, |value| {
            let Scalar::Text(text) = value else { return None };
            let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
            let inside = length >= min.unwrap_or(0).into() && length <= max.unwrap_or(u32::MAX).into();
            (!inside).then(|| format!("a text of {}", amount(min, max, "character")))
        }),
        Rule::Items { field, min, max } => root.walk(field, &mut |found| items(&found, min, max, violations)),
        Rule::Format { field, format } => {
            each(root, field, violations, |value| (!is_written(format, value)).then(|| words(format).to_owned()))
        }
        Rule::Span { start, end, format, strict, max_seconds } => {
            span(root, &Span { start, end, format, strict, max_seconds }, violations);
        }
    }
}

impl Violation {
    fn of(field: String, rule: String, given: Option<String>) -> Self {
        Violation { field, rule, given, between: false }
    }
}

/// Applies a rule of single values: `broken` answers the rule in words for a value that breaks it.
fn each(root: Scope<'_>, field: &str, violations: &mut Vec<Violation>, broken: impl Fn(Scalar<'_>) -> Option<String>) {
    root.walk(field, &mut |found| {
        found.scalars(&mut |index, value| {
            if value == Scalar::Text("") {
                return;
            }
            if let Some(rule) = broken(value) {
                let at = index.map_or_else(|| found.at(), |index| format!("{}[{index}]", found.at()));
                violations.push(Violation::of(at, rule, Some(shown(value, found.flags))));
            }
        });
    });
}

fn items(found: &Found<'_>, min: Option<u32>, max: Option<u32>, violations: &mut Vec<Violation>) {
    let Some(count) = found.count() else { return };
    let inside = count >= min.unwrap_or(0) as usize && count <= max.unwrap_or(u32::MAX) as usize;
    if !inside && found.is_given() {
        violations.push(Violation::of(found.at(), format!("a list of {}", amount(min, max, "item")), Some(format!("a list of {count}"))));
    }
}

/// Applies a rule between fields to each object that holds them. In an object that is absent none of them is given.
fn between(root: Scope<'_>, fields: &[&str], words: &str, holds: impl Fn(usize, usize) -> bool, violations: &mut Vec<Violation>) {
    let parent = common_parent(fields);
    each_object(root, parent, &mut |prefix, scope| {
        let given: Vec<&str> =
            fields.iter().copied().filter(|field| scope.is_some_and(|scope| is_filled(scope, below(parent, field)))).collect();
        if !holds(given.len(), fields.len()) {
            let named =
                |fields: &[&str]| fields.iter().map(|field| format!("{prefix}{}", below(parent, field))).collect::<Vec<_>>().join(", ");
            violations.push(Violation {
                field: named(fields),
                rule: format!("{words} {}", named(fields)),
                given: (!given.is_empty()).then(|| named(&given)),
                between: true,
            });
        }
    });
}

fn required_if(root: Scope<'_>, field: &str, other: &str, values: &[&str], violations: &mut Vec<Violation>) {
    let parent = common_parent(&[field, other]);
    let (field, other) = (below(parent, field), below(parent, other));
    each_object(root, parent, &mut |prefix, scope| {
        let Some(scope) = scope else { return };
        if !decides(scope, other, values) {
            return;
        }
        let (mut seen, mut given) = (false, true);
        scope.walk(field, &mut |found| {
            seen = true;
            given &= found.is_given();
        });
        if !(seen && given) {
            let condition = if values.is_empty() { "given".to_owned() } else { values.join(" or ") };
            violations.push(Violation::of(format!("{prefix}{field}"), format!("given when {prefix}{other} is {condition}"), None));
        }
    });
}

/// Whether a field has one of these values, or any where there are none. A truth value is also known by its digit.
fn decides(scope: Scope<'_>, other: &str, values: &[&str]) -> bool {
    let mut decided = false;
    scope.walk(other, &mut |found| {
        if values.is_empty() {
            decided |= found.is_filled();
        }
        found.scalars(&mut |_, value| {
            let digit = matches!(value, Scalar::Bool(value) if values.contains(&if value { "1" } else { "0" }));
            decided |= digit || values.contains(&value.to_text().as_str());
        });
    });
    decided
}

struct Span<'a> {
    start: &'a str,
    end: &'a str,
    format: TimeFormat,
    strict: bool,
    max_seconds: Option<u64>,
}

/// Times that cannot be read are left to [`Rule::Format`].
fn span(root: Scope<'_>, rule: &Span<'_>, violations: &mut Vec<Violation>) {
    let parent = common_parent(&[rule.start, rule.end]);
    let (start, end) = (below(parent, rule.start), below(parent, rule.end));
    each_object(root, parent, &mut |prefix, scope| {
        let Some(scope) = scope else { return };
        let (Some((first, given)), Some((last, _))) = (moment(scope, start, rule.format), moment(scope, end, rule.format)) else { return };
        let broken = match (rule.strict, rule.max_seconds) {
            (true, _) if first >= last => format!("before {prefix}{end}"),
            (false, _) if first > last => format!("not after {prefix}{end}"),
            (_, Some(most)) if last.unix_millis().abs_diff(first.unix_millis()) > most.saturating_mul(1000) => {
                format!("at most {} before {prefix}{end}", duration(most))
            }
            _ => return,
        };
        violations.push(Violation::of(format!("{prefix}{start}"), broken, Some(given)));
    });
}

fn moment(scope: Scope<'_>, path: &str, format: TimeFormat) -> Option<(Moment, String)> {
    let mut read = None;
    scope.walk(path, &mut |found| {
        found.scalars(&mut |_, value| {
            let moment = match value {
                Scalar::Text(text) => time::parse(format, text),
                Scalar::Int(number) => i64::try_from(number).ok().and_then(|number| time::from_number(format, number)),
                Scalar::Float(_) | Scalar::Bool(_) => None,
            };
            read = read.take().or(moment.map(|moment| (moment, shown(value, found.flags))));
        });
    });
    read
}

/// Calls `visit` with each object at a path (the root for an empty path) and the prefix of what stands in it; with `None` where an object is absent.
fn each_object(root: Scope<'_>, path: &str, visit: &mut dyn FnMut(&str, Option<Scope<'_>>)) {
    if path.is_empty() {
        return visit("", Some(root));
    }
    root.walk(path, &mut |found| {
        let mut any = found.count().is_some();
        found.scopes(&mut |prefix, _, scope| {
            any = true;
            visit(prefix, Some(scope));
        });
        if !any {
            visit(&format!("{}/", found.at()), None);
        }
    });
}

/// Path of the innermost object in which all of these stand; empty for the root.
fn common_parent<'a>(fields: &[&'a str]) -> &'a str {
    let mut parent = fields.first().and_then(|field| field.rsplit_once('/')).map_or("", |(parent, _)| parent);
    while !parent.is_empty() && !fields.iter().all(|field| below(parent, field).len() < field.len()) {
        parent = parent.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
    parent
}

/// A path as seen from a parent; unchanged where it does not lie below it.
fn below<'a>(parent: &str, field: &'a str) -> &'a str {
    field.strip_prefix(parent).and_then(|rest| rest.strip_prefix('/')).unwrap_or(field)
}

fn is_filled(scope: Scope<'_>, path: &str) -> bool {
    let mut filled = false;
    scope.walk(path, &mut |found| filled |= found.is_filled());
    filled
}

enum Number {
    Int(i128),
    Float(f64),
}

impl Number {
    #[allow(clippy::cast_precision_loss)]
    fn is_within(&self, min: Option<i64>, max: Option<i64>) -> bool {
        match *self {
            Number::Int(value) => min.is_none_or(|min| value >= min.into()) && max.is_none_or(|max| value <= max.into()),
            Number::Float(value) => {
                value.is_finite() && min.is_none_or(|min| value >= min as f64) && max.is_none_or(|max| value <= max as f64)
            }
        }
    }
}

/// The number that a value is or holds as text; `Some(None)` for a text that holds none, `None` for a truth value.
#[allow(clippy::option_option)]
fn number(value: Scalar<'_>) -> Option<Option<Number>> {
    match value {
        Scalar::Int(value) => Some(Some(Number::Int(value))),
        Scalar::Float(value) => Some(Some(Number::Float(value))),
        Scalar::Text(text) => Some(text.trim().parse().map(Number::Int).or_else(|_| text.trim().parse().map(Number::Float)).ok()),
        Scalar::Bool(_) => None,
    }
}

fn is_written(format: TimeFormat, value: Scalar<'_>) -> bool {
    let counted = matches!(format, TimeFormat::Seconds | TimeFormat::Milliseconds);
    match value {
        Scalar::Int(0) | Scalar::Text("0") => counted,
        Scalar::Int(number) => i64::try_from(number).is_ok_and(|number| time::from_number(format, number).is_some()),
        Scalar::Text(text) => time::parse(format, text).is_some(),
        Scalar::Float(_) | Scalar::Bool(_) => false,
    }
}

fn words(format: TimeFormat) -> &'static str {
    match format {
        TimeFormat::DateTime => "a time as YYYY-MM-DD HH:MM:SS",
        TimeFormat::Date => "a day as YYYY-MM-DD",
        TimeFormat::OffsetDateTime => "a time as YYYY-MM-DDTHH:MM:SS+08:00",
        TimeFormat::Month => "a month as YYYY_MM",
        TimeFormat::Seconds => "a time in Unix seconds",
        TimeFormat::Milliseconds => "a time in Unix milliseconds",
    }
}

fn bounds<N: fmt::Display + PartialEq>(min: Option<N>, max: Option<N>) -> String {
    match (min, max) {
        (Some(min), Some(max)) if min == max => format!("exactly {min}"),
        (Some(min), Some(max)) => format!("between {min} and {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "any number of".to_owned(),
    }
}

/// Bounds of a count of things: `between 1 and 50 characters`.
fn amount(min: Option<u32>, max: Option<u32>, thing: &str) -> String {
    let plural = if max.or(min) == Some(1) { "" } else { "s" };
    format!("{} {thing}{plural}", bounds(min, max))
}

fn duration(seconds: u64) -> String {
    for (length, unit) in [(86_400, "days"), (3600, "hours"), (60, "minutes")] {
        if seconds >= length && seconds.is_multiple_of(length) {
            return format!("{} {unit}", seconds / length);
        }
    }
    format!("{seconds} seconds")
}

/// A value as an error may show it.
fn shown(value: Scalar<'_>, flags: u8) -> String {
    let text = value.to_text();
    if flags & SECRET != 0 {
        return "a secret".to_owned();
    }
    if flags & PERSONAL != 0 {
        return mask::length(&text);
    }
    mask::given(&text)
}

#[cfg(test)]
mod tests;
