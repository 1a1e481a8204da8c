import { stage } from "assay"
import { Schema } from "effect"
import { Demonstrations, Preferences } from "../artifacts.ts"
import { Count, Seed, Split, withDefault } from "../parameter.ts"

/** What a machine makes of a response for another to be better than. */
export const contrastKinds = ["other", "shuffled", "truncated", "extended", "span"] as const

/**
 * Comparisons without people: the response that somebody wrote to a prompt is preferred to what a
 * machine makes of it. "other" is the response to another prompt of the split; "shuffled" has the
 * words of the right one in random order; "truncated" ends after its second third at the latest;
 * "extended" goes on with words of another's response, half as many or more; "span" is as many
 * words in a row out of the prompt. One pair of each of `kinds`, where it can be made and differs
 * from the response. `source` says which: "contrast shuffled". `limit` draws so many passages of
 * the split.
 */
export const contrasts = stage({
  name: "contrasts",
  inputs: { text: Demonstrations },
  parameters: {
    /** Draws the passages, and what is made of them. */
    seed: Seed,
    /** Which passages to use. */
    split: withDefault(Split, "train"),
    /** What the worse responses are made by; one pair per kind and passage. */
    kinds: withDefault(Schema.NonEmptyArray(Schema.Literals(contrastKinds)), ["other", "shuffled", "truncated", "extended"]),
    /** The most passages to use. */
    limit: withDefault(Count, 1_000_000),
  },
  outputs: { preferences: Preferences },
  run: () => import("./contrasts.ts"),
})
