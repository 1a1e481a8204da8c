/** A stage of your own: what it takes and yields. The module that `run` names says how. */

import { Schema, stage, table } from "assay"
import { Preferences } from "assay/stages"

export const ResponseLengths = table("response-lengths", { label: "utf8", responses: "int32", mean_tokens: "float64" })

/**
 * The mean length in tokens of chosen and of rejected responses, of ties too where `ties` says so:
 * a judge may prefer longer ones.
 */
export const responseLengths = stage({
  name: "response-lengths",
  inputs: { preferences: Preferences },
  parameters: { ties: Schema.Boolean },
  outputs: { lengths: ResponseLengths },
  // TypeScript names a module by the JavaScript that it becomes: this is response-lengths.ts.
  run: () => import("./response-lengths.js"),
})
