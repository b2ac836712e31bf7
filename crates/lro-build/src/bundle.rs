//! The protos that this crate brings along, so that nobody has to keep a copy of them.

use std::collections::HashSet;
use std::path::PathBuf;

use prost::Message as _;
use prost_types::FileDescriptorSet;
use protox::file::{ChainFileResolver, DescriptorSetFileResolver, GoogleFileResolver, IncludeFileResolver};

use crate::error::Error;

/// `google/longrunning`, `google/rpc` and the parts of `google/api` that API definitions import.
const DESCRIPTOR_SET: &[u8] = include_bytes!("google.binpb");

/// Looks among the includes first, then in the bundle, then in protox's own copy of `google/protobuf`.
pub(crate) fn resolver(includes: impl Iterator<Item = PathBuf>) -> Result<ChainFileResolver, Error> {
    let mut resolver = ChainFileResolver::new();
    for include in includes {
        resolver.add(IncludeFileResolver::new(include));
    }
    let bundled = DescriptorSetFileResolver::decode(DESCRIPTOR_SET).map_err(|error| Error::bundle(&error))?;
    resolver.add(bundled);
    resolver.add(GoogleFileResolver::new());
    Ok(resolver)
}

/// The names of the bundled files: what users import for its options or from the runtime, not to have code of it.
pub(crate) fn names() -> Result<HashSet<String>, Error> {
    let set = FileDescriptorSet::decode(DESCRIPTOR_SET).map_err(|error| Error::bundle(&error))?;
    Ok(set.file.into_iter().filter_map(|file| file.name).collect())
}
