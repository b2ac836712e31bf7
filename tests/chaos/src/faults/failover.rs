//! A standby takes over from the database server.

use std::time::Duration;

use test_postgres::Mode;
use tokio::time::sleep;

use super::Faults;
use crate::backend::Servers;
use crate::event::Event;

/// How often it is looked whether nobody else does anything to the database.
const LOOK: Duration = Duration::from_millis(50);

impl Faults {
    /// Takes the server away for good, leads everybody to its standby, and makes the next one.
    ///
    /// Until there is the next one, nothing else is done to the server: without a standby that has everything, what was
    /// acknowledged would be lost with it.
    pub(super) async fn fail_over(&self) {
        while !self.take_database() {
            sleep(LOOK).await;
        }
        // One that could not be made, or does not follow, must not take over.
        if self.with_servers(Servers::has_caught_up).await == Some(true) {
            self.replace().await;
        }
        let has_none = self.backend.servers.as_ref().is_some_and(|servers| servers.standby().is_none());
        if has_none {
            self.with_servers(Servers::make_standby).await;
        }
        self.give_database();
    }

    async fn replace(&self) {
        let is_killed = self.dice.happens(500);
        // Whoever watches over it needs a moment to find out.
        let time = self.dice.millis(0..3_000);
        // Commits wait from then on. For long enough, they are given up, and none of them may have been seen by anybody.
        let long = if self.dice.happens(500) { 18_000..25_000 } else { 0..3_000 };
        let cut_off = self.dice.happens(500).then(|| self.dice.millis(long));
        let how = match cut_off {
            Some(_) => "a standby that was cut off takes over from its server",
            None => "a standby takes over from its server",
        };
        self.write(Event::StoreDown { how: how.into(), of: format!("all, {cut_off:?}") });
        if let Some(time) = cut_off {
            self.with_servers(Servers::cut_off).await;
            sleep(time).await;
        }
        self.with_servers(move |servers| {
            let primary = servers.primary();
            if is_killed {
                primary.kill();
                return Ok(());
            }
            primary.stop(Mode::Immediate)
        })
        .await;
        self.write(Event::Crash);
        sleep(time).await;
        self.with_servers(Servers::promote).await;
        self.write(Event::StoreUp);
    }
}
