//! Values that stand apart from their field: an appendix, a table of values, a list below the table of fields.

use crate::choices::Choice;
use crate::page::{CodeList, Concern, Doubt, Page};
use crate::tree::Field;

/// A caption's part shorter than this, in letters, names nothing.
const SHORTEST: usize = 2;

/// A page has no more lists of values than this.
const MOST: usize = 64;

/// Gives each list of values to the fields that it names or that refer to it; says which list belongs to none.
pub(crate) fn settle(page: &mut Page, sides: [&mut Field; 2]) {
    if page.code_lists.is_empty() {
        return;
    }
    let lists = std::mem::take(&mut page.code_lists);
    let [request, response] = sides;
    if lists.len() > MOST {
        let text = format!("{} lists of values stand apart from their fields: only the first {MOST} are looked at", lists.len());
        page.remark(Concern::Decide, lists.first().map_or(0, |list| list.line), text);
    }
    for list in lists.iter().take(MOST) {
        let mut given = Vec::new();
        for root in [&mut *request, &mut *response] {
            give(root, list, &mut given);
        }
        let values = list.values.iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>().join(", ");
        if given.is_empty() {
            let text = format!("the values below `{}` belong to no field that is known: {values}", list.caption);
            page.remark(Concern::Decide, list.line, text);
        } else {
            let text = format!("`{}` has the values that stand below `{}`: {values}", given.join("`, `"), list.caption);
            page.remark(Concern::Assumed, list.line, text);
        }
    }
    page.code_lists = lists;
}

fn give(field: &mut Field, list: &CodeList, given: &mut Vec<String>) {
    for (name, member) in &mut field.members {
        if member.facts.choices.is_empty() && !member.shape.is_container() && belongs(name, &member.text, &list.caption) {
            let choice = |(value, label): &(String, String)| Choice { value: value.clone(), label: label.clone() };
            member.facts.choices = list.values.iter().map(choice).collect();
            member.doubts.remove(&Doubt::Codes);
            given.push(name.clone());
        }
        give(member, list, given);
    }
}

/// Whether a caption is about a field: it names it, or the field's description refers to it or is it.
fn belongs(name: &str, text: &str, caption: &str) -> bool {
    let words = caption.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
    if words.filter(|word| word.len() >= SHORTEST).any(|word| word == name || word.rsplit('.').next() == Some(name)) {
        return true;
    }
    let refers = ["见", "参考", "参照", "附录", "对照"].iter().any(|word| text.contains(word));
    let label: String = text.split([',', '。', ';', ':', '(', '\n', ' ']).next().unwrap_or("").to_owned();
    let parts = caption.split([':', ' ', '、', '-', '(', ')']).map(|part| {
        ["说明", "取值", "枚举值", "枚举", "对照表", "列表", "如下"].iter().fold(part.trim(), |part, end| part.trim_end_matches(end))
    });
    parts.filter(|part| part.chars().count() >= SHORTEST).any(|part| (refers && text.contains(part)) || label == part)
}

/// The values of a list, one a line: `- 1:蔬菜`.
pub(crate) fn value_line(text: &str) -> Option<(String, String)> {
    let text = text.trim().trim_start_matches(['-', '*', '•', '·', '+', ' ']);
    let (value, label) = text.split_once([':', '=', '-', ' ', '、'])?;
    let value = value.trim().trim_matches(['`', '"', '\'', '*']);
    let label = label.trim().trim_start_matches(['-', ':', '=', ' ']);
    let fits = !value.is_empty()
        && value.len() <= 24
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && label.starts_with(|c: char| !c.is_ascii())
        && label.chars().count() <= 24
        && crate::types::read(label.split([' ', ',']).next().unwrap_or("")).is_none();
    fits.then(|| (value.to_owned(), label.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_names_a_field_or_is_referred_to() {
        assert!(belongs("kind", "类别", "kind 取值"));
        assert!(belongs("state", "状态,见附录一", "附录一:订位状态"));
        assert!(belongs("state", "订位状态", "附录一:订位状态"));
        assert!(!belongs("state", "状态", "附录一:订位状态"));
        assert!(!belongs("name", "名称", "kind 取值"));
    }

    #[test]
    fn a_value_stands_on_its_line() {
        assert_eq!(value_line("- 1:蔬菜"), Some(("1".to_owned(), "蔬菜".to_owned())));
        assert_eq!(value_line("vip 贵宾"), Some(("vip".to_owned(), "贵宾".to_owned())));
        assert_eq!(value_line("蔬菜"), None);
        assert_eq!(value_line("page int 页码"), None);
    }
}
