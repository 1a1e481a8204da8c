/** The form that most figures have: some arms over a grid, trained, evaluated, and drawn as win rate against KL. */

import { alongAxis, type Claim, frontier, verdicts } from "assay/stages"
import { grid, played, type Trained } from "./arms.ts"
import { captionOf, type SetUp } from "./set-up.ts"
import type { At } from "./study.ts"

type Evaluations = Parameters<typeof alongAxis>[0]["evaluations"]
type Claims = ReadonlyArray<Claim>
type Arms = Readonly<Record<string, Trained>>

export interface Compared {
  readonly common: SetUp
  /** The arms of a point of the grid; the first is what others are compared with. */
  readonly arms: (at: At) => Arms
  /** The study's β, and its headline rate, unless others are given. */
  readonly betas?: ReadonlyArray<number>
  readonly rates?: ReadonlyArray<number>
  /** The study's few, unless others are given. */
  readonly seeds?: (at: Omit<At, "seed">) => ReadonlyArray<number>
}

/** The arms at every point of a grid, as training and as evaluations. */
export const compared = ({ common, arms, betas, rates, seeds }: Compared) => {
  const { study } = common
  const points = {
    betas: betas ?? [study.beta],
    rates: rates ?? [study.headlineRate],
    seeds: seeds ?? (() => study.seeds.elsewhere),
  }
  return {
    training: grid(points, arms),
    evaluations: grid(points, (at) => mapped(arms(at), (trained) => played(common, trained))),
  }
}

const mapped = <V>(arms: Arms, change: (trained: Trained) => V): Readonly<Record<string, V>> =>
  Object.fromEntries(Object.entries(arms).map(([name, trained]) => [name, change(trained)]))

/** Their frontier, with what the caption must say of gold and of budgets. */
export const frontierOf = (of: Compared, title: string, remark = "") => {
  const { training, evaluations } = compared(of)
  const caption = `${remark} ${captionOf(of.common)}`.trim()
  return frontier({ evaluations, classifications: evaluations, metrics: training, title, caption })
}

/** Peaks, and leads over a baseline, along an axis of evaluations. */
export const along = (
  common: SetUp,
  options: Pick<Parameters<typeof alongAxis>[0], "evaluations" | "axis" | "baseline" | "title">,
  remark = "",
) => alongAxis({ ...options, caption: `${remark} ${captionOf(common)}`.trim() })

/** Peaks, and leads over offline, by learning rate; nothing where there is but one. */
export const byRate = (common: SetUp, evaluations: Evaluations, rates: ReadonlyArray<number>, title: string) =>
  rates.length < 2
    ? {}
    : { byRate: along(common, { evaluations, axis: "learningRate", baseline: "offline", title: `${title}, by learning rate` }) }

/** What becomes of claims, by evaluations that also say how arms classify. */
export const judged = (evaluations: Evaluations & Parameters<typeof verdicts>[0]["classifications"], claims: Claims) =>
  verdicts({ evaluations, classifications: evaluations, claims }).verdicts
