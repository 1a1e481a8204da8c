import { type Run, StageError } from "assay"
import type { MarkRow } from "../../data/schema/index.ts"
import type { alongAxis } from "./along-axis.stage.ts"
import { type CompleteEstimand, estimate } from "./estimand.ts"
import { panelsFigure } from "./figure/panels.ts"
import { type Arm, armName, armsOf, readRun, tellingAxes } from "./runs.ts"

export const run: Run<typeof alongAxis> = async ({ inputs, parameters, outputs }) => {
  const { axis, baseline, title, caption } = parameters
  const arms = armsOf(await Promise.all(inputs.evaluations.map(readRun)))
  const without = arms.find(({ axes }) => axes[axis] === undefined)
  if (without !== undefined)
    throw new StageError(
      "NoSuchAxis",
      `"axis" expects an axis that every arm has, but ${without.name} has no "${axis}". Its axes: ${Object.keys(without.axes).join(", ") || "none"}.`,
    )
  const places = [...new Set(arms.map(({ axes }) => axes[axis]))]
  if (places.every((place) => typeof place === "number")) places.sort((a, b) => Number(a) - Number(b))
  const opponents = [...new Set(arms.flatMap(({ runs }) => runs.flatMap(({ against }) => [...against.keys()])))]
  const evidence = { arms, classificationOf: () => [] }
  const telling = tellingAxes(inputs.evaluations)
  const lineOf = ({ path, axes }: Arm) => armName(path, Object.fromEntries(Object.entries(telling(axes)).filter(([name]) => name !== axis)))
  const markOf = (arm: Arm, panel: string, estimand: CompleteEstimand): ReadonlyArray<MarkRow> => {
    const result = estimate(estimand, evidence)
    if (result === undefined) return []
    const place = arm.axes[axis]
    return [
      {
        panel,
        line: lineOf(arm),
        x: places.indexOf(place),
        x_label: String(place),
        y: result.estimate,
        y_low: result.low,
        y_high: result.high,
        seeds: result.seeds,
      },
    ]
  }
  const choice = ({ path, axes }: Arm) => ({ arm: path.join(" "), at: axes })
  const rows = opponents.flatMap((against) => {
    const peaks = arms.flatMap((arm) => markOf(arm, `peak win rate against ${against}`, { quantity: "peak", arm: choice(arm), against }))
    if (baseline === "") return peaks
    const leads = arms.flatMap((arm) => {
      const first = choice(arm)
      if (first.arm === baseline) return []
      const second = { arm: baseline, at: arm.axes }
      return markOf(arm, `ahead of ${baseline} at equal KL, against ${against}`, {
        quantity: "win rate at equal KL",
        first,
        second,
        against,
      })
    })
    return [...peaks, ...leads]
  })
  await outputs.marks.append(rows)
  const figure = await panelsFigure(rows, { title, caption, over: "prompts", xTitle: toWords(axis), xScale: "discrete", joined: false })
  await outputs.figure.write("along-axis.svg", figure)
}

/** `learningRate` is "learning rate". */
const toWords = (name: string): string => name.replaceAll(/\p{Lu}/gu, (letter) => ` ${letter.toLowerCase()}`)
