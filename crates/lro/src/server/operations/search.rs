//! Looking through operations for those that a filter wants, and no further than one call may.

use lro_store::{Cursor, ListQuery, MAX_BATCH, Page, View};
use tonic::Status;

use crate::server::access::{Action, Caller};
use crate::server::filter::Filter;
use crate::server::shared::Shared;
use crate::server::state::call::in_time;

/// How many operations are read and put to the filter.
const MOST_VIEWS: usize = 10_000;

/// How many pages of the store are asked for, each of which has a bound on what is looked at for it.
const MOST_PAGES: usize = 10;

/// How many bytes are looked at, by [`Filter::cost`].
const MOST_BYTES: usize = 256_000_000;

/// After so many of them others get their turn.
const BYTES_BETWEEN_TURNS: usize = 4_000_000;

/// What one call looks for.
pub(super) struct Search<'a> {
    pub(super) shared: &'a Shared,
    pub(super) caller: &'a Caller,
    pub(super) filter: &'a Filter,
    /// Whether each operation has to be asked about before the caller sees it.
    pub(super) asks: bool,
}

impl Search<'_> {
    /// A page of what a query selects, the filter wants and the caller may see. It is short where that takes too long; the next one goes
    /// on behind it.
    pub(super) async fn page(&self, mut query: ListQuery) -> Result<Page, Status> {
        let Self { shared, filter, .. } = self;
        let is_whole = filter.is_whole() && !self.asks;
        let (limit, max_bytes) = (query.limit, query.max_bytes);
        let mut looked = Looked::default();
        let mut found = Page::new(Vec::new(), None);
        let mut bytes = 0;
        if !is_whole {
            query.limit = (limit * 4).min(MAX_BATCH);
        }
        loop {
            let page =
                in_time(shared.store.list(&query)).await.map_err(|error| shared.errors.store(&error))?;
            looked.pages += 1;
            let mut before = query.after.take();
            let mut views = page.views.into_iter();
            for view in views.by_ref() {
                let (place, size) = (Cursor::from(&view), view.size());
                if looked.add(filter, &view) {
                    tokio::task::yield_now().await;
                }
                if self.wants(&view).await? {
                    if !found.views.is_empty() && bytes + size > max_bytes {
                        found.next = before;
                        return Ok(found);
                    }
                    bytes += size;
                    found.views.push(view);
                }
                before = Some(place);
                if found.views.len() == limit {
                    break;
                }
            }
            let is_full = found.views.len() == limit;
            // Behind the last view the store may have passed over some that need no second look.
            query.after = if views.len() > 0 { before } else { page.next };
            if is_full || query.after.is_none() || looked.is_enough() || (is_whole && !found.views.is_empty())
            {
                found.next = query.after;
                return Ok(found);
            }
            query.limit = (query.limit * 2).min(MAX_BATCH);
        }
    }

    async fn wants(&self, view: &View) -> Result<bool, Status> {
        Ok(self.filter.matches(view)
            && (!self.asks || self.shared.guard.allows_with(self.caller, Action::List, view).await?))
    }
}

/// What a call has cost so far.
#[derive(Default)]
struct Looked {
    pages: usize,
    views: usize,
    bytes: usize,
    bytes_of_turn: usize,
}

impl Looked {
    /// Adds a view; whether it is time to let others have a turn.
    fn add(&mut self, filter: &Filter, view: &View) -> bool {
        let cost = filter.cost(view);
        self.views += 1;
        self.bytes += cost;
        self.bytes_of_turn += cost;
        let is_over = self.bytes_of_turn > BYTES_BETWEEN_TURNS;
        if is_over {
            self.bytes_of_turn = 0;
        }
        is_over
    }

    fn is_enough(&self) -> bool {
        self.pages >= MOST_PAGES || self.views >= MOST_VIEWS || self.bytes >= MOST_BYTES
    }
}
