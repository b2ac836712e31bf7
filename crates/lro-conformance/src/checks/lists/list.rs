//! `ListOperations`: what is listed, and in pages of which size.

use std::collections::HashMap;

use tonic::Code;

use crate::check::{Check, check};
use crate::probe::{Kind, Probe, Verdict, ensure, fail, list_request, new_id, skip};
use crate::source::Source::{Aip, GrpcCodes, Operations};
use crate::wire::{ListOperationsRequest, Operation, Show};

/// How many operations are started while pages are read.
const INSERTS: usize = 10;

pub(in crate::checks) const CHECKS: &[Check] = &[
    check!(
        Must,
        "list/finds",
        [Operations("ListOperations"), Aip(132)],
        "operations are listed below their parent",
        finds
    ),
    check!(
        Must,
        "list/same-as-get",
        [Operations("ListOperations")],
        "a listed operation is as GetOperation answers it",
        same_as_get
    ),
    check!(
        Must,
        "list/running",
        [Operations("ListOperations")],
        "an operation that runs is listed, and not as done",
        running
    ),
    check!(Must, "list/default-page-size", [Aip(158)], "no page size is no error", default_size),
    check!(Must, "list/page-size", [Aip(158)], "a page has at most as many operations as asked for", size),
    check!(
        Should,
        "list/large-page-size",
        [Aip(158)],
        "a page size above the server's limit is taken for the limit",
        large_size
    ),
    check!(
        Must,
        "list/negative-page-size",
        [Aip(158)],
        "a negative page size is INVALID_ARGUMENT",
        negative_size
    ),
    check!(
        Must,
        "list/exactly-once",
        [Aip(158)],
        "pages have every operation once, also while others are started",
        exactly_once
    ),
    check!(
        Must,
        "list/ends",
        [Aip(158)],
        "the last page has no token, and its operations are all there",
        ends
    ),
    check!(May, "list/newest-first", [Aip(132)], "the newest operation comes first", newest_first),
    check!(
        Should,
        "list/stable-order",
        [Aip(132)],
        "two lists have the same operations in the same order",
        stable_order
    ),
    check!(
        Must,
        "list/other-parent",
        [Operations("ListOperationsRequest.name"), Aip(132)],
        "another parent has other operations",
        other_parent
    ),
    check!(
        Should,
        "list/operations-segment",
        [Operations("ListOperations")],
        "a name that ends in operations, as the default HTTP mapping sends it, is that collection",
        segment
    ),
    check!(
        May,
        "list/across-parents",
        [Aip(159)],
        "`-` in place of the last id of the parent reads across parents",
        across
    ),
    check!(
        Must,
        "list/partial-success",
        [Operations("ListOperationsRequest.return_partial_success"), Aip(217)],
        "return_partial_success is honoured or UNIMPLEMENTED, or refused where nothing is read across",
        partial
    ),
    check!(
        Should,
        "list/malformed-name",
        [Aip(193), GrpcCodes],
        "a malformed parent is answered with a code that blames the caller",
        malformed
    ),
];

async fn finds(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let wanted: Vec<_> = collection.operations.iter().collect();
    let found = probe.server().list_all(&list_request(&collection.name), &wanted).await?;
    all_in(&found, &wanted)
}

fn all_in(found: &[Operation], wanted: &[&Operation]) -> Verdict {
    let missing = wanted.iter().find(|wanted| !found.iter().any(|operation| operation.name == wanted.name));
    missing.map_or(Ok(()), |missing| {
        let seen = format!("it is not among the {} that are listed", found.len());
        Err(fail(format!("{} is listed", missing.name), seen))
    })
}

async fn same_as_get(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let wanted: Vec<_> = collection.operations.iter().collect();
    let found = probe.server().list_all(&list_request(&collection.name), &wanted).await?;
    for operation in wanted {
        let read = probe.server().get(&operation.name).await.ok()?;
        let listed = found.iter().find(|listed| listed.name == operation.name);
        let seen = listed.map_or_else(|| "nothing".to_owned(), Show::show);
        ensure(listed == Some(&read), read.show(), seen)?;
    }
    Ok(())
}

async fn running(probe: &Probe<'_>) -> Verdict {
    let operation = probe.running().await?;
    let name = probe.list_name(&[&operation])?;
    let found = probe.server().list_all(&list_request(&name), &[&operation]).await?;
    let listed = found.iter().find(|listed| listed.name == operation.name);
    let seen = listed.map_or_else(|| format!("none of {}", found.len()), Show::show);
    ensure(listed.is_some_and(|listed| !listed.done), format!("{}, not done", operation.name), seen)
}

async fn default_size(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    probe.server().list(&list_request(&collection.name)).await.ok().map(drop)
}

fn sized(name: &str, page_size: i32) -> ListOperationsRequest {
    ListOperationsRequest { page_size, ..list_request(name) }
}

async fn size(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    for asked in [1, 3] {
        let page = probe.server().list(&sized(&collection.name, asked)).await.ok()?;
        let few = page.operations.len() <= usize::try_from(asked).unwrap_or_default();
        ensure(few, format!("at most {asked} operations"), page.show())?;
        ensure(!page.next_page_token.is_empty(), "a token, as more operations follow", page.show())?;
    }
    Ok(())
}

