import type { Run } from "assay"
import { describeJudge } from "./judge-file.ts"
import type { goldenPreferenceModel } from "./preference-model.stage.ts"
import { trainPreferenceModel } from "./train-preference-model.ts"

export const run: Run<typeof goldenPreferenceModel> = async ({ inputs, parameters, outputs, ...rest }) => {
  await trainPreferenceModel({ inputs: { ...inputs, base: undefined }, parameters: { ...parameters, lora: null }, outputs, ...rest })
  await describeJudge(outputs.judge, { judge: "gold", scorer: "preference-model" })
}
