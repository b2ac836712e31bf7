//! A service is served, shared with its server, or only registered, in a process that works for others.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use compile_tests::library::library_service_lro::{
    LibraryServiceLro, LibraryServiceLroClient, LibraryServiceLroServer,
};
use compile_tests::library::{
    Book, GetBookRequest, ImportBooksMetadata, ImportBooksRequest, ImportBooksResponse,
};
use lro::store::MemoryStore;
use lro::{Context, Engine, Registration};
use tonic::service::Routes;
use tonic::{Request, Response, Status};

/// Knows how often it has imported something.
#[derive(Debug, Default)]
struct Library {
    imports: Arc<AtomicU32>,
}

impl LibraryServiceLro for Library {
    async fn get_book(&self, _: Request<GetBookRequest>) -> Result<Response<Book>, Status> {
        Ok(Response::new(Book { title: self.imports.load(Ordering::SeqCst).to_string(), ..Book::default() }))
    }

    async fn import_books(
        &self,
        _: ImportBooksRequest,
        _: Context<ImportBooksMetadata>,
    ) -> Result<ImportBooksResponse, Status> {
        self.imports.fetch_add(1, Ordering::SeqCst);
        Ok(ImportBooksResponse::default())
    }
}

/// Imports something through the server of `engine`, and waits for it.
async fn import(library: Routes, engine: &Engine) -> Result<ImportBooksResponse, lro::OperationError> {
    let client = LibraryServiceLroClient::new(library.add_service(engine.operations_server()));
    client.import_books(ImportBooksRequest::default()).await.unwrap().wait().await
}

#[tokio::test]
async fn a_served_service_does_its_own_work() {
    let engine = Engine::builder(MemoryStore::new()).build();
    let library = Library::default();
    let imports = Arc::clone(&library.imports);

    import(Routes::new(LibraryServiceLroServer::serve(library, &engine)), &engine).await.unwrap();

    assert_eq!(imports.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_shared_service_is_the_one_that_is_served() {
    let engine = Engine::builder(MemoryStore::new()).build();
    let library = Arc::new(Library::default());
    let server = LibraryServiceLroServer::serve_arc(Arc::clone(&library), &engine);

    import(Routes::new(server), &engine).await.unwrap();

    let book = library.get_book(Request::new(GetBookRequest::default())).await.unwrap().into_inner();
    assert_eq!(book.title, "1");
}

#[tokio::test]
async fn a_registered_service_works_for_a_server_in_another_process() {
    let store = MemoryStore::new();
    let front = Engine::builder(store.clone()).concurrency(0).build();
    let back = Engine::builder(store).build();
    let (served, working) = (Library::default(), Library::default());
    let imports = [Arc::clone(&served.imports), Arc::clone(&working.imports)];

    let _registration: Registration = LibraryServiceLroServer::register(working, &back);
    import(Routes::new(LibraryServiceLroServer::serve(served, &front)), &front).await.unwrap();

    assert_eq!(imports.map(|imports| imports.load(Ordering::SeqCst)), [0, 1]);
}

#[tokio::test]
async fn a_registration_keeps_the_service_also_without_the_engine() {
    let engine = Engine::builder(MemoryStore::new()).build();
    let library = Library::default();
    let seen = Arc::downgrade(&library.imports);
    let registration = LibraryServiceLroServer::register(library, &engine);

    engine.drain().await;
    drop(engine);
    tokio::task::yield_now().await;
    assert!(seen.upgrade().is_some());
    drop(registration);
}
