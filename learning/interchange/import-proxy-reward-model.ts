import type { Run } from "assay"
import type { importProxyRewardModelFiles } from "./import-reward-model-files.stage.ts"
import { importRewardModelAs } from "./import-reward-model-files.ts"

export const run: Run<typeof importProxyRewardModelFiles> = (context) =>
  importRewardModelAs(context, { judge: "proxy", labels: context.parameters.learnedFrom ?? undefined })
