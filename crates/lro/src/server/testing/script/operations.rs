//! The operations that a server knows.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tonic::Status;

use super::plan::Plan;
use crate::google::longrunning::Operation;

/// All operations, by name, and those that were started with a request id.
#[derive(Debug, Default)]
pub(super) struct Operations {
    by_name: HashMap<String, Arc<Entry>>,
    /// The names by the path of the method and the request id.
    by_request: HashMap<(String, String), String>,
    started: u64,
}

/// One operation.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    number: u64,
    plan: Plan,
    started: Instant,
    /// When it was cancelled, by the time since its start.
    cancelled: watch::Sender<Option<Duration>>,
}

impl Operations {
    pub(super) fn start(&mut self, plan: Plan) -> Arc<Entry> {
        self.started += 1;
        let number = self.started;
        let name = plan.name.clone().unwrap_or_else(|| match plan.parent.as_str() {
            "" => format!("operations/{number}"),
            parent => format!("{parent}/operations/{number}"),
        });
        let entry =
            Entry { name, number, plan, started: Instant::now(), cancelled: watch::Sender::default() };
        let entry = Arc::new(entry);
        self.by_name.insert(entry.name.clone(), Arc::clone(&entry));
        entry
    }

    /// The operation that a request with this id has started, unless it is deleted.
    pub(super) fn started_by(&self, path: &str, request_id: &str) -> Option<Arc<Entry>> {
        let name = self.by_request.get(&(path.to_owned(), request_id.to_owned()))?;
        self.by_name.get(name).cloned()
    }

    /// Starts an operation for a request. If one with the same id has come before, that one's operation stays the only one. An empty id is none.
    pub(super) fn start_by(&mut self, path: &str, request_id: String, plan: Plan) -> Arc<Entry> {
        if let Some(entry) = self.started_by(path, &request_id) {
            return entry;
        }
        let entry = self.start(plan);
        if !request_id.is_empty() {
            self.by_request.insert((path.to_owned(), request_id), entry.name.clone());
        }
        entry
    }

    /// The operation of this name, if it is not hidden.
    pub(super) fn find(&self, name: &str) -> Result<Arc<Entry>, Status> {
        let entry = self.by_name.get(name).filter(|entry| entry.is_visible()).cloned();
        entry.ok_or_else(|| Status::not_found(format!("there is no operation `{name}`")))
    }

    pub(super) fn delete(&mut self, name: &str) -> Result<(), Status> {
        let entry = self.find(name)?;
        self.by_name.remove(&entry.name);
        Ok(())
    }

    /// The visible operations below `parent`, the newest first.
    pub(super) fn below(&self, parent: &str) -> Vec<Arc<Entry>> {
        let parent = parent.strip_suffix("operations").unwrap_or(parent).trim_end_matches('/');
        let is_below = |name: &str| {
            parent.is_empty() || name.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'))
        };
        let mut entries: Vec<_> = self
            .by_name
            .values()
            .filter(|entry| entry.is_visible() && is_below(&entry.name))
            .cloned()
            .collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.number));
        entries
    }
}

impl Entry {
    pub(super) fn state(&self) -> Operation {
        self.plan.state(&self.name, self.started.elapsed(), *self.cancelled.borrow())
    }

    pub(super) fn cancel(&self) {
        self.cancelled.send_if_modified(|cancelled| {
            let is_first = cancelled.is_none();
            cancelled.get_or_insert(self.started.elapsed());
            is_first
        });
    }

    /// Waits until the operation has ended. Cancel-safe.
    pub(super) async fn ended(&self) {
        let mut cancelled = self.cancelled.subscribe();
        loop {
            let end = self.plan.end_time(*cancelled.borrow_and_update());
            // A time that no clock can count to never comes.
            let end = end.and_then(|end| self.started.checked_add(end));
            let come = async {
                match end {
                    Some(end) => tokio::time::sleep_until(end).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = come => return,
                // The sender is in `self`, so that it is never gone.
                _ = cancelled.changed() => {}
            }
        }
    }

    fn is_visible(&self) -> bool {
        self.started.elapsed() >= self.plan.hidden_for
    }
}
