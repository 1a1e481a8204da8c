import { stage } from "assay"
import { Policy } from "../artifacts.ts"

/**
 * A policy whose adapters are added to its weights: W + alpha / rank · B · A (Hu et al. 2022, eq.
 * 3). It is a whole policy, which may be given new adapters. One without adapters comes back as it
 * is.
 */
export const mergeAdapters = stage({
  name: "merge-adapters",
  inputs: { policy: Policy },
  parameters: {},
  outputs: { merged: Policy },
  plugins: { merged: { like: "policy" } },
  run: () => import("./merge-adapters.ts"),
})
