//! Every identifier that generated code defines, computed once.
//!
//! NAMES.md has the rules as users see them. What an RPC is called stays what tonic calls it, wherever that is possible; what collides
//! after renaming is refused, see `collisions`.

use std::collections::HashSet;

use proc_macro2::Ident;
use quote::format_ident;

use crate::ident::{constant, snake, tonic_module, type_name};
use crate::model::{Method, Service};

/// The methods that every typed client has besides its RPCs.
const CLIENT_METHODS: &[&str] =
    &["clone", "connect", "from", "into", "new", "operation", "operations", "try_into"];

/// The methods of tonic's own clients; an RPC of one of these names keeps tonic's client from compiling.
const TONIC_CLIENT_METHODS: &[&str] = &[
    "accept_compressed",
    "connect",
    "max_decoding_message_size",
    "max_encoding_message_size",
    "new",
    "send_compressed",
    "with_interceptor",
    "with_origin",
];

/// What the code of tonic's servers names without a path. A service of such a name is a trait beside that code, which hides what it needs.
const TONIC_SERVER_TYPES: &[&str] = &[
    "Arc",
    "B",
    "Body",
    "Box",
    "BoxFuture",
    "Clone",
    "CompressionEncoding",
    "Context",
    "Default",
    "EnabledCompressionEncodings",
    "InterceptedService",
    "Into",
    "Option",
    "Poll",
    "StdError",
    "T",
];

/// The identifiers of one service.
#[derive(Debug)]
pub(crate) struct ServiceNames {
    /// The module that holds everything below.
    pub(crate) module: Ident,
    pub(crate) client: Ident,
    pub(crate) server_trait: Ident,
    pub(crate) server: Ident,
    /// tonic's own module, trait and server.
    pub(crate) tonic_server_module: Ident,
    pub(crate) tonic_trait: Ident,
    pub(crate) tonic_server: Ident,
    /// In the order of the service's methods.
    pub(crate) methods: Vec<MethodNames>,
}

/// The identifiers of one method.
#[derive(Debug)]
pub(crate) struct MethodNames {
    pub(crate) constant: Ident,
    /// The method of the typed client.
    pub(crate) client: Ident,
    /// The method of the typed client that picks up an operation by its name.
    pub(crate) resume: Ident,
    /// The method of the server trait, named as in tonic's trait.
    pub(crate) server: Ident,
    /// The hook of the server trait that runs before the operation exists.
    pub(crate) start: Ident,
    /// The associated type of a response stream, named as in tonic's trait.
    pub(crate) stream: Ident,
}

impl ServiceNames {
    pub(crate) fn new(service: &Service) -> Self {
        let name = type_name(&service.name);
        let module = tonic_module(&name);
        let rpcs: HashSet<String> = service.methods.iter().map(|method| snake(&method.name)).collect();
        Self {
            module: format_ident!("{module}_lro"),
            client: format_ident!("{name}LroClient"),
            server_trait: format_ident!("{name}Lro"),
            server: format_ident!("{name}LroServer"),
            tonic_server_module: format_ident!("{module}_server"),
            tonic_trait: format_ident!("{name}"),
            tonic_server: format_ident!("{name}Server"),
            methods: service.methods.iter().map(|method| MethodNames::new(method, &rpcs)).collect(),
        }
    }
}

impl MethodNames {
    fn new(method: &Method, rpcs: &HashSet<String>) -> Self {
        let rpc = snake(&method.name);
        let plain = rpc.trim_start_matches("r#");
        let client = if CLIENT_METHODS.contains(&plain) { format!("{plain}_rpc") } else { rpc.clone() };
        // A name of digits begins with an underscore only where nothing else stands before it.
        let start = format!("start_{}", plain.trim_start_matches('_'));
        let start = if rpcs.contains(&start) { format!("{start}_operation") } else { start };
        // The ending makes an ordinary word of a keyword.
        let resume = snake(&format!("{}_operation", method.name));
        let resume = if rpcs.contains(&resume) { format!("{resume}_by_name") } else { resume };
        Self {
            constant: format_ident!("{}", constant(&method.name)),
            client: format_ident!("{client}"),
            resume: format_ident!("{resume}"),
            server: format_ident!("{rpc}"),
            start: format_ident!("{start}"),
            stream: format_ident!("{}Stream", method.name),
        }
    }
}

/// Why tonic's server of a service does not compile, where its name is the reason.
pub(crate) fn hides_from_tonic(service: &Service) -> Option<String> {
    let name = type_name(&service.name);
    if TONIC_SERVER_TYPES.contains(&name.as_str()) {
        return Some(format!("a trait `{name}` hides a type that tonic's server needs"));
    }
    // tonic puts a struct of this name beside the trait, one per method.
    let method = service.methods.iter().find(|method| format!("{}Svc", method.name) == name)?;
    Some(format!("tonic's server has a struct `{name}` for the rpc {}", method.name))
}

/// The name that tonic's client should get for an RPC, where its own would keep it from compiling.
pub(crate) fn tonic_client_rename(rpc: &str) -> Option<String> {
    TONIC_CLIENT_METHODS.contains(&rpc).then(|| format!("{rpc}_rpc"))
}
