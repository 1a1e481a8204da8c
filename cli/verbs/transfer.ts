/** The verbs that copy runs between stores. */

export { pull } from "./pull.ts"
export { push } from "./push.ts"
