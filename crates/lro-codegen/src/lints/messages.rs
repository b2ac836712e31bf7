//! What the rules about resources know of messages.

use std::collections::HashMap;

use bytes::Bytes;
use prost::Message as _;

/// The parts of `google/protobuf/descriptor.proto` and `google/api/resource.proto` that tell a resource.
mod descriptor {
    use prost::Message;

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct File {
        #[prost(string, tag = "2")]
        pub(super) package: String,
        #[prost(message, repeated, tag = "4")]
        pub(super) message: Vec<MessageType>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct MessageType {
        #[prost(string, tag = "1")]
        pub(super) name: String,
        #[prost(message, repeated, tag = "2")]
        pub(super) field: Vec<Field>,
        #[prost(message, optional, tag = "7")]
        pub(super) options: Option<Options>,
    }

    #[derive(Clone, PartialEq, Message)]
    pub(super) struct Field {
        #[prost(string, tag = "1")]
        pub(super) name: String,
        #[prost(int32, tag = "4")]
        pub(super) label: i32,
        #[prost(int32, tag = "5")]
        pub(super) kind: i32,
        #[prost(string, tag = "6")]
        pub(super) type_name: String,
    }

    /// `MessageOptions` with the extension `google.api.resource`.
    #[derive(Clone, PartialEq, Message)]
    pub(super) struct Options {
        #[prost(message, optional, tag = "1053")]
        pub(super) resource: Option<Resource>,
    }

    /// `google.api.ResourceDescriptor`.
    #[derive(Clone, PartialEq, Message)]
    pub(super) struct Resource {
        #[prost(int32, repeated, tag = "10")]
        pub(super) style: Vec<i32>,
    }
}

/// `LABEL_REPEATED`.
const REPEATED: i32 = 3;
/// `TYPE_BOOL`.
const BOOL: i32 = 8;
/// `ResourceDescriptor.DECLARATIVE_FRIENDLY`.
const DECLARATIVE_FRIENDLY: i32 = 1;

/// The messages of a request by full name, but for those within messages.
pub(super) struct Messages(HashMap<String, MessageInfo>);

/// A message, as far as the rules ask.
pub(super) struct MessageInfo {
    /// Its file, by number, and its number in that.
    pub(super) file: usize,
    pub(super) index: i32,
    message: descriptor::MessageType,
}

impl Messages {
    /// Reads the files of a request.
    pub(super) fn read(encoded: &[Bytes]) -> Self {
        let mut messages = HashMap::new();
        for (file, bytes) in encoded.iter().enumerate() {
            let whole = descriptor::File::decode(bytes.clone()).unwrap_or_default();
            for (index, message) in (0..).zip(whole.message) {
                let full_name = crate::model::join(&whole.package, &message.name);
                messages.insert(full_name, MessageInfo { file, index, message });
            }
        }
        Self(messages)
    }

    pub(super) fn get(&self, full_name: &str) -> Option<&MessageInfo> {
        self.0.get(full_name)
    }
}

impl MessageInfo {
    /// Whether it has the annotation of a resource.
    pub(super) fn is_resource(&self) -> bool {
        self.resource().is_some()
    }

    /// Whether it is a resource that tools handle by its desired state alone (AIP-128).
    pub(super) fn is_declarative(&self) -> bool {
        self.resource().is_some_and(|resource| resource.style.contains(&DECLARATIVE_FRIENDLY))
    }

    fn resource(&self) -> Option<&descriptor::Resource> {
        self.message.options.as_ref()?.resource.as_ref()
    }

    /// The number of a field.
    pub(super) fn field(&self, name: &str) -> Option<i32> {
        let index = self.message.field.iter().position(|field| field.name == name)?;
        i32::try_from(index).ok()
    }

    /// Whether it has a field of this name that is a single bool.
    pub(super) fn has_bool(&self, name: &str) -> bool {
        let mut fields = self.message.field.iter();
        fields.any(|field| field.name == name && field.kind == BOOL && field.label != REPEATED)
    }

    /// The message that its first repeated field of messages holds.
    pub(super) fn item(&self) -> Option<&str> {
        let mut fields = self.message.field.iter();
        let items = fields.find(|field| field.label == REPEATED && !field.type_name.is_empty())?;
        Some(items.type_name.trim_start_matches('.'))
    }
}
