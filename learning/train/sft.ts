import { type EngineSetting, type Run, StageError } from "assay"
import { recomputed } from "../../engine/index.ts"
import { permutation } from "../../engine/random/philox.ts"
import { crossEntropy } from "../objective/cross-entropy.ts"
import { trainable, withLora } from "../policy/adapter/lora.ts"
import { gpt2 } from "../policy/architecture/gpt2.ts"
import { type Configuration, type Size, sizes } from "../policy/configuration.ts"
import { type Policy, readPolicy, writePolicy } from "../policy/files.ts"
import { LogProbabilities } from "../policy/log-probabilities.ts"
import { packSequences, type Sequence } from "../policy/packing.ts"
import { initialParameters, type WeightsByName } from "../policy/parameters.ts"
import { type Passage, tokenizePassage } from "../policy/passage.ts"
import { loadTokenizer } from "../tokenizer/tokenizer.ts"
import { trainTokenizer } from "../tokenizer/train.ts"
import { Learner } from "../trainer/learner.ts"
import { LossHistory } from "../trainer/loss-history.ts"
import { nothingToTrain } from "../trainer/nothing-to-train.ts"
import { inParts, type Part } from "../trainer/objective.ts"
import { restoreState } from "../trainer/saved-state.ts"
import { warmupCosine } from "../trainer/schedule.ts"
import type { sft } from "./sft.stage.ts"

/** Held-out passages that the loss is measured on. */
const heldOut = 512

export const run: Run<typeof sft> = async ({ inputs, parameters, outputs, engine, progress, resume }) => {
  const { steps, seed, kind, batchSize, learningRate, weightDecay, lora, gradientAccumulation, recomputeActivations } = parameters
  const passages = (await inputs.corpus.read()).filter((passage) => kind === null || passage.kind === kind)
  const train = passages.filter(({ split }) => split === "train").map(({ text }) => text)
  const test = passages.filter(({ split }) => split === "test").map(({ text }) => text)
  if (train.length < batchSize) {
    throw new StageError(
      "TooLittleData",
      `the corpus has ${train.length} passages${kind === null ? "" : ` of kind "${kind}"`} to train on, and a batch takes ${batchSize}; use a smaller batch or more text`,
      {
        passages: train.length,
        batchSize,
      },
    )
  }
  const initial = inputs.base === undefined ? fromScratch(train, parameters) : withLora(await readPolicy(inputs.base), lora, seed)
  const { configuration, tokenizer, tokenizerFiles } = initial
  const { context } = configuration
  const asPassage = (text: string): Passage => tokenizePassage(tokenizer, text, context)
  const { trained, frozen } = trainable(configuration)
  const objective = crossEntropy(configuration, recomputeActivations ? recomputed((name) => trained[name] !== undefined) : undefined)
  const learner = new Learner(trained, initial.parameters, objective, engine, { weightDecay, frozen })

  const losses = new LossHistory(steps, progress)
  const offerState = await restoreState(resume, { learner, losses })
  const passagesRead = train.map(asPassage)
  if (passagesRead.every(({ response }) => response.length === 0)) throw nothingToTrain("no passage has a token to predict", context)
  for (const indices of batches(passagesRead, { batchSize, steps, seed, context, done: learner.steps })) {
    const chosen = indices.map((index) => passagesRead[index] as Passage)
    const step = learner.steps + 1
    const { loss } = await learner.stepInParts(partsOf(chosen, gradientAccumulation, context), warmupCosine(step, steps, learningRate))
    losses.add(step, loss as number)
    await offerState(step)
  }
  const history: Array<Readonly<Record<string, number>>> = [...losses.entries]
  const heldOutPassages = test.slice(0, heldOut).map(asPassage)
  const evalLoss = await meanLoss(configuration, learner.parameters, heldOutPassages, engine)
  if (evalLoss !== undefined) history.push({ step: steps, eval_loss: evalLoss })
  await writePolicy(outputs.policy, { configuration, parameters: learner.parameters, tokenizer, tokenizerFiles })
  const truncated = [...passagesRead, ...heldOutPassages].filter(({ length, response }) => response.length < length).length
  const state = { global_step: steps, log_history: history, ...(truncated === 0 ? {} : { truncated_passages: truncated }) }
  await outputs.policy.write("trainer_state.json", `${JSON.stringify(state, null, 2)}\n`)
  if (truncated > 0) {
    const affected = `${truncated} of ${passagesRead.length + heldOutPassages.length} passages`
    console.log(
      `${affected} were cut at their end to fit a context of ${context} tokens; give the policy a larger \`context\` to learn from them whole`,
    )
  }
}

/** The passages of a step in parts, whose losses are means over their tokens. */
const partsOf = (passages: ReadonlyArray<Passage>, count: number, context: number): ReadonlyArray<Part> => {
  const tokensOf = (some: ReadonlyArray<Passage>): number => some.reduce((sum, { response }) => sum + response.length, 0)
  const all = tokensOf(passages)
  return inParts(passages, count).map((some) => ({ ...packSequences(some, context), share: tokensOf(some) / all }))
}

interface Scratch {
  readonly size: Size
  readonly vocabulary: number
  readonly context: number
  readonly seed: number
}

const fromScratch = (texts: ReadonlyArray<string>, { size, vocabulary, context, seed }: Scratch): Policy => {
  const tokenizerFiles = trainTokenizer(texts, { vocabularySize: vocabulary })
  const tokenizer = loadTokenizer(tokenizerFiles.tokenizer, tokenizerFiles.config)
  const configuration = gpt2({ ...sizes[size], vocabulary: tokenizer.vocabularySize, context })
  return { configuration, parameters: initialParameters(configuration.shapes, configuration.layers, seed), tokenizer, tokenizerFiles }
}

/**
 * Indices of each step's passages. An epoch is a permutation, cut into windows within which
 * passages of like length are put together, so that little of a batch is padding; the batches of a
 * window come in random order. Those of the first `done` steps are left out.
 */
function* batches(
  passages: ReadonlyArray<Passage>,
  {
    batchSize,
    steps,
    seed,
    context,
    done,
  }: { readonly batchSize: number; readonly steps: number; readonly seed: number; readonly context: number; readonly done: number },
): Generator<ReadonlyArray<number>> {
  const window = batchSize * 64
  const lengthOf = (index: number): number => Math.min(context, passages[index]?.length ?? 0)
  let given = 0
  for (let epoch = 0; ; epoch++) {
    const order = permutation(passages.length, seed, "passages of an epoch", epoch)
    for (let start = 0; start + batchSize <= order.length; start += window) {
      // What fills no batch is left out of this epoch alone: another permutation leaves out others.
      // Before the sorting, or it would be the longest every time.
      const count = Math.floor(Math.min(window, order.length - start) / batchSize)
      const members = [...order.subarray(start, start + count * batchSize)].sort((a, b) => lengthOf(a) - lengthOf(b))
      for (const place of permutation(count, seed, `batches of epoch ${epoch}`, start)) {
        if (given++ === steps) return
        if (given > done) yield members.slice(place * batchSize, (place + 1) * batchSize)
      }
    }
  }
}

const meanLoss = async (
  configuration: Configuration,
  parameters: WeightsByName,
  sequences: ReadonlyArray<Sequence>,
  engine: EngineSetting,
): Promise<number | undefined> => {
  if (sequences.length === 0) return undefined
  const logp = await new LogProbabilities(configuration, engine).of(parameters, sequences)
  const tokens = sequences.map(({ response }) => response.length)
  return -sum(logp) / sum(tokens)
}

const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)
