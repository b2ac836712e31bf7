//! The start hook: what it refuses, so that no operation comes to exist.

use std::time::Duration;

use library::books::Books;
use library::pb::ImportBooksRequest;
use library::pb::library_service_lro::LibraryServiceLro as _;
use library::server::Library;
use tonic::{Code, Request, Status};

async fn start(parent: &str, uris: &[&str]) -> Result<(), Status> {
    let library = Library { fetch_time: Duration::ZERO, books: Books::in_memory() };
    let uris = uris.iter().map(ToString::to_string).collect();
    let request = Request::new(ImportBooksRequest { parent: parent.to_owned(), uris });
    library.start_import_books(&request).await.map(drop)
}

#[tokio::test]
async fn a_shelf_and_a_book_are_accepted() {
    start("shelves/1", &["books://emma"]).await.unwrap();
}

#[tokio::test]
async fn a_parent_that_is_no_shelf_is_refused_by_name() {
    for parent in ["", "1", "shelves", "shelves/", "shelves/1/", "shelves/1/books/emma", "rooms/1"] {
        let refused = start(parent, &["books://emma"]).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{parent}");
        assert!(refused.message().starts_with("parent: "), "{refused}");
    }
}

#[tokio::test]
async fn an_import_of_nothing_is_refused_by_name() {
    let refused = start("shelves/1", &[]).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().starts_with("uris: "), "{refused}");
}
