//! Any text whatever is read: no panic, work in proportion to its length, and what is written loads.

use proptest::prelude::*;
use scrm_import::{Layout, Options, diff, import};

use crate::pages::{ALL, imported, load, options, vendor};

/// Reads a text in every layout; gives the steps of the longest reading.
fn steps(text: &str) -> u64 {
    let forced = |layout| Options { layout: Some(layout), ..options(None) };
    let steps = Layout::ALL.into_iter().map(|layout| import(text, &forced(layout)).map_or(0, |imported| imported.report.steps));
    steps.max().unwrap_or(0)
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
        steps(&text);
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
        steps(&parts.concat());
    }

    #[test]
    fn a_mutated_page_is_read_and_what_is_written_loads((layout, text) in mutated()) {
        steps(&text);
        if let Ok(imported) = import(&text, &options(Some(&vendor(layout)))) {
            if let Err(errors) = load(layout, &imported) {
                return Err(TestCaseError::fail(format!("{errors}\n{}\n{text}", imported.schema)));
            }
            let differences = diff(&text, &options(Some(&vendor(layout))), &imported.schema).unwrap();
            prop_assert_eq!(differences, vec![]);
        }
    }
}

/// Twice the text takes at most two and a half times the steps.
fn assert_linear(name: &str, text: impl Fn(usize) -> String) {
    let (once, twice) = (text(120), text(240));
    let (before, after) = (steps(&once).max(once.len() as u64), steps(&twice));
    assert!(after * 2 <= before * 5, "{name}: {before} steps for {} bytes, {after} for {}", once.len(), twice.len());
}

#[test]
fn work_grows_no_faster_than_the_page() {
    for (layout, text) in ALL {
        assert_linear(layout.name(), |times| text.repeat(times / 12));
    }
}

