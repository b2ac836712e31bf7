//! `lro::testing` over generated code: handlers by the trait's methods, servers and clients in one process, on paused time.

use std::time::Duration;

use compile_tests::library::library_service_client::LibraryServiceClient;
use compile_tests::library::library_service_lro::{
    IMPORT_BOOKS, LibraryServiceLro, LibraryServiceLroClient, LibraryServiceLroServer,
};
use compile_tests::library::{
    Book, GetBookRequest, ImportBooksMetadata, ImportBooksRequest, ImportBooksResponse,
};
use lro::store::MemoryStore;
use lro::testing::{self, Server};
use lro::{Context, Engine, Polling, Update};
use tokio::time::{Instant, sleep};
use tonic::{Code, Request, Response, Status};

/// How long one book takes.
const BOOK: Duration = Duration::from_secs(3600);

/// Imports a book an hour.
struct Library;

impl LibraryServiceLro for Library {
    async fn get_book(&self, request: Request<GetBookRequest>) -> Result<Response<Book>, Status> {
        Ok(Response::new(Book { name: request.into_inner().name, ..Book::default() }))
    }

    async fn import_books(
        &self,
        request: ImportBooksRequest,
        operation: Context<ImportBooksMetadata>,
    ) -> Result<ImportBooksResponse, Status> {
        let mut books = Vec::new();
        for (number, uri) in (1..).zip(&request.uris) {
            sleep(BOOK).await;
            books.push(Book { title: uri.clone(), ..Book::default() });
            operation.progress(done(number)).await?;
        }
        Ok(ImportBooksResponse { books })
    }
}

fn done(done: u32) -> ImportBooksMetadata {
    ImportBooksMetadata { done, total: 2 }
}

fn request() -> ImportBooksRequest {
    ImportBooksRequest { uris: vec!["emma".into(), "ivanhoe".into()], ..ImportBooksRequest::default() }
}

/// One server process, and a client that waits as long as it takes.
fn server(store: MemoryStore) -> (Server, LibraryServiceLroClient) {
    let engine = Engine::builder(store).build();
    let server = Server::new(&engine).add_service(LibraryServiceLroServer::serve(Library, &engine));
    let polling = Polling::new().with_total_timeout(BOOK * 10);
    let client = lro::Client::new(server.transport()).polling(polling);
    (server, LibraryServiceLroClient::from(client))
}

#[tokio::test(start_paused = true)]
async fn a_handler_is_named_by_the_generated_trait() {
    let mut running = testing::begin(IMPORT_BOOKS, &Library, LibraryServiceLro::import_books, request());
    assert_eq!(running.next_progress().await, Some(done(1)));
    running.cancel();
    let ended = running.finish().await;
    assert_eq!(ended.result().unwrap_err().code(), Code::Cancelled);

    let again = ended.next_attempt();
    let ended = again.run(&Library, LibraryServiceLro::import_books, request()).await;
    assert_eq!((ended.result().unwrap().books.len(), ended.progress()), (2, vec![done(1), done(2)]));
}

#[tokio::test(start_paused = true)]
async fn clients_start_and_wait_without_a_port_and_hours_take_no_time() {
    let (_server, client) = server(testing::memory_store());
    let began = Instant::now();
    let operation = client.import_books(request()).await.unwrap();
    let mut updates = operation.updates();
    let mut seen = Vec::new();
    while let Some(update) = updates.next().await {
        match update.unwrap() {
            Update::Progress(metadata) => seen.push(metadata),
            Update::Done(response) => assert_eq!(response.books.len(), 2),
        }
    }
    assert_eq!(seen.first(), Some(&done(1)));
    assert!(began.elapsed() >= BOOK * 2);
    assert_eq!(operation.wait().await.unwrap().books.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn clients_cancel_without_a_port() {
    let (_server, client) = server(testing::memory_store());
    let operation = client.import_books(request()).await.unwrap();
    sleep(BOOK / 2).await;
    operation.cancel().await.unwrap();
    let error = operation.wait().await.unwrap_err();
    assert!(error.is_cancelled(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_second_engine_on_the_store_is_a_second_process_and_takes_over() {
    let store = testing::memory_store();
    let (first, client) = server(store.clone());
    let name = client.import_books(request()).await.unwrap().name().to_owned();
    sleep(BOOK / 2).await;
    drop((first, client));
    let (_second, client) = server(store);
    assert_eq!(client.import_books_operation(name).wait().await.unwrap().books.len(), 2);
}

#[tokio::test]
async fn other_services_and_other_clients_are_there_as_well() {
    let (server, _client) = server(testing::memory_store());
    let mut client = LibraryServiceClient::new(server.transport());
    let book = client.get_book(GetBookRequest { name: "shelves/1/books/emma".into() }).await.unwrap();
    assert_eq!(book.into_inner().name, "shelves/1/books/emma");
}
