/** What of the page is in its address: all of it. */

import type { GenerationOrder } from "../../../serve/api.ts"
import { choiceParam, flagParam, numberParam, textParam } from "../../address/query.ts"

export const orders: ReadonlyArray<{ readonly value: GenerationOrder; readonly label: string }> = [
  { value: "prompt", label: "prompt" },
  { value: "gain", label: "largest gain" },
  { value: "disagreement", label: "gold and proxy disagree most" },
  { value: "longest", label: "longest" },
  { value: "shortest", label: "shortest" },
  { value: "log-ratio", label: "largest log-ratio of a token" },
]

export const orderParam = choiceParam(
  orders.map(({ value }) => value),
  "prompt",
)

/** Which response set the order is about, from 0. */
export const ofParam = numberParam(null)
export const searchParam = textParam()

/** One prompt alone; null where all are shown, since a prompt may be empty. */
export const promptParam = {
  read: (text: string | null): string | null => text,
  write: (prompt: string | null): string | null => prompt,
}

/** The place of the current prompt in the order, from 0. */
export const atParam = numberParam(0)

/** The response set whose checkpoints are shown for the current prompt, from 0. */
export const alongParam = numberParam(null)

/** Tokens without colours. */
export const plainParam = flagParam

export const promptsPerPage = 20

/** Where a number that somebody may have typed into the address is a place in a list. */
export const placeOf = (value: number | null, count: number): number | null =>
  value !== null && Number.isInteger(value) && value >= 0 && value < count ? value : null
