//! Generated code without what it does: its modules, items and doc comments, which is all that rustdoc's lints look at.
//!
//! Types and bodies are left out, so that documentation of thousands of files is checked without building what they depend on.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use quote::ToTokens as _;
use syn::{Attribute, Expr, Fields, ImplItem, Item, Lit, Meta, TraitItem};

use crate::Outcome;

/// What is in a skeleton.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// Documented items.
    pub(super) items: usize,
    /// Lines of documentation.
    pub(super) lines: usize,
    /// Links to items in each comment. A comment is here once, however often it is printed: without the targets of its links, which depend on
    /// where that is.
    links: BTreeMap<String, usize>,
}

impl Counts {
    pub(super) fn add(&mut self, other: &Self) {
        self.items += other.items;
        self.lines += other.lines;
        self.links.extend(other.links.clone());
    }

    /// How many links to items there are.
    pub(super) fn links(&self) -> usize {
        self.links.values().sum()
    }
}

/// The skeleton of one file.
#[derive(Debug, Default)]
pub(super) struct Skeleton {
    pub(super) code: String,
    pub(super) counts: Counts,
    /// Whether what is printed now is printed elsewhere as well.
    repeated: bool,
}

impl Skeleton {
    pub(super) fn of(code: &str) -> Outcome<Self> {
        let mut skeleton = Self::default();
        for item in &syn::parse_file(code)?.items {
            skeleton.item(item);
        }
        Ok(skeleton)
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Mod(module) => {
                self.docs(&module.attrs);
                let name = module.ident.to_string();
                self.line(&format!("pub mod {name} {{"));
                let outside = self.repeated;
                // The comments of a service are in the modules of tonic's client and server, and in ours.
                self.repeated |= name.ends_with("_server") || name.ends_with("_lro");
                for item in module.content.iter().flat_map(|(_, items)| items) {
                    self.item(item);
                }
                self.repeated = outside;
                self.line("}");
            }
            Item::Use(import) if import.to_token_stream().to_string().contains("codegen :: *") => {
                self.line("#[allow(unused_imports)] use crate::stands_for_the_runtime::*;");
            }
            Item::Struct(item) => {
                self.docs(&item.attrs);
                self.line(&format!("pub struct {} {{", item.ident));
                let named = matches!(item.fields, Fields::Named(_));
                for field in item.fields.iter().filter(|_| named) {
                    if let (Some(name), syn::Visibility::Public(_)) = (&field.ident, &field.vis) {
                        self.docs(&field.attrs);
                        self.line(&format!("pub {name}: (),"));
                    }
                }
                self.line("}");
            }
            Item::Enum(item) => {
                self.docs(&item.attrs);
                self.line(&format!("pub enum {} {{", item.ident));
                for variant in &item.variants {
                    self.docs(&variant.attrs);
                    self.line(&format!("{},", variant.ident));
                }
                self.line("}");
            }
            Item::Trait(item) => {
                self.docs(&item.attrs);
                self.line(&format!("pub trait {} {{", item.ident));
                for item in &item.items {
                    if let TraitItem::Fn(function) = item {
                        self.docs(&function.attrs);
                        self.line(&format!("fn {}();", function.sig.ident));
                    }
                }
                self.line("}");
            }
            Item::Impl(item) if item.trait_.is_none() => self.methods(item),
            Item::Const(item) if item.ident != "_" => {
                self.docs(&item.attrs);
                self.line(&format!("pub const {}: () = ();", item.ident));
            }
            _ => {}
        }
    }

    fn methods(&mut self, item: &syn::ItemImpl) {
        let syn::Type::Path(path) = &*item.self_ty else { return };
        let Some(name) = path.path.segments.last().map(|segment| &segment.ident) else { return };
        self.line(&format!("impl {name} {{"));
        for item in &item.items {
            if let ImplItem::Fn(function) = item {
                self.docs(&function.attrs);
                self.line(&format!("pub fn {}() {{}}", function.sig.ident));
            }
        }
        self.line("}");
    }

    fn docs(&mut self, attributes: &[Attribute]) {
        let (mut documented, mut comment, mut found) = (false, String::new(), 0);
        for attribute in attributes {
            let Meta::NameValue(pair) = &attribute.meta else { continue };
            let Expr::Lit(literal) = &pair.value else { continue };
            let (true, Lit::Str(text)) = (pair.path.is_ident("doc"), &literal.lit) else { continue };
            let text = text.value();
            documented = true;
            self.counts.lines += 1;
            comment.push_str(&without_targets(&text));
            found += links(&text);
            let _ = writeln!(self.code, "#[doc = {text:?}]");
        }
        if !self.repeated {
            self.counts.links.insert(comment, found);
        }
        self.counts.items += usize::from(documented);
    }

    fn line(&mut self, line: &str) {
        self.code.push_str(line);
        self.code.push('\n');
    }
}

/// How many links to items a line has: brackets that are neither escaped nor in code, and lead to no address.
fn links(line: &str) -> usize {
    let opens = line.match_indices('[').filter(|(at, _)| !line[..*at].ends_with(['\\', '`']));
    opens
        .filter(|(at, _)| {
            let rest = &line[at + 1..];
            let text = rest.split(']').next().unwrap_or_default();
            let after = &rest[text.len()..];
            match after.strip_prefix("](") {
                Some(target) => target.split_once(')').is_some_and(|(target, _)| is_path(target)),
                None => text.starts_with('`') && text.ends_with('`') && after.starts_with(']'),
            }
        })
        .count()
}

/// A line without the targets of its links.
fn without_targets(line: &str) -> String {
    let mut parts = line.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + "]" + part.split_once(')').map_or(part, |(_, rest)| rest))
}

/// Whether the target of a link is a path to an item, as generated links have it: perhaps with the kind of the item, or a variant's field behind it.
fn is_path(target: &str) -> bool {
    let is_of_path = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | ':' | '#' | '@');
    !target.is_empty() && target.chars().all(is_of_path)
}

#[cfg(test)]
mod tests {
    use super::{Skeleton, links};

    #[test]
    fn links_to_items_are_told_from_addresses_and_code() {
        for (count, line) in [
            (1, "See [`Book`]."),
            (2, "See [`Book`](super::Book) and [a name](Book::name)."),
            (0, "See [here](https://a.example), `[0]` and \\[text\\]."),
            (0, "See [text]."),
            (0, "Sum[i=1..n]((x_i - mean)^2) and [text](mailto:a@example.com)"),
        ] {
            assert_eq!(links(line), count, "{line}");
        }
    }

    #[test]
    fn a_comment_that_is_printed_several_times_counts_once() {
        let field = "#[doc = \" [`B`](a::B) and\"] #[doc = \" [`C`](a::C)\"] pub struct A; pub mod a { #[doc = \" [`B`](B) and\"] #[doc = \" [`C`](C)\"] pub enum O {} }";
        assert_eq!(Skeleton::of(field).unwrap().counts.links(), 2);
        let code = "pub mod a_client { #[doc = \"[`A`]\"] pub struct A; } pub mod a_server { #[doc = \"[`A`]\"] pub struct A; }";
        let skeleton = Skeleton::of(code).unwrap();
        assert_eq!((skeleton.counts.items, skeleton.counts.links()), (2, 1));
    }
}
