import { type Run, StageError } from "assay"
import { streamOf } from "../decode/stream-of.ts"
import { printOmissions, toUnlabelledPair } from "../judge/judge.ts"
import { printDroppedTies, printKept } from "../judge/labels.ts"
import { readJudge } from "../judge/read.ts"
import { choiceOf, toLabel } from "./annotation.ts"
import { judgeAll, oneUntied } from "./candidates.ts"
import type { label } from "./label.stage.ts"
import { type Pairing, pairsAcross, pairsWithin, type ResponsePair, zipPromptGroups } from "./pairing.ts"
import { promptGroups } from "./prompt-groups.ts"

/** Prompts labelled at a time. */
const promptsPerBatch = 256

/**
 * The pairs that can be made of the responses to one prompt, and how many responses were read for
 * them.
 */
interface Candidates {
  readonly pairs: ReadonlyArray<ResponsePair>
  readonly read: number
  /** The id of the prompt. */
  readonly prompt: number
}

export const run: Run<typeof label> = async ({ inputs, parameters, outputs, engine, progress }) => {
  const { pairing } = parameters
  const { responses, opponents } = inputs
  const judge = await readJudge(inputs.judge, engine)
  const candidates =
    opponents === undefined ? within(promptGroups(responses.batches()), pairing) : across(zipPromptGroups(responses, opponents), pairing)
  let asked = 0
  let settled = 0
  let labels = 0
  let read = 0
  for await (const prompts of collectBatches(candidates)) {
    const judged = await judgeAll(
      judge,
      prompts.map(({ pairs }) => pairs),
      (pair) => toUnlabelledPair(pair[0].prompt, pair),
    )
    const selected =
      pairing === "untied"
        ? judged.flatMap(
            (pairs, index) => oneUntied(pairs, { seed: 0, purpose: "untied pair", index: streamOf(prompts[index]?.prompt ?? 0) }) ?? [],
          )
        : judged.flat()
    const rows = selected.flatMap(({ pair: [first, second], verdict }) => {
      const samples = [first.sample_index, second.sample_index] as const
      const choice = choiceOf(verdict, { index: streamOf(first.prompt_id), samples }, parameters)
      const { prompt } = first
      const policy_key = opponents === undefined ? first.policy_key : null
      return choice === undefined ? [] : [{ ...toLabel([first, second], verdict, choice, judge), prompt, policy_key, step: 0 }]
    })
    await outputs.preferences.append(rows.map((row, index) => ({ ...row, pair_id: labels + index, position: labels + index })))
    asked += judged.reduce((sum, pairs) => sum + pairs.length, 0)
    settled += selected.length
    labels += rows.length
    read += prompts.reduce((sum, prompt) => sum + prompt.read, 0)
    progress(read, responses.rows)
  }
  printOmissions(judge)
  printKept(settled, asked)
  printDroppedTies(settled - labels, settled)
  if (settled === 0) throw new StageError("NoPairs", "no prompt has two responses; sample at least two a prompt")
  if (labels === 0) throw new StageError("NoPairs", `of ${settled} pairs none is left: the judge ties them all, and ties are dropped`)
}

async function* within(groups: ReturnType<typeof promptGroups>, pairing: Pairing): AsyncGenerator<Candidates> {
  for await (const group of groups) yield { pairs: pairsWithin(group, pairing), read: group.length, prompt: group[0]?.prompt_id ?? 0 }
}

async function* across(groups: ReturnType<typeof zipPromptGroups>, pairing: Pairing): AsyncGenerator<Candidates> {
  for await (const [own, others] of groups)
    yield { pairs: pairsAcross(own, others, pairing), read: own.length, prompt: own[0]?.prompt_id ?? 0 }
}

async function* collectBatches<T>(values: AsyncIterable<T>): AsyncGenerator<ReadonlyArray<T>> {
  let waiting: Array<T> = []
  for await (const value of values) {
    waiting.push(value)
    if (waiting.length < promptsPerBatch) continue
    yield waiting
    waiting = []
  }
  if (waiting.length > 0) yield waiting
}
