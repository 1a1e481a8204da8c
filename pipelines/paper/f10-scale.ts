/**
 * Figures 10, 11 and 14, hypothesis 5: do larger policies close the gap? Policies of 1, 4 and 16 times the parameters of the layers, each with its own SFT and its own
 * D_golden; proxy, judge and opponent are those of the smallest. Sizes are held against each other where they had equal steps: the largest has fewer, as the caption
 * says, and is shown alone.
 */

import { pipeline, sweep } from "assay"
import { alongAxis, type PolicySize } from "assay/stages"
import { offline, online, played, shuffled } from "./arms.ts"
import { higherPeak, leadShrinks } from "./claims.ts"
import { frontierOf, judged } from "./compare.ts"
import { judgementOf, type SetUp, setUp, setUpsBySize } from "./set-up.ts"
import { type At, small } from "./study.ts"

export const scale = (own: SetUp) => {
  const { study } = own
  const setUps = setUpsBySize(own)
  const sizes = [...setUps.keys()]
  const equal = study.scales.filter(({ steps }) => steps === study.scales[0]?.steps).map(({ size }) => size)
  const [smallest, largest] = [equal[0] as PolicySize, equal.at(-1) as PolicySize]
  const ofSize = (size: PolicySize) => setUps.get(size) as SetUp
  const arms = (common: SetUp, at: At) => ({ offline: offline(common, at), shuffled: shuffled(common, at), online: online(common, at) })
  const stepsOf = ({ study: { stepsAt, headlineRate } }: SetUp) => stepsAt(headlineRate)
  const evaluated = (common: SetUp, seed: number) => {
    const { offline, shuffled, online } = arms(common, { beta: study.beta, learningRate: common.study.headlineRate, seed })
    return { offline: played(common, offline), shuffled: played(common, shuffled), online: played(common, online) }
  }
  const points = { size: sizes, seed: study.seeds.elsewhere }
  const evaluations = sweep(points, ({ size, seed }) => evaluated(ofSize(size), seed))
  /** Of one size, since nine arms in one figure are too many. */
  const ofOneSize = (size: PolicySize, common: SetUp) =>
    frontierOf({ common, arms: (at) => arms(common, at) }, `A ${size} policy, ${stepsOf(common)} steps, on ${study.task}`)
  return {
    evaluations,
    verdicts: judged(evaluations, [
      ...["online", "offline", "shuffled"].flatMap((arm) => higherPeak({ arm, at: { size: largest } }, { arm, at: { size: smallest } })),
      ...leadShrinks({ arm: "online" }, { arm: "shuffled" }, smallest, largest),
      ...leadShrinks({ arm: "online" }, { arm: "offline" }, smallest, largest),
    ]),
    figures: {
      peaks: alongAxis({
        evaluations,
        axis: "size",
        baseline: "offline",
        title: `Policies of different size, on ${study.task}`,
        caption: `Steps: ${[...setUps].map(([size, common]) => `${size} ${stepsOf(common)}`).join(", ")}. ${judgementOf(own)}`,
      }),
      ...Object.fromEntries([...setUps].map(([size, common]) => [size, ofOneSize(size, common)])),
    },
  }
}

export default pipeline("f10-scale", () => scale(setUp(small("sentiment"))))
