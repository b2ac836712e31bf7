//! Collections of operations, and reading them page by page.

use std::collections::HashSet;

use futures_util::future::try_join_all;

use super::caller::Caller;
use super::expect::{Verdict, ensure, fail, skip};
use super::session::Collection;
use super::{Kind, Probe};
use crate::wire::{ListOperationsRequest, ListOperationsResponse, Operation, Show as _};

/// How many operations a collection for checks has at least.
const SEVERAL: usize = 7;

/// After how many pages a collection is too large to be read.
const MOST_PAGES: usize = 500;

/// A request of the operations of one parent.
pub(crate) fn list_request(name: &str) -> ListOperationsRequest {
    ListOperationsRequest { name: name.to_owned(), ..ListOperationsRequest::default() }
}

impl Probe<'_> {
    /// Several operations that have ended well and are listed together. No check changes them.
    pub(crate) async fn collection(&self) -> Verdict<&Collection> {
        let make = || async {
            let server = self.server();
            // Whether there are lists at all is asked first, so that nothing is started in vain.
            let probe = self.done().await?;
            let name = self.list_name(&[probe])?;
            server.list(&list_request(&name)).await.ok()?;
            let mut operations = Vec::new();
            // One after the other, so that their order is known.
            for _ in 0..SEVERAL {
                operations.push(server.ended(Kind::Quick).await?);
            }
            let name = self.list_name(&operations.iter().collect::<Vec<_>>())?;
            Ok(Collection { name, operations })
        };
        self.session.collection.get_or_try_init(make).await
    }

    /// The `name` by which these are listed together.
    pub(crate) fn list_name(&self, operations: &[&Operation]) -> Verdict<String> {
        if let Some(name) = &self.target().list_name {
            return Ok(name.clone());
        }
        let parents: HashSet<_> = operations.iter().map(|operation| parent(&operation.name)).collect();
        match parents.into_iter().collect::<Vec<_>>().as_slice() {
            // What the default HTTP mapping sends for operations without a parent.
            [""] => Ok("operations".to_owned()),
            [parent] => Ok((*parent).to_owned()),
            _ => Err(skip("give --list-name, by which the operations of all requests are listed together")),
        }
    }
}

/// What is before `/operations/` in a name.
pub(crate) fn parent(name: &str) -> &str {
    name.rfind("operations/").map_or("", |end| name[..end].trim_end_matches('/'))
}

impl Caller<'_> {
    /// All pages from here on, until the last or, where `wanted` names operations, until all of them are found.
    pub(crate) async fn list_all(
        self,
        request: &ListOperationsRequest,
        wanted: &[&Operation],
    ) -> Verdict<Vec<Operation>> {
        let mut missing: HashSet<&str> = wanted.iter().map(|operation| operation.name.as_str()).collect();
        let mut request = request.clone();
        let mut found = Vec::new();
        let mut tokens = HashSet::new();
        for _ in 0..MOST_PAGES {
            let page = self.list(&request).await.ok()?;
            for operation in &page.operations {
                missing.remove(operation.name.as_str());
            }
            found.extend(page.operations);
            if page.next_page_token.is_empty() || (missing.is_empty() && !wanted.is_empty()) {
                return Ok(found);
            }
            let is_new = tokens.insert(page.next_page_token.clone());
            ensure(is_new, "a token that leads on", "a page has a token that one before it had")?;
            request.page_token = page.next_page_token;
        }
        Err(skip(format!("more than {MOST_PAGES} pages; give --list-name, the name of a smaller collection")))
    }

    /// A page that another one follows.
    pub(crate) async fn page_with_token(
        self,
        request: &ListOperationsRequest,
    ) -> Verdict<ListOperationsResponse> {
        let page = self.list(request).await.ok()?;
        if page.next_page_token.is_empty() {
            let demand = format!("a page of at most {} of {SEVERAL} and more has a token", request.page_size);
            return Err(fail(demand, page.show()));
        }
        Ok(page)
    }

    /// Several operations at once that have ended well.
    pub(crate) async fn several(self, count: usize) -> Verdict<Vec<Operation>> {
        try_join_all((0..count).map(|_| self.started(Kind::Quick))).await
    }
}
