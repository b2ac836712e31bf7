//! The memory store does what the pure state machine does, whatever the order of calls.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use lro_store::{
    Attempt, Claim, Clock, Cursor, Delivery, Error, ExclusiveKey, Fenced, Finish, LeaseId, LeaseStatus,
    ListQuery, ManualClock, MemoryStore, NewOperation, OnConflict, OperationName, Outcome, ParentPattern,
    Payload, Progress, Record, Refusal, RequestKey, Store, Timestamp, WorkerId,
};
use proptest::prelude::*;

const LEASE: Duration = Duration::from_secs(10);
const RETENTION: Duration = Duration::from_secs(40);
const METHODS: [&str; 2] = ["/test.Service/One", "/test.Service/Two"];

#[derive(Debug, Clone)]
enum Call {
    Tick(i64),
    Create(Vec<New>),
    Find { method: usize, request: u8 },
    Delete(u8),
    Cancel(u8),
    Claim { worker: u8, methods: usize, limit: usize },
    Expire(usize),
    Heartbeat(Vec<(u8, u8, u32)>),
    Progress(Vec<(u8, u8, u32)>),
    Finish(Vec<(u8, u8, u32)>),
    Release(Vec<(u8, u8, u32)>),
    Purge(usize),
}

#[derive(Debug, Clone)]
struct New {
    name: u8,
    method: usize,
    once: bool,
    request: Option<u8>,
    exclusive: Option<u8>,
    leased: bool,
}

impl New {
    fn operation(&self) -> NewOperation {
        let delivery = if self.once { Delivery::AtMostOnce } else { Delivery::AtLeastOnce };
        let mut new = NewOperation::new(name(self.name), METHODS[self.method], payload())
            .delivery(delivery)
            .retention(RETENTION);
        if let Some(id) = self.request {
            new = new.request_id("", &id.to_string()).unwrap();
        }
        if let Some(key) = self.exclusive {
            new = new.exclusive(ExclusiveKey::new(&format!("key-{key}")).unwrap(), OnConflict::Abort);
        }
        if self.leased {
            new = new.leased_to(worker(0), LEASE);
        }
        new
    }
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let name = 0..5_u8;
    let leases = || prop::collection::vec((0..5_u8, 0..2_u8, 1..4_u32), 0..6);
    let key = || prop::option::of(0..2_u8);
    let new = (name.clone(), 0..2_usize, any::<bool>(), key(), key(), any::<bool>()).prop_map(
        |(name, method, once, request, exclusive, leased)| New {
            name,
            method,
            once,
            request,
            exclusive,
            leased,
        },
    );
    let call = prop_oneof![
        3 => (-5..15_i64).prop_map(Call::Tick),
        4 => prop::collection::vec(new, 1..4).prop_map(Call::Create),
        1 => (0..2_usize, 0..2_u8).prop_map(|(method, request)| Call::Find { method, request }),
        1 => name.clone().prop_map(Call::Delete),
        1 => name.prop_map(Call::Cancel),
        3 => (0..2_u8, 0..3_usize, 0..4_usize).prop_map(|(worker, methods, limit)| Call::Claim { worker, methods, limit }),
        2 => (0..4_usize).prop_map(Call::Expire),
        1 => leases().prop_map(Call::Heartbeat),
        1 => leases().prop_map(Call::Progress),
        1 => leases().prop_map(Call::Finish),
        1 => leases().prop_map(Call::Release),
        1 => (0..4_usize).prop_map(Call::Purge),
    ];
    prop::collection::vec(call, 0..40)
}

fn name(number: u8) -> OperationName {
    OperationName::parse(&format!("operations/{number}")).unwrap()
}

fn worker(number: u8) -> WorkerId {
    WorkerId::new(format!("worker-{number}"))
}

fn payload() -> Payload {
    Payload::new("type.googleapis.com/test.Message", "content")
}

fn leases(raw: &[(u8, u8, u32)]) -> Vec<LeaseId> {
    let lease = |&(operation, by, attempt): &(u8, u8, u32)| LeaseId {
        name: name(operation),
        worker: worker(by),
        attempt: Attempt::new(attempt).unwrap(),
    };
    raw.iter().map(lease).collect()
}

