//! Statements that create operations.

/// Creates what nothing stands in the way of, for a worker at once where that is alive. `$19` says how each begins:
/// queued (0), claimed (1), delegated (2), done (3), and `$20` with whom.
///
/// What was made is looked up in a hash of ids: hidden in a `CASE`, so that it does not become a join.
pub(super) const CREATE: &str = concat!(
    "WITH t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now), item AS MATERIALIZED (
        SELECT i.*, nextval('@.operation_id'::regclass) AS id, coalesce(i.beginning = 1 AND i.may_run AND i.delay = 0 AND coalesce(i.deadline > 0, true)
            AND EXISTS (SELECT FROM @.worker w WHERE w.worker = i.holder AND w.gone_at IS NULL), false) AS claimed
        FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[], $9::text[],
            $10::text[], $11::smallint[], $12::bigint[], $13::text[], $14::bigint[], $15::bigint[], $16::bigint[],
            $17::bytea[], $18::bytea[], $19::smallint[], $20::text[], $21::boolean[],
            $22::bytea[], $23::bytea[], $24::integer[], $25::bytea[], $26::bytea[])
        AS i(name, parent, method, owner, request_id, request_type, request, exclusive_key,
            labels, priority, max_attempts, retry, deadline, retention, delay,
            metadata_type, metadata, beginning, holder, may_run,
            response_type, response, error_code, error_message, error_details)
    ), made AS (
        INSERT INTO @.operation (id, name, parent, method, owner, request_id, request_type, request, exclusive_key, labels,
            priority, max_attempts, retry, deadline, retention, create_time)
        SELECT i.id, i.name, i.parent, i.method, i.owner, i.request_id, i.request_type, i.request, i.exclusive_key,
            i.labels::jsonb, i.priority, i.max_attempts, i.retry,
            least(t.now, 9223372036854775807 - i.deadline) + i.deadline, i.retention, t.now
        FROM item i, t @unless_taken
        ON CONFLICT DO NOTHING
        RETURNING id
    ), live AS (
        INSERT INTO @.unfinished (name, id, state, method, priority, create_time, update_time, exclusive_key, deadline,
            retention, not_before, ready, attempt, unbegun, worker, delegate, metadata_type, metadata)
        SELECT i.name, i.id, CASE WHEN i.claimed OR i.beginning = 2 THEN 1 ELSE 0 END, i.method, i.priority, t.now, t.now,
            i.exclusive_key, least(t.now, 9223372036854775807 - i.deadline) + i.deadline, i.retention,
            CASE WHEN i.delay > 0 AND i.beginning <> 2 THEN least(t.now, 9223372036854775807 - i.delay) + i.delay END,
            i.delay = 0 OR i.beginning = 2, CASE WHEN i.claimed OR i.beginning = 2 THEN 1 ELSE 0 END, 0,
            CASE WHEN i.claimed THEN i.holder END, CASE WHEN i.beginning = 2 THEN i.holder END,
            i.metadata_type, i.metadata
        FROM item i, t
        WHERE i.beginning <> 3 AND CASE WHEN i.id IN (SELECT m.id FROM made m) THEN true END
    ), over AS (
        INSERT INTO @.finished (id, name, attempt, unbegun, update_time, expire_time, metadata_type, metadata,
            response_type, response, error_code, error_message, error_details)
        SELECT i.id, i.name, 0, 0, t.now, least(t.now, 9223372036854775807 - i.retention) + i.retention,
            i.metadata_type, i.metadata, i.response_type, i.response, i.error_code, i.error_message, i.error_details
        FROM item i, t
        WHERE i.beginning = 3 AND CASE WHEN i.id IN (SELECT m.id FROM made m) THEN true END
    )
    SELECT i.name, t.now, i.claimed FROM item i, t WHERE CASE WHEN i.id IN (SELECT m.id FROM made m) THEN true END"
);

/// By the request first, which is the first reason to refuse.
pub(super) const IN_THE_WAY: &str = concat!(
    "WITH t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now), way AS (
        SELECT o.*, 0 AS place FROM @.operation o
        WHERE o.owner = $2::text AND o.method = $3::text AND o.request_id = $4::text
        UNION ALL
        SELECT o.*, 1 FROM @.operation o WHERE o.name = $5::text
    )
    SELECT ",
    super::record!(),
    ", t.now, o.place, coalesce(f.expire_time <= t.now, false) AS expired
    FROM t LEFT JOIN way o ON true ",
    super::standing_of_o!(),
    " ORDER BY o.place"
);

pub(super) const REMOVE_EXPIRED: &str = "
    WITH f AS (
        DELETE FROM @.finished f WHERE f.id = (SELECT o.id FROM @.operation o WHERE o.name = $2::text)
            AND f.expire_time <= $1::bigint
        RETURNING f.id
    )
    DELETE FROM @.operation o WHERE o.name = $2 AND o.id = (SELECT f.id FROM f)";

/// The one that runs, else the oldest.
pub(super) const HOLDER: &str = "
    SELECT h.name FROM (
        (SELECT u.name, 0 AS place FROM @.unfinished u WHERE u.exclusive_key = $1::text AND u.state = 1 LIMIT 1)
        UNION ALL
        (SELECT u.name, 1 FROM @.unfinished u WHERE u.exclusive_key = $1 ORDER BY u.create_time, u.name LIMIT 1)
    ) h ORDER BY h.place LIMIT 1";

pub(super) const LOCK_KEY: &str = concat!(
    "SELECT ",
    super::view!(),
    " FROM @.unfinished u ",
    super::operation_of_u!(),
    " WHERE u.exclusive_key = $1::text ORDER BY u.name FOR UPDATE OF u"
);

pub(super) const LOCK: &str = "SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) k";
pub(super) const LOCK_SHARED: &str = "SELECT pg_advisory_xact_lock_shared(k) FROM unnest($1::bigint[]) k";
pub(super) const TRY_LOCK: &str = "SELECT pg_try_advisory_xact_lock(k) FROM unnest($1::bigint[]) k";
