/** Figure 13: how much on-policy must it be? The online stream shuffled within windows of so many steps. */

import { pipeline, sweep } from "assay"
import { offline, online, played, shuffled } from "./arms.ts"
import { equalPeaks, higherPeak } from "./claims.ts"
import { along, compared, frontierOf, judged } from "./compare.ts"
import { type SetUp, setUp } from "./set-up.ts"
import { type At, small } from "./study.ts"

export const onPolicy = (common: SetUp) => {
  const { task, windows, beta, headlineRate: learningRate, seeds } = common.study
  const of = {
    common,
    arms: (at: At) => ({
      ...Object.fromEntries(windows.map((window) => [`window ${window}`, shuffled(common, at, window)])),
      offline: offline(common, at),
      online: online(common, at),
    }),
  }
  const byWindow = sweep({ window: windows, seed: seeds.elsewhere }, ({ window, seed }) => ({
    shuffled: played(common, shuffled(common, { beta, learningRate, seed }, window)),
  }))
  const { evaluations } = compared(of)
  return {
    evaluations,
    verdicts: judged(evaluations, [
      ...windows
        .filter((window) => typeof window === "number" && window < 10)
        .flatMap((window) => equalPeaks({ arm: `window ${window}` }, { arm: "online" })),
      ...higherPeak({ arm: "online" }, { arm: "window all" }),
    ]),
    figures: {
      windows: frontierOf(of, `The online stream, shuffled within windows, on ${task}`),
      peaks: along(common, {
        evaluations: byWindow,
        axis: "window",
        title: `Peaks of the online stream, shuffled within windows of so many steps, on ${task}`,
      }),
    },
  }
}

export default pipeline("f13-on-policy", () => onPolicy(setUp(small("sentiment"))))
