import { type ArtifactType, type CommandOptions, type Fields, type Port, type Stage, stage } from "assay"

type Ports = Readonly<Record<string, ArtifactType | Port>>
type OutputTypes = Readonly<Record<string, ArtifactType>>
type NoRenames = Readonly<Record<never, never>>

/** How a stage is declared that a program of the user computes. */
export interface CommandStageOptions<I extends Ports, P extends Fields, O extends OutputTypes> extends CommandOptions {
  /** The kind of the stage, such as `train`. It is part of the fingerprint. */
  readonly name: string
  readonly inputs?: I
  /** Effect Schemas of JSON values. */
  readonly parameters?: P
  readonly outputs: O
  /** The program and its arguments: `["python3", "train.py"]`. */
  readonly run: ReadonlyArray<string>
  /**
   * Files and folders that the program consists of, by their paths from the project root. It runs
   * in a folder that holds copies of them, so that one that is not declared is not found.
   */
  readonly files?: ReadonlyArray<string>
  /**
   * What else decides its result, by name: the content of a file, what a command prints, or a text,
   * such as the digest of a container's image.
   *
   *   environment: { python: { output: ["python3", "--version"] }, packages: { file: "uv.lock" } }
   */
  readonly environment?: NonNullable<CommandOptions["environment"]>
  /**
   * Variables of the environment that the program gets besides PATH, HOME and the like. They do not
   * enter the fingerprint: results must not depend on them.
   */
  readonly variables?: ReadonlyArray<string>
  /**
   * The threads that it computes with, in `ASSAY_THREADS` and `OMP_NUM_THREADS`; 1 if absent. It
   * gets all of them, or as many as there are, because the last bits of sums depend on the number.
   */
  readonly threads?: number
  /** The bytes of memory that it needs; stages run at one time only if their sum fits. */
  readonly memory?: number
  /**
   * The GPUs that it needs, which `CUDA_VISIBLE_DEVICES` names; 0 if absent, and it then sees none.
   */
  readonly gpus?: number
  /** On a cluster, what a worker must be labelled with to take it. */
  readonly labels?: ReadonlyArray<string>
  /** How many times to run it again after a failure; 0 if absent. */
  readonly retries?: number
  /** Minutes after which it is ended and counts as failed; no limit if absent. */
  readonly timeLimitMinutes?: number
  /**
   * Whether it cannot compute the same bytes again, as on most GPUs. Its first result is then kept;
   * `verify` does not repeat it.
   */
  readonly recorded?: boolean
}

/**
 * Declares a stage that a program of yours computes, in whatever language. The program finds its
 * inputs in `inputs/`, under the names that `assay export` gives them, its parameters in
 * `parameters.json`, and writes each output to `outputs/`: a table as `outputs/<name>.parquet`,
 * `.jsonl` or `.csv`, files into the folder `outputs/<name>/`. The variables ASSAY_INPUTS,
 * ASSAY_PARAMETERS and ASSAY_OUTPUTS say where these are, and ASSAY_RESUME names a folder that is
 * there again after a kill and in a retry.
 *
 *   export const train = command({
 *     name: "train",
 *     inputs: { pairs: Preferences, reference: Policy },
 *     parameters: { beta: Schema.Finite, seed: Schema.Int },
 *     outputs: { policy: Policy, metrics: Metrics },
 *     files: ["train.py"],
 *     run: ["python3", "train.py"],
 *     environment: { python: { output: ["python3", "--version"] }, packages: { file: "uv.lock" } },
 *   })
 *
 * A line `{"step":3,"total":100,"loss":0.5}` on stdout is progress. Fails with a StageError:
 * `CommandFailed` (details `command`, and `exitCode` or `signal`), `CommandNotStarted`,
 * `OutputMissing`, `OutputAmbiguous`, or `WrongOutput` (details `output`, `column`, `row`,
 * `expected`, `found`).
 */
export const command = <
  const O extends OutputTypes,
  const I extends Ports = Record<never, never>,
  const P extends Fields = Record<never, never>,
>({
  name,
  inputs,
  parameters,
  outputs,
  run,
  files = [],
  environment = {},
  variables = [],
  ...resources
}: CommandStageOptions<I, P, O>): Stage<I, P, O, NoRenames> => {
  const declared = stage({
    ...resources,
    name,
    inputs: inputs ?? {},
    parameters: parameters ?? {},
    outputs,
    command: { run, files, environment, variables },
    run: () => import("./run.ts"),
  })
  // Nothing is inferred from a record that may be absent: the types are those of the options.
  return declared as unknown as Stage<I, P, O, NoRenames>
}
