//! Statements about partitions. The ids of partition `n` begin at `n << 40`.

/// Whether a new operation's name and request are free, looked for in all partitions: their unique indexes have only
/// their own rows. A subquery that is compared cannot become a join.
pub(super) const UNLESS_TAKEN: &str = "
    WHERE (SELECT true FROM @.operation o WHERE o.name = i.name LIMIT 1) IS NULL
        AND CASE WHEN i.request_id IS NULL THEN true ELSE (
            SELECT true FROM @.operation o
            WHERE o.owner = i.owner AND o.method = i.method AND o.request_id = i.request_id LIMIT 1
        ) IS NULL END";

/// Keeps what a purge looks at of `row` in the partition whose ids these are. They are to be written out, or the planner
/// takes the range for a small part of that partition and reads all of it.
pub(super) fn within(row: &str) -> String {
    format!("{row}.id BETWEEN $3::bigint AND $4::bigint AND")
}

/// A row for each partition: the one that is current and since when, the present, its number, the first and the last time
/// at which something in it expires, and whether something in it is not done. The last is looked for only where it counts.
///
/// All of it is seen in one moment, or what ends in between would be missing on both sides.
pub(super) const PARTITIONS: &str = concat!(
    "WITH t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now), n AS MATERIALIZED (
        SELECT substring(c.relname FROM '^operation_([0-9]{1,7})$')::bigint AS number
        FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = '@.operation'::regclass
    ), e AS MATERIALIZED (
        SELECT n.number,
            (SELECT f.expire_time FROM @.finished f WHERE f.id >= n.number << 40 AND f.id < (n.number + 1) << 40
                ORDER BY f.expire_time LIMIT 1) AS first,
            (SELECT f.expire_time FROM @.finished f WHERE f.id >= n.number << 40 AND f.id < (n.number + 1) << 40
                ORDER BY f.expire_time DESC LIMIT 1) AS last
        FROM n WHERE n.number IS NOT NULL
    )
    SELECT p.current, p.began, t.now, e.number, e.first, e.last,
        CASE WHEN e.number < p.current AND coalesce(e.first <= t.now, true) THEN EXISTS (
            SELECT FROM @.unfinished u WHERE u.id >= e.number << 40 AND u.id < (e.number + 1) << 40
        ) ELSE false END
    FROM t, @.partitioning p, e ORDER BY e.number"
);

/// Notes when the first partition was seen first.
pub(super) const BEGIN_PARTITION: &str = "UPDATE @.partitioning SET began = $1::bigint WHERE began IS NULL";

/// Begins to change partitions, as the owner of the tables; no row if another one does, or has gone on. No lock is waited
/// for longer than this, because others wait behind who waits.
pub(super) const LOCK_PARTITIONS: &str = "
    SELECT set_config('lock_timeout', '100ms', true), set_config('role', (
        SELECT pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c WHERE c.oid = '@.operation'::regclass
    ), true) FROM (SELECT FROM @.partitioning WHERE current = $1::bigint FOR UPDATE SKIP LOCKED) p";

/// Whether the current partition has ever had an operation.
pub(super) const IS_USED: &str = "SELECT is_called FROM @.operation_id";

pub(super) const TURN: &str = "UPDATE @.partitioning SET current = $1::bigint, began = $2::bigint";
