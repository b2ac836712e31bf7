//! What a run leaves: which file holds what, and descriptors for reflection.

pub(crate) mod descriptor_set;
pub(crate) mod layout;
pub(crate) mod module_tree;
