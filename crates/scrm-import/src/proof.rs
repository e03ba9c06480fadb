//! A draft is held against the checks of schema files before anybody gets it: what would not load is taken out and asked about, or the page is refused.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use scrm_schema::model::VendorFile;
use scrm_schema::{Problem, check_operation};
use serde_json::{Value, json};

use crate::ImportError;
use crate::page::{Concern, Page};
use crate::tree::Field;

/// So many times is looked again for what depended on something that was taken out.
const ROUNDS: usize = 8;
/// What is said about a field and can be taken back without another meaning of the rest. How it travels is no part of this: without it the field goes.
const FACTS: [&str; 9] = ["default", "maxItems", "maxLength", "maximum", "minimum", "x-documented-type", "x-enum", "x-time", "x-unit"];

/// Takes out of a draft what keeps it from loading; each part is named on the page as something to decide.
///
/// # Errors
/// [`ImportError::NotLoadable`]: what is wrong is no part that can be taken out.
pub(crate) fn mend(
    schema: &mut Value,
    file: &str,
    vendor: Option<&VendorFile>,
    sides: [&Field; 2],
    page: &mut Page,
) -> Result<(), ImportError> {
    let mut problems = problems(schema, file, vendor);
    for _ in 0..ROUNDS {
        let mut parts: BTreeMap<String, &Problem> = BTreeMap::new();
        for problem in &problems {
            if let Some(part) = part(&problem.pointer) {
                parts.entry(part).or_insert(problem);
            }
        }
        if parts.is_empty() {
            break;
        }
        for (part, problem) in &parts {
            let text = format!("`{part}` is taken out, because the draft would not load with it: {}", problem.what);
            page.remark(Concern::Decide, line(part, sides), text);
            take_out(schema, part);
        }
        close_gaps(schema);
        problems = self::problems(schema, file, vendor);
    }
    match problems.into_iter().next() {
        None => Ok(()),
        Some(Problem { pointer, what, advice, .. }) => Err(ImportError::NotLoadable { file: file.to_owned(), pointer, what, advice }),
    }
}

fn problems(schema: &Value, file: &str, vendor: Option<&VendorFile>) -> Vec<Problem> {
    let Some(vendor) = vendor else {
        // Without the vendor's file nobody knows what its answers hold beside their data.
        let known = |problem: &Problem| problem.pointer != "/response/properties" && problem.what != "is used nowhere";
        return usual().map(|vendor| check_operation(vendor, file, schema)).unwrap_or_default().into_iter().filter(known).collect();
    };
    check_operation(vendor, file, schema)
}

/// A vendor with the usual names, where no file tells others.
fn usual() -> Option<&'static VendorFile> {
    static USUAL: OnceLock<Option<VendorFile>> = OnceLock::new();
    let vendor = || {
        json!({
            "vendor": "vendor", "title": { "zh": "", "en": "" }, "docs": "", "source": { "page": "", "read": "" }, "base_url": "", "areas": [],
            "envelope": { "code": "code", "message": ["msg"], "data": "data", "success": [0], "success_message": "" },
            "credentials": [], "tokens": [], "untyped": { "method": "POST", "body": "json" }, "errors": []
        })
    };
    USUAL.get_or_init(|| serde_json::from_value(vendor()).ok()).as_ref()
}

/// The part of a schema file that can be taken out to solve a problem at a pointer: a fact about a field, the field, an entry of a list.
fn part(pointer: &str) -> Option<String> {
    let mut steps = pointer.split('/').skip(1);
    let first = steps.next()?;
    match first {
        "paging" | "permission" | "quota" => Some(format!("/{first}")),
        "errata" | "errors" | "examples" | "rules" => Some(format!("/{first}/{}", steps.next()?)),
        "source" => steps.next().filter(|key| *key == "cut_after").map(|key| format!("/source/{key}")),
        "request" | "response" => field(format!("/{first}"), None, steps),
        "definitions" => {
            let definition = format!("/definitions/{}", steps.next()?);
            field(definition.clone(), Some(definition), steps)
        }
        _ => None,
    }
}

/// The deepest field on the way, or the fact about it that the way leads to.
fn field<'a>(mut at: String, mut found: Option<String>, mut steps: impl Iterator<Item = &'a str>) -> Option<String> {
    while let Some(step) = steps.next() {
        at = format!("{at}/{step}");
        match step {
            "properties" | "patternProperties" => {
                at = format!("{at}/{}", steps.next()?);
                found = Some(at.clone());
            }
            "items" | "additionalProperties" => {}
            fact if FACTS.contains(&fact) => return Some(at),
            _ => return found,
        }
    }
    found
}

