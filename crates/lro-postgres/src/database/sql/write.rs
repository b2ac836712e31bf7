//! Statements that change operations.

/// The row that is running and that the writer of `item i` has. One that another transaction has changed since the
/// statement began is passed over where it is written.
macro_rules! fenced {
    () => {
        "CROSS JOIN LATERAL (
            SELECT x.@row AS place FROM @.unfinished x
            WHERE x.name = i.name AND x.state = 1 AND x.attempt = i.attempt
                AND coalesce(x.worker = i.worker, false) = (i.worker IS NOT NULL)
                AND coalesce(x.delegate = i.delegate, false) = (i.delegate IS NOT NULL)
            OFFSET 0
        ) x"
    };
}

/// The row of `item i`, which this transaction has locked.
macro_rules! named {
    () => {
        "CROSS JOIN LATERAL (SELECT x.@row AS place FROM @.unfinished x WHERE x.name = i.name OFFSET 0) x"
    };
}

pub(super) const FINISH: &str = concat!(
    "WITH t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now), ended AS (
        DELETE FROM @.unfinished u
        USING unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bytea[], $7::bytea[], $8::bytea[],
            $9::bytea[], $10::integer[], $11::bytea[], $12::bytea[])
        AS i(name, worker, delegate, attempt, metadata_type, metadata, response_type, response, error_code,
            error_message, error_details) ",
    fenced!(),
    "   WHERE u.@row = x.place
        RETURNING u.id, u.name, u.attempt, u.unbegun, u.update_time, u.retention, u.exclusive_key,
            CASE WHEN i.metadata IS NULL THEN u.metadata_type ELSE i.metadata_type END AS metadata_type,
            coalesce(i.metadata, u.metadata) AS metadata,
            i.response_type, i.response, i.error_code, i.error_message, i.error_details
    ), kept AS (
        INSERT INTO @.finished (id, name, attempt, unbegun, update_time, expire_time, metadata_type, metadata,
            response_type, response, error_code, error_message, error_details)
        SELECT e.id, e.name, e.attempt, e.unbegun, greatest(e.update_time, t.now),
            least(greatest(e.update_time, t.now), 9223372036854775807 - e.retention) + e.retention,
            e.metadata_type, e.metadata, e.response_type, e.response, e.error_code, e.error_message, e.error_details
        FROM ended e, t
    )
    SELECT e.name, e.exclusive_key, greatest(e.update_time, t.now) FROM ended e, t"
);

pub(super) const REPORT: &str = concat!(
    "UPDATE @.unfinished u SET update_time = greatest(u.update_time, ",
    super::now!(),
    "), metadata_type = CASE WHEN i.metadata IS NULL THEN u.metadata_type ELSE i.metadata_type END,
        metadata = coalesce(i.metadata, u.metadata),
        checkpoint_type = CASE WHEN i.checkpoint IS NULL THEN u.checkpoint_type ELSE i.checkpoint_type END,
        checkpoint = coalesce(i.checkpoint, u.checkpoint)
    FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bytea[], $7::bytea[], $8::bytea[], $9::bytea[])
        AS i(name, worker, delegate, attempt, metadata_type, metadata, checkpoint_type, checkpoint) ",
    fenced!(),
    " WHERE u.@row = x.place RETURNING u.name, u.stop, u.update_time"
);

pub(super) const LOCK_NAMED: &str = concat!(
    "SELECT ",
    super::view!(),
    ", ",
    super::now!(),
    " AS now FROM @.unfinished u ",
    super::operation_of_u!(),
    " WHERE u.name = ANY($2::text[]) ORDER BY u.name FOR UPDATE OF u"
);

pub(super) const CHANGE: &str = concat!(
    "UPDATE @.unfinished u SET state = i.state, not_before = i.not_before,
        ready = coalesce(i.not_before <= $1::bigint, true), attempt = i.attempt, unbegun = i.unbegun,
        worker = i.worker, delegate = i.delegate, stop = i.stop, update_time = i.update_time,
        metadata_type = CASE WHEN i.metadata IS NULL THEN u.metadata_type ELSE i.metadata_type END,
        metadata = coalesce(i.metadata, u.metadata)
    FROM unnest($2::text[], $3::smallint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::text[],
        $10::bigint[], $11::bytea[], $12::bytea[])
        AS i(name, state, not_before, attempt, unbegun, worker, delegate, stop, update_time, metadata_type, metadata) ",
    named!(),
    " WHERE u.@row = x.place"
);

pub(super) const END: &str = concat!(
    "WITH ended AS (
        DELETE FROM @.unfinished u
        USING unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bytea[],
            $8::bytea[], $9::bytea[], $10::integer[], $11::bytea[], $12::bytea[])
        AS i(name, attempt, unbegun, update_time, expire_time, metadata_type, metadata, response_type, response,
            error_code, error_message, error_details) ",
    named!(),
    "   WHERE u.@row = x.place
        RETURNING u.id, i.*
    )
    INSERT INTO @.finished (id, name, attempt, unbegun, update_time, expire_time, metadata_type, metadata,
        response_type, response, error_code, error_message, error_details)
    SELECT * FROM ended"
);

pub(super) const LOCK_ROWS: &str =
    "SELECT FROM @.unfinished u WHERE u.name = ANY($1::text[]) ORDER BY u.name FOR UPDATE OF u";

/// What is done is locked by its row in `finished`, so nothing is removed twice, and what another one removes stays.
pub(super) const DELETE: &str = concat!(
    "WITH t AS MATERIALIZED (SELECT ",
    super::now!(),
    " AS now), found AS MATERIALIZED (
        SELECT o.@spot AS place, f.place AS f_place, f.id IS NOT NULL AS done, coalesce(f.expire_time <= t.now, false) AS expired
        FROM t, @.operation o LEFT JOIN LATERAL (
            SELECT x.@id AS place, x.id, x.expire_time FROM @.finished x WHERE x.id = o.id OFFSET 0
        ) f ON true WHERE o.name = ANY($2::text[])
    ), f AS (
        DELETE FROM @.finished f USING found WHERE NOT found.expired AND f.@id = found.f_place
        RETURNING f.name, NULL::text AS exclusive_key
    ), u AS (
        DELETE FROM @.unfinished u WHERE u.name = ANY($2) RETURNING u.name, u.exclusive_key
    ), gone AS (SELECT * FROM f UNION ALL SELECT * FROM u)
    , o AS (
        DELETE FROM @.operation o USING found
        WHERE o.@spot = found.place AND CASE WHEN o.name IN (SELECT gone.name FROM gone) THEN true END
    )
    SELECT name, exclusive_key FROM gone"
);
