//! Any text whatever is read: no panic, an end in sight however long it is, and what is written loads.

use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use scrm_import::{Committed, ImportError, Imported, Layout, Options, diff, import, import_all, import_copies};
use scrm_schema::model::VendorFile;
use serde_json::Value;

use crate::pages::{ALL, load, options, vendor};

/// Reads a text in every layout.
fn read_all(text: &str) {
    for layout in Layout::ALL {
        let _ = import(text, &Options { layout: Some(layout), ..options(None) });
    }
}

/// A page with some of its lines dropped, doubled, cut, swapped or mixed with text of other pages.
fn mutated() -> impl Strategy<Value = (Layout, String)> {
    let change = (0..8usize, any::<prop::sample::Index>(), any::<prop::sample::Index>(), "\\PC{0,12}");
    (0..ALL.len(), prop::collection::vec(change, 1..12)).prop_map(|(page, changes)| {
        let (layout, text) = ALL[page];
        let others: Vec<&str> = ALL.iter().flat_map(|(_, text)| text.lines()).collect();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (kind, place, other, noise) in changes {
            if lines.is_empty() {
                break;
            }
            let at = place.index(lines.len());
            let with = other.index(lines.len());
            match kind {
                0 => drop(lines.remove(at)),
                1 => lines.insert(with, lines[at].clone()),
                2 => lines.swap(at, with),
                3 => lines[at] = lines[at].chars().take(with).collect(),
                4 => lines[at].push_str(&noise),
                5 => lines.insert(at, noise),
                6 => lines.insert(at, others[other.index(others.len())].to_owned()),
                _ => lines.truncate(at + 1),
            }
        }
        (layout, lines.join("\n"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_text_is_read(text in "(\\PC|\n){0,400}") {
        read_all(&text);
    }

    #[test]
    fn any_arrangement_of_what_pages_are_made_of_is_read(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "|", "---|", "参数名", "类型", "说明", "必选", " ", "\n", "\n\n", "string", "int", "array [object {3}]", "data.list[].x", "└─", "a", "是", "{", "}", "[", "]",
                "\"a\"", ":", ",", "请求参数", "返回参数", "返回a字段参数", "返回示例", "🟢200", "Body 参数", "curl ", "```", "#", "**", "{% api", "//", "1-甲、2-乙", "null", "1",
                "ParameterTypeRequiredDescription", "Field | Type | Description |", "错误码", "GET", "/a/b", "Score-1", "最大50条", "10秒3次",
            ]),
            0..120,
        )
    ) {
        read_all(&parts.concat());
    }

    #[test]
    fn a_mutated_page_is_read_and_what_is_written_loads((layout, text) in mutated()) {
        read_all(&text);
        static CHECKED: Checked = Checked::none();
        let vendor = vendor(layout);
        let outcome = import(&text, &options(Some(&vendor)));
        let mended = CHECKED.mended(&outcome)?;
        if let Ok(imported) = outcome {
            loads(layout, &imported, &text)?;
            if !mended {
                says_the_same(&vendor, &imported, &text)?;
            }
        }
    }
}

/// How often drafts stood as they were first written, and how often a check had to take something out of one, or refuse it.
struct Checked {
    drafts: AtomicUsize,
    mended: AtomicUsize,
}

impl Checked {
    const fn none() -> Self {
        Self { drafts: AtomicUsize::new(0), mended: AtomicUsize::new(0) }
    }

    /// Whether a check had to act on this one. Where that is no exception any more, the importer writes what it should not.
    fn mended(&self, outcome: &Result<Imported, ImportError>) -> Result<bool, TestCaseError> {
        let mended = match outcome {
            Ok(imported) => imported.report.findings.iter().any(|finding| finding.text.contains("the draft would not load with it")),
            Err(ImportError::NotLoadable { .. }) => true,
            Err(_) => return Ok(false),
        };
        let drafts = self.drafts.fetch_add(1, Ordering::Relaxed) + 1;
        let all = self.mended.fetch_add(usize::from(mended), Ordering::Relaxed) + usize::from(mended);
        let last = || outcome.as_ref().map_or_else(ToString::to_string, |imported| imported.report.text());
        prop_assert!(all <= 2 + drafts / 20, "a check had to act on {} of {} drafts, the last: {}", all, drafts, last());
        Ok(mended)
    }
}

/// A page of any form with some of its lines dropped, doubled, cut, swapped or mixed with those of another form.
fn mixed() -> impl Strategy<Value = String> {
    let change = (0..7usize, any::<prop::sample::Index>(), any::<prop::sample::Index>(), "\\PC{0,8}");
    (any::<prop::sample::Index>(), any::<prop::sample::Index>(), prop::collection::vec(change, 0..10)).prop_map(|(page, other, changes)| {
        let trials = crate::trial::texts();
        let others: Vec<&str> = trials[other.index(trials.len())].lines().collect();
        let mut lines: Vec<String> = trials[page.index(trials.len())].lines().map(str::to_owned).collect();
        for (kind, place, other, noise) in changes {
            if lines.is_empty() {
                break;
            }
            let at = place.index(lines.len());
            let with = other.index(lines.len());
            match kind {
                0 => drop(lines.remove(at)),
                1 => lines.insert(with, lines[at].clone()),
                2 => lines.swap(at, with),
                3 => lines[at] = lines[at].chars().take(with).collect(),
                4 => lines[at].push_str(&noise),
                5 if !others.is_empty() => lines.insert(at, others[other.index(others.len())].to_owned()),
                _ => lines.truncate(at + 1),
            }
        }
        lines.join("\n")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_mutated_page_of_any_form_is_read_and_what_is_written_loads(text in mixed()) {
        static CHECKED: Checked = Checked::none();
        let vendor = vendor(Layout::GitBookPipes);
        let outcome = import(&text, &options(Some(&vendor)));
        let mended = CHECKED.mended(&outcome)?;
        if let Ok(imported) = outcome {
            loads(Layout::GitBookPipes, &imported, &text)?;
            if !mended {
                says_the_same(&vendor, &imported, &text)?;
            }
        }
    }
}

/// A page of any form that is JSON, with some of its values dropped, doubled, renamed or put where others stood.
fn mixed_json() -> impl Strategy<Value = String> {
    let change = (0..6usize, any::<prop::sample::Index>(), any::<prop::sample::Index>(), "\\PC{0,8}");
    (any::<prop::sample::Index>(), prop::collection::vec(change, 0..10)).prop_map(|(page, changes)| {
        let trees: Vec<Value> = crate::trial::texts().iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
        let mut tree = trees[page.index(trees.len())].clone();
        for (kind, place, other, noise) in changes {
            let places = pointers(&tree);
            let (at, from) = (&places[place.index(places.len())], &places[other.index(places.len())]);
            let found = tree.pointer(from).cloned().unwrap_or_default();
            match kind {
                0 => drop(removed(&mut tree, at)),
                1 => *tree.pointer_mut(at).unwrap() = found,
                2 => *tree.pointer_mut(at).unwrap() = Value::String(noise),
                3 => *tree.pointer_mut(at).unwrap() = Value::Null,
                4 => match tree.pointer_mut(at).unwrap() {
                    Value::Object(members) => drop(members.insert(noise, found)),
                    Value::Array(items) => items.push(found),
                    scalar => *scalar = serde_json::json!([scalar.clone()]),
                },
                _ => {
                    if let Some((name, value)) = removed(&mut tree, at)
                        && let Some(Value::Object(members)) = at.rsplit_once('/').and_then(|(above, _)| tree.pointer_mut(above))
                    {
                        members.insert(format!("{name}{noise}"), value);
                    }
                }
            }
        }
        tree.to_string()
    })
}

/// Takes a member or an item out of a tree: its name and its value.
fn removed(tree: &mut Value, at: &str) -> Option<(String, Value)> {
    let (above, name) = at.rsplit_once('/')?;
    let name = name.replace("~1", "/").replace("~0", "~");
    let value = match tree.pointer_mut(above)? {
        Value::Object(members) => members.remove(&name)?,
        Value::Array(items) => items.remove(name.parse().ok()?),
        _ => return None,
    };
    Some((name, value))
}

/// Pointers of everything in a tree, itself first.
fn pointers(tree: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut at = 0;
    while let Some(pointer) = found.get(at).cloned() {
        let below: Vec<String> = match tree.pointer(&pointer) {
            Some(Value::Object(members)) => members.keys().map(|name| name.replace('~', "~0").replace('/', "~1")).collect(),
            Some(Value::Array(items)) => (0..items.len()).map(|place| place.to_string()).collect(),
            _ => Vec::new(),
        };
        found.extend(below.into_iter().map(|name| format!("{pointer}/{name}")));
        at += 1;
    }
    found
}

/// Whether what is written loads.
fn loads(layout: Layout, imported: &Imported, text: &str) -> Result<(), TestCaseError> {
    load(layout, imported).map_err(|errors| TestCaseError::fail(format!("{errors}\n{}\n{text}", imported.schema)))
}

/// Whether what is written says what the page says.
fn says_the_same(vendor: &VendorFile, imported: &Imported, text: &str) -> Result<(), TestCaseError> {
    let differences = diff(text, &options(Some(vendor)), &Committed { schema: &imported.schema, ..Committed::default() }).unwrap();
    prop_assert_eq!(differences, vec![], "{}\n{}", imported.schema, text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_mutated_file_of_a_program_is_read_and_what_is_written_loads(text in mixed_json()) {
        let vendor = vendor(Layout::GitBookPipes);
        static CHECKED: Checked = Checked::none();
        let outcome = import(&text, &options(Some(&vendor)));
        let mended = CHECKED.mended(&outcome)?;
        if let Ok(imported) = outcome {
            loads(Layout::GitBookPipes, &imported, &text)?;
            if !mended {
                says_the_same(&vendor, &imported, &text)?;
            }
        }
        for imported in import_all(&text, &options(Some(&vendor))).into_iter().flatten() {
            loads(Layout::GitBookPipes, &imported, &text)?;
        }
    }

    #[test]
    fn copies_of_mutated_pages_are_joined_and_what_is_written_loads(one in mixed(), other in mixed()) {
        let vendor = vendor(Layout::GitBookPipes);
        static CHECKED: Checked = Checked::none();
        let outcome = import_copies(&[("one", &one), ("other", &other)], &options(Some(&vendor)));
        CHECKED.mended(&outcome)?;
        if let Ok(imported) = outcome {
            loads(Layout::GitBookPipes, &imported, &format!("{one}\n----\n{other}"))?;
        }
    }
}

/// Reads a long text: where the work grew with the square of its length, this would not end in an hour.
fn read_long(name: &str, text: impl Fn(usize) -> String) {
    let text = text(2_000);
    assert!(text.len() > 2_000, "{name} is long");
    // The others share the reader of the last one.
    for layout in [Layout::Kancloud, Layout::Apifox, Layout::GitBookPipes] {
        let _ = import(&text, &Options { layout: Some(layout), ..options(None) });
    }
}

#[test]
fn a_text_made_to_be_slow_is_read() {
    let head = "| 参数名 | 必选 | 类型 | 说明 |\n|---|---|---|---|\n";
    let rows = |count: usize, row: &dyn Fn(usize) -> String| (0..count).map(row).collect::<String>();
    read_long("rows", |count| format!("请求参数\n{head}{}", rows(count, &|n| format!("| f{n} | 是 | int | 0-甲、1-乙 |\n"))));
    read_long("dotted rows", |count| format!("返回参数\n{head}{}", rows(count, &|n| format!("| a.b.c.d.f{n} | 是 | int | 号 |\n"))));
    read_long("deep names", |count| format!("返回参数\n{head}| {} | 是 | int | 号 |\n", "a.".repeat(count)));
    read_long("sub-tables", |count| {
        format!(
            "返回参数\n{head}| data | 是 | object | 果 |\n{}",
            rows(count, &|n| format!("返回t{n}字段参数\n{head}| x | 是 | int | 号 |\n"))
        )
    });
    read_long("sub-tables of one name", |count| {
        format!(
            "返回参数\n{head}| data | 是 | object | 果 |\n{}",
            rows(count, &|n| format!("返回data字段参数\n{head}| data | 是 | object | 号 |\n| x{n} | 是 | int | 号 |\n"))
        )
    });
    read_long("sub-tables that the example places one by one", |count| {
        let members = rows(count, &|n| format!("\"t{n}\": {{\"x{n}\": 1}},\n"));
        let tables = rows(count, &|n| format!("返回t{n}字段参数\n{head}| x{n} | 是 | int | 号 |\n"));
        format!("返回参数\n{head}| data | 是 | object | 果 |\n{tables}\n返回示例\n{{\"data\": {{{members}}}}}\n")
    });
    read_long("rows that name their parents", |count| {
        let head = "| 参数名 | 父节点 | 类型 | 说明 |\n|---|---|---|---|\n";
        format!("返回参数\n{head}{}", rows(count, &|n| format!("| f{n} | f{} | object | 号 |\n", n / 2)))
    });
    read_long("tables of HTML in Markdown", |count| {
        let table = "<table><tr><th>参数名</th><th>类型</th></tr><tr><td>a</td><td>int</td></tr></table>\n";
        format!("# 甲\n\n返回参数\n\n{}", table.repeat(count / 8))
    });
    read_long("tables of HTML that never end", |count| format!("# 甲\n\n返回参数\n\n{}", "<table><tr><td>a\n".repeat(count)));
    read_long("tables without outer bars", |count| format!("返回参数\n{}", "a|b\n---|---\n".repeat(count)));
    read_long("references", |count| {
        let refer = rows(count, &|n| format!("| r{n} | 是 | array[Vo] | 号 |\n"));
        format!("返回参数\n{head}{refer}\n### Vo\n{head}{}", rows(count, &|n| format!("| f{n} | 是 | int | 号 |\n")))
    });
    read_long("marked rows", |count| {
        format!("返回参数\n{head}| a | 是 | object | 果 |\n{}", rows(count, &|n| format!("| └─f{n} | 是 | object | 号 |\n")))
    });
    read_long("indented rows", |count| {
        format!(
            "返回参数\n{head}| a | 是 | object | 果 |\n{}",
            rows(count, &|n| format!("| {}└─f{n} | 是 | object | 号 |\n", " ".repeat(n % 40)))
        )
    });
    read_long("one long description", |count| format!("请求参数\n{head}| a | 是 | int | {} |\n", "1-甲、".repeat(count)));
    read_long("one long word", |count| format!("请求参数\n{head}| a | 是 | int | 1-{} |\n", "a".repeat(count)));
    read_long("rows that go on", |count| format!("请求参数\n{head}| a | 是 | int | 甲 |\n{}", "| 续 | | | |\n".repeat(count)));
    read_long("broken rows", |count| format!("请求参数\n{head}{}", "| a | 是 | int\n".repeat(count)));
    read_long("lines that go on", |count| format!("参数名 类型 说明\na int 甲\n{}", "续行\n".repeat(count)));
    read_long("open braces", |count| format!("请求参数\n{head}| a | 是 | int | 甲 |\n返回示例\n{}", "{\n".repeat(count)));
    read_long("many braces in descriptions", |count| {
        format!("请求参数\n{head}{}", rows(count, &|n| format!("| a{n} | 是 | object | {{\"x\": [ |\n")))
    });
    read_long("rows of an example", |count| {
        let items = rows(count, &|n| format!("{{\"k{n}\": {n}}},\n"));
        format!("返回参数\n{head}{}返回示例\n{{\"data\": [{items}]}}", rows(count, &|n| format!("| data[].f{n} | 是 | int | 号 |\n")))
    });
    read_long("empty objects against many fields", |count| {
        format!(
            "返回参数\n{head}{}返回示例\n{{\"data\": [{}]}}",
            rows(count, &|n| format!("| data[].f{n} | 是 | int | 号 |\n")),
            "{},\n".repeat(count)
        )
    });
    read_long("cells", |count| {
        format!("ParameterTypeRequiredDescription\n{}", rows(count, &|n| format!("f{n}\n\nint\n\nfalse\n\n话\n\n")))
    });
    read_long("glued cells", |count| format!("ParameterTypeRequiredDescription\n{}", rows(count, &|n| format!("f{n}falseString话\n"))));
    read_long("a page on one line", |count| {
        format!(
            "**接口地址** `/a` **请求参数** | 参数名称 | 参数说明 | 类型 | |---|---|---| {}",
            rows(count, &|n| format!("| f{n} | | int | "))
        )
    });
    read_long("tables on one line", |count| "**请求参数** | 参数名称 | 参数说明 | 类型 | |---|---|---| | a | | int | ".repeat(count / 4));
    read_long("fields in lines", |count| {
        format!("GET\n/a\n请求参数\nBody 参数application/json\n{}返回响应\n", rows(count, &|n| format!("f{n}\nobject\n")))
    });
    read_long("answers", |count| format!("GET\n/a\n返回响应\n{}", "🟢200好\napplication/json\nBody\na\nint\n".repeat(count)));
    read_long("labels", |count| format!("- 请求方式:{}\n请求参数\n{head}| a | 是 | int | 甲 |", " POST - 请求头: a".repeat(count)));
    read_long("permissions", |count| format!("权限集\n{}请求参数\n{head}| a | 是 | int | 甲 |", "甲\n".repeat(count)));
    read_long("headings", |count| format!("请求参数\n{head}| a | 是 | int | 甲 |\n{}", "返回参数\n".repeat(count)));
    read_long("fences", |count| format!("请求参数\n{head}| a | 是 | int | 甲 |\n{}", "```\n".repeat(count)));
    read_long("errors", |count| format!("请求参数\n{head}| a | 是 | int | 甲 |\n错误码说明\n{}", rows(count, &|n| format!("{n}坏\n"))));
    read_long("contradictions", |count| {
        let members = rows(count, &|n| format!("\"f{n}\": \"x\",\n"));
        format!("返回参数\n{head}{}返回示例\n{{{members}}}", rows(count, &|n| format!("| f{n} | 是 | int | 号 |\n")))
    });
}
