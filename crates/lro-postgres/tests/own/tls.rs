//! Encrypted connections.

use lro_postgres::rustls::RootCertStore;
use lro_postgres::rustls::pki_types::{CertificateDer, pem::PemObject as _};
use lro_postgres::{PostgresStore, PostgresStoreBuilder};
use lro_store::StoreExt;
use test_postgres::Cluster;

use crate::support::operation;

/// Has the server make a certificate for itself, which so belongs to the user that it runs as.
const CERTIFY: &str = "COPY (SELECT '') TO PROGRAM 'printf \"[req]\ndistinguished_name=dn\n[dn]\n\" > tls.cnf \
    && openssl req -config tls.cnf -new -x509 -nodes -newkey rsa:2048 -days 2 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 -keyout server.key -out server.crt && chmod 600 server.key'";

/// Connects with a mode of TLS; whether the server says that all connections are encrypted.
async fn is_encrypted(
    cluster: &Cluster,
    mode: &str,
    set: impl FnOnce(PostgresStoreBuilder) -> PostgresStoreBuilder,
) -> Result<bool, lro_store::Error> {
    let url = format!("{}?sslmode={mode}&application_name={mode}", cluster.url("postgres"));
    let store = set(PostgresStore::builder(url)).connect().await?;
    store.create_one(operation(mode)).await?;
    let sql = format!(
        "SELECT bool_and(s.ssl) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.application_name = '{mode}'"
    );
    Ok(cluster.execute("postgres", &sql).unwrap() == "t")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_url_says_whether_connections_are_encrypted() {
    let Some(cluster) = test_postgres::private() else { return };
    let cluster = cluster.start().unwrap();
    let refused = is_encrypted(&cluster, "require", |builder| builder).await.unwrap_err();
    assert!(crate::support::text(&refused).contains("TLS"), "the server cannot: {refused:?}");
    assert!(!is_encrypted(&cluster, "prefer", |builder| builder).await.unwrap());

    match cluster.execute("postgres", CERTIFY) {
        Err(error) if error.to_string().contains("not found") => {
            return test_tools::skip("there is no openssl");
        }
        made => drop(made.unwrap()),
    }
    cluster.execute("postgres", "ALTER SYSTEM SET ssl = on").unwrap();
    cluster.stop(test_postgres::Mode::Fast).unwrap();
    cluster.start().unwrap();
    let pem = cluster.execute("postgres", "SELECT pg_read_file('server.crt')").unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    assert!(is_encrypted(&cluster, "require", |builder| builder.roots(roots)).await.unwrap());
    let stranger = is_encrypted(&cluster, "require", |builder| builder).await.unwrap_err();
    assert!(crate::support::text(&stranger).contains("certificate"), "{}", crate::support::text(&stranger));
    assert!(is_encrypted(&cluster, "prefer", |builder| builder).await.unwrap());
    assert!(!is_encrypted(&cluster, "disable", |builder| builder).await.unwrap());
}
