//! `cargo xtask polling DIR`: what the generator reads from the service configs of a tree, against a reading of the same files by
//! other libraries for YAML and JSON and other code.

mod independent;
mod independent_grpc;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use lro_codegen::{LroMethod, MethodConfig, OperationRule, ServiceConfig, methods_with};

use crate::Outcome;
use crate::tree::{Tree, files_below};
use independent::{Kind, Polling, Reading};
use independent_grpc::{Calls, Retry};

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
    let of_grpc = || files.iter().filter(|(_, reading)| reading.kind == Kind::Grpc);
    let count: usize = of_grpc().map(|(_, reading)| reading.calls.len()).sum();
    println!("{} service configs of gRPC, with {count} names", of_grpc().count());

    let tree = Tree::compile(&args.dir)?;
    let packages = tree.packages();
    let mut one_by_one = Tally::default();
    for file in &files {
        let named: BTreeSet<&str> = file.1.services().filter_map(|service| package(service)).collect();
        let targets: Vec<&str> =
            named.iter().filter_map(|name| packages.get(name)).flatten().copied().collect();
        one_by_one.compare(&file.0.file, tree.set(&targets), std::slice::from_ref(file))?;
    }
    let mut together = Tally::default();
    together.compare("all files", tree.encoded.clone(), &files)?;
    println!("file by file: {one_by_one}");
    println!("all files together: {together}");

    let differences = [one_by_one.differences, together.differences].concat();
    if !differences.is_empty() {
        return Err(format!("{} differ:\n{}", differences.len(), differences.join("\n")).into());
    }
    if one_by_one.counts.values().all(|count| count.equal == 0) {
        return Err("nothing was compared: no service config has a setting for a long-running method".into());
    }
    Ok(())
}

/// All service configs of a tree, sorted within each notation, with an independent reading of each.
fn read_files(folder: &Path) -> Outcome<Vec<(ServiceConfig, Reading)>> {
    let mut files = Vec::new();
    for extension in ["yaml", "json"] {
        let paths = files_below(folder, extension);
        for path in paths.map_err(|error| format!("cannot list {}: {error}", folder.display()))? {
            let name = path.display().to_string();
            let text = fs::read_to_string(&path).map_err(|error| format!("cannot read {name}: {error}"))?;
            let reading =
                independent::read(&name, &text).map_err(|error| format!("cannot read {name}: {error}"))?;
            if let Some(reading) = reading {
                files.push((ServiceConfig::new(name, text), reading));
            }
        }
    }
    Ok(files)
}

/// What came of comparisons.
#[derive(Debug, Default)]
struct Tally {
    /// By what was compared.
    counts: BTreeMap<&'static str, Count>,
    /// Methods with polling settings that are no long-running methods of the set.
    elsewhere: usize,
    differences: Vec<String>,
}

/// Methods for which at least one of the readings has something.
#[derive(Debug, Default, PartialEq)]
struct Count {
    equal: usize,
    differing: usize,
}

impl Tally {
    /// Compares what the generator's model has for the long-running methods of a set with what the files say on their own.
    fn compare(&mut self, which: &str, set: Vec<u8>, files: &[(ServiceConfig, Reading)]) -> Outcome {
        let configs: Vec<ServiceConfig> = files.iter().map(|(config, _)| config.clone()).collect();
        let (methods, _) = methods_with(set, &configs)?;
        let readings = || {
            // Service yamls win.
            let of_kind =
                |kind| files.iter().map(|(_, reading)| reading).filter(move |reading| reading.kind == kind);
            of_kind(Kind::Service).chain(of_kind(Kind::Gapic))
        };
        let mut polling: BTreeMap<&str, Polling> = BTreeMap::new();
        for (selector, settings) in readings().flat_map(|reading| &reading.polling) {
            polling.entry(selector).or_insert(*settings);
        }
        for method in &methods {
            let name = format!("{}.{}", method.service, method.method);
            let place = format!("{name} ({which})");
            self.count("polling settings", &place, &polling.remove(name.as_str()), &polling_of(method));
            let of_grpc = files.iter().map(|(_, reading)| &reading.calls);
            let calls = independent_grpc::find(&of_grpc, &method.service, &method.method).cloned();
            self.count("calls", &place, &calls.unwrap_or_default(), &calls_of(method.method_config.as_ref()));
            let fields = readings().find_map(|reading| reading.fields.get(&name)).cloned();
            self.count("fields", &place, &fields.unwrap_or_default(), &method.auto_populated_fields);
            let about = readings().filter(|reading| reading.is_about(&method.service));
            let rules = about.map(|reading| &reading.rules).find(|rules| !rules.is_empty()).cloned();
            self.count("operation rules", &place, &rules.unwrap_or_default(), &rules_of(method));
        }
        self.elsewhere += polling.len();
        Ok(())
    }

    /// Compares what the readings have of one kind of setting. What neither has does not count.
    fn count<T: Default + PartialEq + fmt::Debug>(
        &mut self,
        what: &'static str,
        place: &str,
        expected: &T,
        found: &T,
    ) {
        let count = self.counts.entry(what).or_default();
        if found != expected {
            count.differing += 1;
            self.differences.push(format!("{what} of {place}: {found:?}, not {expected:?}"));
        } else if *found != T::default() {
            count.equal += 1;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, Count { equal, differing }) in &self.counts {
            write!(f, "{what} of {equal} methods equal, {differing} differing; ")?;
        }
        write!(f, "{} have polling settings and are no long-running methods of the tree", self.elsewhere)
    }
}

