//! The text of a file in the notation that its name tells: JSON where it ends with `.json`, else YAML. Both are read into the same tree (`node`).

mod indent;
mod json;
mod node;
mod yaml;

use self::indent::Indented;
pub(super) use self::node::{Broken, Node, Place, Value};

/// A text that is ready to be read.
#[derive(Debug)]
pub(in crate::service_config) enum Source<'a> {
    Yaml(Indented<'a>),
    Json(&'a str),
}

impl<'a> Source<'a> {
    pub(in crate::service_config) fn new(file: &str, text: &'a str) -> Result<Self, Broken> {
        if is_json(file) { json::prepare(text).map(Self::Json) } else { yaml::prepare(text).map(Self::Yaml) }
    }

    /// The file's one document.
    pub(in crate::service_config) fn parse(&self) -> Result<Node<'_>, Broken> {
        match self {
            Self::Yaml(text) => yaml::parse(text),
            Self::Json(text) => json::parse(text),
        }
    }
}

/// Most JSON is YAML too, but a comma that is missing in it can mean something else there, and tabs can be wrong.
pub(in crate::service_config) fn is_json(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("json"))
}
