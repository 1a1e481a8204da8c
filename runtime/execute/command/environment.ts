import { programEnvironment } from "../../program/environment.ts"
import { visibleDevices } from "../executor/environment.ts"
import type { Task } from "../task/task.ts"
import type { WorkFolder } from "./folder.ts"

/** Variables by which libraries of numbers are told how many threads to start. */
const threadCounts = ["ASSAY_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"]

/**
 * The environment of a command stage's program: where its files are, and what it may compute with.
 */
export const commandEnvironment = (
  { engine, gpus = [] }: Pick<Task, "engine" | "gpus">,
  { inputs, outputs, parameters, resume }: WorkFolder,
  variables: ReadonlyArray<string>,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<string, string>> => ({
  ...programEnvironment(variables, environment),
  ...Object.fromEntries(threadCounts.map((name) => [name, String(engine.threads)])),
  // A program that declares no GPU sees none, and computes the same where there is one.
  CUDA_VISIBLE_DEVICES: visibleDevices(gpus, environment.CUDA_VISIBLE_DEVICES),
  ASSAY_INPUTS: inputs,
  ASSAY_OUTPUTS: outputs,
  ASSAY_PARAMETERS: parameters,
  ASSAY_RESUME: resume,
})
