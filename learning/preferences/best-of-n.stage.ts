import { stage } from "assay"
import { Preferences } from "../artifacts.ts"

/**
 * Best of n: from all pairs of the n responses to a prompt (`label` with `pairing: "all"`), the one
 * of the best and the worst. The best response is the one with the most wins over others, a tie
 * counting half; of equals, the one that comes first. Where no response has more wins than another,
 * the first pair is kept. Trained on with the loss `bo2`, which sees the best response alone, the
 * result is supervised fine-tuning on the best of n; with a contrastive loss, these are the pairs
 * of greatest contrast. Throws a StageError `NotAllPairs` where pairs of a prompt's responses are
 * missing.
 */
export const bestOfN = stage({
  name: "best-of-n",
  inputs: { preferences: Preferences },
  parameters: {},
  outputs: { preferences: Preferences },
  run: () => import("./best-of-n.ts"),
})
