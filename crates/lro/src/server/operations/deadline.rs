//! How long a caller waits for an answer.

use std::time::Duration;

use tonic::metadata::MetadataMap;

/// The longest that an answer may be on its way.
const LARGEST_MARGIN: Duration = Duration::from_millis(500);

/// How long the server may take to answer in time: what the caller's `grpc-timeout` leaves after a margin for
/// the way back. `None` if the caller sets no deadline, or one that nobody can read, which then nobody keeps.
///
/// tonic drops a handler at the very moment of the deadline, so an answer has to come before it.
pub(super) fn time_to_answer(metadata: &MetadataMap) -> Option<Duration> {
    let timeout = parse(metadata.get("grpc-timeout")?.to_str().ok()?)?;
    Some(timeout.saturating_sub((timeout / 10).min(LARGEST_MARGIN)))
}

/// Reads at most eight digits and a unit, as the gRPC protocol over HTTP/2 defines it.
fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(value * 60 * 60)),
        "M" => Some(Duration::from_secs(value * 60)),
        "S" => Some(Duration::from_secs(value)),
        "m" => Some(Duration::from_millis(value)),
        "u" => Some(Duration::from_micros(value)),
        "n" => Some(Duration::from_nanos(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_read_and_nonsense_is_no_deadline() {
        assert_eq!(parse("2H"), Some(Duration::from_secs(7_200)));
        assert_eq!(parse("3M"), Some(Duration::from_secs(180)));
        assert_eq!(parse("99999999S"), Some(Duration::from_secs(99_999_999)));
        assert_eq!(parse("5m"), Some(Duration::from_millis(5)));
        assert_eq!(parse("5u"), Some(Duration::from_micros(5)));
        assert_eq!(parse("5n"), Some(Duration::from_nanos(5)));
        for text in ["", "S", "5", "5x", "+5S", "123456789S", "5é"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_margin_is_a_tenth_but_not_long() {
        let time = |timeout: &str| {
            let mut metadata = MetadataMap::new();
            metadata.insert("grpc-timeout", timeout.parse().unwrap());
            time_to_answer(&metadata)
        };
        assert_eq!(time("1S"), Some(Duration::from_millis(900)));
        assert_eq!(time("60S"), Some(Duration::from_millis(59_500)));
        assert_eq!(time_to_answer(&MetadataMap::new()), None);
    }
}