/// Line of the page where the field of a part stands; 0: none, or unknown.
fn line(part: &str, [request, response]: [&Field; 2]) -> usize {
    let root = if part.starts_with("/request/") { request } else { response };
    let names: Vec<String> = part.split("/properties/").skip(1).map(|rest| name(rest.split('/').next().unwrap_or(rest))).collect();
    root.at(&names).map_or(0, |field| field.line)
}

/// A step of a JSON pointer as it stands in the file.
fn name(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// Removes a member, and from the required ones too; leaves a gap in a list, so that the other places stay what they are.
fn take_out(schema: &mut Value, part: &str) {
    let Some((above, step)) = part.rsplit_once('/') else { return };
    let name = name(step);
    match schema.pointer_mut(above) {
        Some(Value::Array(items)) => {
            if let Some(item) = name.parse().ok().and_then(|place: usize| items.get_mut(place)) {
                *item = Value::Null;
            }
        }
        Some(Value::Object(members)) => drop(members.shift_remove(&name)),
        _ => {}
    }
    if let Some(Value::Object(object)) = above.strip_suffix("/properties").and_then(|above| schema.pointer_mut(above))
        && let Some(Value::Array(required)) = object.get_mut("required")
    {
        required.retain(|one| one.as_str() != Some(&name));
        if required.is_empty() {
            object.shift_remove("required");
        }
    }
}

/// Closes the gaps in the lists of the file, and drops those of which nothing is left.
fn close_gaps(schema: &mut Value) {
    let Value::Object(file) = schema else { return };
    for list in ["errata", "errors", "examples", "rules"] {
        if let Some(Value::Array(items)) = file.get_mut(list) {
            items.retain(|item| !item.is_null());
        }
    }
    file.retain(|key, value| match key.as_str() {
        "errata" | "errors" | "examples" | "rules" => value.as_array().is_none_or(|items| !items.is_empty()),
        "definitions" => value.as_object().is_none_or(|members| !members.is_empty()),
        _ => true,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Origin;
    use crate::types::Shape;

    fn draft() -> Value {
        let field = |kind: &str| json!({ "type": kind, "description": "TODO", "x-zh": "TODO" });
        json!({
            "$schema": "../../operation.schema.json", "operation": "one", "title": { "zh": "TODO", "en": "TODO" },
            "source": { "page": "page", "read": "2026-01-01", "cut_after": "request/kept" },
            "http": { "method": "POST", "path": "/one", "body": "json" }, "access": "read",
            "request": { "type": "object", "required": ["kept"], "properties": { "kept": field("string"), "size": field("integer") } },
            "response": { "type": "object", "properties": { "code": field("integer"), "msg": field("string"), "data": {
                "type": "object", "description": "TODO", "x-zh": "TODO", "properties": { "id": field("string") }
            } } }
        })
    }

    fn mended(schema: &mut Value) -> (Result<(), ImportError>, Vec<String>) {
        let (root, mut page) = (Field::unnamed(Origin::Table, Shape::Object, 0), Page::default());
        let outcome = mend(schema, "one.json", None, [&root, &root], &mut page);
        (outcome, page.findings.into_iter().map(|finding| finding.text).collect())
    }

    #[test]
    fn the_usual_vendor_is_one() {
        assert!(usual().is_some());
    }

    #[test]
    fn what_loads_is_left_as_it_is() {
        let mut schema = draft();
        assert_eq!((mended(&mut schema), schema), ((Ok(()), Vec::new()), draft()));
    }

    #[test]
    fn the_fact_the_field_and_what_depends_on_it_are_taken_out() {
        let mut schema = draft();
        schema["request"]["properties"]["kept"]["default"] = json!(5);
        schema["request"]["properties"]["extra"] = json!({ "type": "string", "description": "TODO", "x-zh": "TODO" });
        schema["request"]["required"] = json!(["kept", "extra"]);
        schema["rules"] = json!([{ "at_least_one": ["extra", "size"] }, { "at_most_one": ["size", "nowhere"] }]);
        let (outcome, said) = mended(&mut schema);
        assert_eq!((outcome, schema), (Ok(()), draft()));
        let parts: Vec<&str> = said.iter().filter_map(|text| text.split('`').nth(1)).collect();
        assert_eq!(parts, ["/request/properties/extra", "/request/properties/kept/default", "/rules/0", "/rules/1"]);
    }

    #[test]
    fn what_cannot_be_taken_out_is_told_with_its_place() {
        let mut schema = draft();
        schema["operation"] = json!("Not A Name");
        let wrong = mended(&mut schema).0.unwrap_err().to_string();
        assert!(wrong.contains("the draft one.json would not load") && wrong.contains("/operation: "), "{wrong}");
    }
}
