import { type Run, StageError } from "assay"
import type { DemonstrationRow } from "../../data/schema/index.ts"
import { promptOf, responseOf } from "./demonstration.ts"
import type { goldenClassifier } from "./golden-classifier.stage.ts"
import { featuresOf, fitLinear, scoreOf, writeLinear } from "./linear/index.ts"

const features = "bag"

export const run: Run<typeof goldenClassifier> = async ({ inputs, parameters, outputs }) => {
  const { positive, ...fit } = parameters
  const rows = await inputs.text.read()
  const labelled = (split: string) =>
    rows.filter((row) => row.split === split).map((row) => ({ places: placesOf(row), positive: row.kind === positive }))
  const [train, test] = [labelled("train"), labelled("test")]
  const count = train.filter((row) => row.positive).length
  if (count === 0 || count === train.length) {
    const problem = `${count} of ${train.length} passages of the training split are of kind "${positive}": there are no two kinds to tell apart`
    throw new StageError("OneClass", problem, { positive: count, passages: train.length })
  }
  const examples = train.map((row) => ({ for: row.places, against: new Int32Array(), outcome: row.positive ? 1 : -1 }) as const)
  const model = fitLinear(examples, fit, true)
  const scored = test.map((row) => ({ score: scoreOf(model, row.places), positive: row.positive }))
  await writeLinear(
    outputs.judge,
    model,
    { judge: "gold", features },
    {
      positive,
      fitted_to: { positive: count, negative: train.length - count },
      held_out: { passages: test.length, area_under_curve: areaUnderCurve(scored) },
    },
  )
}

const placesOf = (row: DemonstrationRow): Int32Array => featuresOf(features, promptOf(row), responseOf(row))

/**
 * The probability that a positive passage has a higher score than a negative one, ties half (Hanley
 * and McNeil 1982); null where one sort is missing.
 */
export const areaUnderCurve = (scored: ReadonlyArray<{ readonly score: number; readonly positive: boolean }>): number | null => {
  const sorted = [...scored].sort((a, b) => a.score - b.score)
  const positives = sorted.filter(({ positive }) => positive).length
  const negatives = sorted.length - positives
  let below = 0
  let wins = 0
  for (let start = 0; start < sorted.length; ) {
    let end = start
    while (sorted[end]?.score === sorted[start]?.score && end < sorted.length) end++
    const equal = sorted.slice(start, end)
    const equalPositives = equal.filter(({ positive }) => positive).length
    wins += equalPositives * (below + (equal.length - equalPositives) / 2)
    below += equal.length - equalPositives
    start = end
  }
  return positives === 0 || negatives === 0 ? null : wins / (positives * negatives)
}
