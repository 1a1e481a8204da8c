import { stage } from "assay"
import { Schema } from "effect"
import { Preferences } from "../artifacts.ts"
import { Count, Seed } from "../parameter.ts"

/**
 * A recorded stream in another order: its pairs change places at random within windows of `window`
 * consecutive steps ("all": the whole stream is one). Steps keep their sizes, so the result is a
 * stream: `optimize({ order: "stream" })` replays it. With a window of 1 every step has the pairs
 * that it had, and what it teaches is the same up to rounding.
 */
export const shuffle = stage({
  name: "shuffle",
  inputs: { preferences: Preferences },
  parameters: {
    /** How many consecutive steps exchange pairs with each other. */
    window: Schema.Union([Count, Schema.Literal("all")]),
    /** Draws the new order. */
    seed: Seed,
  },
  outputs: { preferences: Preferences },
  run: () => import("./shuffle.ts"),
})
