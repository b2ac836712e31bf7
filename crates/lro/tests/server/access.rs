//! Chapter "Errors": who may see what. Permission comes before existence.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lro::codegen::start_operation;
use lro::google::longrunning::operations_server::Operations as _;
use lro::google::longrunning::{
    CancelOperationRequest, DeleteOperationRequest, GetOperationRequest, ListOperationsRequest, Operation,
    WaitOperationRequest,
};
use lro::google::rpc;
use lro::store::{ListQuery, MemoryStore, OnConflict, ParentPattern, Store as _};
use lro::{Access, Action, Authorizer, ByParent, Caller, EngineBuilder, Everyone, OwnersOnly, Start};
use lro_store_conformance::StoreMethod;
use tonic::{Code, Request, Response, Status};

use crate::scripted_service::{Event, Job, Percent, ScriptedService, WORK};
use crate::support::{Server, detail, memory_store, reason, response};

/// Callers name themselves.
fn by_name(request: &Request<()>) -> Result<Caller, Status> {
    let user = request.metadata().get("user").and_then(|user| user.to_str().ok());
    let user = user.ok_or_else(|| Status::unauthenticated("who are you?"))?;
    Ok(Caller::new(user).label("tenant", format!("the tenant of {user}")))
}

/// A server that tells callers apart and leaves the rest as it is.
fn guarded() -> Server {
    guarded_with(memory_store(), |builder| builder)
}

fn guarded_with(store: MemoryStore, settings: impl FnOnce(EngineBuilder) -> EngineBuilder) -> Server {
    Server::with(store, |builder| settings(builder.identify(by_name)))
}

/// What callers do.
struct User<'a> {
    server: &'a Server,
    name: &'static str,
}

impl Server {
    fn user(&self, name: &'static str) -> User<'_> {
        User { server: self, name }
    }
}

impl User<'_> {
    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("user", self.name.parse().unwrap());
        request
    }

    async fn start(&self, job: Job, start: Start<Percent>) -> Result<Operation, Status> {
        let hook = |_: &ScriptedService, _: &Request<Job>| std::future::ready(Ok(start));
        let serving = self.server.serving();
        let answer = start_operation(&serving, WORK, self.request(job), hook).await;
        answer.map(Response::into_inner)
    }

    async fn begin(&self, start: Start<Percent>) -> String {
        self.start(Job::new("wait"), start).await.unwrap().name
    }

    async fn get(&self, name: &str) -> Result<Operation, Status> {
        let request = self.request(GetOperationRequest { name: name.to_owned() });
        self.server.operations.clone().get_operation(request).await.map(Response::into_inner)
    }

    async fn wait(&self, name: &str, timeout: Option<Duration>) -> Result<Operation, Status> {
        let timeout = timeout.map(|timeout| timeout.try_into().unwrap());
        let request = self.request(WaitOperationRequest { name: name.to_owned(), timeout });
        self.server.operations.clone().wait_operation(request).await.map(Response::into_inner)
    }

    async fn cancel(&self, name: &str) -> Result<(), Status> {
        let request = self.request(CancelOperationRequest { name: name.to_owned() });
        self.server.operations.clone().cancel_operation(request).await.map(Response::into_inner)
    }

    async fn delete(&self, name: &str) -> Result<(), Status> {
        let request = self.request(DeleteOperationRequest { name: name.to_owned() });
        self.server.operations.clone().delete_operation(request).await.map(Response::into_inner)
    }

    async fn watch(&self, name: &str) -> Result<(), Status> {
        let caller = self.server.engine.caller(&self.request(()))?;
        self.server.engine.watch(&caller, name)?.next().await.unwrap().map(drop)
    }

    /// Names and the token of the next page.
    async fn page(&self, parent: &str, size: i32, token: &str) -> Result<(Vec<String>, String), Status> {
        let request = self.request(ListOperationsRequest {
            name: parent.to_owned(),
            page_size: size,
            page_token: token.to_owned(),
            ..ListOperationsRequest::default()
        });
        let page = self.server.operations.clone().list_operations(request).await?.into_inner();
        let names = page.operations.into_iter().map(|operation| operation.name).collect();
        Ok((names, page.next_page_token))
    }

    async fn list(&self, parent: &str) -> Vec<String> {
        self.page(parent, 0, "").await.unwrap().0
    }

    async fn filtered(&self, filter: &str) -> Vec<String> {
        let filter = filter.to_owned();
        let request = self.request(ListOperationsRequest { filter, ..ListOperationsRequest::default() });
        let page = self.server.operations.clone().list_operations(request).await.unwrap().into_inner();
        page.operations.into_iter().map(|operation| operation.name).collect()
    }

    /// All that can be done with an operation, and what came of it.
    async fn try_all(&self, name: &str) -> Vec<Result<(), Status>> {
        vec![
            self.get(name).await.map(drop),
            self.wait(name, None).await.map(drop),
            self.wait(name, Some(Duration::ZERO)).await.map(drop),
            self.watch(name).await,
            self.cancel(name).await,
            self.delete(name).await,
        ]
    }
}

