//! One run, from request to output.

use std::collections::BTreeMap;

use bytes::Bytes;
use proc_macro2::TokenStream;

use crate::collisions;
use crate::config::{Config, Emit};
use crate::descriptor_set;
use crate::diagnostics::{Diagnostic, Diagnostics, Report, Rule};
use crate::disable;
use crate::emit::Emitter;
use crate::layout::{Layout, Output, check_file_names};
use crate::lints;
use crate::messages;
use crate::model::{self, Model};
use crate::options;
use crate::paths::TypePaths;
use crate::request::Request;

/// Generates the code that a serialized `google.protobuf.compiler.CodeGeneratorRequest` asks for.
///
/// The request's own option string is applied on top of `config`. The output depends on nothing else: no files, no environment, no clock.
///
/// # Errors
///
/// Every problem of the input that keeps code from being generated, at once.
pub fn generate(request: impl Into<Bytes>, config: &Config) -> Result<Output, Diagnostics> {
    let mut report = Report::default();
    let request = Request::read(request.into(), &mut report)?;
    let mut config = config.clone();
    options::apply(&mut config, &request.parameter, &mut report);
    report.set_levels(&config.levels);
    options::check(&config, &mut report);
    let paths = TypePaths::new(&config, &mut report);
    check_file_names(&config, &mut report);
    if config.emit == Emit::All {
        refuse_editions(&request, &mut report);
    }
    // Names that are no identifiers would reach source code, so nothing is resolved before they are known to be.
    let mut report = report.stop_at_errors()?;

    let model = model::build(&request.files, |file| request.is_target(file), &mut report);
    lints::check(&request.files, &model.services, &mut report);
    collisions::check(&config, &request, &model.services, &mut report);
    let layout = Layout::new(&config, request.targets(), &mut report);
    disable::honour(&request.files, &mut report);
    let warnings = report.finish()?;

    let layer = render_layer(&config, &model, &paths)?;
    let files = match config.emit {
        Emit::All => {
            let messages = messages::generate(&config, &request, &paths)?;
            layout.whole([messages, layer, descriptor_set::constants(&config, &request)])
        }
        Emit::Lro => layout.layer(layer),
    };
    Ok(Output::new(files, warnings))
}

/// The LRO layer of each package that has long-running methods, formatted.
fn render_layer(
    config: &Config,
    model: &Model,
    paths: &TypePaths,
) -> Result<BTreeMap<String, String>, Diagnostics> {
    let mut packages: BTreeMap<&str, TokenStream> = BTreeMap::new();
    for service in model.services.iter().filter(|service| service.has_operations()) {
        packages.entry(&service.package).or_default().extend(Emitter::new(config, service, paths).module());
    }
    packages.into_iter().map(|(package, tokens)| Ok((package.to_owned(), format(package, tokens)?))).collect()
}

fn format(package: &str, tokens: TokenStream) -> Result<String, Diagnostics> {
    let file = syn::parse2(tokens).map_err(|error| {
        let message = format!("the code generated for package `{package}` is not valid Rust: {error}");
        Diagnostic::error(Rule::Input, message)
            .help("this is a fault of the generator, unless an extern_path is not a path; please report it with the proto")
    })?;
    Ok(prettyplease::unparse(&file))
}

fn refuse_editions(request: &Request, report: &mut Report) {
    for file in request.targets().filter(|file| file.syntax == "editions") {
        let message = format!("{} uses an edition, and prost-build cannot generate its messages", file.name);
        report.push(Diagnostic::error(Rule::Messages, message).help(
            "use emit=lro, which reads editions, beside a message generator that does; or write `syntax = \"proto3\"`",
        ));
    }
    let imported: Vec<&str> = request
        .files
        .iter()
        .filter(|file| file.syntax == "editions" && !request.is_target(file))
        .map(|file| file.name.as_str())
        .collect();
    if !imported.is_empty() {
        let message = format!("prost-build cannot read editions, and {} uses one", imported.join(", "));
        report.push(Diagnostic::error(Rule::Messages, message).help("use emit=lro"));
    }
}
