//! The filter of `ListOperations`.

use tonic::Code;

use crate::check::{Check, check};
use crate::probe::{Kind, Probe, Reply, Stop, Verdict, ensure, fail, list_request};
use crate::source::Source::{Aip, Operations};
use crate::wire::{ListOperationsRequest, ListOperationsResponse, Operation, Show as _};

/// Filters that no grammar lets through.
const MALFORMED: &[&str] =
    &["done = ", "(done = true", "= true", "done = true AND", "name = \"unclosed", "NOT"];

pub(in crate::checks) const CHECKS: &[Check] = &[
    check!(
        Should,
        "filter/done",
        [Operations("ListOperationsRequest.filter"), Aip(160)],
        "`done = true` lists what is done, and all of it",
        done
    ),
    check!(
        Should,
        "filter/not-done",
        [Operations("ListOperationsRequest.filter"), Aip(160)],
        "`done = false` lists what is not done",
        not_done
    ),
    check!(
        Should,
        "filter/negation",
        [Aip(160)],
        "`NOT done = true` and `-done = true` mean the same as `done = false`",
        negation
    ),
    check!(Should, "filter/name", [Aip(160)], "`name = \"…\"` lists the one operation", by_name),
    check!(Should, "filter/or-before-and", [Aip(160)], "OR binds tighter than AND", precedence),
    check!(
        Should,
        "filter/error-code",
        [Aip(160)],
        "`error.code = …` lists operations that failed in that way",
        error_code
    ),
    check!(Must, "filter/across-pages", [Aip(158), Aip(160)], "the filter holds on every page", across_pages),
    check!(Must, "filter/malformed", [Aip(160)], "what is no filter is INVALID_ARGUMENT", malformed),
    check!(
        Should,
        "filter/unknown-field",
        [Aip(160)],
        "a field that operations do not have is INVALID_ARGUMENT",
        unknown_field
    ),
    check!(
        Should,
        "filter/wrong-type",
        [Aip(160)],
        "a value of a type that the field does not have is INVALID_ARGUMENT",
        wrong_type
    ),
    check!(
        Must,
        "filter/over-long",
        [Aip(160), Aip(193)],
        "a filter of 100,000 characters is answered with a code that blames the caller, if it is not applied",
        over_long
    ),
    check!(Must, "filter/deep", [Aip(160), Aip(193)], "so is one of 10,000 parentheses", deep),
];

/// Lists with a filter, small pages each.
async fn list(probe: &Probe<'_>, name: &str, filter: &str) -> Verdict<Reply<ListOperationsResponse>> {
    let request = ListOperationsRequest { filter: filter.to_owned(), ..list_request(name) };
    let reply = probe.server().list(&request).await;
    match &reply.result {
        Err(status) if status.code() == Code::Unimplemented => {
            Err(Stop::NotImplemented("the server does not filter".to_owned()))
        }
        _ => Ok(reply),
    }
}

/// All that a filter lists, until those that are wanted are found.
async fn all(probe: &Probe<'_>, name: &str, filter: &str, wanted: &[&Operation]) -> Verdict<Vec<Operation>> {
    list(probe, name, filter).await?.ok()?;
    let request = ListOperationsRequest { filter: filter.to_owned(), page_size: 5, ..list_request(name) };
    let found = probe.server().list_all(&request, wanted).await?;
    let missing = wanted.iter().find(|wanted| !found.iter().any(|listed| listed.name == wanted.name));
    match missing {
        None => Ok(found),
        Some(missing) => {
            let seen = format!("it is not among the {} that are listed", found.len());
            Err(fail(format!("`{filter}` lists {}", missing.show()), seen))
        }
    }
}

fn each(filter: &str, found: &[Operation], fits: impl Fn(&Operation) -> bool) -> Verdict {
    let wrong = found.iter().find(|operation| !fits(operation));
    wrong.map_or(Ok(()), |wrong| Err(fail(format!("what fits `{filter}`"), wrong.show())))
}

async fn done(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let wanted: Vec<_> = collection.operations.iter().collect();
    list(probe, &collection.name, "done = true").await?.ok()?;
    something_runs(probe).await?;
    let found = all(probe, &collection.name, "done = true", &wanted).await?;
    each("done = true", &found, |operation| operation.done)
}