fn polling_of(method: &LroMethod) -> Option<Polling> {
    method.polling.map(|settings| Polling {
        initial: settings.initial_delay.as_nanos(),
        multiplier: settings.multiplier,
        longest: settings.max_delay.as_nanos(),
        total: settings.total_timeout.as_nanos(),
    })
}

fn calls_of(config: Option<&MethodConfig>) -> Calls {
    let retry = config.and_then(|config| config.retry_policy.as_ref()).map(|policy| Retry {
        attempts: policy.max_attempts.map(u64::from),
        first: policy.initial_backoff.as_nanos(),
        longest: policy.max_backoff.as_nanos(),
        multiplier: policy.backoff_multiplier,
        codes: policy.retryable_status_codes.iter().map(|code| (*code).to_owned()).collect(),
    });
    Calls { timeout: config.and_then(|config| config.timeout).map(|timeout| timeout.as_nanos()), retry }
}

fn rules_of(method: &LroMethod) -> Vec<[String; 3]> {
    let rule = |rule: &OperationRule| [rule.rpc.clone(), rule.verb.clone(), rule.path.clone()];
    method.operation_rules.iter().map(rule).collect()
}

fn package(service: &str) -> Option<&str> {
    service.rsplit_once('.').map(|(package, _)| package)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many settings of a method are equal and differ, if the generator reads one text and the other reading is of another.
    fn compared(generators: &str, other: &str) -> Vec<(&'static str, usize, usize)> {
        let name = if other.contains("methodConfig") { "library.json" } else { "library.yaml" };
        let tree = Tree::compile(&crate::root().join("proto")).unwrap();
        let reading = independent::read(name, other).unwrap().unwrap();
        let mut tally = Tally::default();
        let file = (ServiceConfig::new(name, generators), reading);
        tally.compare(name, tree.encoded.clone(), &[file]).unwrap();
        let differing: usize = tally.counts.values().map(|count| count.differing).sum();
        assert_eq!(tally.differences.len(), differing);
        let counts = tally.counts.into_iter().map(|(what, count)| (what, count.equal, count.differing));
        counts.filter(|count| (count.1, count.2) != (0, 0)).collect()
    }

    #[track_caller]
    fn assert_told_apart(what: &'static str, text: &str, same: &str, other: &str) {
        assert_eq!(compared(text, same), [(what, 1, 0)]);
        assert_eq!(compared(text, other), [(what, 0, 1)]);
    }

    #[test]
    fn settings_of_a_service_yaml_are_told_apart() {
        let yaml = |delay: &str| {
            format!(
                "{{ type: google.api.Service, publishing: {{ method_settings: [ {{ \
                 selector: example.library.v1.LibraryService.ImportBooks, long_running: {{ max_poll_delay: {delay} }} }} ] }} }}"
            )
        };
        assert_told_apart("polling settings", &yaml("1.5s"), &yaml("1.500s"), &yaml("1.05s"));
    }

    #[test]
    fn settings_of_a_gapic_yaml_are_told_apart() {
        let yaml = |multiplier: &str| {
            format!(
                "{{ type: com.google.api.codegen.ConfigProto, interfaces: [ {{ name: example.library.v1.LibraryService, methods: [ {{ \
                 name: ImportBooks, long_running: {{ poll_delay_multiplier: {multiplier} }} }} ] }} ] }}"
            )
        };
        assert_told_apart("polling settings", &yaml("2"), &yaml("2.0"), &yaml("1.5"));
        assert!(
            independent::read("library.yaml", &yaml("twice")).is_err(),
            "what cannot be read is not the default"
        );
    }

    #[test]
    fn configs_of_grpc_are_told_apart() {
        let json = |name: &str, settings: &str| {
            format!("{{ \"methodConfig\": [{{ \"name\": [{{ {name} }}], {settings} }}] }}")
        };
        let service = "\"service\": \"example.library.v1.LibraryService\"";
        let import = format!("{service}, \"method\": \"ImportBooks\"");
        let (usual, longer) = ("\"timeout\": \"1.5s\"", "\"timeout\": \"1.05s\"");
        assert_told_apart("calls", &json(&import, usual), &json("", usual), &json(service, longer));
        let policy = |codes: &str| {
            let policy = "\"maxAttempts\": 5, \"initialBackoff\": \"1s\", \"maxBackoff\": \"9s\", \"backoffMultiplier\": 2";
            json(service, &format!("\"retryPolicy\": {{ {policy}, \"retryableStatusCodes\": [{codes}] }}"))
        };
        let two = "\"UNAVAILABLE\", \"ABORTED\"";
        let turned = "\"ABORTED\", \"UNAVAILABLE\"";
        assert_told_apart("calls", &policy(two), &policy(turned), &policy("\"UNAVAILABLE\""));
    }

    #[test]
    fn fields_and_rules_are_told_apart() {
        let fields = |field: &str| {
            format!(
                "{{ type: google.api.Service, publishing: {{ method_settings: [ {{ \
                 selector: example.library.v1.LibraryService.ImportBooks, auto_populated_fields: [{field}] }} ] }} }}"
            )
        };
        assert_told_apart("fields", &fields("request_id"), &fields("'request_id'"), &fields("id"));
        let rules = |path: &str| {
            format!(
                "{{ type: google.api.Service, http: {{ rules: [ {{ \
                 selector: google.longrunning.Operations.GetOperation, get: '{path}' }} ] }} }}"
            )
        };
        let path = "/v1/{name=operations/*}";
        assert_told_apart("operation rules", &rules(path), &rules(path), &rules("/v2/{name=operations/*}"));
    }
}
