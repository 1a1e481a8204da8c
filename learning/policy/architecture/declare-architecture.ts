import { plugin, pluginParameter } from "assay"
import type { Configuration } from "../configuration.ts"
import type { ConfigReader } from "./config-file.ts"

/**
 * The type of the `run` that the module of an architecture exports: from the keys of a
 * `config.json` to the sizes of the model, the names and shapes of its weights, and its forward
 * pass.
 *
 *   export const run: ArchitectureFunction = (config) => ({ …, hiddenStates })
 */
export type ArchitectureFunction = (config: ConfigReader) => Configuration

/**
 * Declares an architecture of your own: the language models whose `config.json` has this
 * `model_type`. `importPolicy` takes it, and every stage that reads a policy that comes from there
 * finds it: one that samples, trains, evaluates or judges with it.
 *
 *   export const parallel = architecture({
 *     modelType: "parallel_gpt2",
 *     run: () => import("./parallel.ts"),
 *   })
 *   const reference = importPolicy({ directory: "model", architecture: parallel })
 *
 * Its code is part of the fingerprint of each of these stages, and runs there in a process without
 * other rights.
 */
export const architecture = ({ modelType, run }: ArchitectureOptions) =>
  plugin({ kind: "architecture", name: modelType, parameters: {}, run })()

/** How an architecture is declared. */
export interface ArchitectureOptions {
  /** The `model_type` of its `config.json`, which no family that Assay knows has. */
  readonly modelType: string
  /** Imports the module that implements it: `() => import("./parallel.ts")`. */
  readonly run: () => Promise<object>
}

/** An architecture as `importPolicy` takes it. */
export type DeclaredArchitecture = ReturnType<typeof architecture>

/** The Schema of a stage's parameter that takes one. */
export const ArchitectureParameter = pluginParameter("architecture")
