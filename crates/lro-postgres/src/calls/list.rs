//! Pages of operations.

use std::fmt::Write as _;
use std::sync::Arc;

use lro_store::{Cursor, ListQuery, Owner, Page, StateKind, TimeRange, Timestamp};
use tokio_postgres::types::ToSql;

use crate::call::{Call, Shared};
use crate::connections::connection::Connection;
use crate::database::sql::{Planned, Query, look_up, now, view};
use crate::error::Failure;
use crate::row;

/// At most how many operations one call looks at beyond those that it returns.
const LOOKS: usize = 2_000;

/// Reads a page.
#[derive(Debug)]
pub(crate) struct List(pub(crate) ListQuery);

impl Call for List {
    type Answer = Page;
    const WRITES: bool = false;

    /// Looks at few operations first and at more and more, until the page is full or enough was looked at.
    async fn run(&self, shared: &Shared, connection: &mut Connection) -> Result<Self::Answer, Failure> {
        let query = &self.0;
        let (mut page, mut bytes) = (Page::new(Vec::new(), query.after.clone()), 0);
        let mut looked = 0;
        let mut look = if is_filtered(query) { query.limit * 4 } else { query.limit };
        loop {
            let after = page.next.take();
            let looks = look.min(query.limit + LOOKS - looked);
            let wanted = query.limit - page.views.len();
            let statement = Statement::new(shared, query, after.as_ref(), looks, wanted + 1);
            let rows = connection.rows(&statement.query, &statement.parameters()).await?;
            for row in &rows {
                if !row::get::<bool>(row, row::VIEW)? {
                    // The last that was looked at. Behind it there may be more.
                    page.next = Some(cursor(row)?);
                    continue;
                }
                let view = row::view(row)?;
                let is_full = page.views.len() == query.limit;
                if is_full || (!page.views.is_empty() && bytes + view.size() > query.max_bytes) {
                    page.next = page.views.last().map(Cursor::from);
                    return Ok(page);
                }
                bytes += view.size();
                page.next = row::get::<bool>(row, row::VIEW + 1)?.then(|| Cursor::from(&view));
                page.views.push(view);
            }
            looked += looks;
            if page.next.is_none() || page.views.len() == query.limit || looked >= query.limit + LOOKS {
                return Ok(page);
            }
            look *= 2;
        }
    }
}

fn cursor(row: &tokio_postgres::Row) -> Result<Cursor, Failure> {
    Ok(Cursor { create_time: Timestamp::from_micros(row::get(row, 11)?), name: row::name(row, 0)? })
}

/// Whether operations that are looked at may not be on the page.
fn is_filtered(query: &ListQuery) -> bool {
    let mut plain = ListQuery::new(query.parent.clone(), query.limit);
    (plain.create_time, plain.after, plain.max_bytes) =
        (query.create_time, query.after.clone(), query.max_bytes);
    let (has_owner, of_unfinished) = (owner_of(query).is_some(), is_of_unfinished(query));
    if has_owner {
        plain.owner.clone_from(&query.owner);
    }
    if of_unfinished {
        plain.states.clone_from(&query.states);
    }
    let parent_is_scope = query.parent.as_exact().is_some() && !has_owner && !of_unfinished;
    *query != plain || (!query.parent.is_all() && !parent_is_scope)
}

/// Whether only what is not done is wanted, which has an order of its own; what an owner has is looked for among the owner's.
fn is_of_unfinished(query: &ListQuery) -> bool {
    !query.states.is_empty() && !query.states.contains(&StateKind::Done) && owner_of(query).is_none()
}

/// The owner who alone is looked at.
fn owner_of(query: &ListQuery) -> Option<&str> {
    query.owner.as_ref().map(Owner::as_str).filter(|owner| !owner.is_empty())
}

/// A statement for one part of a page, with its parameters.
struct Statement {
    query: Query,
    values: Vec<Box<dyn ToSql + Send + Sync>>,
}

