import { type Row, type Run, StageError } from "assay"
import type { preferences } from "../../data/schema/index.ts"
import { labelsOf, printTies, printUncounted, printUnknownLabels } from "../judge/labels.ts"
import { loadLoss } from "../objective/loss.ts"
import { readPolicy } from "../policy/files.ts"
import { fitPair, tokenizePair } from "../policy/token-pair.ts"
import { tokenizeOnce } from "../policy/tokenize-once.ts"
import { epochs } from "../trainer/epochs.ts"
import { nothingToTrain } from "../trainer/nothing-to-train.ts"
import { offerState, savedState } from "../trainer/saved-state.ts"
import { warmupConstant } from "../trainer/schedule.ts"
import type { optimize } from "./optimize.stage.ts"
import { PreferenceLearner, type PreferenceSnapshot } from "./preference-learner.ts"
import { Recorder } from "./recorder.ts"

type Preference = Row<typeof preferences>

export const run: Run<typeof optimize> = async ({ inputs, parameters, outputs, plugin, engine, progress, resume }) => {
  const { steps, seed, batchSize, learningRate, weightDecay, checkpoints, order } = parameters
  const reference = await readPolicy(inputs.reference)
  const rows = await inputs.preferences.read()
  const loss = await loadLoss({ parameters, plugin })
  const learner = new PreferenceLearner(reference.configuration, reference.parameters, loss, engine, weightDecay)
  const { labels, areAllKnown } = labelsOf(rows)
  if (!areAllKnown) printUnknownLabels()
  printUncounted(rows, inputs.reference.digest)
  if (order === "shuffled") printTies(rows)
  const recorder = new Recorder(outputs, { policy: reference, steps, checkpoints, labels: () => labels, progress })
  const saved = await savedState<PreferenceSnapshot>(resume)
  if (saved !== undefined) learner.restore(saved)
  const { context } = reference.configuration
  const inOrder = (done: number) =>
    order === "stream" ? streamed(rows, { batchSize, steps, done }) : shuffled(rows, { batchSize, steps, seed, done })
  const tokenize = tokenizeOnce((row: Preference) => tokenizePair(reference.tokenizer, row))
  const teaches = (pairs: ReadonlyArray<Preference>) => pairs.some((pair) => fitPair(tokenize(pair), context).weight > 0)
  if (!some(inOrder(0), teaches)) throw nothingToTrain(`every pair of ${steps} steps of ${batchSize} is a tie or too long`, context)
  for (const pairs of inOrder(learner.steps)) {
    const report = await learner.step(pairs.map(tokenize), warmupConstant(learner.steps + 1, steps, learningRate))
    await recorder.step(learner, report)
    await offerState(resume, learner.steps, () => learner.snapshot())
  }
  learner.truncated.print("the policy", "pairs", context)
}

/** Batches of a run of so many steps, of which some are done. */
interface Stretch {
  readonly batchSize: number
  readonly steps: number
  readonly done: number
}

/** Batches in random epochs, ties left out. */
const shuffled = (rows: ReadonlyArray<Preference>, options: Stretch & { readonly seed: number }): Iterable<ReadonlyArray<Preference>> => {
  const useful = rows.filter(({ tie }) => !tie)
  if (useful.length < options.batchSize)
    throw tooLittle(`there are ${useful.length} pairs that are not ties, and a batch takes ${options.batchSize}`)
  return map(epochs(useful.length, options), (indices) => indices.map((index) => useful[index] as Preference))
}

/** Batches as they were recorded. */
const streamed = (rows: ReadonlyArray<Preference>, { batchSize, steps, done }: Stretch): Iterable<ReadonlyArray<Preference>> => {
  const ordered = [...rows].sort((a, b) => a.step - b.step || a.position - b.position)
  if (ordered.length < batchSize * steps)
    throw tooLittle(`the stream has ${ordered.length} pairs, and ${steps} steps of ${batchSize} take ${batchSize * steps}`)
  const places = Array.from({ length: steps }, (_, step) => step * batchSize)
  for (const place of places) {
    const step = ordered[place]?.step
    const members = ordered.slice(place, place + batchSize)
    if (members.some((member) => member.step !== step) || ordered[place + batchSize]?.step === step) {
      throw new StageError(
        "NotAStream",
        `the pairs of step ${step} are not ${batchSize}: replay a stream with the batch size it was recorded with`,
      )
    }
  }
  return map(places.slice(done), (place) => ordered.slice(place, place + batchSize))
}

function* map<A, B>(values: Iterable<A>, change: (value: A) => B): Generator<B> {
  for (const value of values) yield change(value)
}

const some = <A>(values: Iterable<A>, is: (value: A) => boolean): boolean => {
  for (const value of values) if (is(value)) return true
  return false
}

const tooLittle = (problem: string): StageError => new StageError("TooLittleData", `${problem}; use a smaller batch or more pairs`)
