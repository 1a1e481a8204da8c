import { type Run, StageError } from "assay"
import type { MarkRow } from "../../data/schema/index.ts"
import type { alongAxis } from "./along-axis.stage.ts"
import type { CompleteEstimand } from "./claim.ts"
import { observe } from "./estimand.ts"
import { estimateTogether, intervalOf } from "./estimate.ts"
import { emptyFigure } from "./figure/empty.ts"
import { panelsFigure } from "./figure/panels.ts"
import { type MeasuredRun, readEvidence } from "./measured-run.ts"
import { type Arm, armName, tellingAxes } from "./runs.ts"

/** A mark that may be drawn, and what it would show. */
interface Candidate {
  readonly arm: Arm<MeasuredRun>
  readonly panel: string
  readonly estimand: CompleteEstimand
}

export const run: Run<typeof alongAxis> = async ({ inputs, parameters, outputs }) => {
  const { axis, baseline, kl, reference, title, caption } = parameters
  const evidence = await readEvidence({ ...inputs, classifications: [] })
  const { arms } = evidence
  const without = arms.find(({ axes }) => axes[axis] === undefined)
  if (without !== undefined)
    throw new StageError(
      "NoSuchAxis",
      `"axis" expects an axis that every arm has, but ${without.name} has no "${axis}". Its axes: ${Object.keys(without.axes).join(", ") || "none"}.`,
    )
  const places = [...new Set(arms.map(({ axes }) => axes[axis]))]
  if (places.every((place) => typeof place === "number")) places.sort((a, b) => Number(a) - Number(b))
  const opponents = [...new Set(arms.flatMap(({ runs }) => runs.flatMap(({ against }) => [...against.keys()])))]
  const choice = ({ path, axes }: Arm<MeasuredRun>) => ({ arm: path.join(" "), at: axes })
  const candidates = opponents.flatMap((against): ReadonlyArray<Candidate> => {
    const rates = arms.map((arm) => ({
      arm,
      panel: `win rate at ${kl} nats against ${against}`,
      estimand: { quantity: "win rate" as const, ...choice(arm), against, kl },
    }))
    if (baseline === "") return rates
    const others = arms.filter((arm) => choice(arm).arm !== baseline)
    const gaps = others.map((arm) => ({
      arm,
      panel: `${ahead} ${baseline} at ${kl} nats, against ${against}`,
      estimand: { quantity: "gap" as const, first: choice(arm), second: { arm: baseline, at: arm.axes }, against, kl },
    }))
    return [...rates, ...gaps]
  })
  const estimates = estimateTogether(candidates.map(({ estimand }) => observe(estimand, { evidence, reference })))
  const telling = tellingAxes(inputs.evaluations)
  const lineOf = ({ path, axes }: Arm<MeasuredRun>) =>
    armName(path, Object.fromEntries(Object.entries(telling(axes)).filter(([name]) => name !== axis)))
  const rows = candidates.flatMap(({ arm, panel }, index): ReadonlyArray<MarkRow> => {
    const estimate = estimates[index]
    if (estimate === undefined || "reason" in estimate) return []
    const place = arm.axes[axis]
    const { low, high } = intervalOf(estimate)
    return [
      {
        panel,
        line: lineOf(arm),
        x: places.indexOf(place),
        x_label: String(place),
        y: estimate.effect,
        y_low: low,
        y_high: high,
        seeds: arm.runs.length,
      },
    ]
  })
  const unreached = [...new Set(estimates.flatMap((estimate) => ("reason" in estimate ? estimate.reason : [])))]
  for (const reason of unreached) console.log(`left out: ${reason}`)
  await outputs.marks.append(rows)
  const figure =
    rows.length === 0
      ? await emptyFigure(`No arm gets to ${kl} nats.`, title, caption)
      : await panelsFigure(rows, {
          title,
          caption,
          over: "prompts",
          xTitle: toWords(axis),
          xScale: "discrete",
          joined: false,
          isDifference: (panel) => panel.startsWith(ahead),
        })
  await outputs.figure.write("along-axis.svg", figure)
}

/** How panels of differences begin. */
const ahead = "ahead of"

/** `learningRate` is "learning rate". */
const toWords = (name: string): string => name.replaceAll(/\p{Lu}/gu, (letter) => ` ${letter.toLowerCase()}`)
