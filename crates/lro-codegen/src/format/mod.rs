//! Generated code, laid out as prettyplease lays it out, and several times as fast.
//!
//! To parse code into syntax trees and to print these is most of the time that generators take. Code of generators has few constructs, so here
//! tokens are printed as they are read. Whatever is not known here is left to prettyplease, which then lays out the whole piece: the outcome
//! is the same, and tests compare them.

mod attributes;
mod boxes;
mod chains;
mod expressions;
mod extents;
mod functions;
mod implementations;
mod items;
mod lexer;
mod printer;
#[cfg(test)]
mod tests;
mod types;

use proc_macro2::TokenStream;

use self::printer::Printer;

/// Lays out items.
pub(crate) fn source(code: &str) -> syn::Result<String> {
    match quickly(code) {
        Some(laid_out) => Ok(laid_out),
        None => Ok(prettyplease::unparse(&syn::parse_file(code)?)),
    }
}

/// Lays out items that are tokens already.
pub(crate) fn tokens(tokens: TokenStream) -> syn::Result<String> {
    match quickly(&tokens.to_string()) {
        Some(laid_out) => Ok(laid_out),
        None => Ok(prettyplease::unparse(&syn::parse2(tokens)?)),
    }
}

fn quickly(code: &str) -> Option<String> {
    let mut printer = Printer::new(lexer::tokens(code)?, code.len());
    printer.file()?;
    Some(printer.finish())
}
