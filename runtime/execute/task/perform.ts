import * as path from "node:path"
import { pathToFileURL } from "node:url"
import type { Context, Resume } from "../../../dsl/index.ts"
import type { takeOutputs } from "../command/take-outputs.ts"
import type { ResumeOptions } from "./checkpoint.ts"
import { openInput } from "./input.ts"
import { openServices } from "./open-services.ts"
import { openOutput } from "./output.ts"
import { pluginsFrom } from "./plugins.ts"
import type { Serve } from "./services.ts"
import type { Sync } from "./sync.ts"
import type { Report, Task, TaskOutputs } from "./task.ts"

type AnyRun = (context: Context<Record<string, never>, unknown, Record<string, never>>) => Promise<void>

interface Surroundings {
  readonly report: (report: Report) => void
  /**
   * Resolves when the stage has nothing more to do, as far as can be told. Called when its `run`
   * has returned.
   */
  readonly quiet: () => Promise<void>
  readonly sync: Sync
  readonly serve: Serve
}

/**
 * Computes a task in this process: opens its inputs, lets the stage run, closes and digests its
 * outputs. Rejects with what the stage throws, and where it still writes after its `run` has
 * returned; its folder then holds nothing of use.
 */
export const perform = async (task: Task, { report, quiet, sync, serve }: Surroundings): Promise<TaskOutputs> => {
  // From here on: the map of the child's own program would take longer to read than its process to
  // start.
  process.setSourceMapsEnabled(true)
  if (task.engine.engine === "tensorflow" && task.rights.engine) await prepareTensorflow(task)
  const { run } = (await import(pathToFileURL(task.bundle).href)) as { readonly run: AnyRun }
  if (typeof run !== "function")
    throw new TypeError(
      `the module of stage ${task.stage} must export a function "run", and its "run" is of type ${run === null ? "null" : typeof run}`,
    )
  const plugins = pluginsFrom(task.plugins)
  const services = openServices(task, serve)
  const inputs = Object.fromEntries(
    await Promise.all(
      Object.entries(task.inputs).map(async ([port, input]) => [port, await openInput(port, input, { plugins, services })] as const),
    ),
  )
  const outputs = await Promise.all(
    Object.entries(task.outputs).map(
      async ([name, type], index) => [name, await openOutput(path.join(task.folder, String(index)), name, type, sync)] as const,
    ),
  )
  const resume = lazyResume({ ...task, sync, journals: Object.fromEntries(outputs.map(([name, { journal }]) => [name, journal])) })
  try {
    await run({
      name: task.stage,
      inputs,
      parameters: task.parameters,
      outputs: Object.fromEntries(outputs.map(([name, output]) => [name, output.sink])),
      plugin: (...place) => plugins.load(place.map(String)),
      command: task.command === undefined ? undefined : { run: () => runCommand(task, outputs, { report, serve }) },
      ...services.at([], []),
      engine: task.engine,
      resume: resume as Resume,
      progress: reportProgress(report, resume),
    } as Parameters<AnyRun>[0])
    for (const [, output] of outputs) output.end()
    await quiet()
    return Object.fromEntries(await Promise.all(outputs.map(async ([name, output]) => [name, await output.close()] as const)))
  } catch (error) {
    await Promise.all(outputs.map(([, output]) => output.abort()))
    throw error
  }
}

/** Before the stage is loaded, and TensorFlow beside Assay with it. */
const prepareTensorflow = async ({ tensorflow }: Task): Promise<void> => {
  const { loadTensorflow, restoreUtil } = await import("../../engines/load-tensorflow.ts")
  if (tensorflow === undefined) restoreUtil()
  else loadTensorflow(tensorflow)
}

/**
 * Has the parent run the program of the task, and takes over what it wrote. What reads that is
 * loaded here alone: it takes a fifth of the time in which a process starts.
 */
const runCommand = async (
  task: Task,
  outputs: Parameters<typeof takeOutputs>[1],
  { report, serve }: Pick<Surroundings, "report" | "serve">,
): ReturnType<typeof takeOutputs> => {
  await serve({ type: "run" })
  const { workFolderOf } = await import("../command/folder.ts")
  const { takeOutputs } = await import("../command/take-outputs.ts")
  return takeOutputs(workFolderOf(task).outputs, outputs, report)
}

/** Reports where a stage stands, in front of it what was measured there. */
const reportProgress = (report: (report: Report) => void, resume: Loading): Context<never, never, never>["progress"] => {
  let loads = 0
  return (step, total, values = {}, metrics = values) => {
    if (Object.keys(metrics).length > 0) {
      report({ type: "metrics", steps: [{ step, values: metrics, isResumed: resume.loads > loads }] })
      loads = resume.loads
    }
    report({ type: "progress", step, total, values })
  }
}

/** How often a checkpoint has been loaded: found, and not just looked for. */
interface Loading {
  readonly loads: number
}

/** Loads what keeps checkpoints for the first stage that asks. */
const lazyResume = (options: ResumeOptions): Resume & Loading => {
  let loads = 0
  let made: Promise<Resume> | null = null
  const resume = (): Promise<Resume> => {
    made ??= import("./checkpoint.ts").then(({ resumeFrom }) => resumeFrom(options))
    return made
  }
  return {
    get loads() {
      return loads
    },
    load: async () => {
      const saved = await (await resume()).load()
      if (saved !== undefined) loads += 1
      return saved
    },
    save: async (bytes) => (await resume()).save(bytes),
    offer: async (make) => (await resume()).offer(make),
  }
}
