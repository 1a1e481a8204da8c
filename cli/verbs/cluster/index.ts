/** The verbs of clusters, imported when one is called. */

export { cancel } from "./cancel.ts"
export { worker } from "./worker.ts"
export { workers } from "./workers.ts"
