//! What is known and not typed: each stands there once, and no longer when it is typed.

use std::collections::BTreeSet;

use crate::error::FileProblems;
use crate::model::{KnownKind, Vendor};

pub(super) fn check(vendor: &Vendor, problems: &mut FileProblems<'_>) {
    let mut names = BTreeSet::new();
    let mut paths = BTreeSet::new();
    for (number, known) in vendor.known.iter().enumerate() {
        let at = |key: &str| format!("/known/{number}/{key}");
        if !names.insert((known.kind as u8, known.name.as_str())) {
            problems.add(at("name"), format!("`{}` stands there twice", known.name), "keep one of the two");
        }
        let call = known.path.as_ref().map(|path| (path.as_str(), known.method.map(|method| format!("{method:?}"))));
        if let Some(call) = call
            && !paths.insert(call)
        {
            problems.add(at("path"), "another has the same method and path", "keep one of the two, or correct the path");
        }
        let channel = match known.kind {
            KnownKind::Operation => None,
            KnownKind::Push => Some("push"),
            KnownKind::Callback => Some("callback"),
        };
        if let Some(channel) = channel {
            let typed = vendor.pushes().find(|(of, push)| of.name == channel && push.operation.name == known.name);
            if let Some((_, push)) = typed {
                let file = &push.operation.file;
                problems.add(at("name"), format!("`{}` is typed in {file}", known.name), "take it out: here stands only what is not typed");
            }
            continue;
        }
        let same_call = |path: &String, operation: &crate::model::Operation| {
            operation.path == *path && known.method.is_none_or(|method| method == operation.method)
        };
        let typed = vendor
            .operations
            .iter()
            .find(|operation| operation.name == known.name || known.path.as_ref().is_some_and(|path| same_call(path, operation)));
        if let Some(typed) = typed {
            problems.add(
                at("name"),
                format!("`{}` is typed in {}", known.name, typed.file),
                "take it out: here stands only what is not typed",
            );
        }
    }
}
