//! Statements that read operations.

pub(super) const GET: &str = concat!(
    "SELECT ",
    super::view!(),
    ", f.expire_time, ",
    super::now!(),
    " FROM unnest($2::text[]) i(name) JOIN @.operation o ON o.name = i.name
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

pub(super) const STANDING: &str = concat!(
    "SELECT i.name, f.id IS NOT NULL AS done FROM unnest($2::text[]) i(name) JOIN @.operation o ON o.name = i.name
    LEFT JOIN @.finished f ON f.id = o.id
    WHERE f.id IS NULL OR f.expire_time > ",
    super::now!()
);
