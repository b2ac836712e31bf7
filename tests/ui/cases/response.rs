//! The work ends with another message than the annotation says.

use lro::Context;
use tonic::{Request, Response, Status};
use ui_tests::library::library_service_lro::LibraryServiceLro;
use ui_tests::library::{Book, GetBookRequest, ImportBooksMetadata, ImportBooksRequest};

struct Library;

impl LibraryServiceLro for Library {
    async fn get_book(&self, _: Request<GetBookRequest>) -> Result<Response<Book>, Status> {
        Ok(Response::new(Book::default()))
    }

    async fn import_books(&self, _: ImportBooksRequest, _: Context<ImportBooksMetadata>) -> Result<Book, Status> {
        Ok(Book::default())
    }
}

fn main() {}
