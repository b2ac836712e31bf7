//! The text of a file in the notation that its name tells: JSON where it ends with `.json`, else YAML.

use super::indent::Indented;
use super::node::{Broken, Node};
use super::{json, yaml};

/// A text that is ready to be read.
#[derive(Debug)]
pub(super) enum Source<'a> {
    Yaml(Indented<'a>),
    Json(&'a str),
}

impl<'a> Source<'a> {
    pub(super) fn new(file: &str, text: &'a str) -> Result<Self, Broken> {
        if is_json(file) { json::prepare(text).map(Self::Json) } else { yaml::prepare(text).map(Self::Yaml) }
    }

    /// The file's one document.
    pub(super) fn parse(&self) -> Result<Node<'_>, Broken> {
        match self {
            Self::Yaml(text) => yaml::parse(text),
            Self::Json(text) => json::parse(text),
        }
    }
}

/// Most JSON is YAML too, but a comma that is missing in it can mean something else there, and tabs can be wrong.
pub(super) fn is_json(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("json"))
}