/// How the creation of one operation ends.
#[derive(Debug, PartialEq)]
enum Created {
    New(Record),
    Repeated(Record),
    Taken,
    Conflict(OperationName),
}

impl From<Result<Record, Error>> for Created {
    fn from(answer: Result<Record, Error>) -> Self {
        let error = match answer {
            Ok(record) => return Self::New(record),
            Err(error) => error,
        };
        match (error.first(), error.conflict_holder()) {
            (Some(first), None) => Self::Repeated(first.clone()),
            (None, Some(holder)) => Self::Conflict(holder.clone()),
            _ if error.is_already_exists() => Self::Taken,
            _ => panic!("{error}"),
        }
    }
}

/// The store as it is specified: a map of records and the pure transitions, and nothing else.
#[derive(Default)]
struct Model(BTreeMap<OperationName, Record>);

impl Model {
    fn create(&mut self, operation: NewOperation, now: Timestamp) -> Created {
        if let Some(first) = operation.request_key().and_then(|key| self.find(key)) {
            return Created::Repeated(first);
        }
        if self.0.contains_key(operation.name()) {
            return Created::Taken;
        }
        if let Some((key, _)) = operation.wants_exclusive() {
            let holds = |record: &&Record| !record.is_done() && record.exclusive() == Some(key);
            if let Some(holder) = self.0.values().find(holds) {
                return Created::Conflict(holder.name().clone());
            }
        }
        let record = operation.into_record(now);
        self.0.insert(record.name().clone(), record.clone());
        Created::New(record)
    }

    fn find(&self, request: &RequestKey) -> Option<Record> {
        self.0.values().find(|record| record.request_key() == Some(request)).cloned()
    }

    fn claim(&mut self, claim: &Claim, now: Timestamp) -> Vec<Record> {
        let mut oldest: Vec<_> =
            self.0.values_mut().filter(|record| claim.methods.contains(record.method())).collect();
        oldest.sort_by_key(|record| Cursor::from(&**record));
        let mut claimed = Vec::new();
        for record in oldest {
            if claimed.len() == claim.limit {
                break;
            }
            if let Ok(running) = record.claim(&claim.worker, claim.lease, now) {
                *record = running.clone();
                claimed.push(running);
            }
        }
        claimed
    }

    fn write<T>(
        &mut self,
        id: &LeaseId,
        transition: impl FnOnce(&Record) -> Result<Record, Refusal>,
        answers: (impl FnOnce(&Record) -> T, T, T),
    ) -> T {
        let (applied, lost, deleted) = answers;
        match self.0.get_mut(&id.name) {
            None => deleted,
            Some(record) => match transition(record) {
                Err(_) => lost,
                Ok(after) => {
                    *record = after;
                    applied(record)
                }
            },
        }
    }

    fn held(
        &mut self,
        id: &LeaseId,
        transition: impl FnOnce(&Record) -> Result<Record, Refusal>,
    ) -> LeaseStatus {
        let held = |record: &Record| LeaseStatus::Held { cancel_requested: record.cancel_requested() };
        self.write(id, transition, (held, LeaseStatus::Lost, LeaseStatus::Deleted))
    }

    fn ended(&mut self, id: &LeaseId, transition: impl FnOnce(&Record) -> Result<Record, Refusal>) -> Fenced {
        self.write(id, transition, (|_: &Record| Fenced::Applied, Fenced::Lost, Fenced::Deleted))
    }

    /// How many leases are over. Which of them a limit picks is the store's choice.
    fn expirable(&self, now: Timestamp) -> usize {
        self.0.values().filter(|record| record.expire(now).is_ok()).count()
    }

    /// How many may be purged. Which of them a limit picks is the store's choice, so the model takes it from
    /// the store.
    fn purgeable(&self, now: Timestamp) -> usize {
        self.0.values().filter(|record| record.expire_time().is_some_and(|at| at <= now)).count()
    }
}