impl Statement {
    /// Looks at `looks` operations in order and answers at most `wanted` rows: what is selected, and the last that was
    /// looked at. Behind the view of each row: whether it is selected, and whether it is that last one.
    fn new(shared: &Shared, query: &ListQuery, after: Option<&Cursor>, looks: usize, wanted: usize) -> Self {
        let mut builder = Builder::default();
        builder.value(shared.now());
        let of_unfinished = is_of_unfinished(query);
        let mut scope = String::from("true");
        // Said twice each, so that the index is known to have them all.
        if let Some(owner) = owner_of(query) {
            let at = builder.value(owner.to_owned());
            let _ = write!(scope, " AND o.owner = ${at}::text AND o.owner <> ''");
        } else if let Some(parent) = query.parent.as_exact().filter(|_| !of_unfinished) {
            let at = builder.value(parent.to_owned());
            let _ = write!(scope, " AND o.parent = ${at}::text AND o.parent <> ''");
        }
        builder.range(&mut scope, "o.create_time", query.create_time);
        if let Some(after) = after {
            let time = builder.value(after.create_time.as_micros());
            let name = builder.value(after.name.as_str().to_owned());
            let _ = write!(
                scope,
                " AND o.create_time <= ${time}::bigint AND (o.create_time, o.name) < (${time}, ${name}::text)"
            );
        }
        let by_method = builder.by_method(query);
        let by_parent = builder.by_parent(query);
        let selected = builder.selected(query);
        let looks = i64::try_from(looks).unwrap_or(i64::MAX);
        let looks = builder.value(looks);
        let wanted = builder.value(i64::try_from(wanted).unwrap_or(i64::MAX));
        // Of what is looked at, only what may be selected is looked up in other tables.
        let numbered = if of_unfinished {
            format!(
                "SELECT l.id, l.name, p.parent, l.method, p.owner, p.request_id, p.exclusive_key, p.labels, p.priority,
                    p.max_attempts, p.retry, p.deadline, p.retention, l.create_time,
                    row_number() OVER (ORDER BY l.create_time DESC, l.name DESC) AS place,
                    l.may_be AND coalesce({by_parent}, false) AS may_be
                FROM (
                    SELECT o.id, o.name, o.method, o.create_time, {by_method} AS may_be FROM @.unfinished o WHERE {scope}
                    ORDER BY o.create_time DESC, o.name DESC LIMIT ${looks}::bigint
                ) l {operation}",
                by_parent = by_parent.replace("o.", "p."),
                operation = look_up!("operation", "p", "name", "CASE WHEN l.may_be THEN l.name END"),
            )
        } else {
            format!(
                "SELECT l.*, row_number() OVER (ORDER BY l.create_time DESC, l.name DESC) AS place
                FROM (
                    SELECT o.id, o.name, o.parent, o.method, o.owner, o.request_id, o.exclusive_key, o.labels, o.priority,
                        o.max_attempts, o.retry, o.deadline, o.retention, o.create_time, {by_method} AND {by_parent} AS may_be
                    FROM @.operation o WHERE {scope}
                    ORDER BY o.create_time DESC, o.name DESC LIMIT ${looks}::bigint
                ) l"
            )
        };
        let text = format!(
            "WITH t AS MATERIALIZED (SELECT {now} AS now), numbered AS MATERIALIZED ({numbered})
            SELECT {view}, s.selected, o.place = ${looks}
            FROM t, numbered o {unfinished} {finished}
            CROSS JOIN LATERAL (
                SELECT o.may_be AND coalesce(f.expire_time > t.now, true) AND {selected} AS selected
            ) s
            WHERE s.selected OR o.place = ${looks}
            ORDER BY o.place LIMIT ${wanted}::bigint",
            now = now!(),
            view = view!(),
            unfinished = look_up!("unfinished", "u", "name", "CASE WHEN o.may_be THEN o.name END"),
            finished = look_up!("finished", "f", "id", "CASE WHEN o.may_be THEN o.id END"),
        );
        Self { query: Query::new(Planned::AmongFew, &shared.schema, &text), values: builder.values }
    }

    fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect()
    }
}

#[derive(Default)]
struct Builder {
    values: Vec<Box<dyn ToSql + Send + Sync>>,
}

impl Builder {
    /// The number of a parameter with this value.
    fn value(&mut self, value: impl ToSql + Send + Sync + 'static) -> usize {
        self.values.push(Box::new(value));
        self.values.len()
    }

    fn range(&mut self, condition: &mut String, column: &str, range: TimeRange) {
        for (bound, comparison) in [(range.from, ">="), (range.until, "<")] {
            if let Some(time) = bound {
                let at = self.value(time.as_micros());
                let _ = write!(condition, " AND {column} {comparison} ${at}::bigint");
            }
        }
    }

    /// What [`ListQuery::selects`] says of methods.
    fn by_method(&mut self, query: &ListQuery) -> String {
        if query.methods.is_empty() {
            return "true".to_owned();
        }
        let methods: Vec<String> = query.methods.iter().map(Arc::as_ref).map(str::to_owned).collect();
        let at = self.value(methods);
        format!("o.method = ANY(${at}::text[])")
    }

    /// What it says of parents and owners, beyond the scope.
    fn by_parent(&mut self, query: &ListQuery) -> String {
        let mut condition = String::from("(true");
        let is_scope =
            query.parent.as_exact().is_some() && owner_of(query).is_none() && !is_of_unfinished(query);
        if !query.parent.is_all() && !is_scope {
            let like = self.value(query.parent.to_like());
            let slashes = i64::try_from(query.parent.segments().count()).unwrap_or(i64::MAX) - 1;
            let slashes = self.value(slashes);
            let _ = write!(
                condition,
                " AND o.parent LIKE ${like}::text AND o.parent <> '' \
                 AND length(o.parent) - length(replace(o.parent, '/', '')) = ${slashes}::bigint"
            );
        }
        if let Some(owner) = query.owner.as_ref().filter(|owner| owner.as_str().is_empty()) {
            let at = self.value(owner.as_str().to_owned());
            let _ = write!(condition, " AND o.owner = ${at}::text");
        }
        condition + ")"
    }

    /// What it says of how operations stand.
    fn selected(&mut self, query: &ListQuery) -> String {
        let mut condition = String::from("true");
        if !query.states.is_empty() {
            let states: Vec<i16> = query.states.iter().copied().map(StateKind::to_column).collect();
            let at = self.value(states);
            let _ = write!(
                condition,
                " AND CASE WHEN f.id IS NULL THEN u.state ELSE 2::smallint END = ANY(${at}::smallint[])"
            );
        }
        if !query.error_codes.is_empty() {
            let codes: Vec<i32> = query.error_codes.iter().map(|code| code.number()).collect();
            let at = self.value(codes);
            let _ = write!(condition, " AND coalesce(f.error_code = ANY(${at}::integer[]), false)");
        }
        self.range(&mut condition, "coalesce(u.update_time, f.update_time)", query.update_time);
        if query.end_time != TimeRange::default() {
            condition.push_str(" AND f.id IS NOT NULL");
            self.range(&mut condition, "f.update_time", query.end_time);
        }
        format!("({condition})")
    }
}
