//! What is done with the bytes of each target. The tests of `lro-codegen` have this module as well, and run the cases again that once failed.

mod descriptor;
mod library;
mod protos;

use arbitrary::{Arbitrary as _, Unstructured};
use lro_codegen::{Config, Emit, ServiceConfig};

/// The bytes are a request.
pub fn request(data: &[u8]) {
    generate(data);
    let _ = lro_codegen::methods(data.to_vec());
}

/// The bytes choose the files of a request and its options.
pub fn protos(data: &[u8]) {
    if let Ok(run) = protos::Run::arbitrary(&mut Unstructured::new(data)) {
        generate(&run.request());
    }
}

/// The bytes are the option string of a request for one small service.
pub fn options(data: &[u8]) {
    if let Ok(parameter) = std::str::from_utf8(data) {
        generate(&library::request(parameter));
    }
}

/// The bytes are a service config.
pub fn service_config(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let mut config = Config::default();
        config.emit = Emit::Lro;
        config.service_configs.push(ServiceConfig::new("library.yaml", text));
        let _ = lro_codegen::generate(library::request(""), &config);
    }
}

/// Generates each layer; refusing the input is as good as generating code from it.
fn generate(request: &[u8]) {
    let mut config = Config::default();
    for emit in [Emit::All, Emit::Lro] {
        config.emit = emit;
        let _ = lro_codegen::generate(request.to_vec(), &config);
    }
}
