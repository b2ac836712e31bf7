//! What commands find, and what is collected of them.

use std::collections::BTreeMap;

use remote_execution::job::{Input, Job};

use crate::support::{Site, result};

#[tokio::test]
async fn files_are_collected_and_what_is_not_there_is_left_out() {
    let site = Site::new().await;
    let script = "cat in/deep/a b > out/both; printf '#!/bin/sh' > tool; chmod +x tool; echo done; echo oh >&2; exit 4";
    let job = Job::script(script).input("in/deep/a", "one\n").input("b", "two\n");
    let job = job.output("out/both").output("tool").output("out/of/nothing");
    let response = site.run(&job).await;
    let result = result(&response);
    assert_eq!(result.exit_code, 4);
    assert_eq!(site.stdout(result).await, "done\n");
    assert_eq!(site.client.read(result.stderr_digest.as_ref()).await.unwrap(), b"oh\n");
    let mut files = BTreeMap::new();
    for file in &result.output_files {
        let bytes = site.client.read(file.digest.as_ref()).await.unwrap();
        files.insert(&*file.path, (String::from_utf8(bytes).unwrap(), file.is_executable));
    }
    let both = ("one\ntwo\n".to_owned(), false);
    assert_eq!(files, [("out/both", both), ("tool", ("#!/bin/sh".to_owned(), true))].into());
}

#[tokio::test]
async fn a_command_finds_its_inputs_and_its_environment_and_nothing_else() {
    for arguments in [[].as_slice(), &["--no-namespaces"]] {
        let site = Site::with(arguments).await;
        let mut job = Job::script("find . -type f; env | grep -v -e ^PWD= -e ^_= -e ^SHLVL=");
        job = job.input("a/b", "");
        job.environment.insert("COLOUR".to_owned(), "blue and green".to_owned());
        let response = site.run(&job).await;
        let expected = "./a/b\nCOLOUR=blue and green\nPATH=/usr/local/bin:/usr/bin:/bin\n";
        let mut lines: Vec<_> = site.stdout(result(&response)).await.lines().map(str::to_owned).collect();
        lines.sort();
        assert_eq!(lines, expected.lines().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn an_input_that_can_be_run_is_a_program() {
    let site = Site::new().await;
    let tool = Input { bytes: b"#!/bin/sh\necho I am $1\n".to_vec(), is_executable: true };
    let arguments = ["bin/tool", "it"].map(str::to_owned).to_vec();
    let job = Job { arguments, inputs: [("bin/tool".to_owned(), tool)].into(), ..Job::default() };
    assert_eq!(site.stdout(result(&site.run(&job).await)).await, "I am it\n");
}

#[tokio::test]
async fn commands_have_limits_and_leave_nothing_behind() {
    let site = Site::new().await;
    let gate = site.gate("left-behind");
    let script = format!("ulimit -c; ulimit -n; {} & kill -9 $$", gate.wait());
    let response = site.run(&Job::script(&script)).await;
    assert_eq!(site.stdout(result(&response)).await, "0\n1024\n");
    assert_eq!(result(&response).exit_code, 137, "a signal has killed it");
    crate::support::nobody_waits(&gate).await;
}
