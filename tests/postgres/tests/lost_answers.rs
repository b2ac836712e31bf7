//! What a client of PostgreSQL sees of a network that fails, and what the server has done.

use std::time::Duration;

use test_postgres::{Cluster, Direction, Proxy, contains, private};
use tokio_postgres::{Client, Error, NoTls};

struct Library {
    cluster: Cluster,
    proxy: Proxy,
}

impl Library {
    fn start() -> Option<Self> {
        let cluster = private()?.start().unwrap();
        cluster.execute("postgres", "CREATE TABLE book (id int)").unwrap();
        let proxy = Proxy::start(cluster.address()).unwrap();
        Some(Self { cluster, proxy })
    }

    async fn connect(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.proxy.url("postgres"), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    fn books(&self) -> String {
        self.cluster.execute("postgres", "SELECT count(*) FROM book").unwrap()
    }
}

async fn insert(client: &mut Client) -> Result<(), Error> {
    let transaction = client.transaction().await?;
    transaction.execute("INSERT INTO book VALUES (1)", &[]).await?;
    transaction.commit().await
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_has_happened() {
    let Some(library) = Library::start() else { return };
    let mut client = library.connect().await;
    library.proxy.cut_when(Direction::ToClient, contains(b"COMMIT\0"));
    insert(&mut client).await.unwrap_err();
    assert!(!library.proxy.is_armed());
    assert_eq!(library.books(), "1");
    insert(&mut library.connect().await).await.unwrap();
    assert_eq!(library.books(), "2");
}

#[tokio::test]
async fn a_commit_that_was_sent_before_the_cut_happens() {
    let Some(library) = Library::start() else { return };
    let mut client = library.connect().await;
    library.proxy.cut_when(Direction::ToServer, contains(b"COMMIT\0"));
    insert(&mut client).await.unwrap_err();
    // Whether the server has got to it is open for a moment, so the table is asked until the session is over.
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'";
    while library.cluster.execute("postgres", sessions).unwrap() != "1" {}
    assert_eq!(library.books(), "1");
}

#[tokio::test]
async fn a_commit_that_is_swallowed_does_not_happen() {
    let Some(library) = Library::start() else { return };
    let mut client = library.connect().await;
    insert(&mut client).await.unwrap();
    library.proxy.swallow(Direction::ToServer);
    let waited = tokio::time::timeout(Duration::from_millis(300), insert(&mut client)).await;
    assert!(waited.is_err(), "it was answered");
    library.proxy.mend();
    assert_eq!(library.books(), "1");
    insert(&mut client).await.unwrap_err();
    insert(&mut library.connect().await).await.unwrap();
}

#[tokio::test]
async fn a_paused_server_is_a_silent_one() {
    let Some(library) = Library::start() else { return };
    let mut client = library.connect().await;
    library.cluster.pause();
    let waited = tokio::time::timeout(Duration::from_millis(300), insert(&mut client)).await;
    assert!(waited.is_err(), "it was answered");
    library.cluster.resume();
    insert(&mut client).await.unwrap();
}
