import type { Run } from "assay"
import type { importRewardModelFiles } from "./import-reward-model-files.stage.ts"
import { importRewardModelAs } from "./import-reward-model-files.ts"

export const run: Run<typeof importRewardModelFiles> = (context) => importRewardModelAs(context, { judge: "gold" })
