import { type Row, type Run, StageError } from "assay"
import type { preferences } from "../../data/schema/index.ts"
import { readPolicy } from "../policy/files.ts"
import { promptTokens, responseTokens } from "../policy/text.ts"
import type { Tokenizer } from "../tokenizer/tokenizer.ts"
import { epochs } from "./epochs.ts"
import type { optimize } from "./optimize.stage.ts"
import { PreferenceLearner, type TokenPair } from "./preference-learner.ts"
import { Recorder } from "./recorder.ts"
import { warmupConstant } from "./schedule.ts"

type Preference = Row<typeof preferences>

export const run: Run<typeof optimize> = async ({ inputs, parameters, outputs, engine, progress }) => {
  const { loss, steps, seed, batch, learningRate, checkpoints, order } = parameters
  const reference = await readPolicy(inputs.reference)
  const rows = await inputs.preferences.read()
  const ordered = order === "stream" ? streamed(rows, { batch, steps }) : shuffled(rows, { batch, steps, seed })
  const learner = new PreferenceLearner(reference.configuration, reference.parameters, loss, engine)
  const recorder = new Recorder(outputs, { policy: reference, steps, checkpoints, progress })
  for (const pairs of ordered) {
    const tokens = pairs.map((pair) => tokenPair(reference.tokenizer, pair))
    const report = await learner.step(tokens, warmupConstant(learner.steps + 1, steps, learningRate))
    await recorder.step(learner, report)
  }
}

/** Batches in random epochs, ties left out. */
const shuffled = (
  rows: ReadonlyArray<Preference>,
  options: { readonly batch: number; readonly steps: number; readonly seed: number },
): Iterable<ReadonlyArray<Preference>> => {
  const useful = rows.filter(({ tie }) => !tie)
  if (useful.length < options.batch)
    throw tooLittle(`there are ${useful.length} pairs that are not ties, and a batch takes ${options.batch}`)
  return map(epochs(useful.length, options), (indices) => indices.map((index) => useful[index] as Preference))
}

/** Batches as they were recorded. */
const streamed = (
  rows: ReadonlyArray<Preference>,
  { batch, steps }: { readonly batch: number; readonly steps: number },
): Iterable<ReadonlyArray<Preference>> => {
  const ordered = [...rows].sort((a, b) => a.step - b.step || a.position - b.position)
  if (ordered.length < batch * steps)
    throw tooLittle(`the stream has ${ordered.length} pairs, and ${steps} steps of ${batch} take ${batch * steps}`)
  const places = Array.from({ length: steps }, (_, step) => step * batch)
  for (const place of places) {
    const step = ordered[place]?.step
    const members = ordered.slice(place, place + batch)
    if (members.some((member) => member.step !== step) || ordered[place + batch]?.step === step) {
      throw new StageError(
        "NotAStream",
        `the pairs of step ${step} are not ${batch}: replay a stream with the batch size it was recorded with`,
      )
    }
  }
  return map(places, (place) => ordered.slice(place, place + batch))
}

function* map<A, B>(values: Iterable<A>, change: (value: A) => B): Generator<B> {
  for (const value of values) yield change(value)
}

const tooLittle = (problem: string): StageError => new StageError("TooLittleData", `${problem}; use a smaller batch or more pairs`)

/** Pairs that came as text alone have no tokens yet. */
const tokenPair = (
  tokenizer: Tokenizer,
  { prompt, chosen, rejected, chosen_token_ids, rejected_token_ids, tie }: Preference,
): TokenPair => ({
  prompt: promptTokens(tokenizer, prompt),
  chosen: chosen_token_ids.length > 0 ? chosen_token_ids : responseTokens(tokenizer, chosen),
  rejected: rejected_token_ids.length > 0 ? rejected_token_ids : responseTokens(tokenizer, rejected),
  weight: tie ? 0 : 1,
})
