//! Statements that read operations.
//!
//! Outer joins keep the order in which tables are looked at, whatever the planner takes their sizes for.

pub(super) const GET: &str = concat!(
    "SELECT ",
    super::view!(),
    ", f.expire_time, ",
    super::now!(),
    " FROM unnest($2::text[]) i(name) LEFT JOIN @.operation o ON o.name = i.name
    LEFT JOIN @.unfinished u ON u.name = o.name LEFT JOIN @.finished f ON f.id = o.id"
);

pub(super) const FIND: &str = concat!(
    "SELECT ",
    super::record!(),
    ", f.expire_time, ",
    super::now!(),
    " FROM @.operation o LEFT JOIN @.unfinished u ON u.name = o.name LEFT JOIN @.finished f ON f.id = o.id
    WHERE o.owner = $2::text AND o.method = $3::text AND o.request_id = $4::text"
);

/// `NULL` for those that do not exist.
pub(super) const STANDING: &str = concat!(
    "SELECT i.name, CASE WHEN f.id IS NULL THEN CASE WHEN o.id IS NOT NULL THEN false END WHEN f.expire_time > ",
    super::now!(),
    " THEN true END AS done
    FROM unnest($2::text[]) i(name) LEFT JOIN @.operation o ON o.name = i.name
    LEFT JOIN @.finished f ON f.id = o.id"
);
