//! Opening connections, encrypted or not.

use std::fmt::Debug;
use std::pin::Pin;

use futures_util::future::BoxFuture;
use futures_util::stream::{BoxStream, StreamExt as _, poll_fn};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config, Error, NoTls, Socket};

/// What moves the bytes of a connection, and yields what the server says unasked. The connection lives while this is
/// polled, and as long as its client is there.
pub(crate) type Driver = BoxStream<'static, Result<AsyncMessage, Error>>;

/// A way to open connections.
pub(crate) trait Connect: Debug + Send + Sync + 'static {
    fn connect<'a>(&'a self, config: &'a Config) -> BoxFuture<'a, Result<(Client, Driver), Error>>;

    /// Asks the server to give up what the connection of the token waits for.
    fn cancel(&self, token: CancelToken) -> BoxFuture<'static, Result<(), Error>>;
}

/// Connections that are encrypted in one way.
pub(crate) struct Over<T>(pub(crate) T);

impl<T> Debug for Over<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::any::type_name::<T>())
    }
}

/// Connections in the clear.
pub(crate) const fn clear() -> Over<NoTls> {
    Over(NoTls)
}

impl<T> Connect for Over<T>
where
    T: MakeTlsConnect<Socket> + Clone + Send + Sync + 'static,
    T::Stream: Send,
    T::TlsConnect: Send,
    <T::TlsConnect as tokio_postgres::tls::TlsConnect<Socket>>::Future: Send,
{
    fn connect<'a>(&'a self, config: &'a Config) -> BoxFuture<'a, Result<(Client, Driver), Error>> {
        Box::pin(async move {
            let (client, mut connection) = config.connect(self.0.clone()).await?;
            let driver = poll_fn(move |context| Pin::new(&mut connection).poll_message(context)).boxed();
            Ok((client, driver))
        })
    }

    fn cancel(&self, token: CancelToken) -> BoxFuture<'static, Result<(), Error>> {
        let tls = self.0.clone();
        Box::pin(async move { token.cancel_query(tls).await })
    }
}
