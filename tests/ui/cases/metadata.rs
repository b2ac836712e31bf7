//! Progress is reported as another message than the annotation says.

use ui_tests::library::{Book, ImportBooksMetadata};

async fn work(operation: lro::Context<ImportBooksMetadata>) -> Result<(), tonic::Status> {
    operation.progress(Book::default()).await?;
    Ok(())
}

fn main() {
    let _ = work;
}
