//! Service configs: the files that say of an API's methods what its protos do not.
//!
//! Four kinds are read, told apart by what is in them: service yamls (`type: google.api.Service`), the older `*_gapic.yaml`
//! (`type: com.google.api.codegen.ConfigProto`), service configs of gRPC (`grpc.service_config.ServiceConfig`, in JSON), of all three of which
//! only what the generator has a use for is looked at, and operation mappings (`type: lro.OperationMapping`), which are this project's own.

mod gapic;
mod grpc;
mod keys;
mod mapping;
mod method_config;
mod operations;
mod polling;
mod reader;
mod retry;
mod selectors;
mod service;
mod text;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::Arc;

pub(crate) use mapping::OperationInfo;
pub use method_config::MethodConfig;
pub use operations::OperationRule;
pub(crate) use operations::name_patterns;
pub use polling::PollingSettings;
pub use retry::RetryPolicy;
pub(crate) use selectors::check_selectors;

use crate::diagnostics::Location;
use crate::diagnostics::report::Report;
use crate::operation_mapping::OperationMapping;
use method_config::{ByName, MethodConfigs};
use reader::Reader;

/// A service yaml, a `*_gapic.yaml`, a service config of gRPC or an operation mapping: what [`crate::Config::service_configs`] holds.
///
/// ```
/// # let text = "type: google.api.Service\n";
/// let mut config = lro_codegen::Config::default();
/// config.service_configs.push(lro_codegen::ServiceConfig::new("library_v1.yaml", text));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceConfig {
    /// What diagnostics call the file. Its text is JSON if this ends with `.json`, else YAML.
    pub file: String,
    /// What is in it.
    pub text: String,
}

impl ServiceConfig {
    /// A file by its name and what is in it.
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self { file: file.into(), text: text.into() }
    }
}

/// How the option `service_config=FILE` gets at the file, since this crate reads none itself.
#[derive(Clone)]
pub struct FileReader(Arc<ReadFile>);

type ReadFile = dyn Fn(&str) -> io::Result<String> + Send + Sync;

impl FileReader {
    /// A reader that is given the option's value, such as `|path| std::fs::read_to_string(path)`.
    pub fn new(read: impl Fn(&str) -> io::Result<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    pub(crate) fn read(&self, path: &str) -> io::Result<ServiceConfig> {
        (self.0)(path).map(|text| ServiceConfig::new(path, text))
    }
}

impl fmt::Debug for FileReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileReader")
    }
}

/// What all service configs of a run say.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    files: Vec<FileSettings>,
    /// The mappings that were not written in a file.
    operation_mappings: Vec<OperationMapping>,
    polling: HashMap<String, PollingSettings>,
    method_configs: ByName,
    auto_populated_fields: HashMap<String, Vec<AutoPopulatedField>>,
    operation_infos: HashMap<String, (OperationInfo, Option<Location>)>,
}

/// What one file says, in its order.
#[derive(Debug)]
struct FileSettings {
    file: String,
    polling: Vec<Setting<PollingSettings>>,
    /// Absent where the file is none of gRPC's.
    method_configs: Option<MethodConfigs>,
    auto_populated_fields: Vec<Setting<Vec<AutoPopulatedField>>>,
    /// The services that it is about; all of them where it does not say.
    services: Vec<String>,
    operation_rules: Vec<OperationRule>,
    operation_infos: Vec<Setting<OperationInfo>>,
    operation_mappings: Vec<OperationMapping>,
    /// Whether a key of it was misspelt, and a warning has said so.
    has_misspelt: bool,
}

impl FileSettings {
    /// Nothing yet.
    fn new(file: String) -> Self {
        Self {
            file,
            polling: Vec::new(),
            method_configs: None,
            auto_populated_fields: Vec::new(),
            services: Vec::new(),
            operation_rules: Vec::new(),
            operation_infos: Vec::new(),
            operation_mappings: Vec::new(),
            has_misspelt: false,
        }
    }
}

/// A setting of one method.
#[derive(Debug)]
struct Setting<T> {
    /// The full name of the method, and where it is written.
    selector: String,
    location: Location,
    value: T,
}

/// A field of a method's request that clients fill in when it is empty (AIP-4235).
#[derive(Debug, Clone)]
pub(crate) struct AutoPopulatedField {
    pub(crate) name: String,
    pub(crate) location: Location,
}

