//! The task that tells other processes of changes and hears of theirs.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{AsyncMessage, Client, Config, Error};

use super::{Hints, INTERVAL, lock, message};
use crate::connections::connect::{Connect, Driver};

/// How long to wait before another try to connect, and at most.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// After how long without anything to tell the server is asked whether it is still there. A network that is away says
/// nothing.
const LOOK: Duration = Duration::from_secs(30);
/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How to get the connection for hints.
pub(crate) struct Listener {
    pub(crate) config: Config,
    pub(crate) connect: Arc<dyn Connect>,
    pub(crate) channel: String,
}

/// Connects, and starts the task. From then on, nothing that others tell is missed without a hint to look at everything.
pub(crate) async fn listen(hints: &Arc<Hints>, listener: Listener) -> Result<Task, Error> {
    let connection = listener.open().await?;
    hints.tells_others.store(true, Ordering::Relaxed);
    Ok(Task(tokio::spawn(run(Arc::clone(hints), listener, connection)).abort_handle()))
}

/// Ends the task when it is dropped.
#[derive(Debug)]
pub(crate) struct Task(AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Listener {
    async fn open(&self) -> Result<(Client, Driver), Error> {
        let (client, mut driver) = self.connect.connect(&self.config).await?;
        let sql = format!("LISTEN {}", crate::database::schema::quoted(&self.channel));
        {
            let mut listen = pin!(client.batch_execute(&sql));
            loop {
                tokio::select! {
                    biased;
                    answer = &mut listen => break answer?,
                    message = driver.next() => if let Some(Err(error)) = message { return Err(error); },
                }
            }
        }
        Ok((client, driver))
    }
}

async fn run(hints: Arc<Hints>, listener: Listener, mut connection: (Client, Driver)) {
    let sender = format!("{:016x}", rand::random::<u64>());
    loop {
        let error = serve(&hints, &listener, &sender, &mut connection).await;
        tracing::warn!(%error, "the connection for hints has broken; hints may be missing until there is another");
        let mut pause = SHORTEST_PAUSE;
        connection = loop {
            sleep(pause.mul_f64(rand::random_range(0.5..1.0))).await;
            match timeout(PATIENCE, listener.open()).await {
                Ok(Ok(connection)) => break connection,
                Ok(Err(error)) => tracing::debug!(%error, "there is no connection for hints yet"),
                Err(_) => tracing::debug!("the server does not answer the connection for hints"),
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        };
        // What was told meanwhile, by this process or to it, is lost.
        hints.hub.resync();
        lock(&hints.pending).resync();
        hints.wake.notify_one();
    }
}

/// Tells and listens until the connection breaks.
async fn serve(
    hints: &Hints,
    listener: &Listener,
    sender: &str,
    (client, driver): &mut (Client, Driver),
) -> String {
    let mut free_at = Instant::now();
    loop {
        let texts = {
            let mut pending = lock(&hints.pending);
            if pending.is_empty() || Instant::now() < free_at { Vec::new() } else { pending.take(sender) }
        };
        let waits = texts.is_empty() && !lock(&hints.pending).is_empty();
        let mut tell = pin!(tell(hints, listener, client, &texts, waits.then_some(free_at)));
        loop {
            tokio::select! {
                biased;
                message = driver.next() => match message {
                    Some(Ok(AsyncMessage::Notification(notification))) => {
                        let heard = message::read(notification.payload(), sender);
                        for change in &heard {
                            hints.hub.publish(change);
                        }
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return error.to_string(),
                    None => return "the server has closed it".to_owned(),
                },
                told = &mut tell => match told {
                    Ok(()) => break,
                    Err(error) => {
                        lock(&hints.pending).resync();
                        return error;
                    }
                },
            }
        }
        if !texts.is_empty() {
            free_at = Instant::now() + INTERVAL;
        }
    }
}

/// Tells others these texts. Without any, waits until there is something to tell, or until the time that is given.
async fn tell(
    hints: &Hints,
    listener: &Listener,
    client: &Client,
    texts: &[String],
    until: Option<Instant>,
) -> Result<(), String> {
    if let Some(until) = until {
        sleep_until(until).await;
        return Ok(());
    }
    if texts.is_empty() && timeout(LOOK, hints.wake.notified()).await.is_ok() {
        return Ok(());
    }
    let sql = "SELECT pg_notify($1, t) FROM unnest($2::text[]) t";
    let parameters: [(&(dyn ToSql + Sync), Type); 2] =
        [(&listener.channel, Type::TEXT), (&texts, Type::TEXT_ARRAY)];
    match timeout(PATIENCE, client.query_typed(sql, &parameters)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the server does not answer".to_owned()),
    }
}
