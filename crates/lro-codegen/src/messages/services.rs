//! tonic's clients and servers.

use std::cell::RefCell;
use std::rc::Rc;

use prost_build::{Service, ServiceGenerator};

use crate::config::Config;
use crate::ident::tonic_module;
use crate::names::tonic_client_rename;
use crate::paths::is_primitive;

/// What clippy thinks of generated code helps nobody, and the types of streams are called as the RPC is.
const ALLOW: &str = "#[allow(non_camel_case_types, clippy::all, clippy::pedantic)]";

/// The code of a package.
type Code = Rc<RefCell<String>>;

/// Runs tonic-prost-build's generator and keeps its output apart from the messages, because tonic formats it already.
pub(super) struct Services<'a> {
    config: &'a Config,
    code: Code,
}

impl<'a> Services<'a> {
    pub(super) fn new(config: &'a Config) -> Self {
        Self { config, code: Code::default() }
    }

    pub(super) fn generator(&self) -> Box<dyn ServiceGenerator> {
        Box::new(Collector {
            client: self.config.client.then(|| self.tonic(true)),
            server: self.config.server.then(|| self.tonic(false)),
            code: Rc::clone(&self.code),
        })
    }

    pub(super) fn into_code(self) -> String {
        self.code.take()
    }

    fn tonic(&self, client: bool) -> Box<dyn ServiceGenerator> {
        let messages = &self.config.messages;
        let mut builder = tonic_prost_build::configure()
            .compile_well_known_types(messages.compile_well_known_types)
            .client_mod_attribute(".", ALLOW)
            .server_mod_attribute(".", ALLOW);
        if let Some(feature) = &self.config.client_feature {
            builder = builder.client_mod_attribute(".", cfg(feature));
        }
        if let Some(feature) = &self.config.server_feature {
            builder = builder.server_mod_attribute(".", cfg(feature));
        }
        for (path, attribute) in &messages.client_attributes {
            builder = builder.client_attribute(path, attribute);
        }
        for (path, attribute) in &messages.client_mod_attributes {
            builder = builder.client_mod_attribute(path, attribute);
        }
        for (path, attribute) in &messages.server_attributes {
            builder = builder.server_attribute(path, attribute);
        }
        for (path, attribute) in &messages.server_mod_attributes {
            builder = builder.server_mod_attribute(path, attribute);
        }
        if let Some(hook) = &messages.tonic {
            builder = hook(builder);
        }
        builder.build_client(client).build_server(!client).service_generator()
    }
}

/// Gives the type of a request or response the path from its root where it is a bare word, such as `bool`, because tonic-prost-build looks
/// for words in the module around its own, all but `()`.
fn root_primitive(name: &mut String) {
    if is_primitive(name) && name != "()" {
        *name = format!("::core::primitive::{name}");
    }
}

/// The condition for a module that the user compiles with a Cargo feature only.
fn cfg(feature: &str) -> String {
    format!("#[cfg(feature = {feature:?})]")
}

/// One generator for clients and one for servers: their methods do not always have the same names.
struct Collector {
    client: Option<Box<dyn ServiceGenerator>>,
    server: Option<Box<dyn ServiceGenerator>>,
    code: Code,
}

impl ServiceGenerator for Collector {
    fn generate(&mut self, mut service: Service, buf: &mut String) {
        for method in &mut service.methods {
            for name in [&mut method.input_type, &mut method.output_type] {
                root_primitive(name);
            }
        }
        let code = &mut *self.code.borrow_mut();
        let allow =
            if tonic_module(&service.name).ends_with('_') { "#[allow(non_snake_case)]\n" } else { "" };
        if let Some(client) = &mut self.client {
            let mut service = service.clone();
            for method in &mut service.methods {
                if let Some(name) = tonic_client_rename(&method.name) {
                    method.name = name;
                }
            }
            code.push_str(allow);
            client.generate(service, code);
        }
        if let Some(server) = &mut self.server {
            code.push_str(allow);
            server.generate(service, code);
        }
        // prost-build drops modules without any text, and then misses them.
        buf.push('\n');
    }
}
