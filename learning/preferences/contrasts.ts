import { type Row, type Run, StageError } from "assay"
import { match } from "ts-pattern"
import type { DemonstrationRow, preferences } from "../../data/schema/index.ts"
import { integers, permutation } from "../../engine/random/philox.ts"
import { promptOf, responseOf } from "../judge/demonstration.ts"
import type { contrastKinds, contrasts } from "./contrasts.stage.ts"

type Kind = (typeof contrastKinds)[number]

/** Passages whose pairs are written together. */
const passagesPerBatch = 4096

export const run: Run<typeof contrasts> = async ({ inputs, parameters, outputs, progress }) => {
  const { seed, split, kinds, limit } = parameters
  const all = (await inputs.text.read()).filter((row) => row.split === split)
  const chosen = permutation(all.length, seed, "contrasted passages").subarray(0, limit).sort()
  const passages = Array.from(chosen, (index) => all[index] as DemonstrationRow)
  if (passages.length < 2)
    throw new StageError("TooLittleData", `the text has ${passages.length} passages of the split "${split}", and others take two`)
  let written = 0
  for (let start = 0; start < passages.length; start += passagesPerBatch) {
    const rows = passages.slice(start, start + passagesPerBatch).flatMap((passage, place) => {
      const prompt = promptOf(passage)
      const chosen = responseOf(passage)
      return kinds.flatMap((kind) => {
        const rejected = worse(kind, passages, start + place, seed)
        return rejected === undefined || rejected === chosen ? [] : [{ prompt, chosen, rejected, source: `contrast ${kind}` }]
      })
    })
    await outputs.preferences.append(rows.map((row, index) => preferenceRow(row, written + index)))
    written += rows.length
    progress(Math.min(start + passagesPerBatch, passages.length), passages.length)
  }
  if (written === 0) throw new StageError("NoPairs", `no passage can be made worse by ${kinds.join(", ")}`)
}

/**
 * A worse response to the passage at an index, with a space before it; undefined where none of the
 * kind can be made.
 */
const worse = (kind: Kind, passages: ReadonlyArray<DemonstrationRow>, index: number, seed: number): string | undefined => {
  const passage = passages[index] as DemonstrationRow
  const words = responseOf(passage).trim().split(" ")
  const draw = (bound: number): number => integers(seed, `contrast ${kind}`, index, bound, new Int32Array(1))[0] as number
  const another = (): DemonstrationRow => passages[(index + 1 + draw(passages.length - 1)) % passages.length] as DemonstrationRow
  return match(kind)
    .with("other", () => {
      const other = another()
      return promptOf(other) === promptOf(passage) ? undefined : responseOf(other)
    })
    .with("shuffled", () => said([...permutation(words.length, seed, "contrast shuffled", index)].map((place) => words[place] as string)))
    .with("truncated", () => {
      const most = Math.floor((2 * words.length) / 3)
      return most < 1 ? undefined : said(words.slice(0, 1 + draw(most)))
    })
    .with("extended", () => {
      const more = responseOf(another()).trim().split(" ")
      const least = Math.ceil(words.length / 2)
      return said([...words, ...more.slice(0, least + draw(words.length))])
    })
    .with("span", () => {
      // The last word of a prompt is the sign that asks for the response.
      const asked = promptOf(passage).split(" ").slice(0, -1)
      if (asked.length < words.length) return undefined
      const first = draw(asked.length - words.length + 1)
      return said(asked.slice(first, first + words.length))
    })
    .exhaustive()
}

const said = (words: ReadonlyArray<string>): string => ` ${words.join(" ")}`

const preferenceRow = (
  {
    prompt,
    chosen,
    rejected,
    source,
  }: { readonly prompt: string; readonly chosen: string; readonly rejected: string; readonly source: string },
  pair_id: number,
): Row<typeof preferences> => ({
  pair_id,
  prompt,
  chosen,
  rejected,
  // No policy has said them, so they have no tokens yet.
  chosen_token_ids: new Int32Array(),
  rejected_token_ids: new Int32Array(),
  score_chosen: null,
  score_rejected: null,
  p_chosen: null,
  annotators: null,
  logp_chosen: null,
  logp_rejected: null,
  tie: false,
  source,
  judge_key: null,
  judge_labels: null,
  policy_key: null,
  step: 0,
  position: pair_id,
})
