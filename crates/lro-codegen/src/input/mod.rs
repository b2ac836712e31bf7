//! What is read of a request: descriptors, their comments and places, and whether they are fit to be read.

pub(crate) mod descriptor;
pub(crate) mod details;
pub(crate) mod options;
pub(crate) mod path;
pub(crate) mod places;
pub(crate) mod request;
pub(crate) mod source;
pub(crate) mod validate;
