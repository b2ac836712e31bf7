//! Histories written by hand.

use chaos::check::{Rule, check};
use chaos::event::{Answer, AttemptId, Entry, Event, Outcome, Plan, Reached, Request, Seen};
use chaos::history::History;

/// A history that is being written. Times are in milliseconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Story {
    entries: Vec<Entry>,
    now: u64,
    calls: u64,
}

impl Story {
    /// A run with the processes 1 to 3, which begin at once.
    pub(crate) fn begin() -> Self {
        let mut story = Self::default();
        story.add(Event::Run { seed: 1, strict: false, lease: 4_000_000, poll: 2_000_000 });
        for process in 1..=3 {
            story.add(Event::Spawn { process, role: "worker".into() });
        }
        story
    }

    pub(crate) fn add(&mut self, event: Event) -> &mut Self {
        self.entries.push(Entry { at: self.now * 1_000, event });
        self
    }

    /// Lets the next events happen at that time.
    pub(crate) fn at(&mut self, millis: u64) -> &mut Self {
        self.now = millis;
        self
    }

    /// A call of process 1 that takes so long.
    pub(crate) fn call(&mut self, request: Request, millis: u64, answer: Answer) -> &mut Self {
        self.calls += 1;
        let call = self.calls;
        self.add(Event::Call { call, process: 1, request });
        let now = self.now;
        self.at(now + millis).add(Event::Answer { call, answer }).at(now + millis)
    }

    pub(crate) fn start(&mut self, name: &str, plan: Plan) -> &mut Self {
        let request = Request::Start { request_id: format!("request of {name}"), plan };
        self.call(request, 1, Answer::Operation(seen(name, None)))
    }

    pub(crate) fn start_any(&mut self, name: &str) -> &mut Self {
        self.start(name, any())
    }

    pub(crate) fn begin_attempt(&mut self, name: &str, number: u32, process: u32) -> &mut Self {
        self.begin_from(name, number, process, None)
    }

    pub(crate) fn begin_from(
        &mut self,
        name: &str,
        number: u32,
        process: u32,
        checkpoint: Option<u64>,
    ) -> &mut Self {
        let attempt = attempt(name, number, process);
        let request_id = format!("request of {name}");
        self.add(Event::Begin { attempt, max_attempts: 3, request_id, checkpoint })
    }

    pub(crate) fn checkpoint(&mut self, name: &str, number: u32, process: u32, checkpoint: u64) -> &mut Self {
        let attempt = attempt(name, number, process);
        self.add(Event::Checkpoint { attempt: attempt.clone(), number: checkpoint });
        self.now += 1;
        self.add(Event::Checkpointed { attempt, number: checkpoint })
    }

    /// The attempt succeeds with a text that says which one it is.
    pub(crate) fn succeed(&mut self, name: &str, number: u32, process: u32) -> &mut Self {
        self.reach(name, number, process, Reached::Response(text(number, process)))
    }

    pub(crate) fn reach(&mut self, name: &str, number: u32, process: u32, reached: Reached) -> &mut Self {
        self.add(Event::Reach { attempt: attempt(name, number, process), reached })
    }

    pub(crate) fn kill(&mut self, process: u32) -> &mut Self {
        self.add(Event::Kill { process })
    }

    /// A look at an operation, which has this outcome.
    pub(crate) fn get(&mut self, name: &str, outcome: impl Into<Option<Outcome>>) -> &mut Self {
        self.get_with(seen(name, outcome))
    }

    pub(crate) fn get_with(&mut self, seen: Seen) -> &mut Self {
        self.call(Request::Get { operation: seen.name.clone() }, 1, Answer::Operation(seen))
    }

    pub(crate) fn cancel(&mut self, name: &str) -> &mut Self {
        self.call(Request::Cancel { operation: name.into() }, 1, Answer::Empty)
    }

    pub(crate) fn delete(&mut self, name: &str) -> &mut Self {
        self.call(Request::Delete { operation: name.into() }, 1, Answer::Empty)
    }

    pub(crate) fn refuse(&mut self, request: Request, code: i32) -> &mut Self {
        self.call(request, 1, Answer::Error { code, message: "no".into() })
    }

    pub(crate) fn history(&self) -> History {
        History::new(self.entries.clone())
    }

    /// The rules that it breaks, each once.
    #[track_caller]
    pub(crate) fn breaks(&self, rules: &[Rule]) {
        let found = check(&self.history());
        let mut broken: Vec<Rule> = found.iter().map(|violation| violation.rule).collect();
        broken.sort_unstable();
        broken.dedup();
        let texts: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(broken, rules, "{texts:#?}");
        let mut backwards = self.entries.clone();
        backwards.sort_by_key(|entry| !is_of_handler(&entry.event));
        assert_eq!(check(&History::new(backwards)).len(), found.len(), "in another order");
    }

    #[track_caller]
    pub(crate) fn is_sound(&self) {
        self.breaks(&[]);
    }
}

/// Whether a handler wrote it. Logs are read one after the other, so only what is in one of them is in order.
fn is_of_handler(event: &Event) -> bool {
    use Event::{Begin, Checkpoint, Checkpointed, Drop, Reach};
    matches!(event, Begin { .. } | Checkpoint { .. } | Checkpointed { .. } | Reach { .. } | Drop { .. })
}

/// An operation that may begin three times.
pub(crate) fn any() -> Plan {
    Plan { max_attempts: 3, ..Plan::default() }
}

/// An operation with this exclusive key.
pub(crate) fn exclusive(key: &str) -> Plan {
    Plan { key: Some(key.into()), ..any() }
}

pub(crate) fn attempt(name: &str, number: u32, process: u32) -> AttemptId {
    AttemptId { operation: name.into(), number, process }
}

fn text(number: u32, process: u32) -> String {
    format!("attempt {number} on process {process}")
}

/// The outcome of an attempt that succeeds.
pub(crate) fn success(number: u32, process: u32) -> Outcome {
    Outcome::Response(text(number, process))
}

pub(crate) fn failure(code: i32, message: &str) -> Outcome {
    Outcome::Error { code, message: message.into() }
}

pub(crate) fn seen(name: &str, outcome: impl Into<Option<Outcome>>) -> Seen {
    Seen { name: name.into(), progress: None, outcome: outcome.into() }
}

/// The operation `a`, whose first attempt succeeds in process 2, as a client sees at 30 ms.
pub(crate) fn done() -> Story {
    let mut story = Story::begin();
    story
        .start_any("a")
        .at(10)
        .begin_attempt("a", 1, 2)
        .at(20)
        .succeed("a", 1, 2)
        .at(30)
        .get("a", success(1, 2));
    story
}
