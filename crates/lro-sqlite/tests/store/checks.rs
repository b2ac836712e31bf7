//! The tables refuse rows that are no operations, whoever writes them.

use lro_sqlite::rusqlite::Connection;

use crate::support::Place;

/// A sound row, as assignments.
const QUEUED: &[(&str, &str)] = &[
    ("name", "'operations/a'"),
    ("parent", "''"),
    ("method", "'/test.Service/Work'"),
    ("owner", "''"),
    ("priority", "0"),
    ("max_attempts", "2"),
    ("retention", "1000"),
    ("create_time", "50"),
    ("update_time", "50"),
    ("state", "0"),
    ("waits_for", "0"),
    ("attempt", "0"),
    ("unbegun", "0"),
];
const RUNNING: &[(&str, &str)] =
    &[("state", "1"), ("worker", "'w'"), ("attempt", "1"), ("update_time", "60")];
const DONE: &[(&str, &str)] =
    &[("state", "2"), ("attempt", "1"), ("update_time", "60"), ("expire_time", "1060")];

type Columns<'a> = &'a [(&'a str, &'a str)];

/// Writes a row with these columns, the later ones before the earlier ones, and takes it back.
fn insert(connection: &Connection, parts: &[Columns<'_>]) -> Result<(), String> {
    let mut columns: Vec<(&str, &str)> = Vec::new();
    for (column, value) in parts.iter().flat_map(|part| part.iter()) {
        columns.retain(|(known, _)| known != column);
        columns.push((column, value));
    }
    let (names, values): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
    let sql = format!("INSERT INTO lro_operation ({}) VALUES ({})", names.join(", "), values.join(", "));
    let inserted = connection.execute(&sql, []).map(drop).map_err(|error| error.to_string());
    connection.execute("DELETE FROM lro_operation", []).unwrap();
    inserted
}

#[tokio::test]
async fn an_operation_that_cannot_be_is_refused() {
    let place = Place::new();
    drop(place.open().await);
    let connection = place.connect();
    for sound in [&[][..], RUNNING, DONE] {
        insert(&connection, &[QUEUED, sound]).unwrap();
    }
    let illegal: &[(&str, Columns<'_>, Columns<'_>)] = &[
        ("name <> ''", &[], &[("name", "''")]),
        ("NOT NULL", &[], &[("name", "NULL")]),
        ("cannot store TEXT", &[], &[("create_time", "'yesterday'")]),
        ("json_valid", &[], &[("labels", "'{'")]),
        ("priority", &[], &[("priority", "32768")]),
        ("priority", &[], &[("priority", "-32769")]),
        ("max_attempts", &[], &[("max_attempts", "0")]),
        ("max_attempts", &[], &[("max_attempts", "4294967296")]),
        ("retention", &[], &[("retention", "-1")]),
        ("retention", &[], &[("retention", "3153600000000001")]),
        ("update_time >= create_time", RUNNING, &[("update_time", "49")]),
        ("state BETWEEN", &[], &[("state", "3")]),
        ("waits_for BETWEEN", &[], &[("waits_for", "3")]),
        ("attempt BETWEEN", DONE, &[("attempt", "4294967296"), ("max_attempts", "4294967295")]),
        ("unbegun BETWEEN", DONE, &[("unbegun", "2")]),
        ("unbegun BETWEEN", DONE, &[("unbegun", "-1")]),
        ("error_code <> 0", DONE, &[("error_code", "0")]),
        ("deadline_can_be_asked_for", &[], &[("deadline", "49")]),
        ("deadline_can_be_asked_for", &[], &[("deadline", "3153600000000051")]),
        ("only_queued_work_waits", RUNNING, &[("not_before", "70")]),
        ("only_queued_work_waits", DONE, &[("waits_for", "2"), ("exclusive_key", "'k'")]),
        ("what_waits_has_something_to_wait_for", &[], &[("waits_for", "1")]),
        ("what_waits_has_something_to_wait_for", &[], &[("waits_for", "2"), ("not_before", "70")]),
        ("just_running_work_has_a_holder", &[], &[("worker", "'w'")]),
        ("just_running_work_has_a_holder", RUNNING, &[("worker", "NULL")]),
        ("just_running_work_has_a_holder", RUNNING, &[("delegate", "'d'")]),
        ("just_running_work_has_a_holder", DONE, &[("delegate", "'d'")]),
        ("only_workers_are_asked_to_stop", &[], &[("stop", "'cancelled'")]),
        (
            "only_workers_are_asked_to_stop",
            RUNNING,
            &[("worker", "NULL"), ("delegate", "'d'"), ("stop", "'cancelled'")],
        ),
        ("just_what_is_done_expires", RUNNING, &[("expire_time", "1060")]),
        ("just_what_is_done_expires", DONE, &[("expire_time", "NULL")]),
        ("just_what_is_done_expires", DONE, &[("expire_time", "59")]),
        ("only_what_is_done_has_an_error", RUNNING, &[("error_code", "1")]),
        ("work_begins_no_more_often_than_it_may", RUNNING, &[("attempt", "3")]),
        ("queued_work_may_begin", &[], &[("attempt", "2")]),
        ("queued_work_may_begin", &[], &[("attempt", "4294967295"), ("unbegun", "4294967295")]),
        ("queued_work_changes_by_attempts", &[], &[("update_time", "51")]),
        ("running_work_has_an_attempt_that_counts", RUNNING, &[("unbegun", "1")]),
        (
            "delegated_work_has_one_attempt",
            RUNNING,
            &[("worker", "NULL"), ("delegate", "'d'"), ("attempt", "2")],
        ),
    ];
    for (check, state, columns) in illegal {
        let refused = insert(&connection, &[QUEUED, state, columns]).expect_err(check);
        assert!(refused.contains(check), "{check} {columns:?}: {refused}");
    }
}

#[tokio::test]
async fn of_names_requests_and_key_holders_there_is_one() {
    let place = Place::new();
    drop(place.open().await);
    let connection = place.connect();
    let columns = "parent, method, owner, priority, max_attempts, retention, create_time, update_time, attempt, unbegun";
    let add = |more: &str, values: &str| {
        let sql = format!(
            "INSERT INTO lro_operation ({columns}, {more}) VALUES ('', '/m', 'o', 0, 2, 1, 5, 5, 1, 0, {values})"
        );
        connection.execute(&sql, []).map_err(|error| error.to_string())
    };
    let keyed = "name, state, waits_for, worker, exclusive_key";
    add("name, state, waits_for, request_id", "'a', 0, 0, 'r'").unwrap();
    assert!(add("name, state, waits_for", "'a', 0, 0").unwrap_err().contains("lro_operation.name"));
    let same_request = add("name, state, waits_for, request_id", "'b', 0, 0, 'r'").unwrap_err();
    assert!(same_request.contains("lro_operation.request_id"), "{same_request}");
    add(keyed, "'c', 1, 0, 'w', 'k'").unwrap();
    add(keyed, "'d', 0, 2, NULL, 'k'").unwrap();
    for second in ["'e', 1, 0, 'w', 'k'", "'e', 0, 0, NULL, 'k'"] {
        assert!(add(keyed, second).unwrap_err().contains("lro_operation.exclusive_key"), "{second}");
    }
}

#[tokio::test]
async fn results_and_workers_that_cannot_be_are_refused() {
    let place = Place::new();
    drop(place.open().await);
    let connection = place.connect();
    for (check, sql) in [
        ("a_response_has_a_type", "lro_result (id, response) VALUES (1, x'00')"),
        ("just_one_of_response_and_error", "lro_result (id) VALUES (1)"),
        (
            "just_one_of_response_and_error",
            "lro_result (id, response_type_url, response, error_message) VALUES (1, 't', x'00', x'00')",
        ),
        (
            "only_errors_have_details",
            "lro_result (id, response_type_url, response, error_details) VALUES (1, 't', x'00', x'00')",
        ),
        ("lease", "lro_worker (worker, lease, expires_at, whole_since) VALUES ('w', -1, 0, 0)"),
        ("version", "lro_schema (version) VALUES (0)"),
    ] {
        let refused = connection.execute(&format!("INSERT INTO {sql}"), []).expect_err(check).to_string();
        assert!(refused.contains(check), "{check}: {refused}");
    }
}

#[tokio::test]
async fn whoever_deletes_an_operation_deletes_its_payloads() {
    let place = Place::new();
    let store = place.open().await;
    let fence = crate::support::running(&store, "a").await;
    let report = lro_store::Report::new(fence.clone())
        .metadata(crate::support::payload(1))
        .checkpoint(crate::support::payload(1));
    lro_store::StoreExt::report_one(&store, report).await.unwrap();
    lro_store::StoreExt::finish_one(&store, fence, crate::support::response()).await.unwrap();
    let connection = place.connect();
    let count = |table: &str| -> i64 {
        connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    let tables = ["lro_request", "lro_metadata", "lro_checkpoint", "lro_result"];
    assert_eq!(tables.map(count), [1; 4]);
    connection.execute("DELETE FROM lro_operation", []).unwrap();
    assert_eq!(tables.map(count), [0; 4]);
}
