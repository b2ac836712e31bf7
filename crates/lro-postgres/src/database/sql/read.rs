//! Statements that read operations.

pub(super) const GET: &str = concat!(
    "SELECT ",
    super::view!(),
    ", f.expire_time, ",
    super::now!(),
    " FROM unnest($2::text[]) i(name) ",
    super::look_up!("operation", "o", "name", "i.name"),
    " ",
    super::standing_of_o!()
);

pub(super) const FIND: &str = concat!(
    "SELECT ",
    super::record!(),
    ", f.expire_time, ",
    super::now!(),
    " FROM @.operation o ",
    super::standing_of_o!(),
    " WHERE o.owner = $2::text AND o.method = $3::text AND o.request_id = $4::text"
);

/// `NULL` for those that do not exist.
pub(super) const STANDING: &str = concat!(
    "SELECT i.name, CASE WHEN f.id IS NULL THEN CASE WHEN o.id IS NOT NULL THEN false END WHEN f.expire_time > ",
    super::now!(),
    " THEN true END AS done
    FROM unnest($2::text[]) i(name) ",
    super::look_up!("operation", "o", "name", "i.name"),
    " ",
    super::look_up!("finished", "f", "id", "o.id")
);
