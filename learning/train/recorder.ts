import type { FilesOutput, TableOutput } from "assay"
import type { metrics } from "../../data/schema/index.ts"
import type { Labels } from "../judge/labels.ts"
import { type Policy, writeCheckpoint, writeDescription } from "../policy/files.ts"
import { labelMetrics } from "../preferences/budget.ts"
import type { StepReport } from "../trainer/learner.ts"
import { checkpointSteps } from "./checkpoint.ts"
import type { PreferenceLearner } from "./preference-learner.ts"

interface Recorded {
  readonly checkpoints: FilesOutput
  readonly metrics: TableOutput<typeof metrics>
}

type Values = Readonly<Record<string, number>>

interface RecorderOptions {
  readonly policy: Policy
  readonly steps: number
  readonly checkpoints: number
  /**
   * Labelled pairs that the run is given or has made, and those that its judge had learned from;
   * asked for after the last step.
   */
  readonly labels: () => Labels
  readonly progress: (step: number, total: number, values: Values, metrics: Values) => void
}

/**
 * Keeps what a run of preference optimisation leaves behind: its metrics at every step and its
 * policy at some.
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
   * Call after each step. What the run was given or has bought is reported with what the last step
   * has learned.
   */
  async step(learner: PreferenceLearner, report: StepReport): Promise<void> {
    const { policy, steps, labels, progress } = this.#options
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
    if (step === steps) await writeDescription(this.#outputs.checkpoints, policy)
  }
}
