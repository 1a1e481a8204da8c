import type { Run } from "assay"
import { merge } from "../policy/adapter/merge.ts"
import { readPolicy, writePolicy } from "../policy/files.ts"
import type { mergeAdapters } from "./merge-adapters.stage.ts"

export const run: Run<typeof mergeAdapters> = async ({ inputs, outputs }) =>
  writePolicy(outputs.merged, merge(await readPolicy(inputs.policy)))
