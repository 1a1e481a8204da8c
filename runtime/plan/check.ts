import * as path from "node:path"
import { Worker } from "node:worker_threads"
import { Effect } from "effect"
import type { Declaration } from "../../dsl/declaration.ts"
import type { Graph, GraphStage } from "../../dsl/graph.ts"
import { gatedBundle } from "../bundle/gated.ts"
import type { GraphCode } from "../fingerprint/graph-code.ts"
import { Settings, type SettingsShape } from "../settings.ts"
import type { CheckAnswer, CheckTask } from "./check-thread.ts"
import type { SourceRecord, StageRecord } from "./check-view.ts"

/** What a check says of one stage or several. */
export interface Warning {
  /** In topological order, at least one. */
  readonly ids: ReadonlyArray<string>
  readonly message: string
}

/**
 * Seconds after which checks are stopped: a plan that takes long is asked for less often than a
 * warning is worth.
 */
const longestSeconds = 5

/**
 * What the checks of these stages say, each sentence once. Checks run in a thread of their own,
 * which ends when the time is over. What goes wrong with a check is itself a warning. A stage is
 * checked if it declares a check and a file of the project leads to it: the files that Assay ships
 * have been looked at.
 */
export const checkStages: (
  graph: Graph,
  graphCode: GraphCode,
  ids: ReadonlySet<string>,
) => Effect.Effect<ReadonlyArray<Warning>, never, Settings> = Effect.fn("checkStages")(function* (graph, graphCode, ids) {
  const wanted = checkable(graph).filter(({ id }) => ids.has(id))
  if (wanted.length === 0) return []
  const settings = yield* Settings
  const answers: Array<CheckAnswer> = []
  const asked = Effect.gen(function* () {
    const bundles = yield* Effect.promise(() => checkBundles(wanted, settings, answers))
    const checks = wanted.flatMap(({ id, declaration }) => {
      const bundle = bundles.get(declaration)
      return bundle === undefined ? [] : [{ id, bundle }]
    })
    const entry = yield* Effect.promise(() => threadBundle(settings))
    yield* askThread(entry, { stages: recordsBehind(graph, graphCode, wanted), checks }, (answer) => answers.push(answer))
  })
  yield* asked.pipe(
    Effect.timeout(`${longestSeconds} seconds`),
    Effect.catchCause(() => Effect.void),
  )
  return warningsOf(wanted, answers)
})

/** Stages with a check to which a file leads that Assay does not ship. */
const checkable = ({ stages }: Graph): ReadonlyArray<GraphStage> => {
  if (!stages.some(({ declaration }) => declaration.check !== undefined)) return []
  const reached = new Set<string>()
  for (const { id, inputs } of stages)
    if (
      inputs.some(({ sources }) =>
        sources.some(({ from }) => (from.kind === "file" ? !from.file.startsWith("assay:") : reached.has(from.id))),
      )
    )
      reached.add(id)
  return stages.filter(({ id, declaration }) => declaration.check !== undefined && reached.has(id))
}

/** The bundle of every check that can be compiled; for the stages of one that cannot, an answer. */
const checkBundles = async (
  stages: ReadonlyArray<GraphStage>,
  { assayRoot, cache }: SettingsShape,
  answers: Array<CheckAnswer>,
): Promise<ReadonlyMap<Declaration, string>> => {
  const bundles = new Map<Declaration, string>()
  for (const declaration of new Set(stages.map(({ declaration }) => declaration))) {
    try {
      const { module } = ((await declaration.check?.()) ?? {}) as { readonly module?: unknown }
      if (typeof module !== "string") throw new Error('it is not named by a lazy import: write `check: () => import("./file.ts")`')
      const entry = `export * from ${JSON.stringify(module)}`
      bundles.set(declaration, (await gatedBundle({ assayRoot, cache, directory: path.dirname(module), entry })).bundle)
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error)
      for (const stage of stages) if (stage.declaration === declaration) answers.push({ id: stage.id, failure })
    }
  }
  return bundles
}

/** These stages and all that they are made from. */
const recordsBehind = ({ stages }: Graph, graphCode: GraphCode, wanted: ReadonlyArray<GraphStage>): ReadonlyMap<string, StageRecord> => {
  const needed = new Set(wanted.map(({ id }) => id))
  const records = new Map<string, StageRecord>()
  for (const { id, declaration, parameters, inputs } of [...stages].reverse()) {
    if (!needed.has(id)) continue
    for (const { from } of inputs.flatMap(({ sources }) => sources)) if (from.kind === "output") needed.add(from.id)
    const sourceOf = ({ from }: GraphStage["inputs"][number]["sources"][number]): SourceRecord =>
      from.kind === "file" ? { file: graphCode.outside(from.file).path } : { id: from.id, output: from.output }
    records.set(id, { name: declaration.name, parameters, inputs: inputs.map(({ port, sources }) => [port, sources.map(sourceOf)]) })
  }
  return records
}

const threadBundle = async ({ assayRoot, cache }: SettingsShape): Promise<string> => {
  const directory = path.join(assayRoot, "runtime", "plan")
  const entry = `import { answerChecks } from ${JSON.stringify(path.join(directory, "check-thread.ts"))}\nawait answerChecks()`
  return (await gatedBundle({ assayRoot, cache, directory, entry })).bundle
}

/** What checks print would stand between the lines of the command: it is dropped. */
const askThread = (entry: string, task: CheckTask, onAnswer: (answer: CheckAnswer) => void): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const thread = new Worker(entry, {
      workerData: task,
      stdin: false,
      stdout: true,
      stderr: true,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    })
    thread.on("message", onAnswer)
    // Why it ended does not matter: the check that it was at has no answer.
    thread.on("error", () => resume(Effect.void))
    thread.on("exit", () => resume(Effect.void))
    return Effect.promise(() => thread.terminate())
  })

/** Every sentence with the stages of which it was said. */
const warningsOf = (stages: ReadonlyArray<GraphStage>, answers: ReadonlyArray<CheckAnswer>): ReadonlyArray<Warning> => {
  const byId = new Map(answers.map((answer) => [answer.id, answer]))
  const said = new Map<string, Array<string>>()
  for (const { id } of stages)
    for (const message of sentencesOf(byId.get(id))) {
      const others = said.get(message)
      if (others === undefined) said.set(message, [id])
      else others.push(id)
    }
  return [...said].map(([message, ids]) => ({ ids, message }))
}

const sentencesOf = (answer: CheckAnswer | undefined): ReadonlyArray<string> => {
  if (answer === undefined) return [`its check did not end within ${longestSeconds} seconds, or ended its thread: nothing is known from it`]
  return "warnings" in answer ? answer.warnings : [`its check failed, so nothing is known from it: ${answer.failure}`]
}

/** A warning as one line that stands behind the first stage's id. */
export const warningText = ({ ids, message }: Warning): string =>
  ids.length === 1 ? message : `${message} (${ids.length - 1} more ${ids.length === 2 ? "stage" : "stages"} alike)`
