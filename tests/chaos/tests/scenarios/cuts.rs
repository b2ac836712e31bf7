//! A connection is cut in the middle of a commit: the server has got it, and who sent it does not learn what came of it.

use chaos::event::{Answer, Event};
use chaos::{Script, Target};
use test_postgres::{Direction, Proxy, contains};

use crate::support::{
    DATABASE, Pair, assert_outcome, assert_sound, begins, checkpointed, cluster, is_unavailable, number,
    scene,
};

/// The end of statements that are a transaction of their own, and what begins and ends one of several.
const SYNC: &[u8] = b"S\0\0\0\x04";
const BEGIN: &[u8] = b"BEGIN";
const COMMIT: &[u8] = b"COMMIT\0";

/// Whether all of a transaction was sent that writes these bytes.
pub(crate) fn commit_of(bytes: &'static [u8]) -> impl FnMut(&[u8]) -> bool + Send + 'static {
    let count = |sent: &[u8], part: &[u8]| sent.windows(part.len()).filter(|window| *window == part).count();
    move |sent| {
        let at = sent.windows(bytes.len()).position(|window| window == bytes);
        at.is_some_and(|at| count(&sent[at..], SYNC) > 0) && count(sent, BEGIN) <= count(sent, COMMIT)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_before_a_cut_is_applied_once() {
    let Some(cluster) = cluster() else { return };
    let scene = scene();
    let networks = [(); 2].map(|()| Proxy::start(cluster.address()).unwrap());
    let [api, worker] = &networks;
    let store = |network: &Proxy| Target::Postgres(network.url(DATABASE));
    let pair = Pair::on(&scene, &store(api), &store(worker)).await;

    scene.note(Event::StoreDown { how: "cuts".into(), of: "all".into() });
    // A start that is committed when the connection breaks: the replica reads it back, and the client notices nothing.
    api.cut_when(Direction::ToClient, contains(b"operations/"));
    let read_back = pair.caller.start(&Script::new("answered")).await;
    assert!(matches!(read_back, Answer::Operation(_)) && !api.is_armed(), "{read_back:?}");
    // One that is about to be: it may come too late to be read back. Then it can be repeated.
    api.cut_when(Direction::ToServer, commit_of(b"the-request"));
    // A checkpoint: no other message of a worker has one.
    worker.cut_when(Direction::ToServer, commit_of(b"chaos.Place"));
    let script = Script::new("the-request").checkpoint().gate("open");
    let answer = pair.caller.start(&script).await;
    assert!(matches!(answer, Answer::Operation(_)) || is_unavailable(&answer), "{answer:?}");
    assert!(!api.is_armed());
    let name = pair.caller.started(&script).await.unwrap();
    checkpointed(&scene, &name, 1_001).await;
    assert!(!worker.is_armed());
    let stored = "SELECT count(*) FROM lro.unfinished WHERE checkpoint IS NOT NULL AND attempt = 1";
    assert_eq!(number(&cluster, stored), 1);

    // An outcome.
    worker.cut_when(Direction::ToServer, commit_of(b"attempt 1 of"));
    scene.open("open").unwrap();
    assert_outcome(&pair.caller.outcome(&name).await.unwrap(), 1, &name, &pair.worker);
    assert!(!worker.is_armed());
    assert_eq!(pair.caller.started(&script).await.unwrap(), name);
    for table in ["operation", "finished"] {
        assert_eq!(number(&cluster, &format!("SELECT count(*) FROM lro.{table}")), 2, "{table}");
    }
    assert_eq!(number(&cluster, "SELECT count(*) FROM lro.unfinished"), 0);
    assert_eq!(begins(&scene, &name), 1);
    // Whoever was cut off goes on.
    scene.note(Event::StoreUp);
    let next = pair.caller.started(&Script::new("next").checkpoint()).await.unwrap();
    assert_outcome(&pair.caller.outcome(&next).await.unwrap(), 1, &next, &pair.worker);
    assert_sound(&scene);
}
