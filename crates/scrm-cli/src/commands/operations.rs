//! `scrm operations`: what there is.

use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use scrm_schema::model::{Access, Operation, Vendor};
use serde_json::{Value, json};

use crate::{
    arguments, catalogue,
    failure::Failure,
    language::{Both, Language, both, say},
    screen, vendors,
};

pub(crate) fn command(language: Language) -> Command {
    let pick = |en: &'static str, zh: &'static str| language.pick(en, zh);
    Command::new("operations")
        .about(pick("List what there is", "列出有哪些接口"))
        .arg(arguments::vendor(language).required(false))
        .arg(Arg::new("area").long("area").value_name("AREA").help(pick("Only this area: order", "只看这个领域，如 order")))
        .arg(
            Arg::new("search").long("search").value_name("TEXT").help(pick("Only those that speak of this: 订单", "只看提到它的，如 订单")),
        )
        .arg(
            Arg::new("paged")
                .long("paged")
                .action(ArgAction::SetTrue)
                .help(pick("Only those that `scrm pull` can take", "只看 `scrm pull` 能取的")),
        )
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help(pick("As JSON", "输出 JSON")))
}

pub(crate) fn run(matches: &ArgMatches, language: Language) -> Result<ExitCode, Failure> {
    let tree = catalogue::all()?;
    let wanted = matches.get_one::<String>("vendor");
    let (area, search) = (matches.get_one::<String>("area"), matches.get_one::<String>("search").map(|text| text.to_lowercase()));
    let of_vendors = tree.vendors.iter().filter(|vendor| wanted.is_none_or(|name| *name == vendor.file.vendor));
    let found: Vec<(&Vendor, &Operation)> = of_vendors
        .flat_map(|vendor| vendor.operations.iter().map(move |operation| (vendor, operation)))
        .filter(|(_, operation)| area.is_none() || area == operation.area.as_ref())
        .filter(|(vendor, operation)| search.as_deref().is_none_or(|text| speaks_of(vendor, operation, text)))
        .filter(|(vendor, operation)| !matches.get_flag("paged") || is_paged(vendor, operation))
        .collect();
    if let (true, Some(area)) = (found.is_empty(), area) {
        let areas = tree.vendors.iter().flat_map(|vendor| vendor.file.areas.iter().map(|area| area.name.as_str()));
        let Both { en, zh } = vendors::near(area, areas);
        return Err(Failure::wrong_use(both!("no operation in an area {area:?}{en}", "领域 {area:?} 里没有接口{zh}")));
    }
    if matches.get_flag("json") {
        let list: Vec<Value> = found.iter().map(|(vendor, operation)| as_json(vendor, operation)).collect();
        screen::line(&format!("{:#}", Value::Array(list)));
    } else {
        screen::line(&listed(&found, wanted.is_none(), language));
    }
    Ok(ExitCode::SUCCESS)
}

fn speaks_of(vendor: &Vendor, operation: &Operation, text: &str) -> bool {
    let area = vendor.file.areas.iter().find(|area| Some(&area.name) == operation.area.as_ref());
    let mut texts = vec![operation.name.as_str(), &operation.title.zh, &operation.title.en, &operation.path];
    texts.extend(operation.permission.as_deref());
    texts.extend(area.iter().flat_map(|area| [area.name.as_str(), &area.zh, &area.en]));
    texts.iter().any(|told| told.to_lowercase().contains(text))
}

fn is_paged(vendor: &Vendor, operation: &Operation) -> bool {
    let known = vendors::all().iter().find(|known| known.spec.name == vendor.file.vendor);
    known.and_then(|known| (known.operation)(&operation.name)).is_some_and(|spec| spec.paging.is_some())
}

fn listed(found: &[(&Vendor, &Operation)], with_vendor: bool, language: Language) -> String {
    let headings = match language {
        Language::English => ["operation", "title", "permission", "quota", "notes"],
        Language::Chinese => ["接口", "名称", "权限", "配额", "备注"],
    };
    let rows = found.iter().map(|(vendor, operation)| {
        let name = if with_vendor { format!("{} {}", vendor.file.vendor, operation.name) } else { operation.name.clone() };
        let quota = operation.quota.map_or_else(String::new, |quota| format!("{}/{} s", quota.calls, quota.seconds));
        let marks = marks(operation, is_paged(vendor, operation), language).join(" ");
        vec![name, language.label(&operation.title).to_owned(), operation.permission.clone().unwrap_or_default(), quota, marks]
    });
    let table = screen::table(&headings, rows);
    let (count, legend) = (found.len(), legend(language));
    let last = say!(language, "{count} operations. {legend}", "共 {count} 个接口。{legend}");
    format!("{table}\n{}", screen::fitted(&last))
}

fn marks(operation: &Operation, paged: bool, language: Language) -> Vec<&'static str> {
    let mut marks = Vec::new();
    if paged {
        marks.push(language.pick("pages", "分页"));
    }
    if operation.access != Access::Read {
        marks.push(language.pick("writes", "写入"));
    }
    if operation.source.evidence.is_unverified() {
        marks.push(language.pick("unverified", "未证实"));
    } else if operation.source.cut_after.is_some() {
        marks.push(language.pick("cut", "不全"));
    }
    marks
}

fn legend(language: Language) -> &'static str {
    language.pick(
        "pages: `scrm pull` takes it; unverified: not seen on the vendor's own page; cut: the copy that was read is not whole.",
        "分页：可以用 `scrm pull`；未证实：没有在厂商自己的页面上见到；不全：读到的副本不完整。",
    )
}

fn as_json(vendor: &Vendor, operation: &Operation) -> Value {
    json!({
        "vendor": vendor.file.vendor,
        "operation": operation.name,
        "area": operation.area,
        "title": { "zh": operation.title.zh, "en": operation.title.en },
        "permission": operation.permission,
        "quota": operation.quota.map(|quota| json!({ "calls": quota.calls, "seconds": quota.seconds })),
        "paged": is_paged(vendor, operation),
        "writes": operation.access != Access::Read,
        "verified": !operation.source.evidence.is_unverified(),
        "cut_after": operation.source.cut_after,
    })
}
