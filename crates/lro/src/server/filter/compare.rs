//! What a value is compared with, and how: an operator and a literal, read as what the field holds.

use super::error::{FilterError, nearest, quote};
use super::pattern::Pattern;
use super::time;
use super::tree::{Literal, Op};

/// What a field holds, as far as comparing goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'a> {
    Bool,
    /// Whole numbers from one to another.
    Integer(i128, i128),
    Float,
    Text,
    Bytes,
    /// The names and numbers of an enum.
    Enum(&'a [(String, i32)]),
    Timestamp,
    Duration,
    /// Whatever JSON can say: the value of a `google.protobuf.Struct`.
    Dynamic,
}

/// A value of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(&'a str),
    /// Only whether it is there can be asked.
    Bytes(&'a [u8]),
    /// Nanoseconds.
    Time(i128),
    Null,
    /// A key of a struct, which `:` asks for.
    Key(&'a str),
}

/// Whether a value is one of those that are wanted.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Compare {
    /// `:*`: it is there.
    Present,
    Bool(Op, bool),
    Integer(Op, i128),
    Float(Op, f64),
    /// Nanoseconds, of a time or of a duration.
    Time(Op, i128),
    Text(Op, Pattern),
    Dynamic(Op, Literal),
}

impl Compare {
    /// Reads a literal as what a field holds. `field` is how messages call it.
    pub(super) fn new(field: &str, kind: Kind<'_>, op: Op, literal: &Literal) -> Result<Self, FilterError> {
        if op == Op::Has && literal.is_star() {
            return Ok(Self::Present);
        }
        let text = literal.text.as_str();
        let wrong = |expected: &str| {
            let message = format!("{field} is compared with {expected}, and {} is none", quote(text));
            Err(FilterError::new(literal.at, message))
        };
        let unordered = |what: &str| {
            let message =
                format!("{field} is {what}, which `{}` cannot compare; use `=` or `!=`", op.symbol());
            Err(FilterError::new(literal.at, message))
        };
        match kind {
            Kind::Bool if op.orders() => unordered("either true or false"),
            Kind::Bool => match text {
                "true" => Ok(Self::Bool(op, true)),
                "false" => Ok(Self::Bool(op, false)),
                _ => wrong("`true` or `false`"),
            },
            Kind::Integer(first, last) => match text.parse() {
                Ok(number) if (first..=last).contains(&number) => Ok(Self::Integer(op, number)),
                _ => wrong(&format!("a whole number from {first} to {last}")),
            },
            Kind::Float => {
                decimal(text).map_or_else(|| wrong("a number"), |number| Ok(Self::Float(op, number)))
            }
            Kind::Text => Ok(Self::Text(op, Pattern::new(literal))),
            Kind::Bytes => {
                let message =
                    format!("{field} holds bytes; all that can be asked is whether it is set, by `:*`");
                Err(FilterError::new(literal.at, message))
            }
            Kind::Enum(_) if op.orders() => unordered("of an enum"),
            Kind::Enum(values) => {
                if let Some((_, number)) = values.iter().find(|(name, _)| name == text) {
                    return Ok(Self::Integer(op, i128::from(*number)));
                }
                let near = nearest(text, values.iter().map(|(name, _)| name.as_str()));
                let near = near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
                wrong(&format!("the name of a value of its enum{near}"))
            }
            Kind::Timestamp => time::timestamp(text).map_or_else(
                || wrong("an RFC 3339 time such as \"2012-04-21T11:30:00-04:00\""),
                |nanos| Ok(Self::Time(op, nanos)),
            ),
            Kind::Duration => time::duration(text)
                .map_or_else(|| wrong("seconds such as `20s` or `1.5s`"), |nanos| Ok(Self::Time(op, nanos))),
            Kind::Dynamic => Ok(Self::Dynamic(op, literal.clone())),
        }
    }

    pub(super) fn accepts(&self, value: Value<'_>) -> bool {
        match (self, value) {
            (Self::Present, _) => true,
            (Self::Bool(op, wanted), Value::Bool(is)) => op.accepts(is.cmp(wanted)),
            (Self::Integer(op, wanted), Value::Integer(is)) | (Self::Time(op, wanted), Value::Time(is)) => {
                op.accepts(is.cmp(wanted))
            }
            (Self::Float(op, wanted), Value::Float(is)) => accepts_float(*op, is, *wanted),
            (Self::Text(op, pattern), Value::Text(is)) => pattern.accepts(*op, is),
            (Self::Dynamic(op, literal), value) => accepts_dynamic(*op, literal, value),
            _ => false,
        }
    }
}

impl Pattern {
    /// Wildcards stand for something in comparisons for equality only.
    fn accepts(&self, op: Op, is: &str) -> bool {
        match op {
            Op::Equal | Op::Has => self.matches(is),
            Op::NotEqual => !self.matches(is),
            _ => op.accepts(is.cmp(self.text())),
        }
    }
}

/// No number relates to what is not a number, so it is different from all and neither below nor above.
fn accepts_float(op: Op, is: f64, wanted: f64) -> bool {
    is.partial_cmp(&wanted).map_or(op == Op::NotEqual, |ordering| op.accepts(ordering))
}

