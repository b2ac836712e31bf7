//! What a list costs.

use lro_store::{
    ListQuery, MAX_BATCH, NewOperation, OperationName, Owner, ParentPattern, Payload, StateKind, Store,
    StoreExt as _, TimeRange,
};

use crate::support::{METHOD, store};

/// A caller who sees only what is their own is told of it at once, however much others have.
#[tokio::test]
async fn a_list_of_one_owner_looks_at_nothing_else() {
    let Some((store, _schema)) = store().await else { return };
    let belonging_to = |owner: &str, id: String| {
        let name = OperationName::parse(&format!("shelves/1/operations/{id}")).unwrap();
        NewOperation::new(name, METHOD, Payload::new("type.googleapis.com/test.Request", "request"))
            .with_owner(Owner::new(owner).unwrap())
    };
    store.create((0..5).map(|id| belonging_to("alice", format!("own-{id}"))).collect()).await.unwrap();
    for batch in 0..6 {
        let owner = if batch % 2 == 0 { "alicf" } else { "alic" };
        store
            .create((0..MAX_BATCH).map(|id| belonging_to(owner, format!("{batch}-{id}"))).collect())
            .await
            .unwrap();
    }
    for parent in [ParentPattern::all(), ParentPattern::parse("shelves/1").unwrap()] {
        let mut query = ListQuery::new(parent, 3);
        query.owner = Some(Owner::new("alice").unwrap());
        let first = store.list(&query).await.unwrap();
        let second = store.list(&query.after(first.next.clone())).await.unwrap();
        assert_eq!((first.views.len(), second.views.len(), second.next), (3, 2, None));
    }
}

/// What a filter such as `done = false AND method = … AND create_time > …` becomes.
#[tokio::test]
async fn a_list_of_what_is_not_done_takes_every_other_condition_too() {
    let Some((store, _schema)) = store().await else { return };
    let name = |id: usize| OperationName::parse(&format!("shelves/1/operations/{id}")).unwrap();
    let payload = || Payload::new("type.googleapis.com/test.Request", "request");
    store.create((0..9).map(|id| NewOperation::new(name(id), METHOD, payload())).collect()).await.unwrap();
    let first = store.get_one(&name(0)).await.unwrap().unwrap();
    for parent in ["", "shelves/1", "shelves/-", "shelves/2"] {
        let expected = if parent == "shelves/2" { 0 } else { 9 };
        let mut query = ListQuery::new(ParentPattern::parse(parent).unwrap(), 10);
        query.states = vec![StateKind::Queued, StateKind::Running];
        query.methods = vec![METHOD.into()];
        query.create_time = TimeRange::new(Some(first.create_time()), None);
        assert_eq!(store.list(&query).await.unwrap().views.len(), expected, "{parent}");
        query.methods = vec!["/test.Service/Other".into()];
        assert_eq!(store.list(&query).await.unwrap().views, [], "{parent}");
    }
}
