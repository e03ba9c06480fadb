//! Options that would change nothing, and places that would be written twice: refused before anything is done.

use clap::ArgMatches;
use scrm_core::spec::{OperationSpec, PagingStyle};

use crate::{failure::Failure, language::both, sink::Target};

/// Refuses what is given and has no effect here.
pub(super) fn have_effect(matches: &ArgMatches, spec: &OperationSpec, target: &Target) -> Result<(), Failure> {
    let given = |option: &str| matches.get_one::<String>(option).is_some();
    if given("state") && target.is_database() {
        return Err(Failure::wrong_use(both!(
            "--state is for files: a database keeps the state in its own table, beside the rows",
            "--state 只用于文件：数据库把状态存在自己的表里，和数据在一起"
        )));
    }
    if given("table") && !target.is_database() {
        return Err(Failure::wrong_use(both!(
            "--table is for databases: this pull goes into a file, which --to names",
            "--table 只用于数据库：这次取数写入 --to 指定的文件"
        )));
    }
    if given("headings") && !target.is_csv() {
        return Err(Failure::wrong_use(both!("--headings is for files that end in .csv", "--headings 只用于以 .csv 结尾的文件")));
    }
    let name = spec.name;
    let overlaps = spec
        .paging
        .is_some_and(|paging| matches!(paging.style, PagingStyle::Number { .. }) && paging.id.is_some() && paging.size.is_some());
    if matches.get_flag("thorough") && !overlaps {
        return Err(Failure::wrong_use(both!(
            "--thorough changes nothing for {name}: its pages cannot overlap; leave it out",
            "--thorough 对 {name} 没有作用：它的各页无法重叠，请去掉"
        )));
    }
    Ok(())
}

/// Refuses one place for two things; the first `known` of them were looked at before.
pub(super) fn are_apart(places: &[(String, String)], known: usize) -> Result<(), Failure> {
    for (at, (what, place)) in places.iter().enumerate().skip(known) {
        if let Some((other, _)) = places[..at].iter().find(|(_, known)| known == place) {
            return Err(Failure::wrong_use(both!(
                "{what} and {other} name the same place, {place}",
                "{what} 和 {other} 指向同一个位置：{place}"
            )));
        }
    }
    Ok(())
}
