//! What is checked, a file for each part of the interface.

mod access;
mod cancel;
mod concurrency;
mod delete;
mod errors;
mod get;
mod lists;
mod replicas;
mod request_id;
mod restart;
mod result;
mod service;
mod start;
mod types;
mod validate_only;
mod wait;

use crate::check::Check;

/// All checks, in the order of a run. Those that restart the server come last.
pub(crate) const ALL: &[&[Check]] = &[
    service::CHECKS,
    start::CHECKS,
    result::CHECKS,
    types::CHECKS,
    get::CHECKS,
    wait::CHECKS,
    cancel::CHECKS,
    delete::CHECKS,
    lists::list::CHECKS,
    lists::page_token::CHECKS,
    lists::filter::CHECKS,
    errors::CHECKS,
    request_id::CHECKS,
    validate_only::CHECKS,
    concurrency::CHECKS,
    access::CHECKS,
    replicas::CHECKS,
    restart::CHECKS,
];

/// The name of an operation that there is not, beside one that there is.
fn unknown_beside(name: &str) -> String {
    let beginning = name.rfind('/').map_or("", |slash| &name[..=slash]);
    format!("{beginning}{}", crate::probe::new_id())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_check_has_an_id_of_its_own_in_its_group() {
        let checks: Vec<_> = ALL.iter().copied().flatten().collect();
        let ids: HashSet<_> = checks.iter().map(|check| check.id()).collect();
        assert_eq!(ids.len(), checks.len());
        for group in ALL {
            assert!(group.iter().all(|check| check.group() == group[0].group() && check.id().contains('/')));
        }
    }

    #[test]
    fn a_name_beside_another_has_the_same_parent() {
        let unknown = unknown_beside("shelves/1/operations/a");
        assert!(unknown.starts_with("shelves/1/operations/") && unknown != "shelves/1/operations/a");
    }
}
