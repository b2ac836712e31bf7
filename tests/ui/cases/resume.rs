//! An operation is picked up as something else than its method made.

use ui_tests::library::library_service_lro::{IMPORT_BOOKS, LibraryServiceLroClient};
use ui_tests::library::{Book, ImportBooksMetadata};

fn pick_up(client: &LibraryServiceLroClient) -> lro::Operation<Book, ImportBooksMetadata> {
    client.operation(IMPORT_BOOKS, "operations/1")
}

fn main() {
    let _ = pick_up;
}