/// Sees to it that there is something to leave out, where the target has work that runs for long enough.
async fn something_runs(probe: &Probe<'_>) -> Verdict {
    probe.running().await.map(drop).or_else(|stop| match stop {
        // Without one that runs, the filter only has less to do.
        Stop::Skipped(_) => Ok(()),
        stop => Err(stop),
    })
}

async fn not_done(probe: &Probe<'_>) -> Verdict {
    lists_running(probe, &["done = false"]).await
}

async fn negation(probe: &Probe<'_>) -> Verdict {
    lists_running(probe, &["NOT done = true", "-done = true"]).await
}

async fn lists_running(probe: &Probe<'_>, filters: &[&str]) -> Verdict {
    let collection = probe.collection().await?;
    // Whether it filters is asked first, so that nothing is started in vain.
    list(probe, &collection.name, filters[0]).await?;
    let running = probe.running().await?;
    let name = probe.list_name(&[&running])?;
    for filter in filters {
        let found = all(probe, &name, filter, &[&running]).await?;
        each(filter, &found, |operation| !operation.done)?;
    }
    Ok(())
}

async fn by_name(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let operation = &collection.operations[0];
    let filter = format!("name = \"{}\"", operation.name);
    let found = all(probe, &collection.name, &filter, &[operation]).await?;
    each(&filter, &found, |found| found.name == operation.name)
}

async fn precedence(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let [first, second, ..] = collection.operations.as_slice() else { return Ok(()) };
    // Were AND the tighter one, the second operation would be listed.
    let filter = format!("done = false AND name = \"{}\" OR name = \"{}\"", first.name, second.name);
    let page = list(probe, &collection.name, &filter).await?.ok()?;
    each(&filter, &page.operations, |_| false)?;
    let filter = format!("done = true AND name = \"{}\" OR name = \"{}\"", first.name, second.name);
    let found = all(probe, &collection.name, &filter, &[first, second]).await?;
    each(&filter, &found, |found| found.name == first.name || found.name == second.name)
}

async fn error_code(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    list(probe, &collection.name, "error.code = 5").await?;
    let failed = probe.server().ended(Kind::Failing).await?;
    let name = probe.list_name(&[&failed])?;
    let code = failed.error.as_ref().map_or(0, |error| error.code);
    let filter = format!("error.code = {code}");
    let found = all(probe, &name, &filter, &[&failed]).await?;
    each(&filter, &found, |found| found.error.as_ref().is_some_and(|error| error.code == code))
}

async fn across_pages(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let filter = "done = true";
    list(probe, &collection.name, filter).await?.ok()?;
    something_runs(probe).await?;
    let request =
        ListOperationsRequest { filter: filter.to_owned(), page_size: 2, ..list_request(&collection.name) };
    let found = probe.server().list_all(&request, &[]).await?;
    each(filter, &found, |operation| operation.done)?;
    for operation in &collection.operations {
        let count = found.iter().filter(|found| found.name == operation.name).count();
        ensure(count == 1, format!("{} once", operation.name), format!("{count} times on all pages"))?;
    }
    Ok(())
}

async fn refused(probe: &Probe<'_>, filters: &[&str]) -> Verdict {
    let collection = probe.collection().await?;
    for filter in filters {
        list(probe, &collection.name, filter).await?.refused(&[Code::InvalidArgument])?;
    }
    Ok(())
}

async fn malformed(probe: &Probe<'_>) -> Verdict {
    refused(probe, MALFORMED).await
}

async fn unknown_field(probe: &Probe<'_>) -> Verdict {
    refused(probe, &["no_such_field = 1", "error.no_such_field = 1"]).await
}

async fn wrong_type(probe: &Probe<'_>) -> Verdict {
    refused(probe, &["done = 7", "error.code = \"seven\""]).await
}

async fn over_long(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let filter = format!("name = \"{}\"", "a".repeat(100_000));
    list(probe, &collection.name, &filter).await?.ok_or_refused().map(drop)
}

async fn deep(probe: &Probe<'_>) -> Verdict {
    let collection = probe.collection().await?;
    let filter = format!("{}done = true{}", "(".repeat(10_000), ")".repeat(10_000));
    list(probe, &collection.name, &filter).await?.ok_or_refused().map(drop)
}
