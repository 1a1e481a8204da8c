/** Metrics as TensorBoard's files of events. */

export { scalarsRecord, startRecord, versionRecord } from "./event.ts"
export { exportEvents } from "./export.ts"
