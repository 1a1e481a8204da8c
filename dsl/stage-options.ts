import type { ArtifactType } from "./artifact.ts"
import type { CommandOptions } from "./connection.ts"
import type { OutputPlugin } from "./declaration.ts"
import type { Fields, ParameterValues } from "./parameters.ts"
import type { PortLike } from "./port.ts"
import type { Reads } from "./reads.ts"

export type Ports = Readonly<Record<string, PortLike>>
export type OutputTypes = Readonly<Record<string, ArtifactType>>

/** How a stage is declared. */
export interface StageOptions<I extends Ports, P extends Fields, O extends OutputTypes, R> extends Reads {
  /** The kind of the stage, such as `sft`. It is part of the fingerprint. */
  readonly name: string
  /**
   * Replaces the stage's code in its fingerprint: a change of code then reruns the stage only
   * together with a new version.
   */
  readonly version?: string
  readonly inputs: I
  readonly parameters: P
  readonly outputs: O
  /**
   * Old names of inputs and parameters, each with its new one: a call or a `--set` that uses an old
   * name is refused with a message that gives the new one.
   */
  readonly renamed?: R
  /**
   * What is wrong with parameters that are each accepted by their Schema, but do not go together,
   * in words that complete "stage train: …"; undefined if nothing is.
   */
  readonly refuses?: (parameters: ParameterValues<P>) => string | undefined
  /**
   * The most threads that it can use; 1 if absent. It gets that many while other stages leave cores
   * idle, else fewer: its result must not depend on the number.
   */
  readonly threads?: number
  /**
   * The bytes of memory that it needs; stages run at the same time only if their sum fits into
   * memory.
   */
  readonly memory?: number
  /**
   * The GPUs that it needs; 0 if absent. A user's stage sees those that it was allocated, in
   * `CUDA_VISIBLE_DEVICES`. They are no part of its fingerprint.
   */
  readonly gpus?: number
  /**
   * On a cluster, what a worker must be labelled with to take it, such as `["fast-disk"]`; a run on
   * one machine takes no notice. No part of its fingerprint.
   */
  readonly labels?: ReadonlyArray<string>
  /**
   * How many times to run it again after a failure, for failures that may pass, such as a
   * network's; 0 if absent.
   */
  readonly retries?: number
  /**
   * Minutes after which an attempt to compute it is ended and counts as failed; no limit if absent.
   * It does not enter the fingerprint.
   */
  readonly timeLimitMinutes?: number
  /**
   * The user's program that computes it, which `run` starts by `context.command`. `command` of
   * `assay/stages` declares such a stage.
   */
  readonly command?: CommandOptions
  /**
   * Whether it runs tensor programs on `context.engine`; the engine is then part of its
   * fingerprint.
   */
  readonly engine?: boolean
  /**
   * Of outputs that are files, the plugin that reads them: what a judge is for `label`. A stage to
   * which such an output is wired loads it by `inputs.<port>.plugin()`. `inputs` are ports whose
   * files this stage copies into the output, each into a folder of the port's name: plugins that
   * came with them are found there, and not by this stage itself. `carries` are ports whose plugins
   * go on to the plugin's reader, by `inputs.<port>.plugin("<carried port>")`. In place of a
   * plugin, `{ like: "<port>" }` hands on those of an input, as a policy is read in the way of the
   * one that it was trained from, and `{ parameter: "<name>" }` the one that was passed there.
   */
  readonly plugins?: { readonly [K in keyof O]?: OutputPlugin }
  /**
   * Untyped here, because its type would depend on the implementation, whose type depends on the
   * stage.
   */
  readonly run: () => Promise<object>
  /**
   * Names a module that exports `check: Check`: `() => import("./train.check.ts")`. `plan` calls
   * it, and `run` at its start, for a stage that would run and that a file of the project leads to.
   * Its warnings change no key, and where it fails or takes long, nothing else does.
   */
  readonly check?: () => Promise<object>
}
