//! Old and new programs side by side, while the tables are brought to a newer version.

use chaos::{Role, Scene, Script, Target};

use crate::support::{DATABASE, Pair, assert_outcome, assert_sound, cluster, postgres, scene};
use crate::traffic::Traffic;

/// What a next version may do: more columns, with defaults and without, and one more index.
const POSTGRES: &str = "
    ALTER TABLE @.unfinished ADD COLUMN colour text COLLATE \"C\" CHECK (colour <> '');
    ALTER TABLE @.operation ADD COLUMN weight bigint NOT NULL DEFAULT 1;
    ALTER TABLE @.finished ADD COLUMN size bigint;
    CREATE INDEX unfinished_colour ON @.unfinished (colour) WHERE colour IS NOT NULL;";

const SQLITE: &str = "
    ALTER TABLE lro_operation ADD COLUMN colour TEXT CHECK (colour <> '');
    ALTER TABLE lro_operation ADD COLUMN weight INTEGER NOT NULL DEFAULT 1;
    CREATE INDEX lro_operation_colour ON lro_operation (colour) WHERE colour IS NOT NULL;";

#[tokio::test(flavor = "multi_thread")]
async fn old_programs_go_on_while_and_after_new_ones_change_the_tables_on_postgres() {
    let Some(cluster) = cluster() else { return };
    let new = Target::NewerPostgres { url: cluster.url(DATABASE), step: POSTGRES.into() };
    upgrade(&scene(), &postgres(&cluster), &new).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_programs_go_on_while_and_after_new_ones_change_the_tables_on_sqlite() {
    let scene = scene();
    let Target::Sqlite { file, clock } = scene.sqlite() else { unreachable!() };
    let new = Target::NewerSqlite { file, clock, step: SQLITE.into() };
    upgrade(&scene, &scene.sqlite(), &new).await;
}

async fn upgrade(scene: &Scene, old: &Target, new: &Target) {
    let pair = Pair::begin(scene, old).await;
    let held = pair.held(scene, "held", "open").await;
    let traffic = Traffic::begin(&pair.caller, 4);
    traffic.go_on(20).await;
    // The first process of the new version brings the tables up to date.
    let worker = scene.begin(Role::Worker(10), new).await.unwrap();
    traffic.go_on(20).await;
    // A program of before is refused from here on, and says what to do; those that run go on.
    let error = scene.begin(Role::Api, old).await.unwrap_err();
    let said = std::fs::read_to_string(scene.folder().join("process-0004.err")).unwrap();
    assert!(said.contains("version 2") && said.contains("use a "), "{error}, and {said}");
    let api = scene.begin(Role::Api, new).await.unwrap();
    let newer = scene.caller(&api).unwrap();
    let name = newer.started(&Script::new("new")).await.unwrap();
    // Each sees what the other has done.
    assert_eq!(newer.outcome(&name).await.unwrap(), pair.caller.outcome(&name).await.unwrap());
    traffic.go_on(20).await;
    scene.open("open").unwrap();
    assert_outcome(&newer.outcome(&held).await.unwrap(), 1, &held, &pair.worker);
    let count = traffic.end(scene, &newer).await;
    println!("{count} operations, none of them lost or begun twice");
    // The old ones leave, and the new ones do it all.
    pair.worker.drain().await.unwrap();
    pair.api.drain().await.unwrap();
    let last = newer.started(&Script::new("last")).await.unwrap();
    assert_outcome(&newer.outcome(&last).await.unwrap(), 1, &last, &worker);
    assert_sound(scene);
}
