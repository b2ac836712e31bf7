//! How clients wait for operations, as a service config says it.

use std::time::Duration;

use super::reader::{Entries, Reader};
use super::text::Node;
use crate::diagnostics::shown;

/// How clients wait for the operations of a method (`google.api.MethodSettings.LongRunning`).
///
/// What a file leaves out is as `google/api/client.proto` documents it, which is also the default here.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct PollingSettings {
    /// The pause before the first look; 5 s unless set.
    pub initial_delay: Duration,
    /// How much longer each pause is than the one before; 1.5 unless set.
    pub multiplier: f64,
    /// The longest pause; 45 s unless set.
    pub max_delay: Duration,
    /// The time after which clients stop waiting; 5 min unless set.
    pub total_timeout: Duration,
}

impl Default for PollingSettings {
    fn default() -> Self {
        Self {
            initial_delay: Duration::from_secs(5),
            multiplier: 1.5,
            max_delay: Duration::from_secs(45),
            total_timeout: Duration::from_secs(5 * 60),
        }
    }
}

/// How a kind of file names the settings, and how it writes a time.
pub(super) struct Form {
    pub(super) initial_delay: &'static str,
    pub(super) max_delay: &'static str,
    pub(super) total_timeout: &'static str,
    pub(super) time: fn(&str) -> Option<Duration>,
    pub(super) example: &'static str,
}

/// Both kinds of files name it alike.
const MULTIPLIER: &str = "poll_delay_multiplier";

/// The longest `google.protobuf.Duration`, about 10,000 years.
pub(super) const LONGEST: Duration = Duration::from_secs(315_576_000_000);

/// Reads the value of `long_running`. Nothing where any part of it is wrong, which is then reported.
pub(super) fn read(node: &Node<'_>, form: &Form, reader: &mut Reader<'_>) -> Option<PollingSettings> {
    let entries = reader.mapping(node, "long_running")?;
    let known = [form.initial_delay, MULTIPLIER, form.max_delay, form.total_timeout];
    reader.refuse_misspelt(entries, "long_running", &known);
    let default = PollingSettings::default();
    let initial_delay = time(entries, form.initial_delay, default.initial_delay, form, reader);
    let multiplier = multiplier(entries, default.multiplier, reader);
    let max_delay = time(entries, form.max_delay, default.max_delay, form, reader);
    let total_timeout = time(entries, form.total_timeout, default.total_timeout, form, reader);
    Some(PollingSettings {
        initial_delay: initial_delay?,
        multiplier: multiplier?,
        max_delay: max_delay?,
        total_timeout: total_timeout?,
    })
}

/// A number of seconds with an `s`, as protobuf writes a duration in JSON: `30s`, `1.5s`.
pub(super) fn seconds(text: &str) -> Option<Duration> {
    let (whole, fraction) = match text.strip_suffix('s')?.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return None,
        None => (text.strip_suffix('s')?, "0"),
    };
    if fraction.len() > 9 || !is_digits(fraction) {
        return None;
    }
    let nanos = format!("{fraction:0<9}").parse().ok()?;
    Some(Duration::new(number(whole)?, nanos))
}

/// A number of milliseconds.
pub(super) fn milliseconds(text: &str) -> Option<Duration> {
    number(text).map(Duration::from_millis)
}

fn time(
    entries: Entries<'_, '_>,
    key: &str,
    default: Duration,
    form: &Form,
    reader: &mut Reader<'_>,
) -> Option<Duration> {
    let Some(node) = reader.get(entries, key) else { return Some(default) };
    let text = reader.text(node, key)?;
    let found = (form.time)(text).filter(|time| (Duration::from_nanos(1)..=LONGEST).contains(time));
    if found.is_none() {
        let message = format!("`{}` is no time for {key}", shown(text));
        let help = format!("write {}, more than zero and at most 10,000 years", form.example);
        reader.problem(Some(node.place), message, &help);
    }
    found
}

fn multiplier(entries: Entries<'_, '_>, default: f64, reader: &mut Reader<'_>) -> Option<f64> {
    let Some(node) = reader.get(entries, MULTIPLIER) else { return Some(default) };
    let text = reader.text(node, MULTIPLIER)?;
    // The field is a `float`, so what does not fit one is no value for it.
    let found = text.parse().ok().filter(|factor| (1.0..=f64::from(f32::MAX)).contains(factor));
    if found.is_none() {
        let message = format!("`{}` is no {MULTIPLIER}", shown(text));
        reader.problem(Some(node.place), message, "write a number that is at least 1, such as 1.5");
    }
    found
}

/// Digits only: `parse` would take a sign too.
fn number(text: &str) -> Option<u64> {
    is_digits(text).then(|| text.parse().ok()).flatten()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_those_of_protobuf_json() {
        let cases = [
            ("30s", Some(Duration::from_secs(30))),
            ("1.5s", Some(Duration::from_millis(1500))),
            ("0.000000001s", Some(Duration::from_nanos(1))),
            ("007s", Some(Duration::from_secs(7))),
            ("18446744073709551615.999999999s", Some(Duration::MAX)),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text), expected, "{text}");
        }
        let wrong = [
            "",
            "s",
            "30",
            "-30s",
            "+30s",
            "1.s",
            ".5s",
            "1.5",
            "1.0000000001s",
            "1e3s",
            "1.5.5s",
            "1 s",
            "30ms",
            "18446744073709551616s",
            "٣s",
            "1.٣s",
            "1.-5s",
        ];
        for text in wrong {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn milliseconds_are_whole_numbers() {
        assert_eq!(milliseconds("1500"), Some(Duration::from_millis(1500)));
        for text in ["", "-1", "+1", "1.5", "1e3", "1s", "18446744073709551616", "0x10"] {
            assert_eq!(milliseconds(text), None, "{text}");
        }
    }
}
