import { type LeaveOut, LeftOut } from "../left-out.ts"
import type { Mapping } from "../mapping.ts"
import { pathOf } from "../path.ts"
import { type PreferenceReader, preference } from "../preference.ts"
import { orderPair, type Ranked } from "./ranking.ts"
import { openRenderer, readNumber, readValue } from "./render.ts"
import { readMeaning } from "./verdict.ts"

/*
 * Records of one response each, which are compared with others to the same prompt, wherever in the
 * file these are. What may still find its partner is held in memory.
 */

/**
 * Responses that are desirable or not: each is paired with the first of the other kind that has no
 * partner yet.
 */
export const openLabels = (mapping: Mapping & { readonly response: string; readonly label: string }, leave: LeaveOut): PreferenceReader => {
  const render = openRenderer(mapping)
  const [response, label] = [pathOf(mapping.response), pathOf(mapping.label)]
  const { desirable, undesirable } = mapping.labels ?? { desirable: [true, 1], undesirable: [false, 0] }
  const waiting = new Map<string, { readonly kind: "desirable" | "undesirable"; readonly texts: Array<string> }>()
  return {
    read: (record) => {
      const { prompt, responses } = render(record, [readValue(record, response)])
      const text = keepText(responses[0])
      const placed = readValue(record, label)
      if (placed.value === null || placed.value === undefined)
        throw new LeftOut("undecided", record.fault(placed.place, "is missing; expected whether the response is desirable"))
      const kind = readMeaning(record, placed, [
        ["desirable", desirable],
        ["undesirable", undesirable],
      ])
      const before = waiting.get(prompt)
      const partner = before === undefined || before.kind === kind ? undefined : before.texts.shift()
      if (partner !== undefined) {
        if (before?.texts.length === 0) waiting.delete(prompt)
        return [kind === "desirable" ? preference(prompt, text, partner) : preference(prompt, partner, text)]
      }
      if (before === undefined) waiting.set(prompt, { kind, texts: [text] })
      else before.texts.push(text)
      return []
    },
    end: () => {
      const alone = [...waiting.values()].reduce((sum, { texts }) => sum + texts.length, 0)
      if (alone > 0) leave("alone", alone)
      return []
    },
  }
}

/** Responses with a score: a pair for each two to one prompt, when the second of them comes. */
export const openRatings = (
  mapping: Mapping & { readonly response: string; readonly score: string },
  leave: LeaveOut,
): PreferenceReader => {
  const render = openRenderer(mapping)
  const [response, score] = [pathOf(mapping.response), pathOf(mapping.score)]
  const before = new Map<string, Array<Ranked>>()
  return {
    read: (record) => {
      const { prompt, responses } = render(record, [readValue(record, response)])
      const text = keepText(responses[0])
      const rating = readNumber(record, score)
      if (rating === null) throw new LeftOut("unranked", record.fault(score.text, "is missing; expected a score"))
      const one = { text, merit: rating, score: rating }
      const others = before.get(prompt)
      if (others === undefined) {
        before.set(prompt, [one])
        return []
      }
      const pairs = others.map((other) => orderPair(prompt, other, one))
      others.push(one)
      return pairs
    },
    end: () => {
      const alone = [...before.values()].filter(({ length }) => length === 1).length
      if (alone > 0) leave("alone", alone)
      return []
    },
  }
}

const keepText = (response: string | LeftOut | undefined): string => {
  if (typeof response === "string") return response
  throw response
}
