//! The clients' tables, by name: the only place that says which vendors there are.

use scrm_core::{
    Column,
    call::PayloadOf,
    spec::{OperationSpec, VendorSpec},
};

use crate::{
    failure::Failure,
    language::{Both, both},
};

/// What a vendor's client knows by name.
pub(crate) struct Vendor {
    pub(crate) spec: &'static VendorSpec,
    pub(crate) operations: &'static [&'static OperationSpec],
    pub(crate) operation: fn(&str) -> Option<&'static OperationSpec>,
    pub(crate) payload: PayloadOf,
    pub(crate) columns: fn(&str) -> Option<Vec<Column>>,
}

macro_rules! vendors {
    ($($client:ident),*) => {
        &[$(Vendor {
            spec: &$client::VENDOR,
            operations: $client::tools::OPERATIONS,
            operation: $client::tools::spec,
            payload: $client::tools::payload,
            columns: $client::tools::columns,
        }),*]
    };
}

static VENDORS: &[Vendor] = vendors!(xiaoe_client, rabbitpre_client, beschannels_client);

pub(crate) fn all() -> &'static [Vendor] {
    VENDORS
}

/// The vendor of this name, or an error that names the nearest.
pub(crate) fn named(name: &str) -> Result<&'static Vendor, Failure> {
    VENDORS.iter().find(|vendor| vendor.spec.name == name).ok_or_else(|| {
        let names: Vec<&str> = VENDORS.iter().map(|vendor| vendor.spec.name).collect();
        let all = names.join(", ");
        Failure::wrong_use(both!("no vendor {name:?}; there are {all}", "没有名为 {name:?} 的厂商，可选：{all}"))
    })
}

impl Vendor {
    /// The operation of this name, or an error that names the nearest.
    pub(crate) fn named(&self, name: &str) -> Result<&'static OperationSpec, Failure> {
        (self.operation)(name).ok_or_else(|| {
            let Both { en, zh } = near(name, self.operations.iter().map(|operation| operation.name));
            let vendor = self.spec.name;
            Failure::wrong_use(both!(
                "{vendor} has no operation {name:?}{en}. `scrm operations {vendor}` lists all",
                "{vendor} 没有接口 {name:?}{zh}。用 `scrm operations {vendor}` 查看全部"
            ))
        })
    }
}

/// The nearest names as the end of a sentence; nothing where no name is near.
pub(crate) fn near<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Both {
    match nearest(wrong, known).join(", ") {
        names if names.is_empty() => both!("", ""),
        names => both!("; near: {names}", "，相近的有：{names}"),
    }
}

/// The known names that look most like a wrong one, the nearest first; at most four.
pub(crate) fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let wrong = wrong.to_lowercase();
    let distance = |name: &str| {
        let name = name.to_lowercase();
        let inside = !wrong.is_empty() && (name.contains(&wrong) || wrong.contains(&name));
        strsim::jaro_winkler(&wrong, &name) + if inside { 0.5 } else { 0.0 }
    };
    let mut scored: Vec<(f64, &str)> = known.map(|name| (distance(name), name)).collect();
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    scored.into_iter().take_while(|(score, _)| *score > 0.7).take(4).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_name_is_answered_with_the_nearest() {
        let xiaoe = named("xiaoe").unwrap();
        let error = xiaoe.named("usr_list").unwrap_err();
        assert!(error.clone().text(crate::language::Language::English).contains("near: user_list"), "{error:?}");
        assert!(named("xiaoee").is_err());
        let error = xiaoe.named("").unwrap_err().text(crate::language::Language::English);
        assert!(error.starts_with("xiaoe has no operation \"\". `scrm"), "{error}");
        for far in ["订单", "nope"] {
            assert_eq!(nearest(far, xiaoe.operations.iter().map(|operation| operation.name)), Vec::<&str>::new(), "{far}");
        }
    }
}