#[test]
fn work_grows_no_faster_than_a_text_made_to_be_slow() {
    let head = "| 参数名 | 必选 | 类型 | 说明 |\n|---|---|---|---|\n";
    let rows = |count: usize, row: &dyn Fn(usize) -> String| (0..count).map(row).collect::<String>();
    assert_linear("rows", |count| format!("请求参数\n{head}{}", rows(count, &|n| format!("| f{n} | 是 | int | 0-甲、1-乙 |\n"))));
    assert_linear("dotted rows", |count| format!("返回参数\n{head}{}", rows(count, &|n| format!("| a.b.c.d.f{n} | 是 | int | 号 |\n"))));
    assert_linear("deep names", |count| format!("返回参数\n{head}| {} | 是 | int | 号 |\n", "a.".repeat(count)));
    assert_linear("sub-tables", |count| {
        format!(
            "返回参数\n{head}| data | 是 | object | 果 |\n{}",
            rows(count, &|n| format!("返回t{n}字段参数\n{head}| x | 是 | int | 号 |\n"))
        )
    });
    assert_linear("sub-tables of one name", |count| {
        format!(
            "返回参数\n{head}| data | 是 | object | 果 |\n{}",
            rows(count, &|n| format!("返回data字段参数\n{head}| data | 是 | object | 号 |\n| x{n} | 是 | int | 号 |\n"))
        )
    });
    assert_linear("references", |count| {
        let refer = rows(count, &|n| format!("| r{n} | 是 | array[Vo] | 号 |\n"));
        format!("返回参数\n{head}{refer}\n### Vo\n{head}{}", rows(count, &|n| format!("| f{n} | 是 | int | 号 |\n")))
    });
    assert_linear("marked rows", |count| {
        format!("返回参数\n{head}| a | 是 | object | 果 |\n{}", rows(count, &|n| format!("| └─f{n} | 是 | object | 号 |\n")))
    });
    assert_linear("indented rows", |count| {
        format!(
            "返回参数\n{head}| a | 是 | object | 果 |\n{}",
            rows(count, &|n| format!("| {}└─f{n} | 是 | object | 号 |\n", " ".repeat(n % 40)))
        )
    });
    assert_linear("one long description", |count| format!("请求参数\n{head}| a | 是 | int | {} |\n", "1-甲、".repeat(count)));
    assert_linear("one long word", |count| format!("请求参数\n{head}| a | 是 | int | 1-{} |\n", "a".repeat(count)));
    assert_linear("rows that go on", |count| format!("请求参数\n{head}| a | 是 | int | 甲 |\n{}", "| 续 | | | |\n".repeat(count)));
    assert_linear("broken rows", |count| format!("请求参数\n{head}{}", "| a | 是 | int\n".repeat(count)));
    assert_linear("lines that go on", |count| format!("参数名 类型 说明\na int 甲\n{}", "续行\n".repeat(count)));
    assert_linear("open braces", |count| format!("请求参数\n{head}| a | 是 | int | 甲 |\n返回示例\n{}", "{\n".repeat(count)));
    assert_linear("many braces in descriptions", |count| {
        format!("请求参数\n{head}{}", rows(count, &|n| format!("| a{n} | 是 | object | {{\"x\": [ |\n")))
    });
    assert_linear("rows of an example", |count| {
        let items = rows(count, &|n| format!("{{\"k{n}\": {n}}},\n"));
        format!("返回参数\n{head}{}返回示例\n{{\"data\": [{items}]}}", rows(count, &|n| format!("| data[].f{n} | 是 | int | 号 |\n")))
    });
    assert_linear("empty objects against many fields", |count| {
        format!(
            "返回参数\n{head}{}返回示例\n{{\"data\": [{}]}}",
            rows(count, &|n| format!("| data[].f{n} | 是 | int | 号 |\n")),
            "{},\n".repeat(count)
        )
    });
    assert_linear("cells", |count| {
        format!("ParameterTypeRequiredDescription\n{}", rows(count, &|n| format!("f{n}\n\nint\n\nfalse\n\n话\n\n")))
    });
    assert_linear("glued cells", |count| format!("ParameterTypeRequiredDescription\n{}", rows(count, &|n| format!("f{n}falseString话\n"))));
    assert_linear("a page on one line", |count| {
        format!(
            "**接口地址** `/a` **请求参数** | 参数名称 | 参数说明 | 类型 | |---|---|---| {}",
            rows(count, &|n| format!("| f{n} | | int | "))
        )
    });
    assert_linear("tables on one line", |count| {
        "**请求参数** | 参数名称 | 参数说明 | 类型 | |---|---|---| | a | | int | ".repeat(count / 4)
    });
    assert_linear("fields in lines", |count| {
        format!("GET\n/a\n请求参数\nBody 参数application/json\n{}返回响应\n", rows(count, &|n| format!("f{n}\nobject\n")))
    });
    assert_linear("answers", |count| format!("GET\n/a\n返回响应\n{}", "🟢200好\napplication/json\nBody\na\nint\n".repeat(count)));
    assert_linear("labels", |count| format!("- 请求方式:{}\n请求参数\n{head}| a | 是 | int | 甲 |", " POST - 请求头: a".repeat(count)));
    assert_linear("permissions", |count| format!("权限集\n{}请求参数\n{head}| a | 是 | int | 甲 |", "甲\n".repeat(count)));
    assert_linear("headings", |count| format!("请求参数\n{head}| a | 是 | int | 甲 |\n{}", "返回参数\n".repeat(count)));
    assert_linear("fences", |count| format!("请求参数\n{head}| a | 是 | int | 甲 |\n{}", "```\n".repeat(count)));
    assert_linear("errors", |count| format!("请求参数\n{head}| a | 是 | int | 甲 |\n错误码说明\n{}", rows(count, &|n| format!("{n}坏\n"))));
    assert_linear("contradictions", |count| {
        let members = rows(count, &|n| format!("\"f{n}\": \"x\",\n"));
        format!("返回参数\n{head}{}返回示例\n{{{members}}}", rows(count, &|n| format!("| f{n} | 是 | int | 号 |\n")))
    });
}

#[test]
fn a_page_twice_is_read_once_more() {
    for (layout, text) in ALL {
        let twice = format!("{text}\n{text}");
        assert!(imported(layout, &twice).report.steps > imported(layout, text).report.steps, "{layout}");
    }
}
