//! The long-running method is not implemented.

use tonic::{Request, Response, Status};
use ui_tests::library::library_service_lro::LibraryServiceLro;
use ui_tests::library::{Book, GetBookRequest};

struct Library;

impl LibraryServiceLro for Library {
    async fn get_book(&self, _: Request<GetBookRequest>) -> Result<Response<Book>, Status> {
        Ok(Response::new(Book::default()))
    }
}

fn main() {}
