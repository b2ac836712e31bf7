//! Reading many operations.

use lro_store::{Columns, Cursor, ListQuery, Owner, Page, StateKind, TimeRange, Timestamp};
use rusqlite::{Connection, Row, params};

use crate::error::Failed;
use crate::row::{self, column};

/// At most how many operations one call looks at beyond those that it returns.
const LOOKS: usize = 2_000;

/// Sorts after every name.
const AFTER_ALL_NAMES: &str = "\u{10ffff}";

/// What is looked at of each operation, newest first.
macro_rules! look_sql {
    ($of:literal) => {
        concat!(
            "SELECT id, name, parent, owner, method, state, error_code, create_time, update_time, expire_time \
             FROM lro_operation WHERE ",
            $of,
            "create_time <= ?1 AND (create_time < ?1 OR name < ?2) ORDER BY create_time DESC, name DESC"
        )
    };
}

/// A page of operations.
pub(crate) fn list(connection: &Connection, query: &ListQuery, now: Timestamp) -> Result<Page, Failed> {
    let (time, last_name) = match &query.after {
        Some(after) => (after.create_time.as_micros(), after.name.as_str()),
        None => (i64::MAX, AFTER_ALL_NAMES),
    };
    // What is newer than the range is not looked at.
    let until = query.create_time.until.map_or(i64::MAX, |until| until.as_micros().saturating_sub(1));
    let (time, last_name) = if until < time { (until, AFTER_ALL_NAMES) } else { (time, last_name) };
    let mut statement;
    let owner = query.owner.as_ref().map(Owner::as_str).filter(|owner| !owner.is_empty());
    let mut looks = if let Some(owner) = owner {
        statement = connection.prepare_cached(look_sql!("owner = ?3 AND owner <> '' AND "))?;
        statement.query(params![time, last_name, owner])?
    } else if let Some(parent) = query.parent.as_exact() {
        statement = connection.prepare_cached(look_sql!("parent = ?3 AND parent <> '' AND "))?;
        statement.query(params![time, last_name, parent])?
    } else {
        statement = connection.prepare_cached(look_sql!(""))?;
        statement.query(params![time, last_name])?
    };
    let (mut views, mut bytes, mut count, mut last) = (Vec::new(), 0, 0, None);
    while let Some(look) = looks.next()? {
        if views.len() == query.limit || count == query.limit.saturating_add(LOOKS) {
            return Ok(Page::new(views, last));
        }
        count += 1;
        let place = Cursor { create_time: column::time(look, 7)?, name: column::name(look, 1)? };
        if query.create_time.from.is_some_and(|from| place.create_time < from) {
            break;
        }
        if is_selected(query, look, now)? {
            let id = look.get(0)?;
            let stored = row::by_id(connection, id)?
                .ok_or_else(|| Failed::internal("an operation is gone while it is read"))?;
            let size = stored.view.size();
            if !views.is_empty() && bytes + size > query.max_bytes {
                return Ok(Page::new(views, last));
            }
            bytes += size;
            views.push(stored.view);
        }
        last = Some(place);
    }
    Ok(Page::new(views, None))
}

/// [`ListQuery::selects`], from the columns that are looked at.
fn is_selected(query: &ListQuery, look: &Row<'_>, now: Timestamp) -> Result<bool, Failed> {
    let update_time = column::time(look, 8)?;
    let state: i16 = look.get(5)?;
    let code: Option<i32> = look.get(6)?;
    let expire_time: Option<i64> = look.get(9)?;
    let is_expired = expire_time.is_some_and(|time| time <= now.as_micros());
    let end_time = (state == Columns::DONE).then_some(update_time);
    let is_wanted = |kind: &StateKind| kind.to_column() == state;
    let within = |range: TimeRange, time| range.contains(time);
    Ok(!is_expired
        && query.parent.matches(column::text(look, 2)?)
        && (query.states.is_empty() || query.states.iter().any(is_wanted))
        && (query.error_codes.is_empty()
            || code.is_some_and(|code| query.error_codes.iter().any(|wanted| wanted.number() == code)))
        && within(query.create_time, Some(column::time(look, 7)?))
        && within(query.update_time, Some(update_time))
        && within(query.end_time, end_time)
        && match &query.owner {
            Some(owner) => owner.as_str() == column::text(look, 3)?,
            None => true,
        }
        && (query.methods.is_empty() || {
            let method = column::text(look, 4)?;
            query.methods.iter().any(|wanted| **wanted == *method)
        }))
}
