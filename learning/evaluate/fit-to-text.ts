import { type FilesInput, type Run, StageError } from "assay"
import { readPolicy } from "../policy/files.ts"
import { tokenizePassage } from "../policy/passage.ts"
import type { fitToText } from "./fit-to-text.stage.ts"

export const run: Run<typeof fitToText> = async ({ inputs, parameters: { kind }, outputs }) => {
  const { configuration, tokenizer } = await readPolicy(inputs.policy)
  const passages = (await inputs.corpus.read()).filter((passage) => kind === null || passage.kind === kind)
  const tokensOf = (wanted: "train" | "test") =>
    passages
      .filter(({ split }) => split === wanted)
      // Text beyond the context, which sft does not read, is in neither number.
      .map(({ text }) => [...tokenizePassage(tokenizer, text, configuration.context).response])
  const loss = await heldOutLoss(inputs.policy)
  const values = { loss, unigram: crossEntropy(tokensOf("train").flat(), tokensOf("test").flat(), tokenizer.vocabularySize) }
  await outputs.metrics.append(Object.entries(values).map(([name, value]) => ({ step: 0, name, value })))
}

/** Reads the loss that `sft` wrote into `trainer_state.json`. */
const heldOutLoss = async (policy: FilesInput) => {
  const state = policy.names.includes("trainer_state.json") ? new TextDecoder().decode(await policy.read("trainer_state.json")) : "{}"
  const { log_history = [] } = JSON.parse(state) as { readonly log_history?: ReadonlyArray<{ readonly eval_loss?: number }> }
  const loss = log_history.find(({ eval_loss }) => eval_loss !== undefined)?.eval_loss
  if (loss === undefined)
    throw new StageError(
      "NoHeldOutLoss",
      "fitToText expects a policy with a loss on held-out text. Give one that sft trained on a text with a test split.",
    )
  return loss
}

/**
 * The cross-entropy of tokens, nats, under the smoothed frequencies of others: −mean log((n + 1)/(N
 * + vocabulary)).
 */
const crossEntropy = (counted: ReadonlyArray<number>, tokens: ReadonlyArray<number>, vocabulary: number): number => {
  const counts = new Int32Array(vocabulary)
  for (const token of counted) counts[token] = (counts[token] as number) + 1
  const total = tokens.reduce((sum, token) => sum + Math.log(((counts[token] as number) + 1) / (counted.length + vocabulary)), 0)
  return -total / tokens.length
}
