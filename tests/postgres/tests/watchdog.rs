//! What is left when a process that has servers is killed: nothing.
//!
//! Each test runs this program again as the process that ends, with one of the tests that are ignored otherwise.

use std::env;
use std::fs::Permissions;
use std::io::{self, BufRead as _, BufReader};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A process that has told what it made. It is killed if the test fails.
struct Role {
    process: Child,
    told: Vec<String>,
    /// Kept open, as the harness fails if it cannot print.
    _output: Box<dyn Iterator<Item = String>>,
}

impl Role {
    fn start(name: &str, variables: &[(&str, &str)]) -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .args([name, "--exact", "--ignored", "--nocapture"])
            .env_remove("LRO_TEST_POSTGRES")
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let told = output.find_map(|line| line.strip_prefix("made ").map(str::to_owned));
        let told = told.expect("it tells what it has made");
        Self { process, told: told.split(' ').map(str::to_owned).collect(), _output: Box::new(output) }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The user of the servers has to get there.
fn public_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Tells the test what this process has made, and waits for the end of its input.
fn tell(made: &str) {
    println!("made {made}");
    io::stdin().read_line(&mut String::new()).unwrap();
}

fn process_of(data: &Path) -> String {
    std::fs::read_to_string(data.join("postmaster.pid")).unwrap().lines().next().unwrap().to_owned()
}

fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "it is not so after 30 s: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn nothing_is_left(folder: &str, process: &str) {
    eventually("the folder is gone", || !Path::new(folder).exists());
    // It was stopped before, and did not just trip over its lost files.
    let status = std::fs::read_to_string(format!("/proc/{process}/status"));
    assert!(status.is_err() || status.is_ok_and(|status| status.contains("State:\tZ")), "the server runs");
}

#[test]
#[ignore = "a role"]
fn has_a_cluster() {
    let cluster = test_postgres::private().unwrap().start().unwrap();
    let data = cluster.data_dir();
    let process = process_of(&data);
    if env::var_os("PAUSE").is_some() {
        cluster.pause();
    }
    tell(&format!("{} {process}", data.parent().unwrap().display()));
}

#[test]
#[ignore = "a role"]
fn has_databases_of_the_shared_server() {
    let server = test_postgres::shared().unwrap();
    let databases = [server.database(), server.database()];
    let schema = server.schema();
    databases[0].execute("CREATE TABLE book ()").unwrap();
    tell(&format!("{} {}", databases[0].url(), schema.url()));
}

#[test]
#[ignore = "a role"]
fn has_a_pooler() {
    let cluster = test_postgres::private().unwrap().start().unwrap();
    let pooler = test_postgres::pooler().unwrap().start(cluster.address()).unwrap();
    tell(&format!("{} {}", pooler.address(), cluster.address()));
}

#[test]
fn a_killed_process_leaves_neither_server_nor_files() {
    if test_postgres::private().is_none() {
        return;
    }
    let mut role = Role::start("has_a_cluster", &[]);
    assert!(Path::new(&role.told[0]).exists());
    role.kill();
    nothing_is_left(&role.told[0], &role.told[1]);
}

#[test]
fn a_paused_server_goes_too() {
    if test_postgres::private().is_none() {
        return;
    }
    let mut role = Role::start("has_a_cluster", &[("PAUSE", "1")]);
    role.kill();
    nothing_is_left(&role.told[0], &role.told[1]);
}

#[test]
fn the_server_of_a_static_goes_with_its_process() {
    let Some(builder) = test_postgres::private() else { return };
    drop(builder);
    let folder = public_folder();
    let mut role =
        Role::start("has_databases_of_the_shared_server", &[("TMPDIR", folder.path().to_str().unwrap())]);
    assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    // The end of its input is the end of its only test, and the harness exits.
    drop(role.process.stdin.take());
    assert!(role.process.wait().unwrap().success());
    eventually("the folder is empty", || folder.path().read_dir().unwrap().count() == 0);
}

#[test]
fn a_pooler_goes_with_its_process() {
    if test_postgres::private().is_none() || test_postgres::pooler().is_none() {
        return;
    }
    let folder = public_folder();
    let mut role = Role::start("has_a_pooler", &[("TMPDIR", folder.path().to_str().unwrap())]);
    assert_eq!(folder.path().read_dir().unwrap().count(), 2);
    assert!(role.told.iter().all(|address| TcpStream::connect(address).is_ok()));
    role.kill();
    eventually("the folder is empty", || folder.path().read_dir().unwrap().count() == 0);
    assert!(role.told.iter().all(|address| TcpStream::connect(address).is_err()));
}

#[test]
fn databases_on_a_server_of_someone_else_are_dropped() {
    let Some(builder) = test_postgres::private() else { return };
    let cluster = builder.start().unwrap();
    let sql = "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database";
    let before = cluster.execute("postgres", sql).unwrap();
    let url = cluster.url("postgres");
    let mut role = Role::start("has_databases_of_the_shared_server", &[("LRO_TEST_POSTGRES", &url)]);
    let server = cluster.address().to_string();
    assert!(role.told.iter().all(|url| url.contains(&server)), "{:?}", role.told);
    let names = cluster.execute("postgres", sql).unwrap();
    assert_eq!(names.split(',').count(), before.split(',').count() + 3, "{names}");
    role.kill();
    eventually("the databases are gone", || cluster.execute("postgres", sql).unwrap() == before);
}
