-- partitions
--
-- Puts what operations are, and how they ended, into partitions by id. What is there already becomes the first one.
-- A partition has room for 2^40 ids; the next one begins when the sequence is set to the first id of that.
ALTER TABLE @.operation RENAME TO operation_0;
ALTER TABLE @.finished RENAME TO finished_0;
CREATE TABLE @.operation (LIKE @.operation_0 INCLUDING CONSTRAINTS) PARTITION BY RANGE (id);
CREATE TABLE @.finished (LIKE @.finished_0 INCLUDING CONSTRAINTS) PARTITION BY RANGE (id);
ALTER TABLE @.operation ATTACH PARTITION @.operation_0 FOR VALUES FROM (0) TO (1099511627776);
ALTER TABLE @.finished ATTACH PARTITION @.finished_0 FOR VALUES FROM (0) TO (1099511627776);

-- Sessions keep no ids for later: by then their partition may be gone.
ALTER SEQUENCE @.operation_id CACHE 1;

-- One row: which partition new operations go to, and since when. Who makes or drops partitions locks it.
CREATE TABLE @.partitioning (
    current bigint NOT NULL CHECK (current >= 0),
    began bigint
);
INSERT INTO @.partitioning VALUES (0, NULL);
