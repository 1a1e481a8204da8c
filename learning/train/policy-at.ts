import { type Run, StageError } from "assay"
import { readCheckpoint, readCheckpoints, writePolicy } from "../policy/files.ts"
import type { policyAt } from "./policy-at.stage.ts"

export const run: Run<typeof policyAt> = async ({ inputs, parameters, outputs }) => {
  const run = await readCheckpoints(inputs.run)
  const { steps } = run
  const step = parameters.step === "first" ? steps[0] : parameters.step === "last" ? steps.at(-1) : parameters.step
  if (step === undefined || !steps.includes(step))
    throw new StageError("NoCheckpoint", `the run kept no policy at step ${parameters.step}; it kept ${steps.join(", ")}`, {
      steps: steps.join(),
    })
  await writePolicy(outputs.policy, { ...run, parameters: await readCheckpoint(inputs.run, run, step) })
}
