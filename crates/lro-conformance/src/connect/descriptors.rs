//! What the descriptors say of the methods that start operations, and of what operations hold.

use std::collections::BTreeMap;

use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, Kind, MessageDescriptor, MethodDescriptor,
};
use prost_types::Any;
use serde_json::Value;

use super::connection::Connection;
use super::file_set::FileSet;
use super::reflection;
use crate::error::Error;
use crate::wire::MethodOptions;

/// The full name of what such a method returns.
const OPERATION: &str = "google.longrunning.Operation";

/// The methods that start operations, and all types that are known.
#[derive(Debug)]
pub(crate) struct Descriptors {
    pool: DescriptorPool,
    methods: BTreeMap<String, Method>,
}

/// A method that starts operations.
#[derive(Debug, Clone)]
pub(crate) struct Method {
    pub(crate) name: String,
    input: MessageDescriptor,
    /// Full names of the types of response and metadata, where `operation_info` says them.
    pub(crate) response: Option<String>,
    pub(crate) metadata: Option<String>,
}

impl Descriptors {
    /// Those of a serialized `FileDescriptorSet`.
    pub(crate) fn decode(set: &[u8], methods: &[&str]) -> Result<Self, Error> {
        let set = FileSet::decode(set)?;
        Self::new(&set, methods)
    }

    /// Those that the server tells by reflection.
    pub(crate) async fn reflect(connection: &Connection, methods: &[&str]) -> Result<Self, Error> {
        let mut set = FileSet::default();
        for method in methods {
            let (service, _) = split(method)?;
            if !reflection::add_symbol(connection, &mut set, service).await? {
                return Err(Error::descriptors(format!("the server's reflection does not know {service}")));
            }
        }
        // What operations hold need not be in a file that the service's file imports.
        let types = Self::new(&set, methods)?;
        for method in types.methods.values() {
            for name in method.response.iter().chain(&method.metadata) {
                if types.pool.get_message_by_name(name).is_none() {
                    reflection::add_symbol(connection, &mut set, name).await?;
                }
            }
        }
        Self::new(&set, methods)
    }

    fn new(set: &FileSet, names: &[&str]) -> Result<Self, Error> {
        let missing = set.missing();
        if !missing.is_empty() {
            let message = format!("the descriptors lack the imports {}", missing.join(", "));
            return Err(Error::descriptors(message));
        }
        let pool = DescriptorPool::decode(set.encode())
            .map_err(|error| Error::descriptors(format!("the descriptors do not fit together: {error}")))?;
        let mut methods = BTreeMap::new();
        for name in names {
            methods.insert((*name).to_owned(), Method::find(&pool, name)?);
        }
        Ok(Self { pool, methods })
    }

    /// One of the methods that the descriptors were read for.
    pub(crate) fn method(&self, name: &str) -> &Method {
        self.methods.get(name).expect("the descriptors are read for all methods of the target")
    }

    /// What is in an `Any`: its bytes are those of the type that its URL names.
    ///
    /// `Ok(None)` where the type is not known here.
    pub(crate) fn open(&self, any: &Any) -> Result<Option<DynamicMessage>, String> {
        let name = type_name(&any.type_url);
        let Some(descriptor) = self.pool.get_message_by_name(name) else { return Ok(None) };
        DynamicMessage::decode(descriptor, &*any.value)
            .map(Some)
            .map_err(|error| format!("the bytes are not those of {name}: {error}"))
    }
}

/// The full name in a type URL.
pub(crate) fn type_name(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

impl Method {
    fn find(pool: &DescriptorPool, name: &str) -> Result<Self, Error> {
        let (service, short) = split(name)?;
        let service = pool
            .get_service_by_name(service)
            .ok_or_else(|| Error::descriptors(format!("the descriptors have no service {service}")))?;
        let method = service.methods().find(|method| method.name() == short).ok_or_else(|| {
            let has: Vec<_> = service.methods().map(|method| method.name().to_owned()).collect();
            let message = format!("{} has no method {short}, but {}", service.full_name(), has.join(", "));
            Error::descriptors(message)
        })?;
        if method.output().full_name() != OPERATION
            || method.is_server_streaming()
            || method.is_client_streaming()
        {
            return Err(Error::descriptors(format!("{name} does not return one {OPERATION}")));
        }
        let (response, metadata) = operation_info(&method);
        Ok(Self { name: name.to_owned(), input: method.input(), response, metadata })
    }

    /// A request of this JSON.
    pub(crate) fn request(&self, json: &Value) -> Result<DynamicMessage, Error> {
        let options = DeserializeOptions::new().deny_unknown_fields(true);
        DynamicMessage::deserialize_with_options(self.input.clone(), json, &options).map_err(|error| {
            Error::usage(format!(
                "{json} is no {}, the request of {}: {error}",
                self.input.full_name(),
                self.name
            ))
        })
    }

    /// Whether the request has this field, of one value of this kind.
    pub(crate) fn has_field(&self, name: &str, kind: &Kind) -> bool {
        let field = self.input.get_field_by_name(name);
        field.is_some_and(|field| !field.is_list() && field.kind() == *kind)
    }
}

fn split(method: &str) -> Result<(&str, &str), Error> {
    method
        .split_once('/')
        .filter(|(service, name)| !service.is_empty() && !name.is_empty())
        .ok_or_else(|| Error::usage(format!("`{method}` is no method like package.Service/Method")))
}

/// The names that `operation_info` gives, made full: one without a dot is of the method's package.
fn operation_info(method: &MethodDescriptor) -> (Option<String>, Option<String>) {
    // The options are encoded again, because the extension need not be among the descriptors.
    let options = MethodOptions::decode(&*method.options().encode_to_vec()).unwrap_or_default();
    let Some(info) = options.operation_info else { return (None, None) };
    let package = method.parent_service().package_name().to_owned();
    let full = |name: String| match name.as_str() {
        "" => None,
        dotted if dotted.contains('.') || package.is_empty() => Some(name.trim_start_matches('.').to_owned()),
        short => Some(format!("{package}.{short}")),
    };
    (full(info.response_type), full(info.metadata_type))
}
