import { type FilesInput, type Run, StageError } from "assay"
import { readPolicy } from "../policy/files.ts"
import { passageOf } from "../policy/passage.ts"
import type { fitToText } from "./fit-to-text.stage.ts"

export const run: Run<typeof fitToText> = async ({ inputs, parameters: { kind }, outputs }) => {
  const { configuration, tokenizer } = await readPolicy(inputs.policy)
  const passages = (await inputs.corpus.read()).filter((passage) => kind === null || passage.kind === kind)
  const tokensOf = (wanted: "train" | "test") =>
    passages
      .filter(({ split }) => split === wanted)
      // What sft has not read is in neither number.
      .map(({ text }) => [...passageOf(tokenizer, text, configuration.context).response])
  const loss = await heldOutLoss(inputs.policy)
  const values = { loss, unigram: crossEntropy(tokensOf("train").flat(), tokensOf("test").flat(), tokenizer.vocabularySize) }
  await outputs.metrics.append(Object.entries(values).map(([name, value]) => ({ step: 0, name, value })))
}

/** As `sft` left it in `trainer_state.json`. */
const heldOutLoss = async (policy: FilesInput) => {
  const state = policy.names.includes("trainer_state.json") ? new TextDecoder().decode(await policy.read("trainer_state.json")) : "{}"
  const { log_history = [] } = JSON.parse(state) as { readonly log_history?: ReadonlyArray<{ readonly eval_loss?: number }> }
  const loss = log_history.find(({ eval_loss }) => eval_loss !== undefined)?.eval_loss
  if (loss === undefined) throw new StageError("NoHeldOutLoss", "the policy has no loss on held-out text: give one that sft has trained")
  return loss
}

/** Of tokens under the frequencies of others, one added to each: −mean log((n + 1)/(N + vocabulary)). */
const crossEntropy = (known: ReadonlyArray<number>, tokens: ReadonlyArray<number>, vocabulary: number): number => {
  const counts = new Int32Array(vocabulary)
  for (const token of known) counts[token] = (counts[token] as number) + 1
  const total = tokens.reduce((sum, token) => sum + Math.log(((counts[token] as number) + 1) / (known.length + vocabulary)), 0)
  return -total / tokens.length
}
