import type { FilesInput } from "assay"
import type { EngineSetting } from "../../engine/index.ts"
import { goldFile, readGoldJudge } from "./gold.ts"
import type { Judge } from "./judge.ts"
import { readJudgeLabels } from "./labels.ts"
import { proxyJudge, readPreferenceModel } from "./preference-model.ts"

/** Whatever judge is in the folder. */
export const readJudge = async (input: FilesInput, engine: EngineSetting): Promise<Judge> =>
  input.names.includes(goldFile) ? readGoldJudge(input, engine) : readProxyJudge(input, engine)

/** A preference model as a proxy. */
export const readProxyJudge = async (input: FilesInput, engine: EngineSetting): Promise<Judge> =>
  proxyJudge(await readPreferenceModel(input), input.digest, engine, await readJudgeLabels(input))
