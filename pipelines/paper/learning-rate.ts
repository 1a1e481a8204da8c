/**
 * Which learning rate the comparisons are made at: of the study itself, and of each size of policy in the few steps in which sizes are compared. Chosen on offline
 * training alone, by its peak win rate against SFT on `sentiment`, before the arms that it is for are run; the choices are written down in `study.ts`.
 */

import { pipeline, sweep } from "assay"
import { offline, played } from "./arms.ts"
import { along } from "./compare.ts"
import { type SetUp, setUp, setUpsBySize } from "./set-up.ts"
import { small } from "./study.ts"

export const learningRates = (own: SetUp) => {
  const drawn = (size: string, common: SetUp) => {
    const { beta, rates, seeds, stepsAt, task } = common.study
    const evaluations = sweep({ learningRate: rates, seed: seeds.elsewhere }, ({ learningRate, seed }) => ({
      offline: played(common, offline(common, { beta, learningRate, seed })),
    }))
    return along(common, {
      evaluations,
      axis: "learningRate",
      title: `Offline training of a ${size} policy, ${stepsAt(rates[0] as number)} steps at the lowest rate, on ${task}`,
    })
  }
  const bySize = [...setUpsBySize(own)].map(([size, common]) => [`${size}, few steps`, drawn(size, common)])
  return { figures: { headline: drawn(own.study.size, own), ...Object.fromEntries(bySize) } }
}

export default pipeline("learning-rate", () => learningRates(setUp(small("sentiment"))))
