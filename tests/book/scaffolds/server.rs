// A server whose work calls something else.
async fn fetch(uri: &str) -> Result<library::Book, tonic::Status> {
    Err(tonic::Status::not_found(uri))
}

/* block */
