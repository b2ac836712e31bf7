//! Labels as JSON.

use std::collections::BTreeMap;

use lro_store::Labels;

use crate::error::Failed;

/// The text of the column; `None` for no labels.
pub(super) fn to_json(labels: &Labels) -> Option<String> {
    if labels.is_empty() {
        return None;
    }
    let object: serde_json::Map<String, serde_json::Value> =
        labels.iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
    Some(serde_json::Value::Object(object).to_string())
}

/// The labels of such a text.
pub(super) fn from_json(json: &str) -> Result<Labels, Failed> {
    let wrong = |error: String| Failed::internal(format!("the stored labels {json} are none: {error}"));
    let object: BTreeMap<String, String> =
        serde_json::from_str(json).map_err(|error| wrong(error.to_string()))?;
    object.iter().try_fold(Labels::new(), |labels, (key, value)| {
        labels.with(key, value).map_err(|error| wrong(error.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_read_back_as_they_are() {
        let labels = Labels::new().with("\"quoted\" \\ é", "{}").unwrap().with("empty", "").unwrap();
        assert_eq!(from_json(&to_json(&labels).unwrap()).unwrap(), labels);
        assert_eq!(to_json(&Labels::new()), None);
        for damaged in ["", "[]", r#"{"a": 1}"#, r#"{"": "no key"}"#] {
            assert!(from_json(damaged).unwrap_err().0.is_internal(), "{damaged}");
        }
    }
}
