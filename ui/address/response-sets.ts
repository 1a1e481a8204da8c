/** Which texts the page of generations shows, as its address says. */

import type { Codec } from "./query.ts"
import { readRecords, writeRecords } from "./records.ts"

/** One column of texts. */
export interface ResponseSetChoice {
  /** The stage whose table it is, and the name of the output. */
  readonly id: string
  readonly output: string
  /** Null: the last that the table has. */
  readonly step: number | null
  /** Null: an opponent that the page chooses. */
  readonly against: string | null
}

const none = "none"

/** Null where the address does not say: the page chooses. */
export const responseSetsParam: Codec<ReadonlyArray<ResponseSetChoice> | null> = {
  read: (text) => {
    if (text === null) return null
    if (text === none) return []
    const responseSets = readRecords(text).flatMap(([id = "", output = "", step = "", against = ""]) =>
      id === "" || output === "" ? [] : [{ id, output, step: stepOf(step), against: against === "" ? null : against }],
    )
    return responseSets.length === 0 ? null : responseSets
  },
  write: (responseSets) => {
    if (responseSets === null) return null
    if (responseSets.length === 0) return none
    return writeRecords(responseSets.map(({ id, output, step, against }) => [id, output, step === null ? "" : String(step), against ?? ""]))
  },
}

const stepOf = (text: string): number | null => (/^\d{1,15}$/.test(text) ? Number(text) : null)
