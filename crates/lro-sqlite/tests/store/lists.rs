//! What a list costs.

use lro_store::{
    Beginning, ListQuery, MAX_BATCH, NewOperation, OperationName, Owner, ParentPattern, StateKind, Store,
    TimeRange,
};

use crate::support::{METHOD, Place, operation, payload, response};

#[tokio::test]
async fn a_list_that_selects_looks_at_a_few_thousand_and_goes_on() {
    const BATCHES: usize = 6;
    let place = Place::new();
    let store = place.open().await;
    store.create(vec![operation("oldest").with_beginning(Beginning::Done(response()))]).await.unwrap();
    for batch in 0..BATCHES {
        let all = (0..MAX_BATCH).map(|id| operation(&format!("{batch}-{id}"))).collect();
        store.create(all).await.unwrap();
    }
    let mut query = ListQuery::new(ParentPattern::all(), 10);
    query.states = vec![StateKind::Done];
    let (mut pages, mut found) = (0, Vec::new());
    loop {
        let page = store.list(&query).await.unwrap();
        pages += 1;
        found.extend(page.views);
        let Some(next) = page.next else { break };
        query = query.after(Some(next));
    }
    assert_eq!(found.len(), 1);
    assert!((3..=BATCHES).contains(&pages), "{pages} pages");
}

#[tokio::test]
async fn a_list_of_a_range_of_time_looks_at_that_range_alone() {
    const OTHERS: usize = 5;
    let place = Place::new();
    let store = place.open().await;
    let create = async |batch: &str, count: usize| {
        let all = (0..count).map(|id| operation(&format!("{batch}-{id}"))).collect();
        store.create(all).await.unwrap().remove(0).created().unwrap().create_time()
    };
    // Before the range and behind it there is more than one call looks at.
    for batch in 0..OTHERS {
        create(&format!("older{batch}"), MAX_BATCH).await;
    }
    let first = create("wanted", 1).await;
    let until = create("newer", MAX_BATCH).await;
    for batch in 0..OTHERS {
        create(&format!("newer{batch}"), MAX_BATCH).await;
    }
    assert!(first < until, "the clock of the store goes on");
    let mut query = ListQuery::new(ParentPattern::all(), 10);
    query.states = vec![StateKind::Queued];
    query.create_time = TimeRange::new(Some(first), Some(until));
    let page = store.list(&query).await.unwrap();
    assert_eq!((page.views.len(), page.next), (1, None));
}

#[tokio::test]
async fn a_page_that_is_full_is_not_followed_by_an_empty_one() {
    let place = Place::new();
    let store = place.open().await;
    store.create((0..20).map(|id| operation(&id.to_string())).collect()).await.unwrap();
    let page = store.list(&ListQuery::new(ParentPattern::all(), 20)).await.unwrap();
    assert_eq!((page.views.len(), page.next), (20, None));
}

/// A caller who sees only what is their own is told of it at once, however much others have.
#[tokio::test]
async fn a_list_of_one_owner_looks_at_nothing_else() {
    let place = Place::new();
    let store = place.open().await;
    let belonging_to = |owner: &str, id: String| {
        let name = OperationName::parse(&format!("shelves/1/operations/{id}")).unwrap();
        NewOperation::new(name, METHOD, payload(10)).with_owner(Owner::new(owner).unwrap())
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
