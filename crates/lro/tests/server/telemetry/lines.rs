//! The log of one test.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// One line: its fields, the text among them as `message`.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) level: Level,
    fields: BTreeMap<&'static str, String>,
}

impl Line {
    /// A field as text; empty if it is not there.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    pub(super) fn text(&self) -> &str {
        self.field("message")
    }
}

/// Collects what is logged on the thread of a test until it is dropped.
pub(super) struct Lines {
    lines: Arc<Mutex<Vec<Line>>>,
    _default: DefaultGuard,
}

impl Lines {
    pub(super) fn collect() -> Self {
        let lines = Arc::<Mutex<Vec<_>>>::default();
        let subscriber = Registry::default().with(Collector(Arc::clone(&lines)));
        Self { lines, _default: tracing::subscriber::set_default(subscriber) }
    }

    /// Those whose text begins so.
    pub(super) fn that_say(&self, text: &str) -> Vec<Line> {
        let lines = self.lines.lock().unwrap();
        lines.iter().filter(|line| line.text().starts_with(text)).cloned().collect()
    }

    /// The only one whose text begins so.
    pub(super) fn only(&self, text: &str) -> Line {
        let mut lines = self.that_say(text);
        assert_eq!(lines.len(), 1, "{text}: {:#?}", self.lines.lock().unwrap());
        lines.remove(0)
    }

    pub(super) fn all(&self) -> Vec<Line> {
        self.lines.lock().unwrap().clone()
    }
}

struct Collector(Arc<Mutex<Vec<Line>>>);

impl<S: Subscriber> Layer<S> for Collector {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if !event.metadata().target().starts_with("lro") {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        self.0.lock().unwrap().push(Line { level: *event.metadata().level(), fields: fields.0 });
    }
}

#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}
