/**
 * Figures 10, 11 and 14, hypothesis 5: do larger policies close the gap? Policies of 1, 4 and 16 times the parameters of the layers, each with its own SFT and its own
 * D_golden; proxy, judge and opponent are those of the smallest. Sizes are held against each other where they had equal steps: the largest has fewer, as the caption
 * says, and is shown alone.
 */

import { pipeline, sweep } from "assay"
import { frontier } from "assay/stages"
import { offline, online, played, shuffled } from "./arms.ts"
import { higherPeak, leadShrinks } from "./claims.ts"
import { along, judged } from "./compare.ts"
import { captionOf, type SetUp, setUp, setUpsBySize } from "./set-up.ts"
import { type At, type Size, small } from "./study.ts"

export const scale = (own: SetUp) => {
  const { study } = own
  const setUps = setUpsBySize(own)
  const sizes = [...setUps.keys()]
  const equal = study.scales.filter(({ steps }) => steps === study.scales[0]?.steps).map(({ size }) => size)
  const [smallest, largest] = [equal[0] as Size, equal.at(-1) as Size]
  const ofSize = (size: Size) => setUps.get(size) as SetUp
  const arms = (common: SetUp, at: At) => ({ offline: offline(common, at), shuffled: shuffled(common, at), online: online(common, at) })
  const at = (common: SetUp, seed: number): At => ({ beta: study.beta, learningRate: common.study.headlineRate, seed })
  const points = { size: sizes, seed: study.seeds.elsewhere }
  const training = sweep(points, ({ size, seed }) => arms(ofSize(size), at(ofSize(size), seed)))
  const evaluations = sweep(points, ({ size, seed }) => {
    const common = ofSize(size)
    const { offline, shuffled, online } = arms(common, at(common, seed))
    return { offline: played(common, offline), shuffled: played(common, shuffled), online: played(common, online) }
  })
  return {
    evaluations,
    verdicts: judged(evaluations, [
      ...["online", "offline", "shuffled"].flatMap((arm) => higherPeak({ arm, at: { size: largest } }, { arm, at: { size: smallest } })),
      ...leadShrinks({ arm: "online" }, { arm: "shuffled" }, smallest, largest),
      ...leadShrinks({ arm: "online" }, { arm: "offline" }, smallest, largest),
    ]),
    figures: {
      peaks: along(own, { evaluations, axis: "size", baseline: "offline", title: `Policies of three sizes, on ${study.task}` }),
      frontier: frontier({
        evaluations,
        metrics: training,
        title: `Policies of three sizes, on ${study.task}`,
        caption: captionOf(own),
      }),
    },
  }
}

export default pipeline("f10-scale", () => scale(setUp(small("sentiment"))))
