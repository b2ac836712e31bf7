-- Operations, and the workers that run them. All times and durations are in microseconds, times since the Unix epoch.

-- What readers look for and what changes. Narrow, because every start and every end of an operation writes it.
-- CHECKs say BETWEEN where IN would read better, because SQLite makes a temporary table for the latter each time.
CREATE TABLE lro_operation (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL CHECK (name <> ''),
    -- The part of the name before the collection.
    parent        TEXT    NOT NULL,
    method        TEXT    NOT NULL,
    owner         TEXT    NOT NULL,
    request_id    TEXT,
    exclusive_key TEXT,
    labels        TEXT    CHECK (labels IS NULL OR json_valid(labels)),
    priority      INTEGER NOT NULL CHECK (priority BETWEEN -32768 AND 32767),
    max_attempts  INTEGER NOT NULL CHECK (max_attempts BETWEEN 1 AND 4294967295),
    retry         TEXT,
    deadline      INTEGER,
    retention     INTEGER NOT NULL CHECK (retention BETWEEN 0 AND 3153600000000000),
    create_time   INTEGER NOT NULL,
    update_time   INTEGER NOT NULL CHECK (update_time >= create_time),
    -- The end of the retention.
    expire_time   INTEGER,
    -- 0 queued, 1 running, 2 done.
    state         INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
    -- What keeps a queued operation from being claimed: 0 nothing, 1 its time, 2 the holder of its key.
    waits_for     INTEGER NOT NULL CHECK (waits_for BETWEEN 0 AND 2),
    not_before    INTEGER,
    attempt       INTEGER NOT NULL CHECK (attempt BETWEEN 0 AND 4294967295),
    unbegun       INTEGER NOT NULL CHECK (unbegun BETWEEN 0 AND attempt),
    worker        TEXT,
    delegate      TEXT,
    stop          TEXT,
    -- Of what is done and has no response.
    error_code    INTEGER CHECK (error_code <> 0),

    CONSTRAINT deadline_can_be_asked_for
        CHECK (deadline IS NULL OR deadline BETWEEN create_time AND create_time + 3153600000000000),
    CONSTRAINT only_queued_work_waits
        CHECK (state = 0 OR (waits_for = 0 AND not_before IS NULL)),
    CONSTRAINT what_waits_has_something_to_wait_for
        CHECK (waits_for = 0 OR (waits_for = 1 AND not_before IS NOT NULL) OR (waits_for = 2 AND exclusive_key IS NOT NULL)),
    CONSTRAINT just_running_work_has_a_holder
        CHECK ((worker IS NOT NULL) + (delegate IS NOT NULL) = (state = 1)),
    CONSTRAINT only_workers_are_asked_to_stop
        CHECK (stop IS NULL OR worker IS NOT NULL),
    CONSTRAINT just_what_is_done_expires
        CHECK ((state = 2) = (expire_time IS NOT NULL) AND (expire_time IS NULL OR expire_time >= update_time)),
    CONSTRAINT only_what_is_done_has_an_error
        CHECK (error_code IS NULL OR state = 2),
    CONSTRAINT work_begins_no_more_often_than_it_may
        CHECK (attempt - unbegun <= max_attempts),
    CONSTRAINT queued_work_may_begin
        CHECK (state <> 0 OR (attempt - unbegun < max_attempts AND attempt < 4294967295)),
    CONSTRAINT queued_work_changes_by_attempts
        CHECK (state <> 0 OR attempt > 0 OR update_time = create_time),
    CONSTRAINT running_work_has_an_attempt_that_counts
        CHECK (state <> 1 OR attempt > unbegun),
    CONSTRAINT delegated_work_has_one_attempt
        CHECK (delegate IS NULL OR attempt = 1)
) STRICT;

CREATE UNIQUE INDEX lro_operation_name ON lro_operation (name);

-- Lists. Names decide between operations of one time, of which there are few, so the index has none.
CREATE INDEX lro_operation_age ON lro_operation (create_time);
CREATE INDEX lro_operation_parent ON lro_operation (parent, create_time) WHERE parent <> '';
CREATE INDEX lro_operation_owner ON lro_operation (owner, create_time) WHERE owner <> '';

CREATE UNIQUE INDEX lro_operation_request ON lro_operation (owner, method, request_id) WHERE request_id IS NOT NULL;

-- Claims.
CREATE INDEX lro_operation_ready ON lro_operation (method, priority DESC, create_time) WHERE state = 0 AND waits_for = 0;
CREATE INDEX lro_operation_delayed ON lro_operation (not_before) WHERE waits_for = 1;

-- The first of a key is its holder. Of a key, at most one is running or can be claimed.
CREATE INDEX lro_operation_key ON lro_operation (exclusive_key, state DESC, create_time)
    WHERE exclusive_key IS NOT NULL AND state < 2;
CREATE UNIQUE INDEX lro_operation_holder ON lro_operation (exclusive_key)
    WHERE exclusive_key IS NOT NULL AND state < 2 AND waits_for < 2;

-- What workers have, and what of it is asked to stop.
CREATE INDEX lro_operation_worker ON lro_operation (worker) WHERE worker IS NOT NULL;
CREATE INDEX lro_operation_stop ON lro_operation (worker) WHERE stop IS NOT NULL;

CREATE INDEX lro_operation_deadline ON lro_operation (deadline)
    WHERE deadline IS NOT NULL AND state < 2 AND stop IS NULL;
CREATE INDEX lro_operation_expire ON lro_operation (expire_time) WHERE expire_time IS NOT NULL;

-- Payloads, each apart, so that what changes does not rewrite what does not.
CREATE TABLE lro_request (
    id       INTEGER PRIMARY KEY,
    type_url TEXT NOT NULL,
    value    BLOB NOT NULL
) STRICT;

CREATE TABLE lro_metadata (
    id       INTEGER PRIMARY KEY,
    type_url TEXT NOT NULL,
    value    BLOB NOT NULL
) STRICT;

CREATE TABLE lro_checkpoint (
    id       INTEGER PRIMARY KEY,
    type_url TEXT NOT NULL,
    value    BLOB NOT NULL
) STRICT;

CREATE TABLE lro_result (
    id                INTEGER PRIMARY KEY,
    response_type_url TEXT,
    response          BLOB,
    error_message     BLOB,
    -- The field `details` of an encoded google.rpc.Status.
    error_details     BLOB,

    CONSTRAINT a_response_has_a_type
        CHECK ((response IS NULL) = (response_type_url IS NULL)),
    CONSTRAINT just_one_of_response_and_error
        CHECK ((response IS NULL) <> (error_message IS NULL)),
    CONSTRAINT only_errors_have_details
        CHECK (error_details IS NULL OR error_message IS NOT NULL)
) STRICT;

-- Whoever deletes an operation, also by hand, deletes all of it.
CREATE TRIGGER lro_operation_deleted AFTER DELETE ON lro_operation BEGIN
    DELETE FROM lro_request WHERE id = OLD.id;
    DELETE FROM lro_metadata WHERE id = OLD.id;
    DELETE FROM lro_checkpoint WHERE id = OLD.id;
    DELETE FROM lro_result WHERE id = OLD.id;
END;

CREATE TABLE lro_worker (
    worker      TEXT    PRIMARY KEY NOT NULL,
    lease       INTEGER NOT NULL CHECK (lease BETWEEN 0 AND 3153600000000000),
    expires_at  INTEGER NOT NULL,
    whole_since INTEGER NOT NULL,
    gone_at     INTEGER
) STRICT, WITHOUT ROWID;