/// The value decides what the literal is read as. What cannot be read so is different, and neither below nor above.
fn accepts_dynamic(op: Op, literal: &Literal, value: Value<'_>) -> bool {
    let plain = (!literal.quoted).then_some(literal.text.as_str());
    let decided = match value {
        Value::Text(is) => Some(Pattern::new(literal).accepts(op, is)),
        Value::Float(is) => plain.and_then(decimal).map(|wanted| accepts_float(op, is, wanted)),
        Value::Bool(is) if !op.orders() => {
            let wanted = plain.and_then(|text| text.parse::<bool>().ok());
            wanted.map(|wanted| op.accepts(is.cmp(&wanted)))
        }
        Value::Key(key) => Some(op == Op::Has && key == literal.text),
        Value::Null if !op.orders() => (plain == Some("null")).then_some(op != Op::NotEqual),
        _ => None,
    };
    decided.unwrap_or(op == Op::NotEqual)
}

/// A number as JSON and AIP-160 write it. `inf` and `nan`, which Rust reads as well, are none.
fn decimal(text: &str) -> Option<f64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let begins = text.trim_start_matches('-').starts_with(|char: char| char.is_ascii_digit());
    text.parse().ok().filter(|number: &f64| is_plain && begins && number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Literal {
        let stars = text.match_indices('*').map(|(at, _)| at).collect();
        Literal { text: text.to_owned(), stars, ..Literal::default() }
    }

    #[test]
    fn literals_are_read_as_what_the_field_holds() {
        let states = [("OPEN".to_owned(), 1), ("SHUT".to_owned(), 2)];
        for (kind, text, value, is_equal) in [
            (Kind::Bool, "true", Value::Bool(true), true),
            (Kind::Integer(-5, 5), "-5", Value::Integer(-5), true),
            (Kind::Float, "2.997e9", Value::Float(2.997e9), true),
            (Kind::Float, "1", Value::Float(f64::NAN), false),
            (Kind::Text, "42", Value::Text("42"), true),
            (Kind::Text, "4*", Value::Text("42"), true),
            (Kind::Enum(&states), "SHUT", Value::Integer(2), true),
            (Kind::Timestamp, "1970-01-01T00:00:01Z", Value::Time(1_000_000_000), true),
            (Kind::Duration, "1.5s", Value::Time(1_500_000_000), true),
            (Kind::Dynamic, "1", Value::Float(1.0), true),
            (Kind::Dynamic, "1", Value::Text("1"), true),
            (Kind::Dynamic, "true", Value::Bool(true), true),
            (Kind::Dynamic, "null", Value::Null, true),
            (Kind::Dynamic, "x", Value::Float(1.0), false),
        ] {
            for (op, expected) in [(Op::Equal, is_equal), (Op::NotEqual, !is_equal), (Op::Has, is_equal)] {
                let compare = Compare::new("it", kind, op, &literal(text)).unwrap();
                assert_eq!(compare.accepts(value), expected, "{kind:?} {op:?} {text}");
            }
        }
        let quoted = Literal { quoted: true, ..literal("1") };
        assert!(!Compare::new("it", Kind::Dynamic, Op::Equal, &quoted).unwrap().accepts(Value::Float(1.0)));
    }

    #[test]
    fn what_cannot_be_read_says_what_could() {
        let states = [("OPEN".to_owned(), 1)];
        for (kind, op, text, says) in [
            (Kind::Bool, Op::Equal, "yes", "`true` or `false`"),
            (Kind::Bool, Op::Less, "true", "use `=` or `!=`"),
            (Kind::Integer(0, 9), Op::Equal, "10", "from 0 to 9"),
            (Kind::Integer(0, 9), Op::Equal, "1.0", "from 0 to 9"),
            (Kind::Float, Op::Less, "nan", "a number"),
            (Kind::Float, Op::Less, "1e999", "a number"),
            (Kind::Bytes, Op::Equal, "x", "by `:*`"),
            (Kind::Enum(&states), Op::Equal, "open", "did you mean `OPEN`?"),
            (Kind::Enum(&states), Op::Less, "OPEN", "of an enum"),
            (Kind::Timestamp, Op::Less, "now", "RFC 3339"),
            (Kind::Duration, Op::Less, "1m", "`20s`"),
        ] {
            let error = Compare::new("it", kind, op, &literal(text)).unwrap_err();
            assert!(error.message.contains(says), "{}", error.message);
        }
    }

    #[test]
    fn order_is_that_of_the_kind() {
        for (kind, text, below) in [
            (Kind::Integer(0, 99), "10", Value::Integer(9)),
            (Kind::Text, "10", Value::Text("09")),
            (Kind::Text, "*", Value::Text("!")),
            (Kind::Float, "10", Value::Float(9.5)),
            (Kind::Dynamic, "10", Value::Float(9.5)),
            (Kind::Duration, "10s", Value::Time(-1)),
        ] {
            for (op, expected) in
                [(Op::Less, true), (Op::LessOrEqual, true), (Op::Greater, false), (Op::GreaterOrEqual, false)]
            {
                let compare = Compare::new("it", kind, op, &literal(text)).unwrap();
                assert_eq!(compare.accepts(below), expected, "{op:?} {text}");
            }
        }
    }
}
