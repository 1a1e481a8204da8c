import { stage } from "assay"
import { Schema } from "effect"
import { Checkpoints, Policy } from "../artifacts.ts"
import { Count } from "../parameter.ts"

/**
 * One checkpoint of a run as a policy: to draw from, or as an opponent. `step` is one of the steps
 * at which the run kept its policy, or "first" or "last" of them. Throws a StageError
 * `NoCheckpoint`, which says what there is, where the run kept none at that step.
 */
export const policyAt = stage({
  name: "policy-at",
  inputs: { run: Checkpoints },
  parameters: {
    /** Which checkpoint: a step at which the run kept its policy, or "first" or "last" of them. */
    step: Schema.Union([Count, Schema.Literals(["first", "last"])]),
  },
  outputs: { policy: Policy },
  plugins: { policy: { like: "run" } },
  run: () => import("./policy-at.ts"),
})
