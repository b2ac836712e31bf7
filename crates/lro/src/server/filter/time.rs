//! Times and durations as AIP-160 writes them, in nanoseconds.

const NANOS: i128 = 1_000_000_000;

/// Nanoseconds since the Unix epoch of an RFC 3339 time, such as `2012-04-21T11:30:00.5-04:00`.
pub(super) fn timestamp(text: &str) -> Option<i128> {
    let (date, time) = text.split_at_checked(10)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let time = time.strip_prefix(['T', 't', ' '])?;
    let (clock, rest) = time.split_at_checked(8)?;
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    let (nanos, zone) = match rest.strip_prefix('.') {
        Some(rest) => {
            let end = rest.find(|char: char| !char.is_ascii_digit())?;
            (fraction(&rest[..end])?, &rest[end..])
        }
        None => (0, rest),
    };
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let is_sound = (1..=12).contains(&month)
        && (1..=last).contains(&day)
        && hour < 24
        && minute < 60
        // A leap second is taken for the first second of the next minute.
        && second <= 60;
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset(zone)?;
    is_sound.then(|| i128::from(seconds) * NANOS + nanos)
}

/// Nanoseconds of a number of seconds with an `s` behind it, such as `-1.5s`.
pub(super) fn duration(text: &str) -> Option<i128> {
    let number = text.strip_suffix('s')?;
    let (sign, number) = number.strip_prefix('-').map_or((1, number), |number| (-1, number));
    let (whole, rest) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let whole: u64 = digits(whole)?;
    let nanos = rest.map_or(Some(0), fraction)?;
    Some(sign * (i128::from(whole) * NANOS + nanos))
}

/// Numbers of just so many digits, with a sign between them.
fn numbers(text: &str, between: char, lengths: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(between);
    let mut found = [0; 3];
    for (number, length) in found.iter_mut().zip(lengths) {
        *number = parts.next().filter(|part| part.len() == length).and_then(digits)?;
    }
    parts.next().is_none().then_some(found)
}

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// The nanoseconds that the digits behind a point stand for. What is finer is cut off.
fn fraction(text: &str) -> Option<i128> {
    let _: u8 = digits(text.get(..1)?)?;
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let fine = text.bytes().chain(std::iter::repeat(b'0')).take(9);
    is_number.then(|| fine.fold(0, |sum, digit| sum * 10 + i128::from(digit - b'0')))
}

/// The seconds that a zone is before UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let (sign, zone) = zone
        .strip_prefix('+')
        .map(|zone| (1, zone))
        .or_else(|| zone.strip_prefix('-').map(|zone| (-1, zone)))?;
    let (hours, minutes) = zone.split_once(':')?;
    let two = |text: &str| digits(text).filter(|_| text.len() == 2);
    let (hours, minutes): (i64, i64) = (two(hours)?, two(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// The days since the Unix epoch, by the calendar that is in use today. Years begin in March here, so that the leap day is last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_rfc_3339() {
        for (text, nanos) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01t00:00:00.000000001z", 1),
            ("2012-04-21T11:30:00-04:00", 1_335_022_200 * NANOS),
            ("2012-04-21T11:30:00.5+04:30", 1_334_991_600 * NANOS + 500_000_000),
            ("2000-02-29 23:59:60Z", 951_868_800 * NANOS),
            ("1969-12-31T23:59:59.999999999999Z", -1),
            ("0000-01-01T00:00:00Z", -62_167_219_200 * NANOS),
            ("9999-12-31T23:59:59Z", 253_402_300_799 * NANOS),
        ] {
            assert_eq!(timestamp(text), Some(nanos), "{text}");
        }
        for text in [
            "",
            "2012-04-21",
            "2012-04-21T11:30:00",
            "2012-04-21T11:30Z",
            "2012-4-21T11:30:00Z",
            "2012-13-01T00:00:00Z",
            "2012-02-30T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2012-04-21T24:00:00Z",
            "2012-04-21T11:60:00Z",
            "2012-04-21T11:30:00.Z",
            "2012-04-21T11:30:00+4:00",
            "2012-04-21T11:30:00+04:00:00",
            "+012-04-21T11:30:00Z",
            "éééééT11:30:00Z",
            "2012-04-21T11:30:00.5",
        ] {
            assert_eq!(timestamp(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut expected = days(1599, 12, 31);
        for year in 1600..2_401 {
            for month in 1..=12 {
                for day in 1..=31 {
                    let text = format!("{year:04}-{month:02}-{day:02}T00:00:00Z");
                    if let Some(nanos) = timestamp(&text) {
                        expected += 1;
                        assert_eq!(nanos, i128::from(expected) * 86_400 * NANOS, "{text}");
                    }
                }
            }
        }
    }

    #[test]
    fn durations_are_seconds() {
        for (text, nanos) in [
            ("20s", Some(20 * NANOS)),
            ("1.2s", Some(1_200_000_000)),
            ("-0.5s", Some(-500_000_000)),
            ("0s", Some(0)),
            ("20", None),
            ("s", None),
            ("1.s", None),
            (".5s", None),
            ("1m", None),
            ("--1s", None),
            ("99999999999999999999s", None),
        ] {
            assert_eq!(duration(text), nanos, "{text}");
        }
    }
}
