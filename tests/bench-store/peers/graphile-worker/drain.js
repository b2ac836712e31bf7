// A queue of no-op jobs on graphile-worker: `node drain.js load URL COUNT`, then `node drain.js run URL COUNT CONCURRENCY`,
// which prints how many seconds it took.

import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { Logger, run, runMigrations } = require("graphile-worker");
const { Pool } = require("pg");

const [action, connectionString, count, concurrency] = process.argv.slice(2);
const logger = new Logger(() => () => {});
const pool = new Pool({ connectionString, max: 20 });
pool.on("error", () => {});
pool.on("connect", (client) => client.on("error", () => {}));

async function load() {
  await runMigrations({ pgPool: pool, logger });
  const add = `SELECT count(*) FROM graphile_worker.add_jobs(ARRAY(
    SELECT json_populate_record(null::graphile_worker.job_spec,
      json_build_object('identifier', 'nothing', 'payload', json_build_object('number', n)))
    FROM generate_series($1::int, $2::int) n))`;
  for (let from = 0; from < Number(count); from += 1000) {
    await pool.query(add, [from, Math.min(Number(count), from + 1000) - 1]);
  }
}

async function drain() {
  const began = performance.now();
  const concurrentJobs = Number(concurrency);
  const preset = {
    worker: { logger, concurrentJobs, localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
  };
  let begun = 0;
  const nothing = () => {
    begun += 1;
  };
  const runner = await run({ preset, pgPool: pool, taskList: { nothing } });
  // Looking for one that is left walks over all that was deleted, so that is left for the end.
  while (begun < Number(count)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const isLeft = "SELECT EXISTS (SELECT FROM graphile_worker._private_jobs) AS is_left";
  while ((await pool.query(isLeft)).rows[0].is_left) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  console.log((performance.now() - began) / 1000);
  await runner.stop();
}

await (action === "load" ? load() : drain());
await pool.end();
process.exit(0);
