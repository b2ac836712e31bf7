//! The last looks, when everything is mended.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Client, wire};
use crate::event::{Answer, Event, Request, Work};

/// How long operations may take to end once nothing goes wrong any more: the longest work, in all of its attempts, behind
/// the longest queue of a key, after a clock has gone back by a minute.
const BOUND: Duration = Duration::from_secs(180);

/// How often a look is tried that is not answered.
const TRIES: usize = 10;

impl Client {
    /// Waits until all operations have ended, finishes what nobody has finished, and looks at all of them once more.
    pub(crate) async fn audit(&self) {
        let began = Instant::now();
        loop {
            let open = self.known.open();
            if open.is_empty() || began.elapsed() > BOUND {
                break;
            }
            for operation in open {
                let Some(process) = self.site.serving(&self.dice) else { continue };
                if operation.plan.work == Work::Others {
                    self.complete(&process, &operation).await;
                }
                self.get(&process, operation.name).await;
            }
            sleep(Duration::from_millis(300)).await;
        }
        self.log.write(Event::Audit);
        for operation in self.known.all() {
            for _ in 0..TRIES {
                let Some(process) = self.site.serving(&self.dice) else { continue };
                let answer = self.get(&process, operation.name.clone()).await;
                if !matches!(answer, Answer::GivenUp | Answer::Lost { .. } | Answer::Error { code: 14, .. }) {
                    break;
                }
                sleep(Duration::from_millis(100)).await;
            }
        }
        for _ in 0..TRIES {
            let Some(process) = self.site.serving(&self.dice) else { continue };
            if let Answer::List { .. } = self.call(&process, Request::List, wire::list).await.answer {
                return;
            }
        }
    }
}
