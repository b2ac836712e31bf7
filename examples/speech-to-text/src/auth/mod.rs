//! Access tokens: where they come from (`source`), how they are kept and renewed (`tokens`), and how they get onto calls (`layer`).

mod layer;
mod source;
mod tokens;

pub use self::layer::Authorized;
pub use self::source::{METADATA_HOST, Source};
pub use self::tokens::{Token, Tokens};
