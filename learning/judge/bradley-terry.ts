import { type Row, type Run, StageError } from "assay"
import type { preferences } from "../../data/schema/index.ts"
import type { bradleyTerry } from "./bradley-terry.stage.ts"
import { accuracyOf, examplesOf, type FeatureSet, fitLinear, type LinearModel, writeLinear } from "./linear/index.ts"

type Pair = Pick<Row<typeof preferences>, "prompt" | "chosen" | "rejected" | "source" | "tie">

export const run: Run<typeof bradleyTerry> = async ({ inputs, parameters, outputs }) => {
  const { features, ...fit } = parameters
  const pairs = (await inputs.preferences.read()).filter(({ tie }) => !tie)
  if (pairs.length === 0) throw new StageError("TooLittleData", "there are no pairs to fit to that are not ties")
  const model = fitLinear(examplesOf(features, pairs), fit, false)
  await writeLinear(outputs.judge, model, features, {
    fitted_to: countBySource(pairs),
    held_out: accuracyBySource(model, features, (await inputs.heldOut?.read()) ?? []),
  })
}

const bySource = (pairs: ReadonlyArray<Pair>): ReadonlyArray<readonly [string, ReadonlyArray<Pair>]> =>
  [...new Set(pairs.map(({ source }) => source))].sort().map((source) => [source, pairs.filter((pair) => pair.source === source)])

const countBySource = (pairs: ReadonlyArray<Pair>) => Object.fromEntries(bySource(pairs).map(([source, own]) => [source, own.length]))

const accuracyBySource = (model: LinearModel, features: FeatureSet, pairs: ReadonlyArray<Pair>) =>
  Object.fromEntries(
    bySource(pairs.filter(({ tie }) => !tie)).map(([source, own]) => [
      source,
      { pairs: own.length, accuracy: accuracyOf(model, features, own) },
    ]),
  )
