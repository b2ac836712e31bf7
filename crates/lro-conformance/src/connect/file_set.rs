//! Encoded descriptors of files, as they come from a file or from reflection.

use std::collections::BTreeMap;

use bytes::{BufMut as _, Bytes, BytesMut};
use prost::Message;

use crate::error::Error;

/// The field of `FileDescriptorProto` that names the syntax, and what it is of files with editions.
const SYNTAX: u32 = 12;
const EDITIONS: &str = "editions";

/// Files by name. They stay encoded, because that keeps the options that are extensions.
#[derive(Debug, Default)]
pub(super) struct FileSet(BTreeMap<String, Bytes>);

#[derive(Clone, PartialEq, Message)]
struct Set {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    file: Vec<Bytes>,
}

#[derive(Clone, PartialEq, Message)]
struct Header {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, repeated, tag = "3")]
    dependency: Vec<String>,
    #[prost(string, tag = "12")]
    syntax: String,
}

impl FileSet {
    /// The files of a serialized `FileDescriptorSet`.
    pub(super) fn decode(set: &[u8]) -> Result<Self, Error> {
        let set = Set::decode(set)
            .map_err(|error| Error::descriptors(format!("this is no FileDescriptorSet: {error}")))?;
        let mut files = Self::default();
        for file in set.file {
            files.add(file)?;
        }
        Ok(files)
    }

    /// Adds a serialized `FileDescriptorProto`.
    pub(super) fn add(&mut self, file: Bytes) -> Result<(), Error> {
        let header = Header::decode(file.clone())
            .map_err(|error| Error::descriptors(format!("this is no FileDescriptorProto: {error}")))?;
        let file = if header.syntax == EDITIONS { as_proto3(&file) } else { file };
        self.0.entry(header.name).or_insert(file);
        Ok(())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The imports that are not there.
    pub(super) fn missing(&self) -> Vec<String> {
        let headers = self.0.values().filter_map(|file| Header::decode(file.clone()).ok());
        let mut missing: Vec<_> =
            headers.flat_map(|header| header.dependency).filter(|name| !self.0.contains_key(name)).collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    /// All files as one serialized `FileDescriptorSet`.
    pub(super) fn encode(&self) -> Bytes {
        Set { file: self.0.values().cloned().collect() }.encode_to_vec().into()
    }
}

/// A file with an edition, read as if it were proto3: nobody who reads descriptors here knows editions, and messages have the
/// same bytes but for groups. The last value of a field counts, so it is enough to add one.
fn as_proto3(file: &Bytes) -> Bytes {
    let mut changed = BytesMut::with_capacity(file.len() + 8);
    changed.put(file.clone());
    prost::encoding::string::encode(SYNTAX, &"proto3".to_owned(), &mut changed);
    changed.freeze()
}

#[cfg(test)]
mod tests {
    use prost_reflect::DescriptorPool;
    use prost_types::{DescriptorProto, FileDescriptorProto, FileDescriptorSet};

    use super::*;

    fn file(name: &str, imports: &[&str], syntax: &str) -> FileDescriptorProto {
        let message = DescriptorProto { name: Some("Message".to_owned()), ..DescriptorProto::default() };
        FileDescriptorProto {
            name: Some(format!("{name}.proto")),
            package: Some(name.to_owned()),
            dependency: imports.iter().map(|import| format!("{import}.proto")).collect(),
            message_type: vec![message],
            syntax: Some(syntax.to_owned()),
            ..FileDescriptorProto::default()
        }
    }

    fn set(file: Vec<FileDescriptorProto>) -> FileSet {
        FileSet::decode(&FileDescriptorSet { file }.encode_to_vec()).unwrap()
    }

    #[test]
    fn imports_that_are_not_there_are_named_once() {
        let set = set(vec![file("a", &["b", "c"], "proto3"), file("b", &["c"], "proto3")]);
        assert_eq!(set.missing(), ["c.proto"]);
        assert!(set.has("a.proto") && !set.has("c.proto"));
    }

    #[test]
    fn files_with_editions_can_be_read() {
        let set = set(vec![file("a", &["b"], "proto3"), file("b", &[], EDITIONS)]);
        let pool = DescriptorPool::decode(set.encode()).unwrap();
        assert!(pool.get_message_by_name("b.Message").is_some());
    }

    #[test]
    fn what_is_no_set_is_refused() {
        assert!(FileSet::decode(b"\xff").unwrap_err().is_descriptors());
    }
}
