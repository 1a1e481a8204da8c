/**
 * Which learning rate the comparisons are made at. Chosen on offline training alone, by its peak win rate against SFT on `sentiment`, before any
 * online arm is run; the choice is written down in `study.ts`.
 */

import { pipeline, sweep } from "assay"
import { alongAxis } from "assay/stages"
import { offline, played } from "./arms.ts"
import { setUp } from "./set-up.ts"
import { small } from "./study.ts"

export default pipeline("learning-rate", () => {
  const study = small("sentiment")
  const { beta, rates, seeds } = study
  const common = setUp(study)
  const evaluations = sweep({ learningRate: rates, seed: seeds.elsewhere }, ({ learningRate, seed }) => ({
    offline: played(common, offline(common, { beta, learningRate, seed })),
  }))
  return { evaluations, rates: alongAxis({ evaluations, axis: "learningRate", title: "Offline training at three learning rates" }) }
})