async fn large_size(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    probe.server().list(&sized(&collection.name, i32::MAX)).await.ok().map(drop)
}

async fn negative_size(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let reply = probe.server().list(&sized(&collection.name, -1)).await;
    reply.refused(&[Code::InvalidArgument]).map(drop)
}

async fn exactly_once(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let server = probe.server();
    let inserts = async {
        for _ in 0..INSERTS {
            server.started(Kind::Quick).await?;
        }
        Ok(())
    };
    // Nobody stops at the last wanted one: what comes twice may come late.
    let request = sized(&collection.name, 2);
    let (found, ()) = tokio::try_join!(server.list_all(&request, &[]), inserts)?;
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for operation in &found {
        *counts.entry(&operation.name).or_default() += 1;
    }
    for operation in &collection.operations {
        let count = counts.get(operation.name.as_str()).copied().unwrap_or_default();
        ensure(count == 1, format!("{} once", operation.name), format!("{count} times on all pages"))?;
    }
    let twice = counts.iter().find(|(_, count)| **count > 1);
    twice.map_or(Ok(()), |(name, count)| {
        Err(fail(format!("{name} once"), format!("{count} times on all pages")))
    })
}

async fn ends(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    // Ends with a page without a token, or not at all.
    let found = probe.server().list_all(&sized(&collection.name, 100), &[]).await?;
    all_in(&found, &collection.operations.iter().collect::<Vec<_>>())
}

async fn newest_first(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let wanted: Vec<_> = collection.operations.iter().collect();
    let found = probe.server().list_all(&list_request(&collection.name), &wanted).await?;
    let place = |operation: &Operation| found.iter().position(|listed| listed.name == operation.name);
    let places: Vec<_> = collection.operations.iter().map(place).collect();
    ensure(
        places.windows(2).all(|pair| pair[0] > pair[1]),
        "operations that were started one after the other, the last one first",
        format!("they are at the places {:?}", places.iter().flatten().collect::<Vec<_>>()),
    )
}

async fn stable_order(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let wanted: Vec<_> = collection.operations.iter().collect();
    let mut orders = Vec::new();
    for _ in 0..2 {
        let found = probe.server().list_all(&list_request(&collection.name), &wanted).await?;
        let is_ours = |operation: &Operation| wanted.iter().any(|wanted| wanted.name == operation.name);
        let names = found.into_iter().filter(is_ours).map(|operation| operation.name);
        orders.push(names.collect::<Vec<_>>());
    }
    ensure(orders[0] == orders[1], orders[0].join(", "), orders[1].join(", "))
}

async fn other_parent(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let other = match collection.operations[0].name.rsplit_once("/operations/") {
        Some((parent, _)) if parent.contains('/') => crate::checks::unknown_beside(parent),
        _ => format!("parents/{}", new_id()),
    };
    match probe.server().list(&list_request(&other)).await.ok_or_refused()? {
        // A parent that there is not may be an error.
        Err(_) => Ok(()),
        Ok(page) => {
            let ours = |listed: &Operation| collection.operations.iter().any(|ours| ours.name == listed.name);
            let none = !page.operations.iter().any(ours);
            ensure(none, format!("no operations of another parent below {other}"), page.show())
        }
    }
}

async fn segment(probe: &Probe<'_>) -> Verdict {
    probe.collection().await?;
    let operation = probe.done().await?;
    let end = operation.name.rfind('/').ok_or_else(|| skip("the names of operations have no parent"))?;
    let name = &operation.name[..end];
    if !name.ends_with("operations") {
        return Err(skip("the names of operations do not end in operations/{id}"));
    }
    let found = probe.server().list_all(&list_request(name), &[operation]).await?;
    all_in(&found, &[operation])
}

async fn across(probe: &Probe<'_>) -> Verdict {
    probe.collection().await?;
    let operation = probe.done().await?;
    let parent = operation.name.rsplit_once("/operations/").and_then(|(parent, _)| parent.rsplit_once('/'));
    let (parents, _) = parent.ok_or_else(|| skip("operations have no parent with an id"))?;
    let found = probe.server().list_all(&list_request(&format!("{parents}/-")), &[operation]).await?;
    all_in(&found, &[operation])
}

async fn partial(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let request = ListOperationsRequest { return_partial_success: true, ..list_request(&collection.name) };
    let reply = probe.server().list(&request).await;
    // UNIMPLEMENTED is about the field here, and as right as an answer.
    match &reply.result {
        Err(status) if status.code() == Code::Unimplemented => Ok(()),
        _ => reply.ok_or_refused().map(drop),
    }
}

async fn malformed(probe: &Probe<'_>) -> Verdict {
    probe.collection().await?;
    for name in ["shelves//1", "/shelves/1", "shelves/\u{0}"] {
        if let Ok(page) = probe.server().list(&list_request(name)).await.ok_or_refused()? {
            return Err(fail(format!("{name:?} is refused"), page.show()));
        }
    }
    Ok(())
}
