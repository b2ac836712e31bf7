//! The engine itself: what is registered with it, what it holds, and the runtime that it lives on.

use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use lro::codegen::{Registration, Serving, register_method};
use lro::google::longrunning::operations_client::OperationsClient;
use lro::google::longrunning::{GetOperationRequest, WaitOperationRequest};
use lro::store::MemoryStore;
use lro::{Caller, Engine, Method, Start};
use lro_store_conformance::StoreMethod;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{sleep, timeout};
use tonic::{Code, Request, Status};

use crate::scripted_service::{Event, Job, Percent, Report, ScriptedService, WORK};
use crate::support::{LEASE, Server, memory_store, reason};

const SECOND: Duration = Duration::from_secs(1);

const EXPORT: Method<Job, Report, Percent> =
    Method::new("/test.ScriptedService/Export", "test.Job", "test.Report", "test.Percent");

/// A service that holds its engine, as one does whose RPCs start operations of other methods.
#[derive(Debug)]
struct Holding {
    _engine: Engine,
    gate: Arc<Semaphore>,
    began: mpsc::UnboundedSender<u32>,
}

impl Holding {
    /// Registers one; its service, its gate and what it begins.
    fn register(engine: &Engine) -> (Arc<Self>, Arc<Semaphore>, mpsc::UnboundedReceiver<u32>) {
        let (began, seen) = mpsc::unbounded_channel();
        let gate = Arc::new(Semaphore::new(0));
        let service = Arc::new(Self { _engine: engine.clone(), gate: Arc::clone(&gate), began });
        engine.register(WORK, &service, |service, _: Job, operation| async move {
            let _ = service.began.send(operation.attempt());
            service.gate.acquire().await.unwrap().forget();
            Ok(Report::default())
        });
        (service, gate, seen)
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_holds_its_engine_does_not_keep_it_alive() {
    let store = memory_store();
    let mut heir = Server::with(store.clone(), |builder| builder.poll_interval(SECOND * 3_600));
    let probe = lro_store_conformance::FaultyStore::new(store);
    let engine = Engine::builder(probe.clone()).lease(LEASE).build();
    let (service, _gate, _began) = Holding::register(&engine);
    let seen = Arc::downgrade(&service);
    let registration = Registration::new(service);
    sleep(SECOND).await;
    assert_eq!(probe.calls(StoreMethod::Leave), 0);
    drop((registration, engine));
    sleep(SECOND).await;
    assert!(seen.upgrade().is_none(), "nothing holds the service");
    assert_eq!(probe.calls(StoreMethod::Leave), 1, "the engine has ended");
    probe.take_log();
    sleep(LEASE * 3).await;
    assert!(probe.take_log().is_empty(), "and does nothing any more");
    let name = heir.begin("wait").await;
    heir.service.gate.add_permits(1);
    assert!(heir.end(&name).await.done);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_gone_begins_nothing_and_its_engine_ends_with_its_last_work() {
    let store = memory_store();
    let watcher = Server::with(store.clone(), |builder| builder.concurrency(0));
    let probe = lro_store_conformance::FaultyStore::new(store.clone());
    let engine = Engine::builder(probe.clone()).lease(LEASE).concurrency(2).build();
    let (service, gate, mut began) = Holding::register(&engine);
    let registration = Registration::new(service);
    let first = watcher.start("wait").await;
    assert_eq!(began.recv().await, Some(1));
    drop((registration, engine));
    let second = watcher.start("wait").await;
    sleep(LEASE).await;
    assert!(began.try_recv().is_err(), "work that runs keeps the service, and not its registration");
    gate.add_permits(1);
    assert!(watcher.end(&first).await.done, "work that runs goes on");
    sleep(SECOND).await;
    assert_eq!(probe.calls(StoreMethod::Leave), 1);
    let mut heir = Server::with(store, |builder| builder);
    heir.expect_began(&second, 1, None).await;
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_is_dropped_leaves_nothing_of_itself_behind() {
    // Held by the engine's source of randomness, which all of its parts have.
    let alive = Arc::new(());
    let seen: Weak<()> = Arc::downgrade(&alive);
    let server = Server::with(memory_store(), |builder| {
        builder.random_source(move || {
            drop(Arc::clone(&alive));
            rand::random()
        })
    });
    let name = server.start("wait").await;
    let watch = server.watch(&name).unwrap();
    sleep(SECOND).await;
    drop(server);
    drop(watch);
    sleep(SECOND).await;
    assert!(seen.upgrade().is_none(), "the engine's own state is gone");
}

#[tokio::test(start_paused = true)]
async fn dropping_a_registration_ends_it() {
    let store = memory_store();
    let watcher = Server::with(store.clone(), |builder| builder.concurrency(0));
    let engine = Engine::builder(store).lease(LEASE).build();
    let (service, mut events) = ScriptedService::new();
    register_method(
        &Serving::new(Arc::clone(&service), &engine),
        WORK,
        WORK.descriptors(),
        ScriptedService::work,
    );
    let registration = Registration::new(service);
    let first = watcher.start("succeed").await;
    assert!(watcher.end(&first).await.done);
    assert!(matches!(events.recv().await, Some(Event::Began { .. })));
    drop(registration);
    let second = watcher.start("succeed").await;
    sleep(LEASE).await;
    assert!(!watcher.get(&second).await.unwrap().done);
    assert!(engine.stats().methods.is_empty());
    let (again, _events) = ScriptedService::new();
    register_method(
        &Serving::new(Arc::clone(&again), &engine),
        WORK,
        WORK.descriptors(),
        ScriptedService::work,
    );
    assert!(watcher.end(&second).await.done, "the method may be registered again");
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "/test.ScriptedService/Work is registered with this engine already")]
async fn a_second_registration_of_a_method_panics_and_names_it() {
    let server = Server::new();
    let (second, _events) = ScriptedService::new();
    register_method(
        &Serving::new(Arc::clone(&second), &server.engine),
        WORK,
        WORK.descriptors(),
        ScriptedService::work,
    );
}

#[tokio::test(start_paused = true)]
async fn an_engine_survives_a_second_registration_and_other_methods_are_no_such_thing() {
    let mut server = Server::new();
    let engine = server.engine.clone();
    let (second, _events) = ScriptedService::new();
    let registering = tokio::spawn(async move {
        register_method(
            &Serving::new(Arc::clone(&second), &engine),
            WORK,
            WORK.descriptors(),
            ScriptedService::work,
        );
    });
    assert!(registering.await.unwrap_err().is_panic());
    register_method(&server.serving(), EXPORT, EXPORT.descriptors(), ScriptedService::work);
    let name = server.begin("wait").await;
    server.service.gate.add_permits(1);
    assert!(server.end(&name).await.done, "by the first service");
}

/// An engine whose runtime has ended.
fn of_an_ended_runtime() -> (Engine, Arc<ScriptedService>) {
    let runtime = Runtime::new().unwrap();
    let (engine, service) = runtime.block_on(async {
        let engine = Engine::builder(MemoryStore::new()).lease(LEASE).build();
        let (service, _events) = ScriptedService::new();
        register_method(
            &Serving::new(Arc::clone(&service), &engine),
            WORK,
            WORK.descriptors(),
            ScriptedService::work,
        );
        (engine, service)
    });
    drop(runtime);
    (engine, service)
}

fn assert_gone(status: &Status) {
    assert_eq!((status.code(), reason(status).as_str()), (Code::Internal, "ENGINE_GONE"));
}

#[test]
fn an_engine_whose_runtime_has_ended_says_so() {
    static ENGINE: OnceLock<(Engine, Arc<ScriptedService>)> = OnceLock::new();
    let (engine, _service) = ENGINE.get_or_init(of_an_ended_runtime);
    let quickly = async {
        let start = engine.start(WORK, Request::new(Job::new("succeed")), Start::new()).await;
        assert_gone(&start.unwrap_err());
        let mut operations = OperationsClient::new(engine.operations_server());
        let get = GetOperationRequest { name: "operations/a".to_owned() };
        let status = operations.get_operation(get).await.unwrap_err();
        assert_eq!(status.code(), Code::NotFound, "who only reads needs no task");
        assert_gone(
            &engine.watch(&Caller::server(), "operations/a").unwrap().next().await.unwrap().unwrap_err(),
        );
        engine.drain().await;
    };
    let runtime = Runtime::new().unwrap();
    runtime
        .block_on(async { timeout(SECOND * 5, quickly).await })
        .expect("nothing waits for tasks that are gone");
}

#[test]
fn those_who_wait_when_the_runtime_ends_are_told() {
    let store = MemoryStore::new();
    let first = Runtime::new().unwrap();
    let (engine, service) = first.block_on(async {
        let engine = Engine::builder(store.clone()).lease(LEASE).build();
        let (service, _events) = ScriptedService::new();
        register_method(
            &Serving::new(Arc::clone(&service), &engine),
            WORK,
            WORK.descriptors(),
            ScriptedService::work,
        );
        (engine, service)
    });
    let second = Runtime::new().unwrap();
    let quickly = async {
        let started = engine.start(WORK, Request::new(Job::new("wait")), Start::new()).await.unwrap();
        let name = started.into_inner().name;
        let mut watch = engine.watch(&Caller::server(), &name).unwrap();
        while !watch.next().await.unwrap().unwrap().is_done() {
            // Its own work runs on this runtime, so only the tasks end.
            if engine.stats().running == 1 {
                break;
            }
        }
        let mut operations = OperationsClient::new(engine.operations_server());
        let request = WaitOperationRequest { name: name.clone(), timeout: None };
        let waiting = tokio::spawn(async move { operations.wait_operation(request).await });
        while engine.stats().waiting < 2 {
            tokio::task::yield_now().await;
        }
        tokio::task::spawn_blocking(move || drop(first)).await.unwrap();
        loop {
            match watch.next().await.unwrap() {
                Ok(view) => assert!(!view.is_done()),
                Err(status) => break assert_gone(&status),
            }
        }
        let answer = waiting.await.unwrap();
        assert!(!answer.unwrap().into_inner().done, "the state in hand");
        let mut operations = OperationsClient::new(engine.operations_server());
        let request = WaitOperationRequest { name, timeout: None };
        assert_gone(&operations.wait_operation(request).await.unwrap_err());
    };
    second.block_on(async { timeout(SECOND * 5, quickly).await }).expect("nobody waits for ever");
    drop(service);
}

#[test]
fn an_engine_without_a_runtime_panics_where_it_is_built() {
    use std::panic;
    use std::sync::Mutex;

    let at = Arc::new(Mutex::new(None));
    let (seen, thread) = (Arc::clone(&at), std::thread::current().id());
    let others = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() == thread {
            *seen.lock().unwrap() =
                info.location().map(|location| (location.file().to_owned(), location.line()));
        } else {
            others(info);
        }
    }));
    let line = line!() + 1;
    let built = panic::catch_unwind(|| Engine::builder(MemoryStore::new()).build());
    drop(panic::take_hook());
    assert!(built.is_err());
    assert_eq!(*at.lock().unwrap(), Some((file!().to_owned(), line)));
}
