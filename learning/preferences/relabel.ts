import { type Run, StageError } from "assay"
import { streamOf } from "../decode/stream-of.ts"
import { printOmissions, toTextPair, type Verdict } from "../judge/judge.ts"
import { printDroppedTies } from "../judge/labels.ts"
import { readJudge } from "../judge/read.ts"
import { choiceOf, toLabel } from "./annotation.ts"
import type { relabel } from "./label.stage.ts"

export const run: Run<typeof relabel> = async ({ inputs, parameters, outputs, engine, progress }) => {
  const judge = await readJudge(inputs.judge, engine)
  let read = 0
  let written = 0
  for await (const batch of inputs.preferences.batches()) {
    const verdicts = await judge.compare(batch.map(toTextPair))
    const rows = batch.flatMap((row, index) => {
      const verdict = verdicts[index] as Verdict
      const choice = choiceOf(verdict, { index: streamOf(row.pair_id) }, parameters)
      const sides = [
        { response: row.chosen, token_ids: row.chosen_token_ids, logp_policy: row.logp_chosen },
        { response: row.rejected, token_ids: row.rejected_token_ids, logp_policy: row.logp_rejected },
      ] as const
      return choice === undefined ? [] : [{ ...row, ...toLabel(sides, verdict, choice, judge) }]
    })
    await outputs.preferences.append(rows)
    read += batch.length
    written += rows.length
    progress(read, inputs.preferences.rows)
  }
  printOmissions(judge)
  printDroppedTies(read - written, read)
  if (written === 0) throw new StageError("NoPairs", `of ${read} pairs none is left: the judge ties them all, and ties are dropped`)
}
