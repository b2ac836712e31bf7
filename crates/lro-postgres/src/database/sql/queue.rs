//! Statements that look for operations by what is to happen to them.
//!
//! A time is compared with the present as another statement's result (`SELECT`), which an index can use: the clock itself
//! may say something else for each row.

/// Whether the time of `u` has come, and is not over.
macro_rules! timely {
    () => {
        "(u.not_before IS NULL OR u.not_before <= t.now) AND (u.deadline IS NULL OR u.deadline > t.now)"
    };
}

/// Whether the earliest of these times has come, which stands at the end of an index.
macro_rules! any_due {
    ($time:literal, $rows:literal) => {
        concat!("coalesce((SELECT min(", $time, ") FROM ", $rows, ") <= ", super::now!(), ", false)")
    };
}

/// The first that waits under each key, unless one runs.
macro_rules! first_of_key {
    () => {
        "CROSS JOIN LATERAL (
            SELECT u.@row AS spot, u.* FROM @.unfinished u WHERE u.exclusive_key = k.key ORDER BY u.create_time, u.name LIMIT 1
        ) u
        WHERE u.state = 0
            AND NOT EXISTS (SELECT FROM @.unfinished r WHERE r.exclusive_key = k.key AND r.state = 1)"
    };
}

/// What is claimed, as a record.
macro_rules! begin {
    () => {
        "UPDATE @.unfinished u SET state = 1, worker = $4::text, attempt = u.attempt + 1, not_before = NULL, ready = true,
            update_time = greatest(u.update_time, t.now)
        FROM picked p, t
        WHERE u.@row = p.place AND u.state = 0
            AND EXISTS (SELECT FROM @.worker w WHERE w.worker = $4 AND w.gone_at IS NULL)
        RETURNING u.*"
    };
}

pub(super) const NEXT_HOLDERS: &str = concat!(
    "WITH t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now) SELECT DISTINCT u.method FROM t, unnest($2::text[]) k(key) ",
    first_of_key!(),
    " AND (u.not_before IS NULL OR u.not_before <= t.now)"
);

pub(super) const PROMOTE: &str = concat!(
    "UPDATE @.unfinished u SET ready = true WHERE u.@row = ANY(ARRAY(
        SELECT d.@row FROM @.unfinished d WHERE NOT d.ready AND d.not_before <= (SELECT ",
    super::now!(),
    ") ORDER BY d.not_before LIMIT 1000 FOR UPDATE SKIP LOCKED)) AND NOT u.ready"
);

/// Looks wider than a claim does: to say yes costs a claim in vain, and to say no would cost work.
pub(super) const ANY_CLAIMABLE: &str = concat!(
    "SELECT EXISTS (SELECT FROM @.unfinished u WHERE u.state = 0 AND u.ready AND u.exclusive_key IS NULL
            AND u.method = ANY($2::text[]))
        OR EXISTS (SELECT FROM @.unfinished u WHERE u.state = 0 AND u.ready AND u.exclusive_key IS NOT NULL
            AND u.method = ANY($2))
        OR ",
    any_due!("u.not_before", "@.unfinished u WHERE NOT u.ready")
);

/// The first row says whether something of these methods waits under a key, in which case nothing is claimed. `$6` and `$7`
/// are where each queue is entered.
pub(super) const CLAIM: &str = concat!(
    "WITH t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now), keyed AS MATERIALIZED (
        SELECT EXISTS (SELECT FROM @.unfinished u WHERE u.state = 0 AND u.ready AND u.exclusive_key IS NOT NULL
            AND u.method = ANY($2::text[])) AS waits
    ), picked AS MATERIALIZED (
        SELECT p.place FROM unnest($2, $3::bigint[], $6::integer[], $7::bigint[])
            m(method, most, from_rank, from_time) CROSS JOIN LATERAL (
            SELECT u.@row AS place, u.name, -(u.priority::integer) AS rank, u.create_time FROM @.unfinished u, t
            WHERE u.method = m.method AND u.state = 0 AND u.ready AND u.exclusive_key IS NULL
                AND (-(u.priority::integer), u.create_time) >= (m.from_rank, m.from_time) AND ",
    timely!(),
    "       ORDER BY -(u.priority::integer), u.create_time, u.name LIMIT m.most FOR UPDATE OF u SKIP LOCKED
        ) p
        WHERE NOT (SELECT k.waits FROM keyed k)
        ORDER BY p.rank, p.create_time, p.name LIMIT $5::bigint
    ), u AS (",
    begin!(),
    ") SELECT ",
    super::record!(),
    ", k.waits FROM keyed k LEFT JOIN u ON true ",
    super::operation_of_u!()
);

