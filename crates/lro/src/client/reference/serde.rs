//! References in the formats of serde: as text.

use std::fmt;

use serde_core::de::{Deserialize, Deserializer, Error, Visitor};
use serde_core::ser::{Serialize, Serializer};

use super::OperationRef;

/// Writes the reference as text, in every format.
impl Serialize for OperationRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OperationRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = OperationRef;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reference to an operation")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<OperationRef, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_reference_is_a_text_also_as_a_key() {
        let reference = OperationRef::new("/a.B/C", "operations/ä").with_request_id("7");
        let json = serde_json::to_string(&BTreeMap::from([(&reference, 1)])).unwrap();
        assert_eq!(json, r#"{"/a.B/C?name=operations/%C3%A4&request_id=7":1}"#);
        let map = serde_json::from_str::<BTreeMap<OperationRef, i32>>(&json).unwrap();
        assert_eq!(map.into_keys().collect::<Vec<_>>(), [reference]);
        let error = serde_json::from_str::<OperationRef>("\"operations/1\"").unwrap_err().to_string();
        assert!(error.starts_with("not a reference to an operation"), "{error}");
        assert!(serde_json::from_str::<OperationRef>("1").is_err());
    }
}
