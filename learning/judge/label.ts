import { type Run, StageError } from "assay"
import { integers } from "../../engine/random/philox.ts"
import { choiceOf, labelled } from "./annotation.ts"
import type { Judge, Verdict } from "./judge.ts"
import type { label } from "./label.stage.ts"
import { facingGroups, type Pairing, pairsAcross, pairsWithin, type ResponsePair } from "./pairing.ts"
import { promptGroups } from "./prompt-groups.ts"
import { readJudge } from "./read.ts"

/** Prompts labelled at a time. */
const portion = 256

/** The pairs that can be made of the responses to one prompt, and how many responses were read for them. */
interface Candidates {
  readonly pairs: ReadonlyArray<ResponsePair>
  readonly read: number
}

export const run: Run<typeof label> = async ({ inputs, parameters, outputs, engine, progress }) => {
  const { pairing } = parameters
  const { responses, opponents } = inputs
  const judge = await readJudge(inputs.judge, engine)
  const candidates =
    opponents === undefined ? within(promptGroups(responses.batches()), pairing) : across(facingGroups(responses, opponents), pairing)
  let settled = 0
  let labels = 0
  let read = 0
  for await (const prompts of portionsOf(candidates)) {
    const verdicts = await compareAll(judge, prompts)
    const kept = prompts.flatMap(({ pairs }, index) => {
      const judged = pairs.map((pair, place) => ({ pair, verdict: verdicts[index]?.[place] as Verdict }))
      if (pairing !== "untied") return judged
      const untied = judged.filter(({ verdict }) => verdict.outcome !== 0.5)
      return oneOf(untied.length > 0 ? untied : judged, read + index) ?? []
    })
    const rows = kept.flatMap(({ pair: [first, second], verdict }, index) => {
      const choice = choiceOf(verdict, settled + index, parameters)
      const { prompt, step } = first
      const policy_key = opponents === undefined ? first.policy_key : null
      return choice === undefined ? [] : [{ ...labelled([first, second], verdict, choice, judge), prompt, policy_key, step }]
    })
    await outputs.preferences.append(rows.map((row, index) => ({ ...row, pair_id: labels + index, position: labels + index })))
    settled += kept.length
    labels += rows.length
    read += prompts.reduce((sum, prompt) => sum + prompt.read, 0)
    progress(read, responses.rows)
  }
  if (settled === 0) throw new StageError("NoPairs", "no prompt has two responses; sample at least two a prompt")
  if (labels === 0) throw new StageError("NoPairs", `of ${settled} pairs none is left: the judge ties them all, and ties are dropped`)
}

async function* within(groups: ReturnType<typeof promptGroups>, pairing: Pairing): AsyncGenerator<Candidates> {
  for await (const group of groups) yield { pairs: pairsWithin(group, pairing), read: group.length }
}

async function* across(groups: ReturnType<typeof facingGroups>, pairing: Pairing): AsyncGenerator<Candidates> {
  for await (const [own, others] of groups) yield { pairs: pairsAcross(own, others, pairing), read: own.length }
}

/** One of several at random, so that no sample is in more pairs than another by its place. */
const oneOf = <T>(values: ReadonlyArray<T>, index: number): T | undefined =>
  values.length === 0 ? undefined : values[integers(0, "untied pair", index, values.length, new Int32Array(1))[0] as number]

async function* portionsOf<T>(values: AsyncIterable<T>): AsyncGenerator<ReadonlyArray<T>> {
  let waiting: Array<T> = []
  for await (const value of values) {
    waiting.push(value)
    if (waiting.length < portion) continue
    yield waiting
    waiting = []
  }
  if (waiting.length > 0) yield waiting
}

const compareAll = async (judge: Judge, prompts: ReadonlyArray<Candidates>): Promise<ReadonlyArray<ReadonlyArray<Verdict>>> => {
  const flat = prompts.flatMap(({ pairs }) => pairs)
  const verdicts = await judge.compare(
    flat.map(([first, second]) => ({ prompt: first.prompt, first: first.response, second: second.response })),
  )
  let taken = 0
  return prompts.map(({ pairs }) => {
    taken += pairs.length
    return verdicts.slice(taken - pairs.length, taken)
  })
}
