/** Quantities that are read off the runs of one arm, where all of them have it. */

import { StageError } from "assay"
import type { ClassifiedCheckpoint, MeasuredCheckpoint, MeasuredRun } from "./measured-run.ts"
import { combine, type Reading, WinRateCurve } from "./reading.ts"
import type { Arm } from "./runs.ts"
import { averageNested } from "./statistics/nested.ts"
import { studentQuantile } from "./statistics/student.ts"

type MeasuredArm = Arm<MeasuredRun>

/** A quantity of one run of an arm. */
export interface ArmReader {
  /** Why the arm does not have it; undefined where it has. */
  readonly missing: (arm: MeasuredArm) => string | undefined
  readonly read: (run: MeasuredRun, arm: MeasuredArm) => Reading
}

/** What a classified checkpoint has, with its value where the policy is its reference. */
const classifiedColumns = {
  accuracy: { column: "accuracy", anchor: 0.5 },
  "chosen change": { column: "chosenChange", anchor: 0 },
  "rejected change": { column: "rejectedChange", anchor: 0 },
} as const satisfies Readonly<Record<string, { readonly column: keyof ClassifiedCheckpoint; readonly anchor: number }>>

/** Makes readers for runs whose reference is an opponent of this name. */
export class ArmReaders {
  readonly #units: number
  readonly #reference: string

  constructor(units: number, reference: string) {
    this.#units = units
    this.#reference = reference
  }

