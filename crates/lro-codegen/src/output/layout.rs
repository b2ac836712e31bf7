//! Which file holds what.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::config::{Config, Emit, Visibility};
use crate::diagnostics::report::Report;
use crate::diagnostics::{Diagnostic, Rule};
use crate::ident::snake;
use crate::input::descriptor::File as ProtoFile;

/// What a run has to say: the files to write and the warnings to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    files: Vec<File>,
    warnings: Vec<crate::diagnostics::Diagnostic>,
}

/// A file to write, or text to put into one that another plugin writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub(crate) name: String,
    pub(crate) insertion_point: Option<&'static str>,
    pub(crate) content: String,
}

impl Output {
    pub(crate) fn new(files: Vec<File>, warnings: Vec<Diagnostic>) -> Self {
        Self { files, warnings }
    }

    /// The files, sorted by name.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    pub(crate) fn into_parts(self) -> (Vec<File>, Vec<Diagnostic>) {
        (self.files, self.warnings)
    }

    /// What is worth a look although code was generated.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }
}

impl File {
    /// Its path below the output folder, with `/` between folders.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The mark in an existing file before which the content belongs; most files have none and are written whole.
    pub fn insertion_point(&self) -> Option<&str> {
        self.insertion_point
    }

    /// Rust source.
    pub fn content(&self) -> &str {
        &self.content
    }
}

/// The packages of a run, and where their code goes.
#[derive(Debug)]
pub(crate) struct Layout<'a> {
    config: &'a Config,
    /// The packages to generate, each with its proto files.
    packages: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Layout<'a> {
    pub(crate) fn new(
        config: &'a Config,
        targets: impl Iterator<Item = &'a ProtoFile>,
        report: &mut Report,
    ) -> Self {
        let mut packages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for file in targets {
            packages.entry(&file.package).or_default().push(&file.name);
        }
        let mut modules: BTreeMap<Vec<String>, &str> = BTreeMap::new();
        for package in packages.keys() {
            if let Some(other) = modules.insert(segments(package), package) {
                let message = format!("packages `{other}` and `{package}` would both become one Rust module");
                report
                    .push(Diagnostic::error(Rule::NameCollision, message).help("generate them in two runs"));
            }
        }
        for files in packages.values_mut() {
            files.sort_unstable();
        }
        let layout = Self { config, packages };
        layout.check_include_file(report);
        layout
    }

    fn check_include_file(&self, report: &mut Report) {
        let Some(name) = &self.config.include_file else { return };
        let taken = |package: &&str| ["rs", "lro.rs"].iter().any(|kind| self.path(package, kind) == *name);
        if let Some(package) = self.packages.keys().copied().find(taken) {
            let message = format!("option include_file: `{name}` is the file of the package `{package}`");
            report.push(Diagnostic::error(Rule::Option, message).help("mod.rs is a good name"));
        }
    }

    /// One file per package, with all of its parts: messages and tonic's code, the LRO layer, descriptors.
    pub(crate) fn whole(&self, mut parts: [BTreeMap<String, String>; 3]) -> Vec<File> {
        let mut files = Vec::new();
        let mut included = Vec::new();
        for (package, sources) in &self.packages {
            let parts = parts.iter_mut().filter_map(|part| part.remove(*package));
            let content = parts.fold(header(sources), |content, part| content + "\n" + &part);
            included.push((*package, vec![self.path(package, "rs")]));
            files.push(File { name: self.path(package, "rs"), insertion_point: None, content });
        }
        self.finish(files, &included)
    }

    /// The LRO layer in files of its own, included from the files that protoc-gen-prost writes.
    pub(crate) fn layer(&self, mut layer: BTreeMap<String, String>) -> Vec<File> {
        let mut files = Vec::new();
        let mut included = Vec::new();
        for (package, sources) in &self.packages {
            let companion = self.companion(package);
            let mut parts = vec![companion.clone()];
            if let Some(content) = layer.remove(*package) {
                let name = self.path(package, "lro.rs");
                if self.config.no_include {
                    parts.push(name.clone());
                } else {
                    let content = format!("include!({:?});\n", self.file_name(package, "lro.rs"));
                    files.push(File { name: companion, insertion_point: Some("module"), content });
                }
                files.push(File { name, insertion_point: None, content: header(sources) + "\n" + &content });
            }
            included.push((*package, parts));
        }
        self.finish(files, &included)
    }

    fn finish(&self, mut files: Vec<File>, included: &[(&str, Vec<String>)]) -> Vec<File> {
        if let Some(name) = &self.config.include_file {
            files.push(File {
                name: name.clone(),
                insertion_point: None,
                content: self.include_file(included),
            });
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        files
    }

    /// The file that protoc-gen-prost writes for a package. That of files without a package has no extension there.
    fn companion(&self, package: &str) -> String {
        if package.is_empty() { self.stem(package).to_owned() } else { self.path(package, "rs") }
    }

    fn path(&self, package: &str, extension: &str) -> String {
        let flat = self.config.flat_output_dir.unwrap_or(self.config.emit == Emit::All);
        let name = self.file_name(package, extension);
        if flat || package.is_empty() { name } else { format!("{}/{name}", segments(package).join("/")) }
    }

    fn file_name(&self, package: &str, extension: &str) -> String {
        format!("{}.{extension}", self.stem(package))
    }

    /// What the files of a package are called; that of files without a package is `_`, as prost-build calls it.
    fn stem<'p>(&'p self, package: &'p str) -> &'p str {
        let default = self.config.default_package_filename.as_deref().unwrap_or("_");
        if package.is_empty() { default } else { package }
    }

    /// The module tree: one module per package segment, and an `include!` where a package has code.
    fn include_file(&self, packages: &[(&str, Vec<String>)]) -> String {
        let mut root = Module::default();
        for (package, files) in packages {
            let mut module = &mut root;
            for segment in segments(package) {
                module = module.children.entry(segment).or_default();
            }
            module.package = package;
            module.files.extend(files.iter().map(String::as_str));
        }
        let mut text = header(&[]);
        text.push('\n');
        root.write(&mut text, "", self.config.visibility);
        text
    }
}

