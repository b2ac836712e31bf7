//! Server and client in one process, over a real connection: an import that ends well, one that fails, one that is tried again, one that is
//! cancelled and one that another client picks up by its name.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::client;
use crate::pb::GetBookRequest;
use crate::pb::library_service_lro::LibraryServiceLroClient;
use crate::server::{Library, serve};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Runs all of it on a free port.
///
/// # Errors
///
/// Anything went otherwise than the demo says.
pub async fn run() -> Result {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = oneshot::channel::<()>();
    let library = Library { fetch_time: Duration::from_millis(300) };
    let server = tokio::spawn(serve(listener, library, stopped, std::future::pending::<()>()));

    let client = client::connect(&address).await?;
    succeed(&client).await?;
    fail(&client).await?;
    retry(&client).await?;
    cancel(&client).await?;
    resume(&client, &address).await?;

    println!("\n# Shutdown");
    // Open connections would keep the server waiting.
    drop(client);
    drop(stop);
    server.await??;
    println!("the server has drained");
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
    let operation = client::import(client, "shelves/1", &books(&["emma", "lost"])).await?;
    let error = client::follow(&operation).await.err().ok_or("an import of a lost book succeeded")?;
    if error.is_failed() { Ok(()) } else { Err(error.into()) }
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

fn books(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| format!("books://{id}")).collect()
}
