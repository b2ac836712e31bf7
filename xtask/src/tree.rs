//! A tree of protos, compiled once and handed out package by package.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::{fs, io};

use bytes::Bytes;
use prost::Message;
use protox::Compiler;

use crate::Outcome;

/// A `FileDescriptorSet` whose files stay encoded, custom options and all.
#[derive(Clone, PartialEq, Message)]
struct EncodedSet {
    #[prost(bytes = "bytes", repeated, tag = "1")]
    file: Vec<Bytes>,
}

/// The beginning of a `FileDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
struct Header {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    package: String,
    #[prost(string, repeated, tag = "3")]
    dependency: Vec<String>,
}

/// All files of a tree, imports before those that import them.
#[derive(Debug)]
pub(crate) struct Tree {
    /// A serialized `FileDescriptorSet` of all of it.
    pub(crate) encoded: Vec<u8>,
    files: Vec<(Header, Bytes)>,
    by_name: HashMap<String, usize>,
    /// Files that a service names types of without importing them, by the file of the service.
    unimported: BTreeMap<String, BTreeSet<String>>,
}

impl Tree {
    /// Compiles every proto below a folder, which is also where imports are looked for.
    pub(crate) fn compile(folder: &Path) -> Outcome<Self> {
        let protos =
            protos_below(folder).map_err(|error| format!("cannot list {}: {error}", folder.display()))?;
        if protos.is_empty() {
            return Err(format!("there are no protos below {}", folder.display()).into());
        }
        let mut compiler = Compiler::new([folder])?;
        compiler.include_imports(true).include_source_info(true);
        // The debug form is the one that names file and line.
        compiler.open_files(protos).map_err(|error| format!("{error:?}"))?;
        Self::read(compiler.encode_file_descriptor_set())
    }

    /// Reads a serialized `FileDescriptorSet`, imports before those that import them.
    pub(crate) fn read(encoded: Vec<u8>) -> Outcome<Self> {
        let set = EncodedSet::decode(encoded.as_slice())?;
        let files: Vec<(Header, Bytes)> = set
            .file
            .into_iter()
            .map(|bytes| Header::decode(bytes.clone()).map(|header| (header, bytes)))
            .collect::<Result<_, _>>()?;
        let by_name =
            files.iter().enumerate().map(|(index, (header, _))| (header.name.clone(), index)).collect();
        let mut unimported: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for method in lro_codegen::methods(encoded.clone())? {
            let types = method.types.into_iter().flat_map(|(response, metadata)| [response, metadata]);
            for file in types.filter_map(|lro_type| lro_type.unimported) {
                unimported.entry(method.file.clone()).or_default().insert(file);
            }
        }
        Ok(Self { encoded, files, by_name, unimported })
    }

    /// The names of the files of each package.
    pub(crate) fn packages(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut packages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (header, _) in &self.files {
            packages.entry(&header.package).or_default().push(&header.name);
        }
        packages
    }

    /// The files that some files need, themselves among them.
    pub(crate) fn closure<'a>(&'a self, names: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&str> = names.into_iter().collect();
        while let Some(name) = open.pop() {
            let Some(&index) = self.by_name.get(name) else { continue };
            if seen.insert(name) {
                open.extend(self.files[index].0.dependency.iter().map(String::as_str));
                open.extend(self.unimported.get(name).into_iter().flatten().map(String::as_str));
            }
        }
        seen
    }

    /// The request for code of `targets`, with all that they need.
    pub(crate) fn request(&self, targets: &[&str]) -> Outcome<Vec<u8>> {
        Ok(lro_codegen::encode_request(self.set(targets), targets.iter().map(|&name| name.to_owned()))?)
    }

    /// The request for code of packages and of all that they need, but for what every runtime has.
    pub(crate) fn request_with_needed(&self, packages: &[String]) -> Outcome<Vec<u8>> {
        let known = self.packages();
        let mut targets = Vec::new();
        for package in packages {
            let files =
                known.get(package.as_str()).ok_or_else(|| format!("there is no package {package}"))?;
            targets.extend(files.iter().copied());
        }
        let closure = self.closure(targets);
        let needed: Vec<&str> =
            closure.into_iter().filter(|name| !name.starts_with("google/protobuf/")).collect();
        self.request(&needed)
    }

    /// A serialized `FileDescriptorSet` of some files and all that they need.
    pub(crate) fn set(&self, names: &[&str]) -> Vec<u8> {
        let needed = self.closure(names.iter().copied());
        let file = self.files.iter().filter(|(header, _)| needed.contains(header.name.as_str()));
        EncodedSet { file: file.map(|(_, bytes)| bytes.clone()).collect() }.encode_to_vec()
    }

    /// How many files there are.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }
}

/// All proto files below a folder. Sorted, because the order of the files is the order of the output.
pub(crate) fn protos_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    files_below(folder, "proto")
}

/// All files below a folder whose names end in this extension, sorted.
pub(crate) fn files_below(folder: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(files_below(&path, extension)?);
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
