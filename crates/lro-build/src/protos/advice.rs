//! What to do about what prost-reflect finds.
//!
//! It says what is wrong in words only, so the words are what is gone by. Where they are others one day there is less advice, and nothing worse.

use std::collections::HashSet;

use miette::Diagnostic;
use protox::prost_reflect::{DescriptorPool, MessageDescriptor};

use super::finder::Finder;
use super::names::Visible;
use crate::suggest::nearest;

/// Where what someone may have meant can be found.
#[derive(Debug)]
pub(super) struct Known<'a> {
    /// The files that were compiled.
    pub(super) pool: &'a DescriptorPool,
    /// What the file at hand can name.
    pub(super) names: Visible<'a>,
    pub(super) finder: &'a Finder,
}

/// The advice on a problem, or on its cause, in a file.
pub(super) fn on(problem: &dyn Diagnostic, file: &str, known: &Known<'_>) -> Option<String> {
    let message = problem.diagnostic_source().map_or_else(|| problem.to_string(), ToString::to_string);
    // What stands between the quotes is names.
    let parts: Vec<&str> = message.split('\'').collect();
    match parts[..] {
        ["field ", name, " not found for message ", message, ""] => {
            did_you_mean(name, &fields(&known.pool.get_message_by_name(message)?))
        }
        ["option field ", option, " is not defined"] => known.did_you_mean_an_option(option),
        ["value ", name, " was not found for enum ", enumeration, ""] => {
            known.did_you_mean_a_value(name, enumeration)
        }
        ["expected a value of type ", "string", " for option ", _, ", but found ", word, ""]
        | ["expected a string, but found ", word, ""] => quoted(word),
        ["expected a value of type ", enumeration, " for option ", _, ", but found ", word, ""] => {
            known.did_you_mean_a_value(word, enumeration)
        }
        ["name ", name, " is not defined"] | ["", name, " resolves to ", _, ", which is not defined"]
            if problem.help().is_none() || parts.len() == 5 =>
        {
            known.did_you_mean_a_name(name)
        }
        ["camel-case name of field ", ..] => Some(format!(
            "where the names in JSON differ, as `self` and `Self` do, {}",
            by_protoc(file, known.finder)
        )),
        _ => None,
    }
}

/// What to do about a file that is nowhere.
pub(super) fn on_missing(name: &str, finder: &Finder) -> String {
    let searched: Vec<String> = finder.includes().iter().map(|path| path.display().to_string()).collect();
    let meant = nearest(name, finder.bundle().names())
        .map(|name| format!("did you mean {name}? "))
        .unwrap_or_default();
    let searched = if searched.is_empty() { "none".to_owned() } else { searched.join(", ") };
    // Nobody looks for a file of their own among those that come along.
    let along = if name.starts_with("google/") {
        format!("; what comes along is {}, and google/protobuf", finder.bundle().summary())
    } else {
        String::new()
    };
    format!("{meant}the includes that were searched are: {searched}{along}")
}

/// How to have protoc read what protox cannot.
pub(super) fn by_protoc(file: &str, finder: &Finder) -> String {
    let includes: Vec<String> =
        finder.includes().iter().map(|include| format!("-I{} ", include.display())).collect();
    format!(
        "let protoc read it, `protoc --include_imports --include_source_info --descriptor_set_out=protos.binpb {}{}`, and pass the bytes of \
         protos.binpb to `Builder::compile_descriptor_set`",
        includes.concat(),
        finder.shown_path(file)
    )
}

impl Known<'_> {
    /// The last name of an option, and the message that has no such field.
    fn option<'o>(&self, option: &'o str) -> Option<(&'o str, MessageDescriptor)> {
        let (extension, rest) = option.strip_prefix('(')?.split_once(").")?;
        let extension = extension.strip_prefix('.').unwrap_or(extension);
        let mut message = self.pool.get_extension_by_name(extension)?.kind().as_message()?.clone();
        let mut names = rest.split('.').peekable();
        while let Some(name) = names.next() {
            if names.peek().is_none() {
                return Some((name, message));
            }
            message = message.get_field_by_name(name)?.kind().as_message()?.clone();
        }
        None
    }

    fn did_you_mean_an_option(&self, option: &str) -> Option<String> {
        if let Some((name, message)) = self.option(option) {
            return did_you_mean(name, &fields(&message));
        }
        // The built-in ones: which element has the option is not said.
        let all = DescriptorPool::global();
        let messages = all.all_messages().filter(|message| message.name().ends_with("Options"));
        let names: Vec<String> = messages.flat_map(|message| fields(&message)).collect();
        did_you_mean(option, &names)
    }

    fn did_you_mean_a_value(&self, name: &str, enumeration: &str) -> Option<String> {
        let all = DescriptorPool::global();
        let enumeration =
            self.pool.get_enum_by_name(enumeration).or_else(|| all.get_enum_by_name(enumeration))?;
        let values: Vec<String> = enumeration.values().map(|value| value.name().to_owned()).collect();
        did_you_mean(name, &values)
    }

    /// What a name may have been meant for, or where it comes from.
    fn did_you_mean_a_name(&self, name: &str) -> Option<String> {
        let name = name.strip_prefix('.').unwrap_or(name);
        let along: Vec<(String, HashSet<String>)> = self.finder.defined().collect();
        if let Some((file, _)) = along.iter().find(|(_, names)| names.contains(name)) {
            return Some(format!("add `import \"{file}\";`"));
        }
        // Names that end in as many parts as were written. All but the last part are the same, since packages are most of a name and say little.
        let (scope, last) = name.rsplit_once('.').unwrap_or(("", name));
        let sibling = |full_name: &'_ str| {
            let (around, last) = full_name.rsplit_once('.').unwrap_or(("", full_name));
            let is_sibling = scope.is_empty()
                || around.strip_suffix(scope).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
            is_sibling.then(|| last.to_owned())
        };
        let along = along.iter().flat_map(|(_, names)| names).map(String::as_str);
        let siblings: Vec<String> = self.names.defined().chain(along).filter_map(sibling).collect();
        let meant = nearest(last, siblings.iter().map(String::as_str))?;
        let dot = if scope.is_empty() { "" } else { "." };
        Some(format!("did you mean `{scope}{dot}{meant}`?"))
    }
}

fn fields(message: &MessageDescriptor) -> Vec<String> {
    message.fields().map(|field| field.name().to_owned()).collect()
}

/// The nearest of some names, or all of them if they are few.
fn did_you_mean(name: &str, names: &[String]) -> Option<String> {
    const FEW: usize = 12;
    match nearest(name, names.iter().map(String::as_str)) {
        Some(meant) => Some(format!("did you mean `{meant}`?")),
        None if (1..=FEW).contains(&names.len()) => Some(format!("there are {}", names.join(", "))),
        None => None,
    }
}

/// Only where it is a name that lacks its quotes.
fn quoted(word: &str) -> Option<String> {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.';
    word.chars().all(is_word).then(|| format!("write it in quotes: \"{word}\""))
}
