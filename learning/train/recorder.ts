import type { FilesOutput, TableOutput } from "assay"
import type { metrics } from "../../data/schema/index.ts"
import type { Labels } from "../judge/labels.ts"
import { type Policy, writeCheckpoint, writeRun } from "../policy/files.ts"
import { labelMetrics } from "../preferences/budget.ts"
import type { Learner } from "../trainer/learner.ts"
import type { StepReport } from "../trainer/objective.ts"
import { checkpointSteps } from "./checkpoint.ts"

/** Where a recorder writes: outputs that a stage declares as `Checkpoints` and `Metrics`. */
interface Recorded {
  readonly checkpoints: FilesOutput
  readonly metrics: TableOutput<typeof metrics>
}

type Values = Readonly<Record<string, number>>

/** What a Recorder needs to know of a run. */
export interface RecorderOptions {
  /** The policy that the run starts from: every checkpoint has its tokenizer and shapes. */
  readonly policy: Policy
  /** Steps of the whole run. */
  readonly steps: number
  /** How many policies to keep, log-spaced over the steps. */
  readonly checkpoints: number
  /**
   * Labelled pairs that the run is given or has made, and those that its judge had learned from;
   * asked for after the last step.
   */
  readonly labels?: () => Labels
  /** The stage's `progress`. */
  readonly progress: (step: number, total: number, values: Values, metrics: Values) => void
}

/**
 * Keeps what a run of preference optimisation leaves behind: its metrics at every step and its
 * policy at some. What it keeps is written before `offerState` saves a state.
 */
export class Recorder {
  readonly #outputs: Recorded
  readonly #options: RecorderOptions
  readonly #kept: ReadonlySet<number>
  #pending: Array<{ readonly step: number; readonly name: string; readonly value: number }> = []

  constructor(outputs: Recorded, options: RecorderOptions) {
    this.#outputs = outputs
    this.#options = options
    this.#kept = new Set(checkpointSteps(options.steps, options.checkpoints))
  }

  /**
   * Call after each step, with all that is to be a metric of it. The labels that the run was given
   * or has bought are reported with the last step.
   */
  async step(learner: Pick<Learner, "steps" | "parameters">, report: StepReport): Promise<void> {
    const { policy, steps, labels = () => ({}), progress } = this.#options
    const step = learner.steps
    const bought = step < steps ? {} : labelMetrics(labels())
    const measured = { ...report, ...bought }
    for (const [name, value] of Object.entries(measured)) this.#pending.push({ step, name, value })
    if (this.#kept.has(step)) await writeCheckpoint(this.#outputs.checkpoints, { ...policy, parameters: learner.parameters }, step)
    if (step % 10 === 0 || step === steps) {
      await this.#outputs.metrics.append(this.#pending)
      this.#pending = []
    }
    progress(step, steps, { loss: report.loss as number }, measured)
    if (step === steps) await writeRun(this.#outputs.checkpoints, policy)
  }
}
