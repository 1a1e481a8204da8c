import { type Row, StageError } from "assay"
import type { responses } from "../../data/schema/index.ts"

export type Response = Row<typeof responses>

/**
 * The responses to each prompt, in the order of the table, of which no more is held than a batch
 * and a prompt. Responses to one prompt must stand together, as `sample` writes them: to gather
 * them from all over a table would take all of it into memory. Fails with a StageError
 * `ScatteredPrompt` (details `prompt_id`, `row`) where a prompt comes back after another one.
 */
export async function* promptGroups(
  batches: AsyncIterable<ReadonlyArray<Response>>,
): AsyncGenerator<ReadonlyArray<Response>, void, undefined> {
  const seen = idSet()
  let group: Array<Response> = []
  let row = 0
  for await (const batch of batches) {
    for (const response of batch) {
      const { prompt_id } = response
      if (group[0]?.prompt_id !== prompt_id) {
        if (group.length > 0) yield group
        group = []
        if (!seen.add(prompt_id)) {
          throw new StageError(
            "ScatteredPrompt",
            `row ${row}: responses to prompt ${prompt_id} come again after those to another; order the table by prompt_id`,
            { prompt_id, row },
          )
        }
      }
      group.push(response)
      row++
    }
  }
  if (group.length > 0) yield group
}

/** Which ids have been seen, a bit each: of millions a set would hold more than the rows do. */
const idSet = () => {
  const pageBits = 2 ** 16
  const pages = new Map<number, Uint8Array>()
  return {
    /** Whether the id is new. */
    add: (id: number): boolean => {
      const page = Math.floor(id / pageBits)
      const bits = pages.get(page) ?? new Uint8Array(pageBits / 8)
      pages.set(page, bits)
      const place = id - page * pageBits
      const byte = bits[place >> 3] as number
      const bit = 1 << (place & 7)
      bits[place >> 3] = byte | bit
      return (byte & bit) === 0
    },
  }
}
