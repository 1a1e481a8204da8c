/** Of what the lineage is shown, as the address says. */

import { type Codec, textParam } from "../../address/query.ts"

export const lineageParams = {
  /** The key of the result, and its output; empty: nothing is chosen. */
  key: textParam(""),
  output: textParam(""),
} as const

/** The place of a row in the stored table, from 0; null of the artifact as a whole. */
export const rowParam: Codec<number | null> = {
  read: (text) => (text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null),
  write: (row) => (row === null ? null : String(row)),
}
