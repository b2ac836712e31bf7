//! `cargo xtask polling DIR`: what the generator reads from the service configs of a tree, against a reading of the same files by
//! another YAML library and other code.

mod independent;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use lro_codegen::{LroMethod, ServiceConfig, methods_with};

use crate::Outcome;
use crate::tree::{Tree, files_below};
use independent::{Kind, Polling, Reading};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder of protos and service configs, unpacked; imports are looked for from here.
    dir: PathBuf,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let files = read_files(&args.dir)?;
    if files.is_empty() {
        return Err(format!("there are no service configs below {}", args.dir.display()).into());
    }
    for (kind, name) in [(Kind::Gapic, "gapic yamls"), (Kind::Service, "service yamls")] {
        let of_kind = || files.iter().filter(|(_, reading)| reading.kind == kind);
        let settings: usize = of_kind().map(|(_, reading)| reading.polling.len()).sum();
        let with_settings = of_kind().filter(|(_, reading)| !reading.polling.is_empty()).count();
        println!(
            "{} {name}; {with_settings} of them have polling settings, for {settings} methods",
            of_kind().count()
        );
    }

    let tree = Tree::compile(&args.dir)?;
    let mut tally = Tally::default();
    for file in &files {
        let packages: BTreeSet<&str> = file.1.services().filter_map(|service| package(service)).collect();
        let all = tree.packages();
        let targets: Vec<&str> =
            packages.iter().filter_map(|name| all.get(name)).flatten().copied().collect();
        compare(tree.set(&targets), std::slice::from_ref(file), &mut tally)?;
    }
    tally.print("file by file");
    let mut together = Tally::default();
    compare(tree.encoded.clone(), &files, &mut together)?;
    together.print("all files together");

    let differing = [tally.differing, together.differing].concat();
    if differing.is_empty() {
        return Ok(());
    }
    Err(format!("{} differ:\n{}", differing.len(), differing.join("\n")).into())
}

/// All yaml files of a tree, sorted, with an independent reading of each.
fn read_files(folder: &Path) -> Outcome<Vec<(ServiceConfig, Reading)>> {
    let paths =
        files_below(folder, "yaml").map_err(|error| format!("cannot list {}: {error}", folder.display()))?;
    let mut files = Vec::new();
    for path in paths {
        let text =
            fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let reading =
            independent::read(&text).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        if let Some(reading) = reading {
            files.push((ServiceConfig::new(path.display().to_string(), text), reading));
        }
    }
    Ok(files)
}

/// What came of comparisons.
#[derive(Default)]
struct Tally {
    /// Methods whose polling settings are the same in both readings.
    polling: usize,
    /// Methods whose fields to fill in are the same.
    fields: usize,
    /// Methods that have the same HTTP rules of operations.
    rules: usize,
    /// Settings of methods that the tree does not have.
    elsewhere: usize,
    differing: Vec<String>,
}

/// Compares what the generator's model has for the long-running methods of a set with what the files say on their own.
fn compare(set: Vec<u8>, files: &[(ServiceConfig, Reading)], tally: &mut Tally) -> Outcome {
    let configs: Vec<ServiceConfig> = files.iter().map(|(config, _)| config.clone()).collect();
    let (methods, _) = methods_with(set, &configs)?;
    let readings = || {
        // Service yamls win.
        let of_kind =
            |kind| files.iter().map(|(_, reading)| reading).filter(move |reading| reading.kind == kind);
        of_kind(Kind::Service).chain(of_kind(Kind::Gapic))
    };
    let mut expected: BTreeMap<&str, Polling> = BTreeMap::new();
    for (selector, polling) in readings().flat_map(|reading| &reading.polling) {
        expected.entry(selector).or_insert(*polling);
    }
    for method in &methods {
        let name = format!("{}.{}", method.service, method.method);
        let place = || format!("{name} ({})", configs.first().map_or("", |config| config.file.as_str()));
        match (expected.remove(name.as_str()), method.polling.map(|found| Polling::of(&found))) {
            (None, None) => {}
            (Some(expected), Some(found)) if expected == found => tally.polling += 1,
            (expected, found) => tally.differing.push(format!("{}: {found:?}, not {expected:?}", place())),
        }
        let fields = readings().find_map(|reading| reading.fields.get(&name)).cloned().unwrap_or_default();
        tally.check(
            fields == method.auto_populated_fields,
            !fields.is_empty(),
            |tally| &mut tally.fields,
            place,
        );
        let about = readings().filter(|reading| reading.is_about(&method.service));
        let rules =
            about.map(|reading| &reading.rules).find(|rules| !rules.is_empty()).cloned().unwrap_or_default();
        tally.check(rules == rules_of(method), !rules.is_empty(), |tally| &mut tally.rules, place);
    }
    tally.elsewhere += expected.len();
    Ok(())
}

impl Tally {
    fn check(
        &mut self,
        equal: bool,
        counts: bool,
        counter: fn(&mut Self) -> &mut usize,
        place: impl Fn() -> String,
    ) {
        if !equal {
            self.differing.push(format!("{}: fields or rules", place()));
        } else if counts {
            *counter(self) += 1;
        }
    }

    fn print(&self, how: &str) {
        println!(
            "{how}: polling settings of {} methods equal, {} differing, {} for methods that the tree does not have; \
             fields equal of {}, rules of operations of {}",
            self.polling,
            self.differing.len(),
            self.elsewhere,
            self.fields,
            self.rules
        );
    }
}

fn rules_of(method: &LroMethod) -> Vec<[String; 3]> {
    let rule = |rule: &lro_codegen::OperationRule| [rule.rpc.clone(), rule.verb.clone(), rule.path.clone()];
    method.operation_rules.iter().map(rule).collect()
}

fn package(service: &str) -> Option<&str> {
    service.rsplit_once('.').map(|(package, _)| package)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(delay: &str) -> String {
        format!(
            "{{ type: google.api.Service, publishing: {{ method_settings: [ {{ \
             selector: example.library.v1.LibraryService.ImportBooks, long_running: {{ max_poll_delay: {delay} }} }} ] }} }}"
        )
    }

    #[test]
    fn a_difference_is_found() {
        let tree = Tree::compile(&crate::root().join("proto")).unwrap();
        let compared = |generator: &str, independent: &str| {
            let reading = independent::read(&yaml(independent)).unwrap().unwrap();
            let mut tally = Tally::default();
            let file = (ServiceConfig::new("library.yaml", yaml(generator)), reading);
            compare(tree.encoded.clone(), &[file], &mut tally).unwrap();
            (tally.polling, tally.differing.len())
        };
        assert_eq!(compared("1.5s", "1.500s"), (1, 0));
        assert_eq!(compared("1.5s", "1.05s"), (0, 1));
    }
}
