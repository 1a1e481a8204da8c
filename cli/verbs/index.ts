/** What the command does, a verb each. Loaded when one is called. */

export { diff } from "./diff.ts"
export { exportArtifacts } from "./export.ts"
export { graph } from "./graph.ts"
export { ls } from "./ls.ts"
export { plan } from "./plan.ts"
export { run } from "./run.ts"
export { show } from "./show.ts"
export { why } from "./why.ts"
