import { type Row, type Run, StageError } from "assay"
import type { preferences } from "../../data/schema/index.ts"
import type { bradleyTerry } from "./bradley-terry.stage.ts"
import { labelSetsOf, printTies, printUncounted, printUnknownLabels } from "./labels.ts"
import { accuracyOf, examplesOf, type FeatureSet, fitLinear, type LinearModel, writeLinear } from "./linear/index.ts"

type Pair = Pick<Row<typeof preferences>, "prompt" | "chosen" | "rejected" | "source" | "tie">

type Context = Pick<Parameters<Run<typeof bradleyTerry>>[0], "inputs" | "parameters" | "outputs">

/** Fits the model of `bradleyTerry` and writes it as a judge of either kind. */
export const fitBradleyTerry = async ({ inputs, parameters, outputs }: Context, judge: "gold" | "proxy"): Promise<void> => {
  const { features, ties, ...fit } = parameters
  const rows = await inputs.preferences.read()
  const pairs = rows.filter(({ tie }) => ties === "half" || !tie)
  if (!pairs.some(({ tie }) => !tie)) throw new StageError("TooLittleData", "there are no pairs to fit to that are not ties")
  if (ties === "drop") printTies(rows)
  const model = fitLinear(examplesOf(features, pairs), fit, false)
  const labels = judge === "gold" ? undefined : labelSetsOf(rows, inputs.preferences.digest)
  if (judge === "proxy" && labels === undefined) printUnknownLabels()
  if (judge === "proxy") printUncounted(rows)
  await writeLinear(
    outputs.judge,
    model,
    { judge, features, labels },
    { fitted_to: countBySource(pairs), held_out: accuracyBySource(model, features, (await inputs.heldOut?.read()) ?? []) },
  )
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
