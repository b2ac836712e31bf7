//! From the model to Rust: one module per service with long-running methods.

mod answers;
mod call;
mod client;
mod constant;
pub(crate) mod descriptors;
mod docs;
mod duration;
mod list;
mod method_config;
mod polling;
mod rpcs;
mod server;

use std::cell::RefCell;
use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::quote;

use crate::config::{Config, Visibility};
use crate::docs::{Links, Stash};
use crate::format;
use crate::model::{Mappings, Method, Service};
use crate::names::{MethodNames, ServiceNames};
use crate::paths::TypePaths;
use crate::stage::Stage;

/// The condition for items of one side, where the user compiles that side with a Cargo feature only.
fn gate(feature: Option<&String>) -> Option<TokenStream> {
    feature.map(|feature| quote!(#[cfg(feature = #feature)]))
}

/// How deep generated items lie below the module of their package.
const DEPTH: usize = 1;

/// What the parts of a service's module are made from.
pub(crate) struct Emitter<'a> {
    config: &'a Config,
    service: &'a Service,
    mappings: &'a Mappings,
    /// Those of them that methods of the service use.
    used_mappings: Vec<usize>,
    full_name: String,
    names: ServiceNames,
    paths: &'a TypePaths,
    links: &'a Links<'a>,
    /// The paths of types that were asked for, which most are several times.
    types: RefCell<HashMap<String, TokenStream>>,
    comments: Stash,
    /// What servers know of the fields of responses and metadata; nothing where filters are not to name them.
    descriptors: Vec<u8>,
}

impl<'a> Emitter<'a> {
    pub(crate) fn new(
        config: &'a Config,
        service: &'a Service,
        mappings: &'a Mappings,
        paths: &'a TypePaths,
        links: &'a Links<'a>,
    ) -> Self {
        Self {
            config,
            service,
            mappings,
            used_mappings: rpcs::used_mappings(service),
            full_name: service.full_name(),
            names: ServiceNames::new(service),
            paths,
            links,
            types: RefCell::default(),
            comments: Stash::default(),
            descriptors: Vec::new(),
        }
    }

    /// Gives servers descriptors of what operations hold.
    pub(crate) fn with_descriptors(mut self, descriptors: Vec<u8>) -> Self {
        self.descriptors = descriptors;
        self
    }

    /// The module of the service, formatted.
    pub(crate) fn source(&self) -> syn::Result<String> {
        self.config.begin(Stage::Emit);
        let module = self.module();
        self.config.begin(Stage::Format);
        Ok(self.comments.restore(&format::tokens(module)?))
    }

    fn module(&self) -> TokenStream {
        let docs = self.module_docs();
        let name = &self.names.module;
        let constants = self.operations().map(|(method, names)| self.constant(method, names));
        let rpcs = self.rpcs();
        let client = self.config.client.then(|| self.client());
        // The engine does no operations of another kind.
        let server = (self.config.server && self.service.has_served_operations()).then(|| self.server());
        let imports = self.imports();
        let (public, codegen) = (self.public(), self.paths.in_runtime("codegen"));
        // A service `Self` is `Self_` in Rust, and its module `self__lro`.
        let odd = name.to_string().contains("__").then(|| quote!(non_snake_case,));
        quote! {
            #docs
            #[allow(#odd unused, deprecated, non_camel_case_types, clippy::all, clippy::pedantic)]
            #public mod #name {
                use #codegen::*;
                #imports
                const _: () = #codegen::V1;
                #(#constants)*
                #rpcs
                #client
                #server
            }
        }
    }

    /// What clients and servers name of the runtime, each from a module of its own. Where the runtime lacks a side, the compiler then says one thing:
    /// the name of the module leads it to the feature that is missing, and that a whole import fails keeps it from missing each name in it.
    fn imports(&self) -> TokenStream {
        let config = self.config;
        let import = |on: bool, feature: &Option<String>, side: &str| {
            let module = self.paths.in_runtime(&format!("codegen::{side}"));
            let gate = gate(feature.as_ref());
            on.then(|| quote!(#gate use #module::{self as _, *};))
        };
        let client = import(config.client, &config.client_feature, "client");
        let server = import(config.server, &config.server_feature, "server");
        quote!(#client #server)
    }

    /// How visible every item is.
    fn public(&self) -> TokenStream {
        match self.config.visibility {
            Visibility::Public => quote!(pub),
            Visibility::Crate => quote!(pub(crate)),
        }
    }

    fn methods(&self) -> impl Iterator<Item = (&Method, &MethodNames)> {
        self.service.methods.iter().zip(&self.names.methods)
    }

    /// The typed long-running methods.
    fn operations(&self) -> impl Iterator<Item = (&Method, &MethodNames)> {
        self.methods().filter(|(method, _)| method.operation.is_some())
    }

    fn rust_type(&self, full_name: &str) -> TokenStream {
        if let Some(known) = self.types.borrow().get(full_name) {
            return known.clone();
        }
        let path = self.paths.rust(full_name, &self.service.package, DEPTH);
        self.types.borrow_mut().insert(full_name.to_owned(), path.clone());
        path
    }

    fn rpc_path(&self, method: &Method) -> String {
        format!("/{}/{}", self.full_name, method.name)
    }
}