/// Goes from key to key over the index, and looks at so many of them after the one that is given.
pub(super) const CLAIMABLE_KEYS: &str = concat!(
    "WITH RECURSIVE t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now), k(key, place) AS (
        (SELECT u.exclusive_key, 1 FROM @.unfinished u WHERE u.exclusive_key > $2::text
            ORDER BY u.exclusive_key LIMIT 1)
        UNION ALL
        SELECT (SELECT u.exclusive_key FROM @.unfinished u WHERE u.exclusive_key > k.key
            ORDER BY u.exclusive_key LIMIT 1), k.place + 1
        FROM k WHERE k.key IS NOT NULL AND k.place < $4::bigint
    ), seen AS MATERIALIZED (SELECT * FROM k WHERE k.key IS NOT NULL)
    SELECT k.key, true AS claimable FROM t, (SELECT * FROM seen) k ",
    first_of_key!(),
    " AND u.method = ANY($3::text[]) AND ",
    timely!(),
    " UNION ALL SELECT max(k.key), false FROM seen k HAVING count(*) = $4"
);

pub(super) const CLAIM_KEYED: &str = concat!(
    "WITH t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now), free AS MATERIALIZED (
        SELECT p.* FROM unnest($2::text[], $3::bigint[]) m(method, most) CROSS JOIN LATERAL (
            SELECT u.@row AS spot, u.name, u.method, u.priority, u.create_time FROM @.unfinished u, t
            WHERE u.method = m.method AND u.state = 0 AND u.ready AND u.exclusive_key IS NULL AND ",
    timely!(),
    "       ORDER BY -(u.priority::integer), u.create_time, u.name LIMIT m.most FOR UPDATE OF u SKIP LOCKED
        ) p
    ), keyed AS MATERIALIZED (
        SELECT u.spot, u.name, u.method, u.priority, u.create_time FROM t, unnest($6::text[]) k(key) ",
    first_of_key!(),
    " AND u.method = ANY($2) AND ",
    timely!(),
    "), ranked AS MATERIALIZED (
        SELECT a.*, row_number() OVER (
            PARTITION BY a.method ORDER BY a.priority DESC, a.create_time, a.name
        ) AS place FROM (SELECT * FROM free UNION ALL SELECT * FROM keyed) a
    ), picked AS MATERIALIZED (
        SELECT r.spot AS place FROM ranked r JOIN unnest($2, $3) m(method, most) ON m.method = r.method AND r.place <= m.most
        ORDER BY r.priority DESC, r.create_time, r.name LIMIT $5::bigint
    ), u AS (",
    begin!(),
    ") SELECT ",
    super::record!(),
    " FROM u ",
    super::operation_of_u!()
);

pub(super) const ANY_PAST_DEADLINE: &str = concat!(
    "SELECT ",
    any_due!("u.deadline", "@.unfinished u WHERE u.deadline IS NOT NULL AND u.stop IS NULL")
);

pub(super) const LOCK_PAST_DEADLINE: &str = concat!(
    "WITH t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now) SELECT ",
    super::view!(),
    ", t.now FROM t, (
        SELECT u.* FROM @.unfinished u
        WHERE u.deadline IS NOT NULL AND u.stop IS NULL AND u.deadline <= (SELECT t.now FROM t)
        ORDER BY u.deadline LIMIT $2::bigint FOR UPDATE OF u SKIP LOCKED
    ) u ",
    super::operation_of_u!()
);

pub(super) const ANY_OUTDATED: &str = concat!(
    "SELECT ",
    any_due!("f.expire_time", "@.finished f"),
    ", EXISTS (SELECT FROM @.worker w WHERE w.gone_at <= ",
    super::now!(),
    " - $2::bigint)"
);

pub(super) const PURGE: &str = concat!(
    "WITH f AS (
        DELETE FROM @.finished f WHERE @within_f f.@id = ANY(ARRAY(
            SELECT d.@id FROM @.finished d WHERE @within_d d.expire_time <= (SELECT ",
    super::now!(),
    ") ORDER BY d.expire_time LIMIT $2::bigint FOR UPDATE SKIP LOCKED))
        RETURNING f.id, f.name
    ), o AS (
        DELETE FROM @.operation o USING f CROSS JOIN LATERAL (
            SELECT x.@spot AS place FROM @.operation x WHERE @within_x x.name = f.name AND x.id = f.id OFFSET 0
        ) x WHERE @within_o o.@spot = x.place
    )
    SELECT count(*) FROM f"
);
