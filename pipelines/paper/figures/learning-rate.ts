/**
 * Which learning rate the comparisons are made at: of the study itself, and of each size of policy
 * in the few steps in which sizes are compared. Chosen on offline training alone, by its win rate
 * against SFT on `sentiment`, before the arms that it is for are run; the choices are written
 * down in `shared/study.ts`.
 */

import { pipeline, sweep } from "assay"
import { alongAxis, optimize } from "assay/stages"
import { captionOf, evaluateArms, type SetUp, setUp, setUpsBySize, trainingAt } from "../shared/set-up.ts"
import { small } from "../shared/study.ts"

export const learningRates = (own: SetUp) => {
  const drawRates = (size: string, common: SetUp) => {
    const { beta, rates, seeds, stepsAt, task } = common.study
    const evaluations = sweep({ learningRate: rates, seed: seeds.elsewhere }, ({ learningRate, seed }) =>
      evaluateArms(common, {
        offline: optimize({ ...trainingAt(common, { beta, learningRate, seed }), preferences: common.pairs }),
      }),
    )
    return alongAxis({
      evaluations,
      axis: "learningRate",
      title: `Offline training of a ${size} policy, ${stepsAt(rates[0] as number)} steps at the lowest rate, on ${task}`,
      caption: captionOf(common),
    })
  }
  const bySize = [...setUpsBySize(own)].map(([size, common]) => [`${size}, few steps`, drawRates(size, common)])
  return { figures: { headline: drawRates(own.study.size, own), ...Object.fromEntries(bySize) } }
}

export default pipeline("learning-rate", () => learningRates(setUp(small("sentiment"))))
