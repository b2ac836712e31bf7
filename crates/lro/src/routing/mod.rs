//! The routing header: what a client repeats of a request, so that no load balancer has to take it apart.

mod template;
mod value;

use std::fmt;

pub use self::value::RoutingValue;

/// The content of the header `x-goog-request-params` ([AIP-4222](https://google.aip.dev/client-libraries/4222)).
///
/// Generated code makes one from the request, as the options `google.api.routing` and `google.api.http` of the RPC say:
///
/// ```
/// use lro::Routing;
///
/// let routing = Routing::new()
///     .field("shelf.name", "shelves/1")
///     .template("projects/*/{library=libraries/*}/**", "projects/p/libraries/main hall/shelves/1");
/// assert_eq!(routing.to_string(), "shelf.name=shelves%2F1&library=libraries%2Fmain%20hall");
/// ```
///
/// Keys keep the order in which they came first, and of two values for one key the later counts. Without any, no header is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a routing header does nothing until it is sent"]
pub struct Routing {
    parameters: Vec<(&'static str, String)>,
}

impl Routing {
    /// No header.
    pub const fn new() -> Self {
        Self { parameters: Vec::new() }
    }

    /// Adds `value` under `key`, if there is a value that is not empty.
    pub fn field(self, key: &'static str, value: impl RoutingValue) -> Self {
        match value.text() {
            Some(text) => self.add(key, &text),
            None => self,
        }
    }

    /// Adds the part of `value` that `template` names, under that name, if the whole of `value` matches and the part is not empty.
    ///
    /// A template has segments as in `projects/*/{library=libraries/*}/**`: `*` stands for any one that is not empty, `**`, which it may
    /// have once, for any number of them, none included. `{library}` is short for `{library=*}`. What is no template matches nothing.
    pub fn template(self, template: &'static str, value: impl RoutingValue) -> Self {
        let Some(text) = value.text() else { return self };
        match template::find(template, &text) {
            Some((key, part)) => self.add(key, part),
            None => self,
        }
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.parameters.is_empty()
    }

    fn add(mut self, key: &'static str, value: &str) -> Self {
        if value.is_empty() {
            return self;
        }
        match self.parameters.iter_mut().find(|(known, _)| *known == key) {
            Some((_, earlier)) => value.clone_into(earlier),
            None => self.parameters.push((key, value.to_owned())),
        }
        self
    }
}

/// Writes the value of the header: ASCII, all but the unreserved characters of RFC 3986 percent-encoded (RFC 6570, 3.2.2).
impl fmt::Display for Routing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (key, value)) in self.parameters.iter().enumerate() {
            if index > 0 {
                f.write_str("&")?;
            }
            encode(f, key)?;
            f.write_str("=")?;
            encode(f, value)?;
        }
        Ok(())
    }
}

fn encode(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                write!(f, "{}", char::from(byte))?;
            }
            _ => write!(f, "%{byte:02X}")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unreserved_characters_stay() {
        let routing = Routing::new().field("a key", "Az09-._~ /*+%&=:é\n");
        assert_eq!(routing.to_string(), "a%20key=Az09-._~%20%2F%2A%2B%25%26%3D%3A%C3%A9%0A");
    }

    #[test]
    fn of_several_values_for_a_key_the_last_that_is_one_counts() {
        let book = "projects/p/shelves/1/books/2";
        let routing = Routing::new()
            .template("{routing_id=projects/*}/**", book)
            .field("profile", "fast")
            .template("{routing_id=projects/*/shelves/*}/**", book)
            .template("{routing_id=regions/*}/**", book)
            .field("routing_id", "")
            .field("routing_id", None::<String>);
        assert_eq!(routing.to_string(), "routing_id=projects%2Fp%2Fshelves%2F1&profile=fast");
    }

    #[test]
    fn what_has_no_value_is_not_sent() {
        let routing = Routing::new().field("name", String::new()).template("{shelf=shelves/*}", "books/1");
        assert!(routing.is_empty());
        assert_eq!(routing.to_string(), "");
    }
}
