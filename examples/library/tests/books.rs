//! The books beside the operations, on each store.

use std::path::Path;

use library::child::Server;
use library::client;

/// Imports a book twice in one import, and a third time in another.
async fn import_twice(store: &str) {
    let arguments = [&*format!("--store={store}"), "--fetch-time=0"];
    let server = Server::start(Path::new(env!("CARGO_BIN_EXE_library")), &arguments).await.unwrap();
    let client = client::connect(server.address()).await.unwrap();
    for uris in [&["books://emma", "books://emma"][..], &["books://emma"]] {
        let uris: Vec<_> = uris.iter().map(ToString::to_string).collect();
        let operation = client::import(&client, "shelves/1", &uris).await.unwrap();
        assert_eq!(operation.wait().await.unwrap().books.len(), uris.len());
    }
    let request = library::pb::GetBookRequest { name: "shelves/1/books/emma".to_owned() };
    assert_eq!(client.get_book(request).await.unwrap().into_inner().title, "emma");
}

#[tokio::test]
async fn a_book_can_be_imported_more_than_once() {
    let folder = tempfile::tempdir().unwrap();
    import_twice("memory").await;
    import_twice(&format!("sqlite:{}", folder.path().join("library.db").display())).await;
}

#[tokio::test]
async fn a_book_can_be_imported_more_than_once_on_postgresql() {
    let Some(server) = test_postgres::shared() else { return };
    import_twice(&server.database().url()).await;
}
