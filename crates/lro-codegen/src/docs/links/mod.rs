//! Where a reference to an element of a proto leads in Rust.
//!
//! A link that resolves to nothing breaks the documentation of whoever includes the code, so there is one only where its item is there for sure,
//! under the name and at the place that it has by prost's, tonic's and our own rules. Everything else stays text.

mod elements;
mod services;

use std::sync::OnceLock;

use self::elements::{Elements, Item};
use crate::config::{Config, Emit};
use crate::ident::snake;
use crate::input::request::Request;
use crate::model::{Model, join};
use crate::paths::TypePaths;

/// What comments can link to: the items of one run. The index of them is made when the first comment asks.
#[derive(Debug)]
pub(crate) struct Links<'a> {
    config: &'a Config,
    request: &'a Request,
    model: &'a Model,
    paths: &'a TypePaths,
    elements: OnceLock<Elements<'a>>,
}

/// Where a comment is printed.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    /// The package in whose module it is.
    pub(crate) package: &'a str,
    /// The messages whose modules lie around it, outermost first.
    pub(crate) messages: Vec<&'a str>,
    /// How many modules deeper it is, in ones that no link leads into.
    pub(crate) depth: usize,
    /// The full name of the element it belongs to; names in it are looked for from there outwards.
    pub(crate) scope: String,
}

/// The derive macros of Rust's prelude. Beside a type of the same name, rustdoc asks which of the two is meant.
const DERIVES: &[&str] =
    &["Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"];

impl<'a> Links<'a> {
    pub(crate) fn new(
        config: &'a Config,
        request: &'a Request,
        model: &'a Model,
        paths: &'a TypePaths,
    ) -> Self {
        Self { config, request, model, paths, elements: OnceLock::new() }
    }

    /// The path of the item that `target` names, as rustdoc finds it from `place`.
    pub(crate) fn resolve(&self, target: &str, place: &Place<'_>) -> Option<String> {
        if self.are_uncertain() {
            return None;
        }
        let elements =
            self.elements.get_or_init(|| Elements::new(self.config, self.request, self.model, self.paths));
        let target = target.trim_start_matches('.');
        let find = |full_name: &str| elements.find(full_name);
        // Names are written in full nearly always.
        let item = Some(target).filter(|target| target.contains('.')).and_then(find).or_else(|| {
            let scopes = place.scope.rmatch_indices('.').map(|(end, _)| &place.scope[..end]);
            std::iter::once(place.scope.as_str()).chain(scopes).find_map(|scope| find(&join(scope, target)))
        })?;
        self.path(&item, place)
    }

    /// Whether settings that we cannot see through decide what the code is made of.
    fn are_uncertain(&self) -> bool {
        let messages = &self.config.messages;
        let attributes = [
            &messages.type_attributes,
            &messages.message_attributes,
            &messages.enum_attributes,
            &messages.field_attributes,
        ];
        self.config.emit == Emit::All
            && (messages.prost.is_some()
                || attributes.into_iter().flatten().any(|(_, attribute)| attribute.contains("cfg(")))
    }

    fn path(&self, item: &Item<'_>, place: &Place<'_>) -> Option<String> {
        // Where the modules of packages lie is known only to who declares them.
        if item.package != place.package && self.config.include_file.is_none() {
            return None;
        }
        let segments = |package: &'_ str| -> Vec<String> {
            package.split('.').filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
        };
        let mut here = segments(place.package);
        here.extend(place.messages.iter().map(|message| (*message).to_owned()));
        let mut there = segments(item.package);
        there.extend(item.messages.iter().map(|message| (*message).to_owned()));
        let common = here.iter().zip(&there).take_while(|(a, b)| a == b).count();
        let mut path = item.kind.to_owned();
        path.push_str(&"super::".repeat(place.depth + here.len() - common));
        for module in &there[common..] {
            path.push_str(&snake(module));
            path.push_str("::");
        }
        path.push_str(&item.name);
        // In links, rustdoc wants raw identifiers without their mark.
        let path = path.replace("r#", "");
        Some(if DERIVES.contains(&path.as_str()) { format!("type@{path}") } else { path })
    }
}
