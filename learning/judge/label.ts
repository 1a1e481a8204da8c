import { type Row, type Run, StageError } from "assay"
import type { preferences } from "../../data/schema/index.ts"
import { integers } from "../../engine/random/philox.ts"
import type { Judge, Verdict } from "./judge.ts"
import type { label } from "./label.stage.ts"
import { promptGroups, type Response } from "./prompt-groups.ts"
import { readJudge } from "./read.ts"

type Preference = Row<typeof preferences>

/** Prompts labelled at a time. */
const portion = 256

export const run: Run<typeof label> = async ({ inputs, parameters, outputs, engine, progress }) => {
  const { pairing } = parameters
  const { responses } = inputs
  const judge = await readJudge(inputs.judge, engine)
  let labelled = 0
  let read = 0
  for await (const groups of portionsOf(promptGroups(responses.batches()))) {
    const candidates = groups.map((group) => (pairing === "disjoint" ? disjointPairs(group) : allPairs(group)))
    const verdicts = await compareAll(judge, candidates)
    const kept = candidates.flatMap((pairs, index) => {
      const judged = pairs.map((pair, place) => ({ pair, verdict: verdicts[index]?.[place] as Verdict }))
      if (pairing !== "untied") return judged
      const untied = judged.filter(({ verdict }) => verdict.outcome !== 0.5)
      return oneOf(untied.length > 0 ? untied : judged, read + index) ?? []
    })
    await outputs.preferences.append(kept.map(({ pair, verdict }, index) => preferenceRow(pair, verdict, judge, labelled + index)))
    labelled += kept.length
    read += groups.reduce((sum, group) => sum + group.length, 0)
    progress(read, responses.rows)
  }
  if (labelled === 0) throw new StageError("NoPairs", "no prompt has two responses; sample at least two a prompt")
}

/** One of several at random, so that no sample is in more pairs than another by its place. */
const oneOf = <T>(values: ReadonlyArray<T>, index: number): T | undefined =>
  values.length === 0 ? undefined : values[integers(0, "untied pair", index, values.length, new Int32Array(1))[0] as number]

async function* portionsOf(groups: AsyncIterable<ReadonlyArray<Response>>): AsyncGenerator<ReadonlyArray<ReadonlyArray<Response>>> {
  let waiting: Array<ReadonlyArray<Response>> = []
  for await (const group of groups) {
    waiting.push(group)
    if (waiting.length < portion) continue
    yield waiting
    waiting = []
  }
  if (waiting.length > 0) yield waiting
}

type ResponsePair = readonly [Response, Response]

const allPairs = (group: ReadonlyArray<Response>): ReadonlyArray<ResponsePair> =>
  group.flatMap((first, index) => group.slice(index + 1).map((second) => [first, second] as const))

const disjointPairs = (group: ReadonlyArray<Response>): ReadonlyArray<ResponsePair> =>
  group.flatMap((first, index) =>
    index % 2 === 0 && group[index + 1] !== undefined ? [[first, group[index + 1] as Response] as const] : [],
  )

const compareAll = async (
  judge: Judge,
  candidates: ReadonlyArray<ReadonlyArray<ResponsePair>>,
): Promise<ReadonlyArray<ReadonlyArray<Verdict>>> => {
  const flat = candidates.flat()
  const verdicts = await judge.compare(
    flat.map(([first, second]) => ({ prompt: first.prompt, first: first.response, second: second.response })),
  )
  let taken = 0
  return candidates.map((pairs) => {
    taken += pairs.length
    return verdicts.slice(taken - pairs.length, taken)
  })
}

const preferenceRow = (
  [first, second]: ResponsePair,
  { outcome, probability, scores }: Verdict,
  judge: Judge,
  pair_id: number,
): Preference => {
  const swapped = outcome === 0
  const [chosen, rejected] = swapped ? [second, first] : [first, second]
  const [score_chosen, score_rejected] = scores === null ? [null, null] : swapped ? [scores[1], scores[0]] : scores
  return {
    pair_id,
    prompt: first.prompt,
    chosen: chosen.response,
    rejected: rejected.response,
    chosen_token_ids: chosen.token_ids,
    rejected_token_ids: rejected.token_ids,
    score_chosen,
    score_rejected,
    p_chosen: probability === null ? null : swapped ? 1 - probability : probability,
    tie: outcome === 0.5,
    source: judge.source,
    judge_key: judge.key,
    policy_key: first.policy_key,
    step: first.step,
    position: pair_id,
  }
}
