import { stage } from "assay"
import { Preferences } from "../artifacts.ts"
import { Seed, withDefault } from "../parameter.ts"
import { Fraction } from "./subset.stage.ts"

/**
 * Preferences in two parts, by prompt, so that no response is on both sides: `heldOut` has a
 * `fraction` of the prompts with all of their pairs, `rest` has the others. The rows are the same,
 * in the same order. Both count as labels where both are used. Throws a StageError `TooLittleData`
 * where a part would have no prompt.
 */
export const splitByPrompt = stage({
  name: "split-by-prompt",
  inputs: { preferences: Preferences },
  parameters: {
    /** Share of the prompts that are held out. */
    fraction: withDefault(Fraction, 0.1),
    /** Draws them. */
    seed: Seed,
  },
  outputs: { rest: Preferences, heldOut: Preferences },
  run: () => import("./split-by-prompt.ts"),
})
