/**
 * Runs on several machines, which share a store and meet in a PostgreSQL database. Loaded where it
 * is wanted: other commands do not pay for the database's client.
 */

export { cancel } from "./cancel.ts"
export { databaseLayer } from "./database.ts"
export type { Refusal } from "./offers.ts"
export type { Capability } from "./requirement.ts"
export { type WorkerStatus, workersThere } from "./roll-call.ts"
export { runOnCluster, type Submitted } from "./submit.ts"
export { work } from "./work.ts"
export type { News } from "./worker.ts"