  /** The win rate at a KL. */
  winRate(kl: number, against: string): ArmReader {
    return {
      missing: (arm) =>
        notReached(
          arm,
          kl,
          arm.runs.map((run) => this.#curve(run, arm, against)),
        ),
      read: (run, arm) => this.#curve(run, arm, against).at(kl),
    }
  }

  /** The highest win rate along the curve, where it has turned. */
  peak(against: string): ArmReader {
    return {
      missing: (arm) =>
        hasTurned(arm.runs.map((run) => ({ run, curve: this.#curve(run, arm, against) })))
          ? undefined
          : `the curve of ${arm.name} has not turned`,
      read: (run, arm) => {
        const curve = this.#curve(run, arm, against)
        return curve.at(curve.peak)
      },
    }
  }

  /** The slope at the last checkpoint, per nat. */
  slopeAtEnd(against: string): ArmReader {
    return {
      missing: () => undefined,
      read: (run, arm) => {
        const curve = this.#curve(run, arm, against)
        return curve.slopeAt(curve.to)
      },
    }
  }

  /** What was classified, at a KL. */
  classified(quantity: keyof typeof classifiedColumns, kl: number, source: string): ArmReader {
    const { column, anchor } = classifiedColumns[quantity]
    return {
      missing: (arm) => {
        for (const run of arm.runs) classifiedOf(run, arm, source)
        return notReached(
          arm,
          kl,
          arm.runs.map((run) => this.#curveOfSteps(run, arm, source, this.#anyOpponent(run))),
        )
      },
      read: (run, arm) => {
        const measured = classifiedOf(run, arm, source).map((checkpoint) => checkpoint[column])
        return this.#curveOfSteps(run, arm, source, this.#anyOpponent(run)).readOther(kl, measured, anchor).reading
      },
    }
  }

  /** Accuracy on a source where the win rate first reaches a value. */
  accuracyAtWinRate(winRate: number, source: string, against: string): ArmReader {
    return {
      missing: (arm) =>
        arm.runs.some((run) => this.#curveOfSteps(run, arm, source, against).whereIs(winRate) === undefined)
          ? `some runs of ${arm.name} do not get to a win rate of ${winRate}`
          : undefined,
      read: (run, arm) => {
        const curve = this.#curveOfSteps(run, arm, source, against)
        const kl = curve.whereIs(winRate) as number
        const measured = classifiedOf(run, arm, source).map(({ accuracy }) => accuracy)
        const { reading, slope } = curve.readOther(kl, measured, classifiedColumns.accuracy.anchor)
        // A prompt that raises the win rate lowers the KL at which it is reached.
        const moved = combine([[-slope / curve.slopeAt(kl).value, curve.at(kl)]])
        return combine([
          [1, reading],
          [1, { value: 0, influence: moved.influence }],
        ])
      },
    }
  }

  #curve(run: MeasuredRun, arm: MeasuredArm, against: string): WinRateCurve {
    return this.#curveThrough(checkpointsOf(run, arm, against), against)
  }

  /** Through the checkpoints that have classified pairs of the source. */
  #curveOfSteps(run: MeasuredRun, arm: MeasuredArm, source: string, against: string): WinRateCurve {
    const steps = new Set(classifiedOf(run, arm, source).map(({ step }) => step))
    return this.#curveThrough(
      checkpointsOf(run, arm, against).filter(({ step }) => steps.has(step)),
      against,
    )
  }

  #curveThrough(checkpoints: ReadonlyArray<MeasuredCheckpoint>, against: string): WinRateCurve {
    return new WinRateCurve(checkpoints, against === this.#reference ? 0.5 : undefined, this.#units)
  }

  /** KL is the same against every opponent. */
  #anyOpponent({ against }: MeasuredRun): string {
    return against.has(this.#reference) ? this.#reference : ([...against.keys()][0] ?? this.#reference)
  }
}

/** The checkpoints of a run against an opponent. Throws a StageError `NoSuchOpponent`. */
export const checkpointsOf = (run: MeasuredRun, arm: MeasuredArm, against: string): ReadonlyArray<MeasuredCheckpoint> => {
  const checkpoints = run.against.get(against)
  if (checkpoints !== undefined) return checkpoints
  throw new StageError(
    "NoSuchOpponent",
    `"against" expects an opponent of ${arm.name}, got "${against}". Its evaluations are against ${[...run.against.keys()].join(", ")}.`,
  )
}

/**
 * What a run classified at the steps of its evaluation. Throws a StageError `NoSuchSource` where it
 * has no such pairs.
 */
export const classifiedOf = (run: MeasuredRun, arm: MeasuredArm, source: string): ReadonlyArray<ClassifiedCheckpoint> => {
  const classified = run.sources.get(source)
  if (classified === undefined) throw noSuchSource(arm.name, source, [...run.sources.keys()])
  const steps = new Set([...run.against.values()].flat().map(({ step }) => step))
  return classified.filter(({ step }) => steps.has(step))
}

export const noSuchSource = (arm: string, source: string, known: ReadonlyArray<string>): StageError =>
  new StageError(
    "NoSuchSource",
    `"source" expects pairs that were classified by ${arm}, got "${source}". There are: ${known.join(", ") || 'none; wire "classifications"'}.`,
  )

/** Says how many runs do not get to a KL, and where they end; undefined where all do. */
const notReached = ({ name, runs }: MeasuredArm, kl: number, curves: ReadonlyArray<WinRateCurve>): string | undefined => {
  const short = curves.filter((curve) => !curve.reaches(kl))
  if (short.length === 0) return undefined
  const ends = short.filter(({ to }) => to < kl).map(({ to }) => to)
  const [who, s] =
    runs.length === 1 ? [name, "s"] : [`${short.length === runs.length ? "all" : `${short.length} of ${runs.length}`} runs of ${name}`, ""]
  return ends.length === 0
    ? `${who} begin${s} beyond ${kl} nats, at ${Math.max(...short.map(({ from }) => from)).toFixed(2)}`
    : `${who} end${s} before ${kl} nats, at ${Math.min(...ends).toFixed(2)}`
}

/** Whether the curves of an arm fall at their last checkpoint, with their whole 95 % interval. */
const hasTurned = (curves: ReadonlyArray<{ readonly run: MeasuredRun; readonly curve: WinRateCurve }>): boolean => {
  const { effect, units, unitVariance, promptVariance } = averageNested(
    curves.map(({ run: { world, seed }, curve }) => ({ world, seed, ...curve.slopeAt(curve.to) })),
  )
  const variance = units > 1 ? Math.max(unitVariance / units, promptVariance) : promptVariance
  return effect + studentQuantile(0.975, Math.max(1, units - 1)) * Math.sqrt(variance) < 0
}
