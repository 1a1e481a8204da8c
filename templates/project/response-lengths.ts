/**
 * Assay reads this file: an edit of what it does reruns the stage, an edit of a comment does not.
 */

import type { Run } from "assay"
import type { responseLengths } from "./response-lengths.stage.js"

export const run: Run<typeof responseLengths> = async ({ inputs, parameters, outputs }) => {
  const tokens = { chosen: 0, rejected: 0 }
  let responses = 0
  for await (const pairs of inputs.preferences.batches()) {
    for (const pair of pairs) {
      if (pair.tie && !parameters.ties) continue
      tokens.chosen += pair.chosen_token_ids.length
      tokens.rejected += pair.rejected_token_ids.length
      responses += 1
    }
  }
  for (const label of ["chosen", "rejected"] as const)
    await outputs.lengths.append([{ label, responses, mean_tokens: tokens[label] / responses }])
}
