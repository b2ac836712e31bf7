//! What a list costs.

use lro_store::{
    Beginning, ListQuery, MAX_BATCH, NewOperation, OperationName, Outcome, Owner, ParentPattern, Payload,
    StateKind, Store, StoreExt as _, TimeRange, View,
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

/// Each combination of conditions is a statement of its own, and there are more of them than a connection keeps.
#[tokio::test]
async fn lists_with_all_combinations_of_conditions_are_right() {
    let Some((store, _schema)) = store().await else { return };
    let name = |id: usize| OperationName::parse(&format!("shelves/{}/operations/{id}", id % 2)).unwrap();
    let payload = || Payload::new("type.googleapis.com/test.Request", "request");
    for id in 0..6 {
        let method = if id % 3 == 0 { METHOD } else { "/test.Service/Other" };
        let new = NewOperation::new(name(id), method, payload());
        let done = new.clone().with_beginning(Beginning::Done(Outcome::Response(payload())));
        store.create(vec![if id > 3 { done } else { new }]).await.unwrap();
    }
    let all = store.list(&ListQuery::new(ParentPattern::all(), 10)).await.unwrap().views;
    let middle = Some(all[3].create_time());
    for conditions in 0..1 << 9 {
        let with = |condition: usize| conditions & 1 << condition != 0;
        let parent = if with(0) { "shelves/0" } else { "" };
        let mut query = ListQuery::new(ParentPattern::parse(parent).unwrap(), 10);
        query.methods = if with(1) { vec![METHOD.into()] } else { Vec::new() };
        query.states = if with(2) { vec![StateKind::Queued, StateKind::Done] } else { Vec::new() };
        let bound = |condition| if with(condition) { middle } else { None };
        query.create_time = TimeRange::new(bound(3), bound(4));
        query.update_time = TimeRange::new(bound(5), bound(6));
        query.end_time = TimeRange::new(bound(7), bound(8));
        let expected: Vec<View> = all.iter().filter(|view| query.selects(view)).cloned().collect();
        assert_eq!(store.list(&query).await.unwrap().views, expected, "{query:?}");
    }
}
