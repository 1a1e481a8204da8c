import { type Run, StageError } from "assay"
import type { ClassificationRow, MarkRow } from "../../data/schema/index.ts"
import { panelsFigure } from "./figure/panels.ts"
import type { overTraining } from "./over-training.stage.ts"
import { armName, groupBy, tellingAxes } from "./runs.ts"
import { estimateBySeed, meanAt } from "./statistics/bootstrap.ts"

/** What is drawn; null where a pair has no value. */
const quantities: ReadonlyArray<readonly [name: string, value: (row: ClassificationRow) => number | null]> = [
  ["accuracy", ({ correct }) => (correct === null ? null : Number(correct))],
  ["change of log π of the chosen (nats)", (row) => row.chosen_change],
  ["change of log π of the rejected (nats)", (row) => row.rejected_change],
]

export const run: Run<typeof overTraining> = async ({ inputs, parameters, outputs }) => {
  const { sources: wanted, ...words } = parameters
  const telling = tellingAxes(inputs.classifications)
  const members = await Promise.all(
    inputs.classifications.map(async ({ path, at, input }) => ({
      arm: armName(path, telling(at)),
      rows: await input.read(),
    })),
  )
  const present = [...new Set(members.flatMap(({ rows }) => rows.map(({ pair_source }) => pair_source)))]
  const missing = wanted.find((source) => !present.includes(source))
  if (missing !== undefined)
    throw new StageError(
      "NoSuchSource",
      `"sources" expects sources of the classified pairs, got "${missing}". There are: ${present.join(", ")}.`,
    )
  const sources = wanted.length === 0 ? present : wanted
  const marks: Array<MarkRow> = []
  for (const source of sources) {
    for (const [quantity, value] of quantities) {
      for (const [line, runs] of groupBy(members, ({ arm }) => arm)) {
        const ofRuns = runs.map(({ rows }) =>
          groupBy(
            rows.filter(({ pair_source }) => pair_source === source),
            ({ step }) => step,
          ),
        )
        for (const step of ofRuns[0]?.keys() ?? []) {
          const bySeed = ofRuns.map((steps) => (steps.get(step) ?? []).flatMap((row) => value(row) ?? []))
          // Seeds may have drawn tables of unequal length; as many pairs of each are resampled as
          // all of them have.
          const pairs = Math.min(...bySeed.map(({ length }) => length))
          if (pairs === 0) continue
          const { estimate, low, high } = estimateBySeed((places) => bySeed.map((values) => meanAt(values, places)), pairs, {
            seed: 1,
            resamples: 300,
          })
          marks.push({
            panel: `${quantity}, ${source}`,
            line,
            x: step,
            x_label: String(step),
            y: estimate,
            y_low: low,
            y_high: high,
            seeds: runs.length,
          })
        }
      }
    }
  }
  await outputs.marks.append(marks)
  await outputs.figure.write(
    "over-training.svg",
    await panelsFigure(marks, { ...words, over: "pairs", xTitle: "step", xScale: "log", joined: true }),
  )
}
