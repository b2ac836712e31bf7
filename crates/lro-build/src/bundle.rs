//! The protos that this crate brings along, so that nobody has to keep a copy of them.

use std::collections::BTreeMap;

use prost::Message as _;
use prost_types::FileDescriptorProto;

use crate::error::Error;

/// `google/longrunning`, `google/rpc`, `google/type` and the parts of `google/api` that API definitions import.
const DESCRIPTOR_SET: &[u8] = include_bytes!("google.binpb");

/// The descriptors of the bundled files, encoded, by the names that imports have for them.
///
/// Users import them for their options or from the runtime, not to have code of them.
#[derive(Debug)]
pub(crate) struct Bundle(BTreeMap<String, Vec<u8>>);

/// A `FileDescriptorSet` whose files stay as they are encoded, so that they keep options which are extensions.
#[derive(Clone, PartialEq, prost::Message)]
struct EncodedSet {
    #[prost(bytes = "vec", repeated, tag = "1")]
    file: Vec<Vec<u8>>,
}

impl Bundle {
    pub(crate) fn read() -> Result<Self, Error> {
        let set = EncodedSet::decode(DESCRIPTOR_SET).map_err(|error| Error::bundle(&error))?;
        let mut files = BTreeMap::new();
        for encoded in set.file {
            let file = FileDescriptorProto::decode(&encoded[..]).map_err(|error| Error::bundle(&error))?;
            files.insert(file.name().to_owned(), encoded);
        }
        Ok(Self(files))
    }

    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// The names of the files, sorted.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The names of the files, shortened: `google/rpc/{code,status}.proto`.
    pub(crate) fn summary(&self) -> String {
        let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for name in self.names() {
            let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
            folders.entry(folder).or_default().push(file.strip_suffix(".proto").unwrap_or(file));
        }
        let summary = |(folder, files): (&str, Vec<&str>)| match files[..] {
            [file] => format!("{folder}/{file}.proto"),
            _ => format!("{folder}/{{{}}}.proto", files.join(",")),
        };
        folders.into_iter().map(summary).collect::<Vec<_>>().join(", ")
    }
}
