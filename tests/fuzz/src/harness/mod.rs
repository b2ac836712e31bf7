//! What is done with the bytes of each target. The tests of `lro-codegen` have this module as well, and run the cases again that once failed.
//!
//! Each function says whether code was generated. Refusing the input is as good, but a target that refuses all of it tests little.

mod descriptor;
mod library;
mod protos;
mod words;

use arbitrary::{Arbitrary as _, Unstructured};
use lro_codegen::{Config, Emit, ServiceConfig};

/// The bytes are a request.
pub fn request(data: &[u8]) -> bool {
    let _ = lro_codegen::methods(data.to_vec());
    generate(data)
}

/// The bytes choose the files of a request and its options.
pub fn protos(data: &[u8]) -> bool {
    protos::Run::arbitrary(&mut Unstructured::new(data)).is_ok_and(|run| generate(&run.request()))
}

/// The bytes are the option string of a request for one small service.
pub fn options(data: &[u8]) -> bool {
    std::str::from_utf8(data).is_ok_and(|parameter| generate(&library::request(parameter)))
}

/// The bytes are a service config, in YAML or in JSON.
pub fn service_config(data: &[u8]) -> bool {
    std::str::from_utf8(data).is_ok_and(|text| {
        let generated = ["library.yaml", "library.json"].map(|name| {
            let mut config = Config::default();
            config.emit = Emit::Lro;
            config.service_configs.push(ServiceConfig::new(name, text));
            lro_codegen::generate(library::request(""), &config).is_ok()
        });
        generated.contains(&true)
    })
}

/// Generates each layer.
fn generate(request: &[u8]) -> bool {
    let run = |emit| {
        let mut config = Config::default();
        config.emit = emit;
        lro_codegen::generate(request.to_vec(), &config).is_ok()
    };
    let (all, layer) = (run(Emit::All), run(Emit::Lro));
    all || layer
}
