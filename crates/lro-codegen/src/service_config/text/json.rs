//! JSON as a tree with positions (RFC 8259), within bounds that no input can leave.

use std::borrow::Cow;

use super::node::{Broken, MAX_DEPTH, Node, Place, Position, Value, within_bounds};
use crate::diagnostics::shown;

/// Prepares a text for [`parse`].
pub(in crate::service_config) fn prepare(text: &str) -> Result<&str, Broken> {
    within_bounds(text)
}

/// Reads the one value of a text.
pub(in crate::service_config) fn parse(text: &str) -> Result<Node<'_>, Broken> {
    let mut text = Text { rest: text, at: (1, 1) };
    text.skip_space();
    let node = text.value(0)?;
    text.skip_space();
    if text.rest.is_empty() { Ok(node) } else { Err(text.unexpected("the end of the file")) }
}

/// What is not yet read, and where it begins.
struct Text<'a> {
    rest: &'a str,
    at: Position,
}

impl<'a> Text<'a> {
    fn value(&mut self, depth: usize) -> Result<Node<'a>, Broken> {
        let start = self.at;
        if depth > MAX_DEPTH {
            return Err(Broken::too_deep(start));
        }
        let value = match self.peek() {
            Some('{') => self.object(depth)?,
            Some('[') => self.array(depth)?,
            Some('"') => Value::Scalar(self.string()?),
            _ => self.literal()?,
        };
        // What is wrong with an object or an array is shown at its beginning, not over all of its lines.
        let end = matches!(value, Value::Scalar(_) | Value::Null).then_some(self.at);
        Ok(Node { place: Place { start, end }, value })
    }

    fn object(&mut self, depth: usize) -> Result<Value<'a>, Broken> {
        self.skip(1);
        let mut entries = Vec::new();
        while self.goes_on(entries.is_empty(), '}')? {
            let start = self.at;
            if self.peek() != Some('"') {
                return Err(self.unexpected("a key in double quotes"));
            }
            let key = Value::Scalar(self.string()?);
            let key = Node { place: Place { start, end: Some(self.at) }, value: key };
            self.skip_space();
            if self.peek() != Some(':') {
                return Err(self.unexpected("`:`"));
            }
            self.skip(1);
            self.skip_space();
            entries.push((key, self.value(depth + 1)?));
        }
        // Room for growing would be most of what small ones take.
        entries.shrink_to_fit();
        Ok(Value::Mapping(entries))
    }

    fn array(&mut self, depth: usize) -> Result<Value<'a>, Broken> {
        self.skip(1);
        let mut items = Vec::new();
        while self.goes_on(items.is_empty(), ']')? {
            items.push(self.value(depth + 1)?);
        }
        items.shrink_to_fit();
        Ok(Value::Sequence(items))
    }

    /// Whether another item follows in an object or array, which ends with `close`. What is between two items is then read.
    fn goes_on(&mut self, is_first: bool, close: char) -> Result<bool, Broken> {
        self.skip_space();
        match self.peek() {
            Some(letter) if letter == close => {
                self.skip(1);
                return Ok(false);
            }
            Some(',') if !is_first => {}
            _ if is_first => return Ok(true),
            _ => return Err(self.unexpected(&format!("`,` or `{close}`"))),
        }
        let comma = self.at;
        self.skip(1);
        self.skip_space();
        if self.peek() == Some(close) {
            return Err(Broken::at(
                comma,
                format!("there is a comma before `{close}`, which JSON does not allow"),
            ));
        }
        Ok(true)
    }

    /// A text in double quotes.
    fn string(&mut self) -> Result<Cow<'a, str>, Broken> {
        let start = self.at;
        self.skip(1);
        let mut text = Cow::Borrowed("");
        loop {
            let plain = self.rest.find(|letter: char| matches!(letter, '"' | '\\') || letter < ' ');
            let plain = &self.rest[..plain.unwrap_or(self.rest.len())];
            self.skip(plain.len());
            text += plain;
            match self.peek() {
                Some('"') => {
                    self.skip(1);
                    return Ok(text);
                }
                Some('\\') => text.to_mut().push(self.escape()?),
                None | Some('\n' | '\r') => {
                    return Err(Broken::at(start, "there is no `\"` at the end of this text"));
                }
                Some(_) => {
                    return Err(Broken::at(self.at, "there is a control character in a text, such as a tab"));
                }
            }
        }
    }

    /// What a backslash and the letters behind it stand for.
    fn escape(&mut self) -> Result<char, Broken> {
        let start = self.at;
        let wrong = || Broken::at(start, "nothing is escaped in this way");
        self.skip(1);
        let letter = self.peek().ok_or_else(wrong)?;
        let meant = match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                self.skip(1);
                return self.utf_16().ok_or_else(wrong);
            }
            _ => return Err(wrong()),
        };
        self.skip(1);
        Ok(meant)
    }

    /// A letter that is written as one or two units of UTF-16, from behind the first `\u`.
    fn utf_16(&mut self) -> Option<char> {
        let first = self.unit()?;
        let units = if matches!(first, 0xD800..=0xDBFF) && self.rest.starts_with("\\u") {
            self.skip(2);
            vec![first, self.unit()?]
        } else {
            vec![first]
        };
        let mut letters = char::decode_utf16(units);
        letters.next()?.ok().filter(|_| letters.next().is_none())
    }

    fn unit(&mut self) -> Option<u16> {
        let digits =
            self.rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.skip(4);
        u16::from_str_radix(digits, 16).ok()
    }

    /// A number, `true`, `false` or `null`.
    fn literal(&mut self) -> Result<Value<'a>, Broken> {
        let part_of_word = |letter: char| letter.is_alphanumeric() || "+-._".contains(letter);
        let length = self.rest.find(|letter| !part_of_word(letter)).unwrap_or(self.rest.len());
        let (word, start) = (&self.rest[..length], self.at);
        if word.is_empty() {
            return Err(self.unexpected("a value"));
        }
        self.skip(length);
        match word {
            "null" => Ok(Value::Null),
            "true" | "false" => Ok(Value::Scalar(Cow::Borrowed(word))),
            _ if is_number(word) => Ok(Value::Scalar(Cow::Borrowed(word))),
            _ => {
                let reason = format!("`{}` is no value; a text is within double quotes", shown(word));
                Err(Broken::at(start, reason))
            }
        }
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn skip_space(&mut self) {
        let end = self.rest.find(|letter| !matches!(letter, ' ' | '\t' | '\n' | '\r'));
        self.skip(end.unwrap_or(self.rest.len()));
    }

    /// Goes on by so many bytes.
    fn skip(&mut self, bytes: usize) {
        let (skipped, rest) = self.rest.split_at(bytes);
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let (line, column) = self.at;
        self.at = match skipped.rsplit_once('\n') {
            Some((before, last)) => {
                (line + 1 + number(before.matches('\n').count()), 1 + number(last.chars().count()))
            }
            None => (line, column + number(skipped.chars().count())),
        };
        self.rest = rest;
    }

    fn unexpected(&self, wanted: &str) -> Broken {
        let reason = match self.peek() {
            None => format!("it ends where {wanted} has to be"),
            Some('/' | '#') => "there are no comments in JSON".to_owned(),
            Some('\'') => "a text is within double quotes in JSON, not single ones".to_owned(),
            Some(letter) if letter.is_control() => {
                format!("{wanted} has to be here, but this is a control character")
            }
            Some(letter) => format!("{wanted} has to be here, but this is `{letter}`"),
        };
        Broken::at(self.at, reason)
    }
}

