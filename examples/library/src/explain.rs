//! Errors as one line for people.

use std::error::Error;

/// An error and what is behind it: what to do is often said by the last of them.
pub fn explain(error: &(dyn Error + 'static)) -> String {
    let (mut text, mut next) = (error.to_string(), error.source());
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}
