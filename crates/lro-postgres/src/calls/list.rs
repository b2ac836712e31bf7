//! Pages of operations.

use std::fmt::Write as _;
use std::sync::Arc;

use lro_store::{Cursor, ListQuery, Owner, Page, StateKind, TimeRange, Timestamp};
use tokio_postgres::types::{ToSql, Type};

use crate::call::{Call, Shared};
use crate::connections::connection::Connection;
use crate::database::sql::{Query, now, standing_of_o, view};
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
    let has_owner = owner_of(query).is_some();
    if has_owner {
        plain.owner.clone_from(&query.owner);
    }
    *query != plain || (!query.parent.is_all() && (has_owner || query.parent.as_exact().is_none()))
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
        builder.value(shared.now(), Type::INT8);
        let mut scope = String::from("true");
        // Said twice each, so that the index is known to have them all.
        if let Some(owner) = owner_of(query) {
            let at = builder.value(owner.to_owned(), Type::TEXT);
            let _ = write!(scope, " AND o.owner = ${at}::text AND o.owner <> ''");
        } else if let Some(parent) = query.parent.as_exact() {
            let at = builder.value(parent.to_owned(), Type::TEXT);
            let _ = write!(scope, " AND o.parent = ${at}::text AND o.parent <> ''");
        }
        builder.range(&mut scope, "o.create_time", query.create_time);
        if let Some(after) = after {
            let time = builder.value(after.create_time.as_micros(), Type::INT8);
            let name = builder.value(after.name.as_str().to_owned(), Type::TEXT);
            let _ = write!(
                scope,
                " AND o.create_time <= ${time}::bigint AND (o.create_time, o.name) < (${time}, ${name}::text)"
            );
        }
        let selected = builder.selected(query);
        let looks = i64::try_from(looks).unwrap_or(i64::MAX);
        let looks = builder.value(looks, Type::INT8);
        let wanted = builder.value(i64::try_from(wanted).unwrap_or(i64::MAX), Type::INT8);
        let text = format!(
            "WITH t AS MATERIALIZED (SELECT {now} AS now), looked AS MATERIALIZED (
                SELECT o.id, o.name, o.parent, o.method, o.owner, o.request_id, o.exclusive_key, o.labels, o.priority,
                    o.max_attempts, o.retry, o.deadline, o.retention, o.create_time
                FROM @.operation o WHERE {scope}
                ORDER BY o.create_time DESC, o.name DESC LIMIT ${looks}::bigint
            ), numbered AS MATERIALIZED (
                SELECT o.*, row_number() OVER (ORDER BY o.create_time DESC, o.name DESC) AS place FROM looked o
            )
            SELECT {view}, s.selected, o.place = ${looks}
            FROM t, numbered o {standing}
            CROSS JOIN LATERAL (SELECT coalesce(f.expire_time > t.now, true) AND {selected} AS selected) s
            WHERE s.selected OR o.place = ${looks}
            ORDER BY o.place LIMIT ${wanted}::bigint",
            now = now!(),
            view = view!(),
            standing = standing_of_o!(),
        );
        Self {
            query: Query { number: None, ..Query::new(None, &shared.schema, &text) },
            values: builder.values,
        }
        .with_types(builder.types)
    }

    fn with_types(mut self, types: Vec<Type>) -> Self {
        self.query.types = types;
        self
    }

    fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect()
    }
}

#[derive(Default)]
struct Builder {
    values: Vec<Box<dyn ToSql + Send + Sync>>,
    types: Vec<Type>,
}

impl Builder {
    /// The number of a parameter with this value.
    fn value(&mut self, value: impl ToSql + Send + Sync + 'static, of: Type) -> usize {
        self.values.push(Box::new(value));
        self.types.push(of);
        self.values.len()
    }

    fn range(&mut self, condition: &mut String, column: &str, range: TimeRange) {
        for (bound, comparison) in [(range.from, ">="), (range.until, "<")] {
            if let Some(time) = bound {
                let at = self.value(time.as_micros(), Type::INT8);
                let _ = write!(condition, " AND {column} {comparison} ${at}::bigint");
            }
        }
    }

    /// What [`ListQuery::selects`] says beyond the scope.
    fn selected(&mut self, query: &ListQuery) -> String {
        let mut condition = String::from("true");
        if !query.parent.is_all() && (query.parent.as_exact().is_none() || owner_of(query).is_some()) {
            let like = self.value(query.parent.to_like(), Type::TEXT);
            let slashes = i64::try_from(query.parent.segments().count()).unwrap_or(i64::MAX) - 1;
            let slashes = self.value(slashes, Type::INT8);
            let _ = write!(
                condition,
                " AND o.parent LIKE ${like}::text AND o.parent <> '' \
                 AND length(o.parent) - length(replace(o.parent, '/', '')) = ${slashes}::bigint"
            );
        }
        if let Some(owner) = &query.owner {
            let at = self.value(owner.as_str().to_owned(), Type::TEXT);
            let _ = write!(condition, " AND o.owner = ${at}::text");
        }
        if !query.states.is_empty() {
            let states: Vec<i16> = query.states.iter().copied().map(StateKind::to_column).collect();
            let at = self.value(states, Type::INT2_ARRAY);
            let _ = write!(
                condition,
                " AND CASE WHEN f.id IS NULL THEN u.state ELSE 2::smallint END = ANY(${at}::smallint[])"
            );
        }
        if !query.methods.is_empty() {
            let methods: Vec<String> = query.methods.iter().map(Arc::as_ref).map(str::to_owned).collect();
            let at = self.value(methods, Type::TEXT_ARRAY);
            let _ = write!(condition, " AND o.method = ANY(${at}::text[])");
        }
        if !query.error_codes.is_empty() {
            let codes: Vec<i32> = query.error_codes.iter().map(|code| code.number()).collect();
            let at = self.value(codes, Type::INT4_ARRAY);
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