/// Reports names that would leave the output folder, or are none.
pub(crate) fn check_file_names(config: &Config, report: &mut Report) {
    let names = [
        ("include_file", &config.include_file, "mod.rs"),
        ("default_package_filename", &config.default_package_filename, "root"),
    ];
    for (option, name, example) in names {
        let Some(name) = name.as_deref().filter(|name| !is_file_name(name)) else { continue };
        let name = name.escape_debug();
        let message = format!("option {option}: `{name}` is not the name of a file in the output folder");
        report.push(Diagnostic::error(Rule::Option, message).help(format!("{example} is a good name")));
    }
}

fn is_file_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '\\']) && !name.contains(char::is_control)
}

fn segments(package: &str) -> Vec<String> {
    package.split('.').filter(|segment| !segment.is_empty()).map(snake).collect()
}

fn header(sources: &[&str]) -> String {
    let mut header =
        concat!("// @generated by lro-codegen ", env!("CARGO_PKG_VERSION"), ". Do not edit.\n").to_owned();
    for source in sources {
        // Writing to a string cannot fail.
        let _ = writeln!(header, "// source: {source}");
    }
    header
}

#[derive(Default)]
struct Module<'a> {
    package: &'a str,
    files: Vec<&'a str>,
    children: BTreeMap<String, Module<'a>>,
}

impl Module<'_> {
    fn write(&self, text: &mut String, indent: &str, visibility: Visibility) {
        // A program does not use all that is generated, and packages may be called as what is around them. An attribute also holds for what
        // is below.
        let (public, attribute) = match (visibility, indent) {
            (Visibility::Public, "") => ("pub", "#[allow(dead_code, clippy::module_inception)]\n"),
            (Visibility::Crate, "") => {
                ("pub(crate)", "#[allow(dead_code, unreachable_pub, clippy::module_inception)]\n")
            }
            (Visibility::Public, _) => ("pub", ""),
            (Visibility::Crate, _) => ("pub(crate)", ""),
        };
        for file in &self.files {
            let _ = writeln!(text, "{indent}include!({file:?});");
        }
        for (name, child) in &self.children {
            let about = if child.package.is_empty() {
                "Packages by name.".to_owned()
            } else {
                format!("The package `{}`.", child.package)
            };
            let _ = writeln!(text, "{indent}/// {about}\n{attribute}{indent}{public} mod {name} {{");
            child.write(text, &format!("{indent}    "), visibility);
            let _ = writeln!(text, "{indent}}}");
        }
    }
}
