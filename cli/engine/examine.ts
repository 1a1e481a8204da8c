import { Effect } from "effect"
import { type InstallableEngine, installableEngines } from "../../runtime/engines/pins.ts"
import type { SettingsShape } from "../../runtime/index.ts"
import { probeEngines } from "../../runtime/inspect/engines.ts"
import { type DescribedEngine, describeEngines } from "./describe.ts"
import { diagnose, tryEngine } from "./diagnosis.ts"

/** An engine after it was tried. */
export interface ExaminedEngine extends Omit<DescribedEngine, "select"> {
  /** Whether it has computed something. */
  readonly works: boolean
  /** What is missing; null if it works. */
  readonly problem: string | null
}

/**
 * Tries every engine that is installed: those that come with Assay in one process, which costs a
 * second.
 */
export const examineEngines = (settings: SettingsShape): Effect.Effect<ReadonlyArray<ExaminedEngine>> =>
  Effect.gen(function* () {
    const engines = describeEngines(settings)
    const shipped = engines.filter(({ isShipped }) => isShipped)
    const answers = yield* probeEngines(
      settings,
      shipped.map(({ select }) => select.engine),
      "cpu",
    )
    const problemOf = (described: DescribedEngine) => {
      const { engine, isShipped, isUsable, remedy, select } = described
      if (!isUsable) return Effect.succeed(remedy)
      if (isShipped) return Effect.succeed(diagnose(engine, answers[shipped.indexOf(described)])?.text ?? null)
      const problem = described.bytes !== null && isInstallable(engine) ? tryEngine(settings, engine) : tryOther(settings, engine, select)
      return Effect.map(problem, (each) => each?.text ?? null)
    }
    return yield* Effect.forEach(
      engines,
      (described) =>
        Effect.map(problemOf(described), (problem): ExaminedEngine => {
          const { select: _, ...facts } = described
          return { ...facts, works: problem === null, problem }
        }),
      { concurrency: 2 },
    )
  })

/** A binding that a project has brought, or a provider beside onnxruntime-node. */
const tryOther = (settings: SettingsShape, engine: string, { engine: name, device }: DescribedEngine["select"]) =>
  Effect.map(probeEngines(settings, [name], device), ([answer]) => diagnose(engine, answer))

const isInstallable = (engine: string): engine is InstallableEngine => installableEngines.some((each) => each === engine)
