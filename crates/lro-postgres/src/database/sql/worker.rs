//! Statements about workers.

/// A row at least, with nothing first if the worker is gone; then those of its operations that are asked to stop, as they
/// were when the statement began.
pub(super) const KEEP_ALIVE: &str = concat!(
    "WITH t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now @local), kept AS (
        INSERT INTO @.worker AS w (worker, lease, expires_at, whole_since)
        SELECT $2::text, $3::bigint, least(t.now, 9223372036854775807 - $3) + $3, t.now FROM t
        ON CONFLICT (worker) DO UPDATE SET lease = excluded.lease, expires_at = excluded.expires_at,
            whole_since = CASE WHEN w.expires_at <= excluded.whole_since THEN excluded.whole_since
                ELSE least(w.whole_since, excluded.whole_since) END
        WHERE w.gone_at IS NULL
        RETURNING true AS alive
    )
    SELECT k.alive, u.name, u.attempt, u.stop FROM (SELECT (SELECT alive FROM kept) AS alive) k LEFT JOIN (
        SELECT name, attempt, stop FROM @.unfinished WHERE worker = $2 AND stop IS NOT NULL OFFSET 0
    ) u ON true ORDER BY u.name"
);

pub(super) const LEAVE: &str = concat!(
    "WITH t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now)
    INSERT INTO @.worker AS w (worker, lease, expires_at, whole_since, gone_at)
    SELECT $2::text, 0, t.now, t.now, t.now FROM t
    ON CONFLICT (worker) DO UPDATE SET gone_at = excluded.gone_at WHERE w.gone_at IS NULL"
);

pub(super) const LOCK_HELD: &str = concat!(
    "WITH t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now) SELECT ",
    super::view!(),
    ", t.now FROM t, (
        SELECT u.* FROM @.unfinished u WHERE u.worker = $2::text ORDER BY u.name LIMIT $3::bigint FOR UPDATE
    ) u ",
    super::operation_of_u!()
);

pub(super) const HELD: &str = "
    SELECT u.name, u.attempt FROM @.unfinished u WHERE u.worker = $1::text AND u.name > $2::text
    ORDER BY u.name LIMIT $3::bigint";

/// No row if the worker may not take back. The workers whose lease is over, and those that are gone and have work.
///
/// It asks the workers and not the work: under a snapshot that is held for long, the index of the work of a worker that
/// lives is full of what is done.
pub(super) const LOST: &str = concat!(
    "WITH t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now), asks AS MATERIALIZED (
        SELECT FROM @.worker w, t WHERE w.worker = $2::text AND w.gone_at IS NULL AND w.expires_at > t.now
            AND w.whole_since <= t.now - w.lease
    )
    SELECT w.worker, true AS over FROM asks, t, @.worker w WHERE w.gone_at IS NULL AND w.expires_at <= t.now
    UNION ALL
    SELECT w.worker, false FROM asks, @.worker w
    WHERE w.gone_at IS NOT NULL AND EXISTS (SELECT FROM @.unfinished u WHERE u.worker = w.worker)"
);

pub(super) const DECLARE_GONE: &str = concat!(
    "WITH t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now)
    UPDATE @.worker w SET gone_at = t.now FROM t
    WHERE w.worker = $2::text AND w.gone_at IS NULL AND w.expires_at <= t.now
    RETURNING true"
);

/// Not those whose work nobody has taken back yet.
pub(super) const FORGET_WORKERS: &str = concat!(
    "DELETE FROM @.worker w WHERE w.gone_at <= ",
    super::now!(),
    " - $2::bigint AND NOT EXISTS (SELECT FROM @.unfinished u WHERE u.worker = w.worker)"
);
