//! A server as a process of its own, on a file, and its clients: an import that ends well, one that fails, one that is tried again, one that
//! is cancelled, one that another client picks up by its name, and one that outlives its server.

use std::path::Path;

use lro::Update;
use tonic::Code;

use crate::child::Server;
use crate::client;
use crate::pb::GetBookRequest;
use crate::pb::library_service_lro::LibraryServiceLroClient;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Runs all of it, with servers that are this program, on a file of their own that is removed in the end.
///
/// # Errors
///
/// Anything went otherwise than the demo says.
pub async fn run(program: &Path) -> Result {
    let folder = tempfile::tempdir()?;
    let store = format!("--store=sqlite:{}", folder.path().join("library.db").display());
    // A short lease, so that nobody waits for half a minute until the work of a dead process goes on.
    let arguments = [&*store, "--fetch-time=300", "--lease=2"];
    let server = Server::start(program, &arguments).await?;
    let client = client::connect(server.address()).await?;

    succeed(&client).await?;
    fail(&client).await?;
    retry(&client).await?;
    cancel(&client).await?;
    resume(&client, server.address()).await?;
    let server = outlive(&client, server, program, &arguments).await?;

    println!("\n# Shutdown");
    // Open connections would keep the server waiting.
    drop(client);
    server.terminate().await?;
    if !server.ended_well().await? {
        return Err("the server did not end well".into());
    }
    println!("the server has drained");
    folder.close()?;
    Ok(())
}

async fn succeed(client: &LibraryServiceLroClient) -> Result {
    println!("# An import, with progress and result");
    let operation =
        client::import(client, "shelves/1", &books(&["moby-dick", "emma", "dracula", "the-trial"])).await?;
    let response = client::follow(&operation).await?;

    let name = response.books[0].name.clone();
    let book = client.get_book(GetBookRequest { name }).await?.into_inner();
    println!("a plain call beside it: {} is {:?}", book.name, book.title);
    Ok(())
}

async fn fail(client: &LibraryServiceLroClient) -> Result {
    println!("\n# Failures: before the operation exists, and of the work itself");
    let refused =
        client::import(client, "shelves/1", &[]).await.err().ok_or("an import of nothing was accepted")?;
    println!("not started: {:?}: {}", refused.code(), refused.message());
    let operation = client::import(client, "shelves/1", &books(&["ivanhoe", "lost"])).await?;
    let error = client::follow(&operation).await.err().ok_or("an import of a lost book succeeded")?;
    if !error.is_failed() {
        return Err(error.into());
    }
    must_be_missing(client, "shelves/1/books/ivanhoe").await
}

async fn retry(client: &LibraryServiceLroClient) -> Result {
    println!("\n# Work that is tried again, and goes on from its last checkpoint");
    let operation = client::import(client, "shelves/1", &books(&["emma", "late", "dracula"])).await?;
    let response = client::follow(&operation).await?;
    if response.books.len() == 3 { Ok(()) } else { Err("a book got lost between two attempts".into()) }
}

async fn cancel(client: &LibraryServiceLroClient) -> Result {
    println!("\n# A cancelled import");
    let operation = client::import(client, "shelves/1", &books(&["ulysses"; 100])).await?;
    let busy = client::import(client, "shelves/1", &books(&["emma"]))
        .await
        .err()
        .ok_or("two imports on one shelf")?;
    println!("meanwhile the shelf is taken: {:?}: {}", busy.code(), busy.message());
    operation.cancel().await?;
    let error = client::follow(&operation).await.err().ok_or("a cancelled import succeeded")?;
    if error.is_cancelled() { Ok(()) } else { Err(error.into()) }
}

async fn resume(client: &LibraryServiceLroClient, address: &str) -> Result {
    println!("\n# Another client picks an import up by its name");
    let operation = client::import(client, "shelves/2", &books(&["middlemarch", "persuasion"])).await?;
    let name = operation.to_string();
    drop(operation);
    let other = client::connect(address).await?;
    client::follow(&client::resume(&other, &name)).await?;
    Ok(())
}

/// Kills the server in the middle of an import, and starts another one on its file.
async fn outlive(
    client: &LibraryServiceLroClient,
    server: Server,
    program: &Path,
    arguments: &[&str],
) -> Result<Server> {
    println!("\n# The server is killed in the middle of an import");
    let uris = books(&["walden", "beloved", "candide", "kim", "nana"]);
    let operation = client::import(client, "shelves/3", &uris).await?;
    let mut updates = operation.updates();
    loop {
        match updates.next().await.ok_or("the import has ended too early")?? {
            Update::Progress(progress) if progress.done > 0 => break,
            Update::Progress(_) => {}
            Update::Done(_) => return Err("the import was faster than the demo".into()),
        }
    }
    must_be_missing(client, "shelves/3/books/walden").await?;
    let listen = format!("--listen={}", server.address().trim_start_matches("http://"));
    server.kill().await?;
    println!("killed it; its file has the operation, and a checkpoint of the books that it had fetched");
    let server = Server::start(program, &[arguments, &[&*listen]].concat()).await?;
    println!(
        "another server goes on when the dead one's lease is over, and the client's handle never noticed:"
    );
    let response = client::follow(&operation).await?;
    if response.books.len() != uris.len() {
        return Err("a book got lost with the server".into());
    }
    let name = response.books[0].name.clone();
    client.get_book(GetBookRequest { name }).await?;
    println!("the books and the result of their import were stored in one transaction");
    Ok(server)
}

/// Makes sure that a book is not there before its import has succeeded.
async fn must_be_missing(client: &LibraryServiceLroClient, name: &str) -> Result {
    match client.get_book(GetBookRequest { name: name.to_owned() }).await {
        Err(status) if status.code() == Code::NotFound => {
            println!("{name} is not there: a book comes with the end of its import, or not at all");
            Ok(())
        }
        Err(status) => Err(status.into()),
        Ok(_) => Err(format!("{name} is there without its import").into()),
    }
}

fn books(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| format!("books://{id}")).collect()
}