/// Whether a word is written as JSON has numbers: `5`, `-0.5`, `1e-3`.
fn is_number(word: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let is_whole = is_digits(whole) && (whole == "0" || !whole.starts_with('0'));
    is_whole && is_digits(fraction) && is_digits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value in a form without spaces, numbers and texts alike in quotes.
    fn written(node: &Node<'_>) -> String {
        let list = |items: Vec<String>| items.join(",");
        match &node.value {
            Value::Scalar(text) => format!("{text:?}"),
            Value::Null => "null".to_owned(),
            Value::Sequence(items) => format!("[{}]", list(items.iter().map(written).collect())),
            Value::Mapping(entries) => {
                let entry =
                    |(key, value): &(Node<'_>, Node<'_>)| format!("{}:{}", written(key), written(value));
                format!("{{{}}}", list(entries.iter().map(entry).collect()))
            }
            Value::Alias => unreachable!("JSON has none"),
        }
    }

    #[test]
    fn what_is_json_is_read() {
        let cases = [
            ("{}", "{}"),
            ("\t[ ]\r\n", "[]"),
            (
                "{\"a\":1,\"b\"\n:\t[true,false,null,\"null\"]}",
                r#"{"a":"1","b":["true","false",null,"null"]}"#,
            ),
            ("{\"a\":{\"b\":[[],{}]}\n,\"a\":2}", r#"{"a":{"b":[[],{}]},"a":"2"}"#),
            ("[0,-0.5,1e3,1.25E-7,10]", r#"["0","-0.5","1e3","1.25E-7","10"]"#),
            (r#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00x""#, r#""\"\\/\u{8}\u{c}\n\r\té😀x""#),
        ];
        for (text, expected) in cases {
            assert_eq!(written(&parse(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_json_has_a_place() {
        let cases = [
            ("", (1, 1), "it ends where a value has to be"),
            ("{\"a\":1 \"b\":2}", (1, 8), "`,` or `}` has to be here, but this is `\"`"),
            ("{\n  \"é\": 1\n  \"b\": 2\n}", (3, 3), "`,` or `}` has to be here, but this is `\"`"),
            ("{\"é\": [1, 2}", (1, 12), "`,` or `]` has to be here, but this is `}`"),
            ("{\"a\": 1,\n}", (1, 8), "there is a comma before `}`"),
            ("[1,]", (1, 3), "there is a comma before `]`"),
            ("[,1]", (1, 2), "a value has to be here, but this is `,`"),
            ("{\"a\": 1}}", (1, 9), "the end of the file has to be here, but this is `}`"),
            ("{\"a\"\n", (2, 1), "it ends where `:` has to be"),
            ("{a: 1}", (1, 2), "a key in double quotes has to be here, but this is `a`"),
            ("{'a': 1}", (1, 2), "not single ones"),
            ("// first\n{}", (1, 1), "there are no comments in JSON"),
            ("{\"a\": \"x\n}", (1, 7), "there is no `\"` at the end of this text"),
            ("[\"x", (1, 2), "there is no `\"` at the end of this text"),
            ("[\"x\ty\"]", (1, 4), "there is a control character in a text"),
            ("[\"x\\q\"]", (1, 4), "nothing is escaped in this way"),
            ("[\"\\ud83d\"]", (1, 3), "nothing is escaped in this way"),
            ("[\"\\ud83d\\u0041\"]", (1, 3), "nothing is escaped in this way"),
            ("[\"\\u12é\"]", (1, 3), "nothing is escaped in this way"),
            ("[UNAVAILABLE]", (1, 2), "`UNAVAILABLE` is no value; a text is within double quotes"),
        ];
        for (text, at, reason) in cases {
            let broken = parse(text).unwrap_err();
            assert_eq!(broken.place.unwrap().start, at, "{text}");
            assert!(broken.reason.contains(reason), "{text}: {}", broken.reason);
        }
    }

    #[test]
    fn numbers_are_those_of_json() {
        for word in ["01", "+1", "1.", ".5", "1e", "1e+", "--1", "-", "0x10", "Infinity", "NaN", "1_000"] {
            assert!(!is_number(word), "{word}");
        }
    }

    #[test]
    fn values_have_a_beginning_and_texts_an_end() {
        let node = parse("{ \"é\":\n  \"ñandú\" }").unwrap();
        let Value::Mapping(entries) = &node.value else { panic!("{node:?}") };
        let places = [node.place, entries[0].0.place, entries[0].1.place];
        let places = places.map(|place| (place.start, place.end));
        assert_eq!(places, [((1, 1), None), ((1, 3), Some((1, 6))), ((2, 3), Some((2, 10)))]);
    }

    #[test]
    fn nesting_has_a_bound() {
        let nested = |depth: usize| parse(&"[".repeat(depth)).unwrap_err().reason;
        assert!(nested(MAX_DEPTH).starts_with("it ends"));
        assert!(nested(100_000).starts_with("it is nested more than"));
    }
}
