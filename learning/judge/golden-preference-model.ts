import type { Run } from "assay"
import { json } from "../policy/files.ts"
import { goldFile } from "./gold.ts"
import type { goldenPreferenceModel } from "./preference-model.stage.ts"
import { trainPreferenceModel } from "./train-preference-model.ts"

export const run: Run<typeof goldenPreferenceModel> = async ({ inputs, outputs, ...rest }) => {
  await trainPreferenceModel({ inputs: { ...inputs, base: undefined }, outputs, ...rest })
  await outputs.judge.write(goldFile, json({ scorer: "preference-model" }))
}
