/**
 * Figure 13: how much on-policy must it be? The online stream shuffled within windows of so many
 * steps.
 */

import { pipeline, sweep } from "assay"
import { alongAxis, frontier, optimize, optimizeOnline, shuffle, verdicts } from "assay/stages"
import { above, equal } from "../shared/claims.ts"
import { captionOf, evaluateArms, type SetUp, setUp, trainingAt } from "../shared/set-up.ts"
import { type At, small } from "../shared/study.ts"

export const onPolicy = (common: SetUp) => {
  const { study, prompting, pairs, proxy } = common
  const { task, windows, beta, headlineRate: learningRate, seeds } = study

  const trainOnline = (at: At) => optimizeOnline({ ...trainingAt(common, at), ...prompting, judge: proxy })
  const trainShuffled = (at: At, window: number | "all") => {
    const preferences = shuffle({ preferences: trainOnline(at).stream, window, seed: at.seed })
    return optimize({ ...trainingAt(common, at), preferences, order: "stream" })
  }
  const arms = (at: At) => ({
    ...Object.fromEntries(windows.map((window) => [`window ${window}`, trainShuffled(at, window)])),
    offline: optimize({ ...trainingAt(common, at), preferences: pairs }),
    online: trainOnline(at),
  })
  const grid = { beta: [beta], learningRate: [learningRate], seed: seeds.elsewhere }
  const evaluations = sweep(grid, (at) => evaluateArms(common, arms(at)))
  const byWindow = sweep({ window: windows, seed: seeds.elsewhere }, ({ window, seed }) =>
    evaluateArms(common, { shuffled: trainShuffled({ beta, learningRate, seed }, window) }),
  )

  const short = windows.filter((window) => typeof window === "number" && window < 10)
  const claims = [
    ...short.flatMap((window) => equal({ arm: `window ${window}` }, { arm: "online" })),
    ...above({ arm: "online" }, { arm: "window all" }),
  ]

  const caption = captionOf(common)
  return {
    evaluations,
    verdicts: verdicts({ evaluations, classifications: evaluations, claims }).verdicts,
    figures: {
      windows: frontier({
        evaluations,
        classifications: evaluations,
        metrics: sweep(grid, arms),
        title: `The online stream, shuffled within windows, on ${task}`,
        caption,
      }),
      byWindow: alongAxis({
        evaluations: byWindow,
        axis: "window",
        title: `The online stream, shuffled within windows of so many steps, on ${task}`,
        caption,
      }),
    },
  }
}

export default pipeline("f13-on-policy", () => onPolicy(setUp(small("sentiment"))))
