import { type LeaveOut, LeftOut } from "../left-out.ts"
import type { Mapping } from "../mapping.ts"
import { follow, type Path, pathOf } from "../path.ts"
import { type ForeignPreference, type PreferenceReader, preference } from "../preference.ts"
import { type ForeignRecord, numberOrNone } from "../record.ts"
import { keepTexts } from "./pair.ts"
import { openRenderer } from "./render.ts"

/** Records with several responses to one prompt, ranked or scored: a pair for each two. */
export const openRankings = (mapping: Mapping & { readonly responses: string }, leave: LeaveOut): PreferenceReader => {
  const render = openRenderer(mapping)
  const path = pathOf(mapping.responses)
  const { ranks, scores } = mapping
  const order = ranks ?? scores
  const orderPath = order === undefined ? undefined : pathOf(order)
  return {
    read: (record) => {
      const placed = follow(path, record.fields)
      if (placed.length === 0) throw new LeftOut("no-response", record.fault(path.text, "holds no response"))
      const { prompt, responses } = render(record, placed)
      const numbers = orderPath === undefined ? placed.map((_, index) => index) : readNumbers(record, orderPath, placed.length)
      const isScore = scores !== undefined
      const ranked = keepTexts(responses, leave).flatMap((text, index): ReadonlyArray<Ranked> => {
        const number = numbers[index] ?? null
        if (text === undefined) return []
        if (number === null) {
          leave("unranked", 1, record.fault(orderPath?.text, `says nothing of ${placed[index]?.place}`))
          return []
        }
        return [{ text, merit: isScore ? number : -number, score: isScore ? number : null }]
      })
      if (ranked.length === 1) leave("alone", 1, record.fault(path.text, "has one ranked response; expected two or more"))
      return pairAll(prompt, ranked)
    },
  }
}

/** A response of a ranking. */
export interface Ranked {
  readonly text: string
  /** The larger, the better. */
  readonly merit: number
  readonly score: number | null
}

/** A pair for each two responses, n(n − 1)/2 of n, in their order; a tie where ranks are equal. */
export const pairAll = (prompt: string, ranked: ReadonlyArray<Ranked>): ReadonlyArray<ForeignPreference> =>
  ranked.flatMap((one, index) => ranked.slice(index + 1).map((other) => orderPair(prompt, one, other)))

/** Two responses to a prompt, the better first. */
export const orderPair = (prompt: string, one: Ranked, other: Ranked): ForeignPreference => {
  const [chosen, rejected] = one.merit >= other.merit ? [one, other] : [other, one]
  const pair = preference(prompt, chosen.text, rejected.text, chosen.score, rejected.score)
  return one.merit === other.merit ? { ...pair, tie: true } : pair
}

/** A number for each response: of its own, or of a list beside the list of responses. */
const readNumbers = (record: ForeignRecord, path: Path, responses: number): ReadonlyArray<number | null> => {
  const placed = follow(path, record.fields)
  if (placed.length !== responses) throw record.fault(path.text, `is of ${placed.length} elements, and there are ${responses} responses`)
  return placed.map(({ place, value }) => numberOrNone(record, place, value))
}
