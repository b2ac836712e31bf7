//! Doc comments of generated items: the proto's own words first, then what the generated item adds.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{DEPTH, Emitter};
use crate::docs::{Place, clean};
use crate::model::Method;
use crate::service_config::name_patterns;

/// `#[deprecated]`, on what calls for it. Rust warns about using an item that has it, never about implementing a method that does,
/// so a server may go on with what its clients should leave.
pub(super) fn deprecated(is_deprecated: bool) -> Option<TokenStream> {
    is_deprecated.then(|| quote!(#[deprecated]))
}

impl Emitter<'_> {
    /// A doc attribute that stands for lines of text.
    pub(super) fn attributes<S: AsRef<str>>(&self, lines: impl IntoIterator<Item = S>) -> TokenStream {
        let lines: Vec<S> = lines.into_iter().collect();
        if lines.is_empty() {
            return TokenStream::new();
        }
        // Written out, because a literal made of a text has escapes for what stands for a comment.
        let text: Literal = format!("\"{}\"", self.comments.put(&lines))
            .parse()
            .expect("what stands for a comment has no quotation mark in it");
        quote!(#[doc = #text])
    }

    pub(super) fn module_docs(&self) -> TokenStream {
        let about = format!(
            "Typed long-running operations of the service `{}`: method constants, client and server.",
            self.full_name
        );
        let names = operation_names(&name_patterns(&self.service.operation_rules));
        self.attributes([about].into_iter().chain(names.into_iter().flat_map(|names| [String::new(), names])))
    }

    /// The comment of the service, then `added`.
    pub(super) fn service_docs(&self, added: &[&str]) -> TokenStream {
        self.attributes(self.paragraphs(&self.full_name, &self.service.comment, added, String::new))
    }

    /// The comment of a method, or its name where it has none, then `added`.
    pub(super) fn method_docs(&self, method: &Method, added: &[&str]) -> TokenStream {
        let full_name = format!("{}.{}", self.full_name, method.name);
        let docs = self.attributes(
            self.paragraphs(&full_name, &method.comment, added, || format!("The RPC `{full_name}`.")),
        );
        let deprecated = deprecated(method.deprecated);
        quote!(#docs #deprecated)
    }

    /// The lines of a comment, or of `default` where there is none, then those of `added`.
    fn paragraphs(
        &self,
        full_name: &str,
        comment: &str,
        added: &[&str],
        default: impl FnOnce() -> String,
    ) -> Vec<String> {
        let place = Place {
            package: &self.service.package,
            messages: Vec::new(),
            depth: DEPTH,
            scope: full_name.to_owned(),
        };
        let resolve = |target: &str| self.links.resolve(target, &place);
        let mut lines =
            if self.config.wants_comment(full_name) { clean(comment, &resolve) } else { Vec::new() };
        if lines.is_empty() {
            lines.extend(Some(default()).filter(|line| !line.is_empty()));
        }
        for paragraph in added {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(paragraph.lines().map(str::to_owned));
        }
        lines
    }
}

/// How operations are named, in one sentence.
fn operation_names(patterns: &[&str]) -> Option<String> {
    /// APIs with many kinds of resources have operations below each of them, and dozens of forms.
    const SHOWN: usize = 4;
    let mut shown: Vec<String> = patterns.iter().take(SHOWN).map(|pattern| format!("`{pattern}`")).collect();
    let more = patterns.len() - shown.len();
    if more > 0 {
        shown.push(format!("in {more} more ways"));
    }
    let last = shown.pop()?;
    let first = if shown.is_empty() { String::new() } else { format!("{} or ", shown.join(", ")) };
    Some(format!("Operations are named {first}{last}."))
}
