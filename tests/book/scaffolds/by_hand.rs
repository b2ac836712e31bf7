// A program that has the types of google.longrunning from somewhere, as all who write operations by hand do.
use lro::google;

async fn import(_: library::ImportBooksRequest) -> Result<library::ImportBooksResponse, tonic::Status> {
    Err(tonic::Status::unimplemented("not here"))
}

/* block */