/// Makes one call on both and compares the answers.
async fn step(store: &MemoryStore, model: &mut Model, clock: &ManualClock, call: &Call) {
    let now = clock.now();
    match call {
        Call::Tick(seconds) => clock.set(Timestamp::from_micros(now.as_micros() + seconds * 1_000_000)),
        Call::Create(batch) => {
            let expected: Vec<_> = batch.iter().map(|new| model.create(new.operation(), now)).collect();
            let answers = store.create(batch.iter().map(New::operation).collect()).await.unwrap();
            assert_eq!(answers.into_iter().map(Created::from).collect::<Vec<_>>(), expected);
        }
        Call::Find { method, request } => {
            let key = RequestKey::new("", METHODS[*method], &request.to_string()).unwrap();
            assert_eq!(store.find(&key).await.unwrap(), model.find(&key));
        }
        Call::Delete(number) => {
            assert_eq!(store.delete(&name(*number)).await.unwrap(), model.0.remove(&name(*number)).is_some());
        }
        Call::Cancel(number) => {
            let expected = model.0.get_mut(&name(*number)).map(|record| {
                *record = record.request_cancel(now);
                record.clone()
            });
            assert_eq!(store.request_cancel(&name(*number)).await.unwrap(), expected);
        }
        Call::Claim { worker: number, methods, limit } => {
            let methods = METHODS[..*methods].iter().map(|method| Arc::from(*method)).collect();
            let claim = Claim { worker: worker(*number), methods, limit: *limit, lease: LEASE };
            assert_eq!(store.claim(&claim).await.unwrap(), model.claim(&claim, now));
        }
        Call::Expire(limit) => {
            assert_eq!(store.expire(*limit).await.unwrap(), model.expirable(now).min(*limit));
            for after in records(store).await {
                let before = model.0.get_mut(after.name()).unwrap();
                if *before != after {
                    *before = before.expire(now).unwrap();
                }
            }
        }
        Call::Heartbeat(raw) => {
            let ids = leases(raw);
            let expected: Vec<_> =
                ids.iter().map(|id| model.held(id, |record| record.extend(id, LEASE, now))).collect();
            assert_eq!(store.heartbeat(&ids, LEASE).await.unwrap(), expected);
        }
        Call::Progress(raw) => {
            let ids = leases(raw);
            let expected: Vec<_> =
                ids.iter().map(|id| model.held(id, |record| record.progress(id, payload(), now))).collect();
            let items = ids.into_iter().map(|lease| Progress { lease, metadata: payload() }).collect();
            assert_eq!(store.progress(items).await.unwrap(), expected);
        }
        Call::Finish(raw) => {
            let ids = leases(raw);
            let outcome = || Outcome::Response(payload());
            let expected: Vec<_> =
                ids.iter().map(|id| model.ended(id, |record| record.finish(id, outcome(), now))).collect();
            let items = ids.into_iter().map(|lease| Finish { lease, outcome: outcome() }).collect();
            assert_eq!(store.finish(items).await.unwrap(), expected);
        }
        Call::Release(raw) => {
            let ids = leases(raw);
            let expected: Vec<_> =
                ids.iter().map(|id| model.ended(id, |record| record.release(id, now))).collect();
            assert_eq!(store.release(&ids).await.unwrap(), expected);
        }
        Call::Purge(limit) => {
            assert_eq!(store.purge(*limit).await.unwrap(), model.purgeable(now).min(*limit));
            let left = records(store).await;
            model.0.retain(|name, record| {
                let kept = left.iter().any(|left| left.name() == name);
                assert!(kept || record.expire_time().is_some_and(|at| at <= now));
                kept
            });
        }
    }
}

/// Everything in the store, read page by page.
async fn records(store: &MemoryStore) -> Vec<Record> {
    let mut query = ListQuery { parent: ParentPattern::all(), after: None, limit: 2 };
    let mut all = Vec::new();
    loop {
        let page = store.list(&query).await.unwrap();
        all.extend(page.records);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return all,
        }
    }
}

proptest! {
    #[test]
    fn the_store_is_the_state_machine(calls in calls()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let clock = ManualClock::default();
            let store = MemoryStore::with_clock(clock.clone());
            let mut model = Model::default();
            for call in &calls {
                step(&store, &mut model, &clock, call).await;
                let mut expected: Vec<_> = model.0.values().cloned().collect();
                expected.sort_by_key(|record| std::cmp::Reverse(Cursor::from(record)));
                assert_eq!(records(&store).await, expected);
            }
        });
    }
}
