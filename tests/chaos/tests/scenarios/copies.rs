//! Many operations of one kind, and a store that is looked at from outside.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chaos::{Scene, Script, Target};
use lro::store::{Beginning, Creation, NewOperation, OperationName, Outcome, Payload, Store, StoreExt as _};
use lro_sqlite::rusqlite::Connection;
use test_postgres::Cluster;

use crate::support::{Pair, cluster, number, postgres};

/// How many are made at once.
const BATCH: usize = 500;

/// A store that is looked at from outside.
pub(crate) enum Place {
    Postgres(Cluster),
    Sqlite(PathBuf, Target),
}

impl Place {
    /// A server for this test alone, or the test is skipped.
    pub(crate) fn postgres() -> Option<Self> {
        cluster().map(Self::Postgres)
    }

    pub(crate) fn sqlite(scene: &Scene) -> Self {
        Self::Sqlite(scene.folder().join("operations.db"), scene.sqlite())
    }

    pub(crate) fn target(&self) -> Target {
        match self {
            Self::Postgres(cluster) => postgres(cluster),
            Self::Sqlite(_, target) => target.clone(),
        }
    }

    /// How many operations are not done.
    pub(crate) fn unfinished(&self) -> usize {
        self.count(
            "SELECT count(*) FROM lro.unfinished",
            "SELECT count(*) FROM lro_operation WHERE state < 2",
        )
    }

    /// How many operations are done.
    pub(crate) fn finished(&self) -> usize {
        self.count("SELECT count(*) FROM lro.finished", "SELECT count(*) FROM lro_operation WHERE state = 2")
    }

    fn count(&self, postgres: &str, sqlite: &str) -> usize {
        match self {
            Self::Postgres(cluster) => number(cluster, postgres),
            Self::Sqlite(file, _) => {
                let connection = Connection::open(file).unwrap();
                connection.busy_timeout(Duration::from_secs(30)).unwrap();
                let count: i64 = connection.query_row(sqlite, [], |row| row.get(0)).unwrap();
                usize::try_from(count).unwrap()
            }
        }
    }
}

/// What copies are like.
pub(crate) enum Kind {
    /// They wait for work.
    Queued,
    /// They are done, and were kept for long enough.
    Expired,
}

/// One operation that is done, and whatever it takes to make others like it.
pub(crate) struct Template {
    store: Arc<dyn Store>,
    method: Arc<str>,
    request: Payload,
    outcome: Outcome,
}

impl Template {
    pub(crate) async fn new(pair: &Pair, store: &Target) -> Self {
        let name = pair.caller.started(&Script::new("template")).await.unwrap();
        pair.caller.outcome(&name).await.unwrap();
        let (store, name) = (store.open().await.unwrap(), OperationName::parse(&name).unwrap());
        let view = store.get_one(&name).await.unwrap().unwrap();
        let record = store.find_by_request(&view.request_key().unwrap()).await.unwrap().unwrap();
        let (method, outcome) = (Arc::clone(view.method()), view.outcome().unwrap().clone());
        Self { store, method, request: record.request, outcome }
    }

    /// Makes copies, whose names begin with a text.
    pub(crate) async fn copy(&self, text: &str, count: usize, kind: Kind) {
        let of = |number| {
            let name = OperationName::parse(&format!("operations/{text}-{number}")).unwrap();
            let new = NewOperation::new(name, Arc::clone(&self.method), self.request.clone());
            match kind {
                Kind::Queued => new,
                Kind::Expired => {
                    let done = Beginning::Done(self.outcome.clone());
                    new.with_retention(Duration::ZERO).with_beginning(done)
                }
            }
        };
        let all: Vec<_> = (0..count).map(of).collect();
        for batch in all.chunks(BATCH) {
            let created = self.store.create(batch.to_vec()).await.unwrap();
            assert!(created.iter().all(|creation| matches!(creation, Creation::Created(_))));
        }
    }
}

/// A number from the environment.
pub(crate) fn setting(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}