/// Decides by a function, and notes what it is asked.
struct Asked {
    decide: Box<Decide>,
    notes: Arc<Mutex<Vec<String>>>,
}

type Decide = dyn Fn(&Access<'_>) -> Result<bool, Status> + Send + Sync;

impl Asked {
    fn new(
        decide: impl Fn(&Access<'_>) -> Result<bool, Status> + Send + Sync + 'static,
    ) -> (Self, Arc<Mutex<Vec<String>>>) {
        let notes = Arc::default();
        (Self { decide: Box::new(decide), notes: Arc::clone(&notes) }, notes)
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asked")
    }
}

#[tonic::async_trait]
impl Authorizer for Asked {
    async fn allows(&self, access: &Access<'_>) -> Result<bool, Status> {
        let Access { action, parent, operation, .. } = access;
        let found = if operation.is_some() { "found" } else { "not found" };
        self.notes.lock().unwrap().push(format!("{action:?} {parent:?} {found}"));
        (self.decide)(access)
    }
}

/// A name like this one that no operation has.
fn another(name: &str) -> String {
    let last = if name.ends_with('a') { "b" } else { "a" };
    format!("{}{last}", &name[..name.len() - 1])
}

#[tokio::test(start_paused = true)]
async fn what_is_not_ones_own_looks_as_if_it_did_not_exist() {
    let server = guarded();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let name = alice.begin(Start::new().parent("shelves/1")).await;
    let missing = another(&name);
    let (theirs, none) = (bob.try_all(&name).await, bob.try_all(&missing).await);
    for (theirs, none) in theirs.into_iter().zip(none) {
        let (theirs, none) = (theirs.unwrap_err(), none.unwrap_err());
        assert_eq!((theirs.code(), reason(&theirs).as_str()), (Code::PermissionDenied, "OPERATION_DENIED"));
        assert!(theirs.message().ends_with("(or it may not exist)"), "{}", theirs.message());
        assert_eq!(detail::<rpc::ResourceInfo>(&theirs).unwrap().resource_name, name);
        assert_eq!(format!("{theirs:?}").replace(&name, &missing), format!("{none:?}"));
        let details = String::from_utf8_lossy(theirs.details()).replace(&name, &missing);
        assert_eq!(details, String::from_utf8_lossy(none.details()));
    }
    assert!(!alice.get(&name).await.unwrap().done, "nothing was cancelled or deleted");
    assert!(alice.try_all(&name).await.into_iter().all(|tried| tried.is_ok()));
    assert_eq!(alice.get(&name).await.unwrap_err().code(), Code::PermissionDenied, "it is gone now");
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_is_asked_about_and_read_like_what_is_not_ones_own() {
    let (authorizer, notes) = Asked::new(|access| Ok(access.operation.is_none()));
    let server = guarded_with(memory_store(), |builder| builder.authorizer(authorizer));
    let alice = server.user("alice");
    let name = alice.start(Job::new("wait"), Start::new().delay(Duration::from_secs(60))).await.unwrap().name;
    let calls = server.times();
    let mut seen = Vec::new();
    for (name, found) in [(name.clone(), "found"), (another(&name), "not found")] {
        notes.lock().unwrap().clear();
        calls.lock().unwrap().clear();
        assert!(alice.try_all(&name).await.into_iter().all(|tried| tried.is_err()));
        let asked = notes.lock().unwrap().iter().map(|note| note.replace(found, "")).collect::<Vec<_>>();
        let calls = calls.lock().unwrap().iter().map(|(method, _)| *method).collect::<Vec<_>>();
        assert_eq!(calls, [StoreMethod::Get; 6]);
        seen.push(asked);
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test(start_paused = true)]
async fn work_that_runs_here_and_is_not_ones_own_costs_a_look_at_the_store_too() {
    let server = guarded();
    let name = server.user("alice").begin(Start::new()).await;
    let calls = server.times();
    let bob = server.user("bob");
    assert!(bob.wait(&name, None).await.is_err() && bob.watch(&name).await.is_err());
    assert_eq!(
        calls.lock().unwrap().iter().map(|(method, _)| *method).collect::<Vec<_>>(),
        [StoreMethod::Get; 2]
    );
}

#[tokio::test(start_paused = true)]
async fn lists_show_and_count_what_is_ones_own_and_tokens_are_the_callers() {
    let server = guarded();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let mut own = Vec::new();
    for _ in 0..5 {
        own.insert(0, alice.begin(Start::new().parent("shelves/1")).await);
        tokio::time::advance(Duration::from_millis(1)).await;
        for _ in 0..3 {
            bob.begin(Start::new().parent("shelves/1")).await;
            tokio::time::advance(Duration::from_millis(1)).await;
        }
    }
    for parent in ["", "shelves/1", "shelves/-"] {
        assert_eq!(alice.list(parent).await, own);
        let (first, token) = alice.page(parent, 3, "").await.unwrap();
        assert_eq!(first, own[..3], "a page is full");
        assert_eq!(alice.page(parent, 3, &token).await.unwrap(), (own[3..].to_vec(), String::new()));
        let status = bob.page(parent, 3, &token).await.unwrap_err();
        assert_eq!(reason(&status), "INVALID_PAGE_TOKEN");
    }
    assert_eq!(server.user("carol").page("", 3, "").await.unwrap(), (vec![], String::new()));
}

#[tokio::test(start_paused = true)]
async fn an_authorizer_is_asked_about_each_operation_of_a_list() {
    let (authorizer, notes) = Asked::new(|access| {
        Ok(access.operation.is_none_or(|view| view.owner().as_str() == access.caller.owner()))
    });
    let server = guarded_with(memory_store(), |builder| builder.authorizer(authorizer));
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let own = alice.begin(Start::new()).await;
    tokio::time::advance(Duration::from_millis(1)).await;
    bob.begin(Start::new().parent("shelves/1")).await;
    notes.lock().unwrap().clear();
    assert_eq!(alice.page("", 1, "").await.unwrap().0, [own]);
    let asked = notes.lock().unwrap().join("; ");
    assert_eq!(asked, r#"List Some("") not found; List Some("shelves/1") found; List Some("") found"#);
}

#[tokio::test(start_paused = true)]
async fn filters_open_nothing() {
    let by_owner = |access: &Access<'_>| {
        Ok(access.operation.is_none_or(|view| view.owner().as_str() == access.caller.owner()))
    };
    for authorizer in [None, Some(Asked::new(by_owner).0)] {
        let server = guarded_with(memory_store(), |builder| match authorizer {
            Some(authorizer) => builder.authorizer(authorizer),
            None => builder,
        });
        let (alice, bob) = (server.user("alice"), server.user("bob"));
        let name = alice.begin(Start::new()).await;
        for filter in ["owner = \"alice\"", "NOT owner = bob", "owner:*", "done = false OR owner = alice"] {
            assert_eq!(alice.filtered(filter).await, [name.as_str()], "{filter}");
            assert!(bob.filtered(filter).await.is_empty(), "{filter}");
        }
        assert!(alice.filtered("owner = bob").await.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn request_ids_are_the_callers_own() {
    let server = guarded();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let job = || Job::identified("wait", "5f1a");
    let first = alice.start(job(), Start::new()).await.unwrap().name;
    assert_eq!(alice.start(job(), Start::new()).await.unwrap().name, first);
    let second = bob.start(job(), Start::new()).await.unwrap().name;
    assert_ne!(second, first);
    // Another request with an id of somebody else is no repeat of anything.
    bob.start(Job::identified("succeed", "77"), Start::new()).await.unwrap();
    alice.start(Job::identified("wait", "77"), Start::new()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn handlers_know_whose_the_operation_is_and_what_the_caller_brought() {
    let server = guarded();
    let start = Start::new().label("shelf", "1");
    let job = Job::new("tell whose it is");
    let name = server.user("alice").start(job.clone(), start).await.unwrap().name;
    let told = response(&server.user("alice").wait(&name, None).await.unwrap()).text;
    assert_eq!(told, "alice: shelf=1, tenant=the tenant of alice");
    let own = Start::new().label("tenant", "what the hook says");
    let name = server.user("alice").start(job, own).await.unwrap().name;
    let told = response(&server.user("alice").wait(&name, None).await.unwrap()).text;
    assert_eq!(told, "alice: tenant=what the hook says");
}

#[tokio::test(start_paused = true)]
async fn who_cannot_be_identified_gets_the_servers_own_error_and_nothing_else() {
    let server = guarded();
    let name = server.user("alice").begin(Start::new()).await;
    for status in [
        server.get(&name).await.unwrap_err(),
        server.wait(&name, None).await.unwrap_err(),
        server.cancel(&name).await.unwrap_err(),
        server.delete(&name).await.unwrap_err(),
        server.list(ListOperationsRequest::default()).await.unwrap_err(),
        server.start_with("wait", Start::new()).await.unwrap_err(),
        server.engine.caller(&Request::new(())).unwrap_err(),
    ] {
        assert_eq!((status.code(), status.message()), (Code::Unauthenticated, "who are you?"));
    }
    let long = Server::with(memory_store(), |builder| builder.identify(|_| Ok(Caller::new("x".repeat(600)))));
    let status = long.start_with("wait", Start::new()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Unauthenticated, "INVALID_CALLER"));
}

#[tokio::test(start_paused = true)]
async fn a_start_is_decided_before_its_hook_runs_and_again_with_the_parent() {
    let (authorizer, notes) = Asked::new(|access| {
        let is_own = |parent: &str| parent == format!("users/{}", access.caller.owner());
        Ok(access.caller.owner() != "mallory" && access.parent.is_none_or(is_own))
    });
    let server = guarded_with(memory_store(), |builder| builder.authorizer(authorizer));
    let hooks = AtomicUsize::new(0);
    let hook = |_: &ScriptedService, request: &Request<Job>| {
        hooks.fetch_add(1, Ordering::SeqCst);
        // The hook knows who calls.
        let owner = request.extensions().get::<Caller>().unwrap().owner().to_owned();
        std::future::ready(match &*request.get_ref().script {
            "refuse" => Err(Status::not_found("there is no such shelf")),
            "elsewhere" => Ok(Start::new().parent("users/somebody")),
            _ => Ok(Start::new().parent(format!("users/{owner}"))),
        })
    };
    let call = async |user: &'static str, job: Job| {
        let request = server.user(user).request(job);
        start_operation(&server.serving(), WORK, request, hook).await.map(Response::into_inner)
    };
    let check = Job { validate_only: true, ..Job::new("wait") };
    for job in [Job::new("wait"), Job::new("refuse"), check.clone()] {
        let status = call("mallory", job).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, "START_DENIED"));
    }
    assert_eq!(hooks.load(Ordering::SeqCst), 0);
    let elsewhere = [Job::new("elsewhere"), Job { validate_only: true, ..Job::new("elsewhere") }];
    for job in elsewhere {
        assert_eq!(reason(&call("alice", job).await.unwrap_err()), "START_DENIED");
    }
    assert!(call("alice", check).await.unwrap().done);
    assert_eq!(server.store.inner().list(&ListQuery::new(ParentPattern::all(), 9)).await.unwrap().views, []);
    notes.lock().unwrap().clear();
    call("alice", Job::new("wait")).await.unwrap();
    assert_eq!(*notes.lock().unwrap(), ["Start None not found", r#"Start Some("users/alice") not found"#]);
}

#[tokio::test(start_paused = true)]
async fn an_authorizer_that_cannot_say_is_the_error_of_the_call() {
    let away = || Err(Status::unavailable("the rules are out of reach"));
    let (authorizer, _) = Asked::new(move |access| match access.action {
        Action::Start => Ok(true),
        _ => away(),
    });
    let server = guarded_with(memory_store(), |builder| builder.authorizer(authorizer));
    let alice = server.user("alice");
    let name = alice.begin(Start::new()).await;
    for tried in [alice.try_all(&name).await, alice.try_all("operations/missing").await].concat() {
        assert_eq!(tried.unwrap_err().message(), "the rules are out of reach");
    }
    assert_eq!(alice.page("", 9, "").await.unwrap_err().code(), Code::Unavailable);
    assert!(server.stored(&name).await.stop().is_none());
}

#[tokio::test(start_paused = true)]
async fn everyone_is_a_choice_and_then_nothing_is_hidden() {
    let server = guarded_with(memory_store(), |builder| builder.authorizer(Everyone));
    let name = server.user("alice").begin(Start::new()).await;
    let bob = server.user("bob");
    assert_eq!(bob.list("").await, [name.as_str()]);
    assert!(bob.try_all(&name).await.into_iter().all(|tried| tried.is_ok()));
    assert_eq!(bob.get(&name).await.unwrap_err().code(), Code::NotFound);
    // Whose it was is remembered all the same.
    let again = server.user("alice").start(Job::identified("wait", "1"), Start::new()).await.unwrap().name;
    assert_eq!(server.stored(&again).await.owner().as_str(), "alice");
    assert_ne!(bob.start(Job::identified("wait", "1"), Start::new()).await.unwrap().name, again);
}

#[tokio::test(start_paused = true)]
async fn one_without_a_name_may_do_nothing_where_owners_are_alone() {
    let server = Server::with(memory_store(), |builder| builder.authorizer(OwnersOnly));
    let status = server.start_with("wait", Start::new()).await.unwrap_err();
    assert_eq!(reason(&status), "START_DENIED");
    let status = server.list(ListOperationsRequest::default()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, "LIST_DENIED"));
}

#[tokio::test(start_paused = true)]
async fn permission_can_be_a_matter_of_the_parent() {
    let by_parent = ByParent::new(|access: &Access<'_>, parent: &str| {
        parent == format!("users/{}", access.caller.owner())
    });
    let server = guarded_with(memory_store(), |builder| builder.authorizer(by_parent));
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let name = alice.begin(Start::new().parent("users/alice")).await;
    assert_eq!(
        reason(&bob.start(Job::new("wait"), Start::new().parent("users/alice")).await.unwrap_err()),
        "START_DENIED"
    );
    assert_eq!(reason(&bob.start(Job::new("wait"), Start::new()).await.unwrap_err()), "START_DENIED");
    for parent in ["users/alice", "users/-", ""] {
        assert_eq!(alice.list(parent).await, [name.as_str()], "{parent}");
    }
    assert_eq!(reason(&bob.page("users/alice", 9, "").await.unwrap_err()), "LIST_DENIED");
    for parent in ["users/bob", "users/-", ""] {
        assert_eq!(bob.page(parent, 9, "").await.unwrap(), (vec![], String::new()), "{parent}");
    }
    assert_eq!(bob.get(&name).await.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test(start_paused = true)]
async fn a_conflict_does_not_tell_of_what_the_caller_may_not_see() {
    let server = guarded();
    let (alice, bob) = (server.user("alice"), server.user("bob"));
    let alone = || Start::new().exclusive("shelves/1", OnConflict::Abort);
    let name = alice.begin(alone()).await;
    let own = alice.start(Job::new("wait"), alone()).await.unwrap_err();
    assert!(own.message().contains(&name));
    for start in [alone(), Start::new().join("shelves/1")] {
        let status = bob.start(Job::new("wait"), start).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::Aborted, "OPERATION_CONFLICT"));
        let id = name.rsplit('/').next().unwrap();
        assert!(!status.message().contains(id) && !String::from_utf8_lossy(status.details()).contains(id));
    }
    assert_eq!(alice.begin(Start::new().join("shelves/1")).await, name);
}

#[tokio::test(start_paused = true)]
async fn the_server_acts_as_whom_it_likes() {
    let server = guarded();
    let alice = server.user("alice");
    let mut request = Request::new(Job::new("wait"));
    request.extensions_mut().insert(Caller::new("alice"));
    let name = server.engine.start(WORK, request, Start::new()).await.unwrap().into_inner().name;
    alice.get(&name).await.unwrap();
    let mut request = Request::new(GetOperationRequest { name: name.clone() });
    request.extensions_mut().insert(Caller::server());
    let service = server.engine.operations_service();
    assert_eq!(service.get_operation(request).await.unwrap().into_inner().name, name);
    let mut missing = Request::new(GetOperationRequest { name: "operations/missing".to_owned() });
    missing.extensions_mut().insert(Caller::server());
    assert_eq!(service.get_operation(missing).await.unwrap_err().code(), Code::NotFound);
    assert!(server.watch(&name).unwrap().next().await.unwrap().is_ok());
    // What comes over the wire cannot say so: `user` is all that it has.
    assert_eq!(server.user("server").get(&name).await.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test(start_paused = true)]
async fn one_that_waits_or_watches_while_the_operation_is_deleted_is_told_what_others_are() {
    let server = guarded();
    let alice = server.user("alice");
    let name = alice.begin(Start::new().delay(Duration::from_secs(60))).await;
    let caller = server.engine.caller(&alice.request(())).unwrap();
    let mut watch = server.engine.watch(&caller, &name).unwrap();
    assert!(watch.next().await.unwrap().is_ok());
    let (waited, watched, deleted) = tokio::join!(alice.wait(&name, None), watch.next(), alice.delete(&name));
    deleted.unwrap();
    for status in [waited.unwrap_err(), watched.unwrap().unwrap_err()] {
        assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, "OPERATION_DENIED"));
    }
}

#[tokio::test(start_paused = true)]
async fn work_goes_on_for_its_owner_in_another_process() {
    let store = memory_store();
    let first = guarded_with(store.clone(), |builder| builder);
    let name = first
        .user("alice")
        .start(Job::new("tell whose it is"), Start::new().delay(Duration::from_secs(5)))
        .await;
    let name = name.unwrap().name;
    first.engine.drain().await;
    let mut second = guarded_with(store, |builder| builder);
    second.expect_began(&name, 1, None).await;
    assert_eq!(second.event().await, Event::Gone(name.clone()));
    let told = response(&second.user("alice").wait(&name, None).await.unwrap()).text;
    assert_eq!(told, "alice: tenant=the tenant of alice");
    assert_eq!(second.user("bob").get(&name).await.unwrap_err().code(), Code::PermissionDenied);
}
