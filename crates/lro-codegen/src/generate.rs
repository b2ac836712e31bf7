//! One run, from request to output.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use bytes::Bytes;

use crate::collisions;
use crate::config::{Config, Emit};
use crate::diagnostics::report::Report;
use crate::diagnostics::{Diagnostic, Diagnostics, Rule};
use crate::docs::Links;
use crate::emit::{Emitter, descriptors};
use crate::input::request::Request;
use crate::lints;
use crate::lints::disable;
use crate::messages::{Messages, Package};
use crate::missing;
use crate::model::{self, Service};
use crate::options;
use crate::output::descriptor_set;
use crate::output::layout::{Layout, Output, check_file_names};
use crate::output::module_tree::check_module_tree;
use crate::parallel;
use crate::paths::TypePaths;
use crate::service_config::{Settings, check_selectors};
use crate::stage::Stage;

/// Generates the code that a serialized `google.protobuf.compiler.CodeGeneratorRequest` asks for.
///
/// The request's own option string is applied on top of `config`. The output depends on nothing else: no files, no environment, no
/// clock. [`Config::threads`] says how many threads work on it; their number changes nothing but the time.
///
/// # Errors
///
/// Every problem of the input that keeps code from being generated, at once.
pub fn generate(request: impl Into<Bytes>, config: &Config) -> Result<Output, Diagnostics> {
    config.begin(Stage::Read);
    let mut report = Report::default();
    let request = Request::read(request.into(), threads(config), &mut report)?;
    let mut config = config.clone();
    options::apply(&mut config, &request.parameter, &mut report);
    report.set_levels(&config.levels);
    options::check(&config, &mut report);
    let paths = TypePaths::new(&config, &mut report);
    check_file_names(&config, &mut report);
    let settings = Settings::read(
        &config.service_configs,
        &config.operation_infos,
        &config.operation_mappings,
        &mut report,
    );
    if config.emit == Emit::All {
        refuse_editions(&request, &mut report);
    }
    // Names that are no identifiers would reach source code, so nothing is resolved before they are known to be.
    let mut report = report.stop_at_errors()?;

    config.begin(Stage::Resolve);
    let model = model::build(&request, &settings, config.routing_headers, threads(&config), &mut report);
    missing::check(&config, &request, &model.services, &paths, &mut report);
    lints::check(&request, &model, &mut report);
    check_selectors(&settings, &request, &mut report);
    options::check_unused(&config, &request, &mut report);
    collisions::check(&config, &request, &model.services, &paths, &mut report);
    let layout = Layout::new(&config, request.targets(), &mut report);
    check_module_tree(&config, &request, &paths, &mut report);
    disable::honour(&request, &mut report);
    let mut report = report.stop_at_errors()?;

    let links = Links::new(&config, &request, &model, &paths);
    let mut jobs: Vec<Job> =
        model.services.iter().filter(|service| service.has_operations()).map(Job::Layer).collect();
    let messages = Messages::new(&config, &request, &paths, &links);
    let packages = if config.emit == Emit::All { messages.packages() } else { Vec::new() };
    jobs.extend(packages.iter().map(Job::Messages));
    let sources = parallel::map(threads(&config), &jobs, Job::weight, |job| {
        let source = match job {
            Job::Layer(service) => {
                let descriptors = if config.server && config.filter_descriptors {
                    descriptors::of(&request, &model.types, service)
                } else {
                    Vec::new()
                };
                let emitter = Emitter::new(&config, service, &model.mappings, &paths, &links);
                render_layer(&emitter.with_descriptors(descriptors), service)
            }
            Job::Messages(package) => messages.generate(package),
        };
        config.begin(Stage::Wait);
        source
    });
    config.begin(Stage::Write);

    let (mut layer, mut messages) = (BTreeMap::<String, String>::new(), BTreeMap::new());
    for (job, source) in jobs.iter().zip(sources) {
        match (job, source) {
            (Job::Layer(service), Ok(source)) => {
                layer.entry(service.package.clone()).or_default().push_str(&source);
            }
            (Job::Messages(package), Ok(source)) => {
                messages.insert(package.name.clone(), source);
            }
            (_, Err(problems)) => problems.into_iter().for_each(|problem| report.push(problem)),
        }
    }
    let warnings = report.finish()?;
    let files = match config.emit {
        Emit::All => layout.whole([messages, layer, descriptor_set::constants(&config, &request)]),
        Emit::Lro => layout.layer(layer),
    };
    Ok(Output::new(files, warnings))
}

/// A part of the output that can be made on its own.
enum Job<'a> {
    /// The LRO layer of a service.
    Layer(&'a Service),
    /// The messages and tonic services of a package.
    Messages(&'a Package),
}

impl Job<'_> {
    /// About how long it takes, in no unit.
    fn weight(&self) -> usize {
        match self {
            Self::Layer(service) => service.methods.len() * METHOD_WEIGHT,
            Self::Messages(package) => package.size,
        }
    }
}

/// How many bytes of descriptors take about as long as a method.
const METHOD_WEIGHT: usize = 1000;

fn threads(config: &Config) -> NonZeroUsize {
    config.threads.unwrap_or_else(parallel::cores)
}

/// The LRO layer of a service, formatted.
fn render_layer(emitter: &Emitter<'_>, service: &Service) -> Result<String, Diagnostics> {
    emitter.source().map_err(|error| {
        let message =
            format!("the code generated for service `{}` is not valid Rust: {error}", service.full_name());
        Diagnostic::error(Rule::Input, message)
            .help("this is a fault of the generator, unless an extern_path is not a path; please report it with the proto")
            .into()
    })
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
