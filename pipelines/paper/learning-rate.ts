/**
 * Which learning rate the comparisons are made at, for each size of policy. Chosen on offline training alone, by its peak win rate against SFT on
 * `sentiment`, before any online arm is run; the choice is written down in `study.ts`.
 */

import { pipeline, sweep } from "assay"
import { offline, played } from "./arms.ts"
import { along } from "./compare.ts"
import { type SetUp, setUp, setUpsBySize } from "./set-up.ts"
import { small } from "./study.ts"

export const learningRates = (own: SetUp) => {
  const drawn = (size: string, common: SetUp) => {
    const { beta, rates, seeds, task } = common.study
    const evaluations = sweep({ learningRate: rates, seed: seeds.elsewhere }, ({ learningRate, seed }) => ({
      offline: played(common, offline(common, { beta, learningRate, seed })),
    }))
    return along(common, { evaluations, axis: "learningRate", title: `Offline training of a ${size} policy, on ${task}` })
  }
  return { figures: Object.fromEntries([...setUpsBySize(own)].map(([size, common]) => [size, drawn(size, common)])) }
}

export default pipeline("learning-rate", () => learningRates(setUp(small("sentiment"))))