impl Settings {
    /// Reads all files. A setting of a service yaml wins over one of a gapic yaml, and within a kind the first file wins. Of configs of gRPC
    /// the one with the most specific name wins, whichever file it is in.
    ///
    /// What an option of the run says of a method's operations wins over all files, and mappings that were given to the run are
    /// before those of files.
    pub(crate) fn read(
        configs: &[ServiceConfig],
        operation_infos: &[(String, String, String)],
        operation_mappings: &[OperationMapping],
        report: &mut Report,
    ) -> Self {
        let (mut files, mut gapic_files) = (Vec::new(), Vec::new());
        for config in configs {
            let mut reader = Reader::new(&config.file, report);
            let Some(source) = reader.source(&config.text) else { continue };
            let Some(root) = reader.root(&source) else { continue };
            match reader.kind(&root) {
                Some(Kind::Service) => files.push(service::read(&root, &mut reader)),
                Some(Kind::Gapic) => gapic_files.push(gapic::read(&root, &mut reader)),
                Some(Kind::Grpc) => files.push(grpc::read(&root, &mut reader)),
                Some(Kind::Mapping) => files.push(mapping::read(&root, &mut reader)),
                None => {}
            }
        }
        files.append(&mut gapic_files);
        let polling = files.iter().flat_map(|file| &file.polling);
        let fields = files.iter().flat_map(|file| &file.auto_populated_fields);
        let given = operation_infos.iter().map(|(method, response, metadata)| {
            let info = OperationInfo { response: response.clone(), metadata: metadata.clone() };
            (method.clone(), (info, None))
        });
        let mut operation_infos: HashMap<_, _> = given.collect();
        for setting in files.iter().flat_map(|file| &file.operation_infos) {
            let value = (setting.value.clone(), Some(setting.location.clone()));
            operation_infos.entry(setting.selector.clone()).or_insert(value);
        }
        let (polling, auto_populated_fields) = (first_of_each(polling), first_of_each(fields));
        let operation_mappings = operation_mappings.to_vec();
        let of_grpc = files.iter().enumerate();
        let method_configs =
            ByName::new(of_grpc.filter_map(|(number, file)| Some((number, file.method_configs.as_ref()?))));
        Self { files, operation_mappings, polling, method_configs, auto_populated_fields, operation_infos }
    }

    /// How clients wait for operations of a method, if any file says so.
    pub(crate) fn polling(&self, method: &str) -> Option<PollingSettings> {
        self.polling.get(method).copied()
    }

    /// How calls of a method are made, if any file says so.
    pub(crate) fn method_config(&self, service: &str, method: &str) -> Option<&MethodConfig> {
        let (file, config) = self.method_configs.find(service, method)?;
        let (config, _) = self.files.get(file)?.method_configs.as_ref()?.configs.get(config)?;
        Some(config)
    }

    /// What operations of a method hold by the first file that says so, and where it does.
    pub(crate) fn operation_info(&self, method: &str) -> Option<&(OperationInfo, Option<Location>)> {
        self.operation_infos.get(method)
    }

    /// The mappings of the run; the first one that is for a method counts.
    pub(crate) fn operation_mappings(&self) -> impl Iterator<Item = &OperationMapping> {
        self.operation_mappings.iter().chain(self.files.iter().flat_map(|file| &file.operation_mappings))
    }

    /// The fields of a method's request that clients fill in.
    pub(crate) fn auto_populated_fields(&self, method: &str) -> Vec<AutoPopulatedField> {
        self.auto_populated_fields.get(method).cloned().unwrap_or_default()
    }

    /// Where the operations of a service are found, by the first file that is about the service and says so.
    pub(crate) fn operation_rules(&self, service: &str) -> Vec<OperationRule> {
        let about = |file: &&FileSettings| {
            file.services.is_empty() || file.services.iter().any(|name| name == service)
        };
        let rules = self.files.iter().filter(about).map(|file| &file.operation_rules);
        rules.into_iter().find(|rules| !rules.is_empty()).cloned().unwrap_or_default()
    }
}

/// What kind of file this is.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Service,
    Gapic,
    Grpc,
    Mapping,
}

fn first_of_each<'a, T: Clone + 'a>(settings: impl Iterator<Item = &'a Setting<T>>) -> HashMap<String, T> {
    let mut first = HashMap::new();
    for setting in settings {
        first.entry(setting.selector.clone()).or_insert_with(|| setting.value.clone());
    }
    first
}
