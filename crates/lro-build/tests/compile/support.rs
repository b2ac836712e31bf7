//! A folder with protos, and a folder for what is made of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use lro_build::{Builder, Error};
use tempfile::TempDir;

/// A proto with one long-running method.
pub(crate) const SHOP: &str = r#"syntax = "proto3";
package shop.v1;
import "google/longrunning/operations.proto";
service Shop {
  rpc Sell(Order) returns (google.longrunning.Operation) {
    option (google.longrunning.operation_info) = { response_type: "Order" metadata_type: "Order" };
  }
}
message Order {}
"#;

/// `protos` and `out` in a folder that goes away with the test.
pub(crate) struct Project {
    root: TempDir,
}

impl Project {
    pub(crate) fn new(protos: &[(&str, &str)]) -> Self {
        let project = Self { root: tempfile::tempdir().unwrap() };
        fs::create_dir(project.protos()).unwrap();
        for (name, text) in protos {
            project.write(name, text);
        }
        project
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.protos().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn protos(&self) -> PathBuf {
        self.root.path().join("protos")
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.root.path().join("out")
    }

    pub(crate) fn builder(&self) -> Builder {
        lro_build::configure().out_dir(self.out())
    }

    pub(crate) fn compile(&self, name: &str) -> Result<(), Error> {
        self.compile_with(&self.builder(), name)
    }

    pub(crate) fn compile_with(&self, builder: &Builder, name: &str) -> Result<(), Error> {
        builder.compile(&[self.protos().join(name)], &[self.protos()])
    }

    pub(crate) fn generated(&self, name: &str) -> String {
        fs::read_to_string(self.out().join(name)).unwrap()
    }

    /// The names of what was written, folders among it.
    pub(crate) fn written(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.out()) else { return Vec::new() };
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort_unstable();
        names
    }

    /// Everything that was written, by its path below the output folder.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.out()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.out()).unwrap().to_str().unwrap();
                    files.insert(name.to_owned(), fs::read_to_string(&path).unwrap());
                }
            }
        }
        files
    }
}
