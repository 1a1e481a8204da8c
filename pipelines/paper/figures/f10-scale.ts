/**
 * Figures 10, 11 and 14, hypothesis 5: do larger policies close the gap? Policies of 1, 4 and 16
 * times the parameters of the layers, each with its own SFT and its own D_golden; proxy, judge and
 * opponent are those of the smallest. Sizes are held against each other where they had equal steps:
 * the largest has fewer, as the caption says, and is shown alone.
 */

import { pipeline, sweep } from "assay"
import { alongAxis, frontier, optimize, optimizeOnline, type PolicySize, shuffle, verdicts } from "assay/stages"
import { above, leadIsLarger } from "../shared/claims.ts"
import { captionOf, evaluateArms, judgementOf, type SetUp, setUp, setUpsBySize, trainingAt } from "../shared/set-up.ts"
import { type At, small } from "../shared/study.ts"

export const scale = (own: SetUp) => {
  const { study } = own
  const { task, beta, seeds } = study
  const setUps = setUpsBySize(own)
  const setUpOf = (size: PolicySize) => setUps.get(size) as SetUp

  const arms = (common: SetUp, at: At) => {
    const { prompting, pairs, proxy } = common
    const training = trainingAt(common, at)
    const online = optimizeOnline({ ...training, ...prompting, judge: proxy })
    const randomOrder = shuffle({ preferences: online.stream, window: "all", seed: at.seed })
    return {
      offline: optimize({ ...training, preferences: pairs }),
      shuffled: optimize({ ...training, preferences: randomOrder, order: "stream" }),
      online,
    }
  }
  const evaluations = sweep({ size: [...setUps.keys()], seed: seeds.elsewhere }, ({ size, seed }) => {
    const common = setUpOf(size)
    return evaluateArms(common, arms(common, { beta, learningRate: common.study.headlineRate, seed }))
  })

  const equalSteps = study.scales.filter(({ steps }) => steps === study.scales[0]?.steps).map(({ size }) => size)
  const [smallest, largest] = [equalSteps[0] as PolicySize, equalSteps.at(-1) as PolicySize]
  const claims = [
    ...["online", "offline", "shuffled"].flatMap((arm) => above({ arm, at: { size: largest } }, { arm, at: { size: smallest } })),
    ...["shuffled", "offline"].flatMap((arm) =>
      leadIsLarger({ arm: "online" }, { arm }, { at: { size: smallest }, than: { size: largest } }),
    ),
  ]

  const stepsOf = ({ study: { stepsAt, headlineRate } }: SetUp) => stepsAt(headlineRate)
  /** Of one size, since nine arms in one figure are too many. */
  const drawFrontier = (size: PolicySize, common: SetUp) => {
    const grid = { beta: [beta], learningRate: [common.study.headlineRate], seed: seeds.elsewhere }
    const ofSize = sweep(grid, (at) => evaluateArms(common, arms(common, at)))
    return frontier({
      evaluations: ofSize,
      classifications: ofSize,
      metrics: sweep(grid, (at) => arms(common, at)),
      title: `A ${size} policy, ${stepsOf(common)} steps, on ${task}`,
      caption: captionOf(common),
    })
  }
  return {
    evaluations,
    verdicts: verdicts({ evaluations, classifications: evaluations, claims }).verdicts,
    figures: {
      peaks: alongAxis({
        evaluations,
        axis: "size",
        baseline: "offline",
        title: `Policies of different size, on ${task}`,
        caption: `Steps: ${[...setUps].map(([size, common]) => `${size} ${stepsOf(common)}`).join(", ")}. ${judgementOf(own)}`,
      }),
      ...Object.fromEntries([...setUps].map(([size, common]) => [size, drawFrontier(size, common)])),
    },
  }
}

export default pipeline("f10-scale", () => scale(setUp(small("sentiment"))))
