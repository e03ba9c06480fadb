//! How names of the wire become names of Rust. The generator and the checks use the same functions, so that what passes the checks compiles.

/// Name of a struct's field, in snake case: `groupId` becomes `group_id`, `FullName` `full_name`, `7day` `field_7day`. Empty when the wire name has
/// no letter or digit of ASCII. May be a reserved word of Rust.
#[must_use]
pub fn field(wire: &str) -> String {
    let name = words(wire).join("_");
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("field_{name}") } else { name }
}

/// Name of a type or of an enum's variant, in Pascal case: `user_list_v2` becomes `UserListV2`.
#[must_use]
pub fn pascal(name: &str) -> String {
    words(name)
        .iter()
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
        })
        .collect()
}

/// Names that some systems keep for devices: a file or folder of such a name cannot be checked out there.
pub(crate) const DEVICES: [&str; 4] = ["aux", "con", "nul", "prn"];

/// Why no operation can be called so; `None`: one can.
#[must_use]
pub fn forbidden(operation: &str) -> Option<String> {
    if operation == "definitions" {
        return Some("`definitions.json` holds what the operations of an area share".to_owned());
    }
    DEVICES.contains(&operation).then(|| format!("no file can be called `{operation}` on Windows"))
}

/// The environment variable that points a vendor's base URL elsewhere, or the one of this name: `ACME_BASE_URL`, `ACME_FILES_BASE_URL`.
#[must_use]
pub fn base_url_variable(vendor: &str, name: Option<&str>) -> String {
    let words: Vec<&str> = [Some(vendor), name, Some("base_url")].into_iter().flatten().collect();
    words.join("_").to_ascii_uppercase()
}

/// Lower-case words of a name in any style.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied().unwrap_or(' ');
        let after = letters.get(at + 1).copied().unwrap_or(' ');
        let begins = letter.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || before.is_ascii_digit() || (before.is_ascii_uppercase() && after.is_ascii_lowercase()));
        if (begins || !letter.is_ascii_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_ascii_alphanumeric() {
            word.push(letter.to_ascii_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_become_snake_case() {
        for (wire, rust) in [
            ("groupId", "group_id"),
            ("FullName", "full_name"),
            ("wx_union_id", "wx_union_id"),
            ("URLName", "url_name"),
            ("flow_id ", "flow_id"),
            ("Score-20408", "score_20408"),
            ("7day", "field_7day"),
            ("wxNickname2", "wx_nickname2"),
            ("名", ""),
        ] {
            assert_eq!(field(wire), rust, "{wire}");
        }
    }

    #[test]
    fn types_become_pascal_case() {
        assert_eq!(pascal("user_list_v2"), "UserListV2");
        assert_eq!(pascal("FullName"), "FullName");
        assert_eq!(pascal("page"), "Page");
    }

    #[test]
    fn an_operation_is_called_as_its_file_can_be() {
        assert!(["definitions", "con"].iter().all(|name| forbidden(name).is_some()));
        assert_eq!(forbidden("definitions_list"), None);
    }
}
