CREATE SEQUENCE @.operation_id CACHE 32;

-- What an operation is. A row is written once, and deleted with the operation.
CREATE TABLE @.operation (
    -- Joins the tables whose rows are many. Names are long.
    id bigint NOT NULL,
    name text COLLATE "C" NOT NULL CHECK (name <> ''),
    parent text COLLATE "C" NOT NULL,
    method text COLLATE "C" NOT NULL,
    owner text COLLATE "C" NOT NULL,
    request_id text COLLATE "C" CHECK (request_id <> ''),
    request_type bytea NOT NULL,
    request bytea NOT NULL,
    exclusive_key text COLLATE "C" CHECK (exclusive_key <> ''),
    labels jsonb CHECK (jsonb_typeof(labels) = 'object'),
    priority smallint NOT NULL,
    max_attempts bigint NOT NULL CHECK (max_attempts BETWEEN 1 AND 4294967295),
    retry text COLLATE "C",
    deadline bigint CHECK (deadline >= create_time),
    retention bigint NOT NULL CHECK (retention >= 0),
    create_time bigint NOT NULL,
    CONSTRAINT operation_name PRIMARY KEY (name)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);

CREATE UNIQUE INDEX operation_request ON @.operation (owner, method, request_id) WHERE request_id IS NOT NULL;
-- Lists sort the few of one time by name.
CREATE INDEX operation_age ON @.operation (create_time);
CREATE INDEX operation_parent_age ON @.operation (parent, create_time) WHERE parent <> '';
CREATE INDEX operation_owner_age ON @.operation (owner, create_time) WHERE owner <> '';

-- How an operation stands that is queued (state 0) or running (1). The table stays small: its rows move to `finished`.
CREATE TABLE @.unfinished (
    name text COLLATE "C" NOT NULL,
    id bigint NOT NULL,
    state smallint NOT NULL CHECK (state IN (0, 1)),
    method text COLLATE "C" NOT NULL,
    priority smallint NOT NULL,
    create_time bigint NOT NULL,
    update_time bigint NOT NULL CHECK (update_time >= create_time),
    exclusive_key text COLLATE "C",
    deadline bigint,
    retention bigint NOT NULL,
    not_before bigint,
    -- Whether its time has come. Claims mark those that are due, so that none walks over those that are not.
    ready boolean NOT NULL CHECK (ready OR not_before IS NOT NULL),
    attempt bigint NOT NULL CHECK (attempt BETWEEN 0 AND 4294967295),
    unbegun bigint NOT NULL CHECK (unbegun BETWEEN 0 AND attempt),
    worker text COLLATE "C",
    delegate text COLLATE "C",
    stop text COLLATE "C" CHECK (stop IN ('cancelled', 'deadline_exceeded') OR starts_with(stop, 'preempted ')),
    metadata_type bytea,
    metadata bytea,
    checkpoint_type bytea,
    checkpoint bytea,
    CONSTRAINT unfinished_name PRIMARY KEY (name),
    CONSTRAINT queued_is_with_nobody CHECK (state <> 0 OR num_nonnulls(worker, delegate, stop) = 0),
    CONSTRAINT running_is_with_one CHECK (state <> 1 OR num_nonnulls(worker, delegate) = 1),
    CONSTRAINT running_has_an_attempt CHECK (state <> 1 OR attempt > unbegun),
    CONSTRAINT running_waits_for_nothing CHECK (state <> 1 OR (not_before IS NULL AND ready)),
    CONSTRAINT delegated_once CHECK (delegate IS NULL OR (attempt = 1 AND stop IS NULL)),
    CONSTRAINT metadata_is_whole CHECK ((metadata IS NULL) = (metadata_type IS NULL)),
    CONSTRAINT checkpoint_is_whole CHECK ((checkpoint IS NULL) = (checkpoint_type IS NULL))
) WITH (
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 5000
);

-- By the negative priority, so that a place in the queue is one range of the index.
CREATE INDEX unfinished_queue ON @.unfinished (method, (-(priority::integer)), create_time, name)
    WHERE state = 0 AND ready AND exclusive_key IS NULL;
CREATE INDEX unfinished_keyed_queue ON @.unfinished (method) WHERE state = 0 AND ready AND exclusive_key IS NOT NULL;
CREATE INDEX unfinished_delayed ON @.unfinished (not_before) WHERE NOT ready;
CREATE INDEX unfinished_worker ON @.unfinished (worker, name) WHERE worker IS NOT NULL;
CREATE INDEX unfinished_stop ON @.unfinished (worker) WHERE stop IS NOT NULL;
CREATE INDEX unfinished_deadline ON @.unfinished (deadline) WHERE deadline IS NOT NULL AND stop IS NULL;
CREATE INDEX unfinished_key ON @.unfinished (exclusive_key, create_time, name) WHERE exclusive_key IS NOT NULL;
-- Of the operations with one key at most one runs.
CREATE UNIQUE INDEX unfinished_key_holder ON @.unfinished (exclusive_key) WHERE exclusive_key IS NOT NULL AND state = 1;

-- How an operation ended. A row is written once, and deleted with the operation.
CREATE TABLE @.finished (
    id bigint NOT NULL,
    name text COLLATE "C" NOT NULL,
    attempt bigint NOT NULL CHECK (attempt BETWEEN 0 AND 4294967295),
    unbegun bigint NOT NULL CHECK (unbegun BETWEEN 0 AND attempt),
    update_time bigint NOT NULL,
    expire_time bigint NOT NULL CHECK (expire_time >= update_time),
    metadata_type bytea,
    metadata bytea,
    response_type bytea,
    response bytea,
    error_code integer CHECK (error_code <> 0),
    error_message bytea,
    error_details bytea,
    CONSTRAINT finished_id PRIMARY KEY (id),
    CONSTRAINT finished_with_one_result CHECK (num_nonnulls(response, error_code) = 1),
    CONSTRAINT response_is_whole CHECK ((response IS NULL) = (response_type IS NULL)),
    CONSTRAINT error_is_whole CHECK ((error_code IS NULL) = (error_message IS NULL)),
    CONSTRAINT details_are_of_an_error CHECK (error_details IS NULL OR error_code IS NOT NULL),
    CONSTRAINT last_metadata_is_whole CHECK ((metadata IS NULL) = (metadata_type IS NULL))
) WITH (autovacuum_vacuum_insert_scale_factor = 0.05);

CREATE INDEX finished_expiry ON @.finished (expire_time);

-- The processes that run operations, and their leases.
CREATE TABLE @.worker (
    worker text COLLATE "C" NOT NULL,
    lease bigint NOT NULL CHECK (lease >= 0),
    expires_at bigint NOT NULL,
    whole_since bigint NOT NULL,
    gone_at bigint,
    CONSTRAINT worker_id PRIMARY KEY (worker)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
