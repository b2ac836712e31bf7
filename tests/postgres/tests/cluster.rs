//! A cluster through everything that can be done to it.

use std::thread;
use std::time::Duration;

use test_postgres::{Cluster, Mode};

fn rows(cluster: &Cluster) -> String {
    cluster.execute("postgres", "SELECT string_agg(id::text, ',' ORDER BY id) FROM book").unwrap()
}

#[test]
fn data_outlives_every_way_to_stop() {
    let Some(builder) = test_postgres::private() else { return };
    let cluster = builder.start().unwrap();
    let port = cluster.address().port();
    cluster.execute("postgres", "CREATE TABLE book (id int)").unwrap();
    let ways: [fn(&Cluster); 4] = [
        |cluster| cluster.stop(Mode::Smart).unwrap(),
        |cluster| cluster.stop(Mode::Fast).unwrap(),
        |cluster| cluster.stop(Mode::Immediate).unwrap(),
        Cluster::kill,
    ];
    for (number, stop) in ways.iter().enumerate() {
        cluster.execute("postgres", &format!("INSERT INTO book VALUES ({number})")).unwrap();
        stop(&cluster);
        assert!(cluster.execute("postgres", "SELECT 1").is_err(), "it still answers");
        assert!(cluster.wait_until_ready().is_err());
        cluster.start().unwrap();
    }
    assert_eq!(rows(&cluster), "0,1,2,3");
    assert_eq!(cluster.address().port(), port);
    let log = std::fs::read_to_string(cluster.log_file()).unwrap();
    assert_eq!(log.matches("database system was not properly shut down").count(), 2, "{log}");
}

/// The pieces of shared memory that the system has, whoever made them.
fn shared_memory() -> Vec<String> {
    let text = std::fs::read_to_string("/proc/sysvipc/shm").unwrap();
    text.lines().filter_map(|line| line.split_whitespace().nth(1)).map(str::to_owned).collect()
}

#[test]
fn a_killed_server_leaves_no_shared_memory() {
    let Some(builder) = test_postgres::private() else { return };
    let cluster = builder.start().unwrap();
    assert_eq!(cluster.execute("postgres", "SHOW dynamic_shared_memory_type").unwrap(), "mmap");
    let file = std::fs::read_to_string(cluster.data_dir().join("postmaster.pid")).unwrap();
    let memory = file.lines().nth(6).unwrap().split_whitespace().last().unwrap().to_owned();
    cluster.kill();
    assert!(shared_memory().contains(&memory));
    drop(cluster);
    assert!(!shared_memory().contains(&memory));
}

#[test]
fn a_smart_stop_waits_for_clients_and_an_immediate_one_for_nobody() {
    let Some(builder) = test_postgres::private() else { return };
    let cluster = builder.start().unwrap();
    thread::scope(|scope| {
        let client = scope.spawn(|| cluster.execute("postgres", "SELECT pg_sleep(600)"));
        let asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
        while cluster.execute("postgres", asleep).unwrap() != "1" {}
        let smart = scope.spawn(|| cluster.stop(Mode::Smart));
        while cluster.execute("postgres", "SELECT 1").is_ok() {}
        thread::sleep(Duration::from_millis(300));
        assert!(!smart.is_finished() && !client.is_finished());
        cluster.stop(Mode::Immediate).unwrap();
        smart.join().unwrap().unwrap();
        client.join().unwrap().unwrap_err();
    });
}

#[test]
fn a_paused_server_answers_when_it_goes_on() {
    let Some(builder) = test_postgres::private() else { return };
    let cluster = builder.start().unwrap();
    cluster.pause();
    thread::scope(|scope| {
        let answer = scope.spawn(|| cluster.execute("postgres", "SELECT 1"));
        // Long enough for any server that is not paused; a slower machine can only make this pass.
        thread::sleep(Duration::from_millis(300));
        assert!(!answer.is_finished());
        cluster.resume();
        assert_eq!(answer.join().unwrap().unwrap(), "1");
    });
    cluster.pause();
    cluster.stop(Mode::Fast).unwrap();
}

#[test]
fn what_was_committed_is_on_the_synchronous_standby_that_takes_over() {
    let Some(builder) = test_postgres::private() else { return };
    let primary = builder.start().unwrap();
    primary.execute("postgres", "CREATE TABLE book (id int)").unwrap();
    let standby = primary.standby(true).unwrap();
    assert!(
        standby.execute("postgres", "CREATE TABLE shelf ()").unwrap_err().to_string().contains("read-only")
    );
    primary.execute("postgres", "INSERT INTO book SELECT generate_series(1, 3)").unwrap();
    primary.kill();
    standby.promote().unwrap();
    assert_eq!(rows(&standby), "1,2,3");
    standby.execute("postgres", "INSERT INTO book VALUES (4)").unwrap();

    // The new primary waits for nobody, and can have a standby itself.
    let next = standby.standby(false).unwrap();
    standby.stop(Mode::Fast).unwrap();
    next.promote().unwrap();
    assert_eq!(rows(&next), "1,2,3,4");
}

#[test]
fn a_commit_waits_for_a_synchronous_standby_and_for_no_other() {
    let Some(builder) = test_postgres::private() else { return };
    let primary = builder.start().unwrap();
    primary.execute("postgres", "CREATE TABLE book (id int)").unwrap();
    let asynchronous = primary.standby(false).unwrap();
    asynchronous.pause();
    primary.execute("postgres", "INSERT INTO book VALUES (1)").unwrap();

    let synchronous = primary.standby(true).unwrap();
    synchronous.pause();
    thread::scope(|scope| {
        let commit = scope.spawn(|| primary.execute("postgres", "INSERT INTO book VALUES (2)"));
        thread::sleep(Duration::from_millis(300));
        assert!(!commit.is_finished());
        synchronous.resume();
        commit.join().unwrap().unwrap();
    });
    synchronous.kill();
    primary.forget_standbys().unwrap();
    primary.execute("postgres", "INSERT INTO book VALUES (3)").unwrap();
    assert_eq!(rows(&primary), "1,2,3");
}

#[test]
fn two_clusters_know_nothing_of_each_other() {
    let Some(builder) = test_postgres::private() else { return };
    let folder = tempfile::tempdir().unwrap();
    // The server's user has to get there.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let one = builder.clone().setting("max_connections", "17").start().unwrap();
    let other = builder.durable().folder(folder.path()).start().unwrap();
    one.create_database("library").unwrap();
    assert_eq!(one.execute("library", "SHOW max_connections; SHOW fsync").unwrap(), "17\noff");
    assert!(other.execute("library", "SELECT 1").unwrap_err().to_string().contains("does not exist"));
    assert_eq!(other.execute("postgres", "SHOW max_connections; SHOW fsync").unwrap(), "100\non");
    assert!(other.data_dir().starts_with(folder.path()));
    one.kill();
    assert_eq!(other.execute("postgres", "SELECT 1").unwrap(), "1");
    drop(other);
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn a_setting_that_postgresql_refuses_is_in_the_error() {
    let Some(builder) = test_postgres::private() else { return };
    let error = builder.setting("max_connections", "many").start().unwrap_err();
    assert!(!error.is_missing());
    assert!(error.to_string().contains("invalid value for parameter \"max_connections\""), "{error}");
}
