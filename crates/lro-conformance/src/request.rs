//! How an operation is started.

use std::str::FromStr;

use serde_json::Value;

use crate::error::Error;

/// What stands in a request where every start needs another text.
const PLACEHOLDER: &str = "{{id}}";

/// How an operation is started: a method and its request.
///
/// Every `{{id}}` in a string of the request becomes a new id of twelve letters and digits at each start, the same one
/// everywhere in that request. So requests can name a resource of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    method: String,
    json: Value,
}

impl Request {
    /// A request of `package.Service/Method`, in the JSON form of protocol buffers.
    pub fn new(method: impl Into<String>, json: impl Into<Value>) -> Self {
        let method: String = method.into();
        Self { method: method.trim_start_matches('/').to_owned(), json: json.into() }
    }

    /// Reads `package.Service/Method {…}`, or only `{…}` for a request of `method`.
    ///
    /// # Errors
    ///
    /// The text is no JSON object, or names no method and there is none.
    pub fn parse(text: &str, method: Option<&str>) -> Result<Self, Error> {
        let text = text.trim();
        let json = text.find('{').ok_or_else(|| Error::usage(format!("`{text}` has no JSON object")))?;
        let (before, json) = text.split_at(json);
        let method = match (before.trim(), method) {
            ("", None) => {
                return Err(Error::usage(format!("`{text}` names no method, like pkg.Service/Method")));
            }
            ("", Some(method)) | (method, _) => method,
        };
        let json = Value::from_str(json)
            .map_err(|error| Error::usage(format!("the request `{text}` is no JSON: {error}")))?;
        Ok(Self::new(method, json))
    }

    /// `package.Service/Method`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The request for one start.
    pub(crate) fn fill(&self, id: &str) -> Value {
        let mut json = self.json.clone();
        replace(&mut json, id);
        json
    }

    /// Whether each start has a request of its own.
    pub(crate) fn varies(&self) -> bool {
        self.fill("a") != self.fill("b")
    }
}

fn replace(value: &mut Value, id: &str) {
    match value {
        Value::String(text) if text.contains(PLACEHOLDER) => *text = text.replace(PLACEHOLDER, id),
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, id)),
        Value::Object(fields) => fields.values_mut().for_each(|value| replace(value, id)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_placeholder_of_a_start_gets_the_same_id() {
        let request = Request::new("/a.B/C", json!({"x": ["{{id}}", {"y": "s/{{id}}"}], "z": 1}));
        assert_eq!(request.method(), "a.B/C");
        assert_eq!(request.fill("7"), json!({"x": ["7", {"y": "s/7"}], "z": 1}));
        assert!(request.varies());
        assert!(!Request::new("a.B/C", json!({"x": 1})).varies());
    }

    #[test]
    fn a_request_may_name_a_method_of_its_own() {
        let own = Request::parse("a.B/D {\"x\": 1}", Some("a.B/C")).unwrap();
        assert_eq!(own, Request::new("a.B/D", json!({"x": 1})));
        assert_eq!(Request::parse(" {}", Some("a.B/C")).unwrap().method(), "a.B/C");
        for wrong in ["", "a.B/C", "{", "{}"] {
            assert!(Request::parse(wrong, None).is_err(), "{wrong}");
        }
    }
}
