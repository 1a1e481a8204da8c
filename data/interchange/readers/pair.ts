import { type LeaveOut, LeftOut } from "../left-out.ts"
import type { Mapping } from "../mapping.ts"
import { follow, pathOf } from "../path.ts"
import { type ForeignPreference, type PreferenceReader, preference } from "../preference.ts"
import { openRenderer, readNumber } from "./render.ts"

/** Records that say themselves which response is the better: one of each, or lists of them. */
export const openPairs = (mapping: Mapping & { readonly chosen: string; readonly rejected: string }, leave: LeaveOut): PreferenceReader => {
  const render = openRenderer(mapping)
  const [chosen, rejected] = [pathOf(mapping.chosen), pathOf(mapping.rejected)]
  const scores = [mapping.scoreChosen, mapping.scoreRejected].map((path) => (path === undefined ? undefined : pathOf(path)))
  return {
    read: (record) => {
      const [better, worse] = [follow(chosen, record.fields), follow(rejected, record.fields)]
      const none = [chosen, rejected].find((_, index) => [better, worse][index]?.length === 0)
      if (none !== undefined) throw new LeftOut("no-response", record.fault(none.text, "holds no response"))
      const { prompt, responses } = render(record, [...better, ...worse])
      const [scoreChosen, scoreRejected] = scores.map((path) => (path === undefined ? null : readNumber(record, path)))
      const texts = responses.length === 2 ? keepBoth(responses) : keepTexts(responses, leave)
      return texts.slice(0, better.length).flatMap((one): ReadonlyArray<ForeignPreference> => {
        if (one === undefined) return []
        const others = texts.slice(better.length).filter((other) => other !== undefined)
        return others.map((other) => preference(prompt, one, other, scoreChosen, scoreRejected))
      })
    },
  }
}

/** The two responses of a record. Throws the LeftOut of one that is not text: it is one record. */
export const keepBoth = (responses: ReadonlyArray<string | LeftOut>): readonly [string, string] => {
  const leftOut = responses.find((response) => response instanceof LeftOut)
  if (leftOut !== undefined) throw leftOut
  return responses as unknown as readonly [string, string]
}

/** Responses in their order, where they are text; others are counted. */
export const keepTexts = (responses: ReadonlyArray<string | LeftOut>, leave: LeaveOut): ReadonlyArray<string | undefined> =>
  responses.map((response) => {
    if (!(response instanceof LeftOut)) return response
    leave(response.reason, 1, response.fault)
    return undefined
  })
