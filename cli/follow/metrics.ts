import * as fs from "node:fs"
import * as path from "node:path"
import { Effect, Option } from "effect"
import { makeFolder } from "../../runtime/disk/folder.ts"
import { type Renderer, renderedBy } from "../../runtime/index.ts"
import { metricsLines } from "../../runtime/observe/metrics-lines.ts"
import { fileName } from "../copy/file-name.ts"
import { MetricsNotWritable } from "../error.ts"
import { remark } from "../print/screen.ts"

interface Destinations {
  /** A file to append to, or `-` for stdout. */
  readonly metrics: Option.Option<string>
  /** A folder of TensorBoard's. */
  readonly tensorboard: Option.Option<string>
}

/**
 * Writes the metrics of a run while it goes on: appends lines of JSON to a file, and writes events
 * to a folder for TensorBoard. Fails with MetricsNotWritable, before anything runs, if
 * a file cannot be written. What cannot be written later does not stop the run: the first such
 * problem is returned beside its result.
 */
export const followMetrics =
  ({ metrics, tensorboard }: Destinations) =>
  <A, E, R>(run: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const problems: Array<MetricsNotWritable> = []
      const renderers: Array<Renderer> = []
      if (Option.isSome(metrics)) renderers.push(yield* openLines(metrics.value, problems))
      if (Option.isSome(tensorboard)) renderers.push(yield* openEvents(tensorboard.value, problems))
      const result = yield* renderers.reduce<Effect.Effect<A, E, R>>((run, renderer) => renderedBy(() => renderer)(run) as typeof run, run)
      return [result, problems[0]] as const
    })

const openLines = Effect.fnUntraced(function* (file: string, problems: Array<MetricsNotWritable>) {
  if (file === "-") return metricsLines((lines) => process.stdout.write(lines))
  yield* writing(file, () => {
    // A run that was killed, or a full disk, may have left half a line.
    append(file, endsInLine(file) ? "" : "\n")
  })
  return metricsLines(untilItFails(problems, (lines: string) => appendTo(file, lines)))
})

const openEvents = Effect.fnUntraced(function* (folder: string, problems: Array<MetricsNotWritable>) {
  yield* writing(folder, () => {
    makeFolder(path.resolve(folder))
    fs.accessSync(`${folder}${path.sep}`, fs.constants.W_OK)
  })
  const { eventFiles } = yield* Effect.promise(() => import("../../runtime/observe/event-files.ts"))
  const write = untilItFails(problems, (id: string, file: string, bytes: Uint8Array) => {
    appendTo(path.join(folder, fileName(id), fileName(file)), bytes)
  })
  return eventFiles(write)
})

const appendTo = (file: string, content: string | Uint8Array): void => {
  try {
    append(file, content)
  } catch (error) {
    throw notWritable(file, error)
  }
}

/** In one write, so that a reader sees whole lines and records. */
const append = (file: string, content: string | Uint8Array): void => {
  makeFolder(path.dirname(path.resolve(file)))
  fs.appendFileSync(file, content)
}

const endsInLine = (file: string): boolean => {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size === 0) return true
  const handle = fs.openSync(file, "r")
  try {
    const last = Buffer.alloc(1)
    fs.readSync(handle, last, 0, 1, size - 1)
    return last.toString() === "\n"
  } finally {
    fs.closeSync(handle)
  }
}

/** Writes until that fails once; what comes later is left out, and the problem said and kept. */
const untilItFails = <Parts extends ReadonlyArray<unknown>>(problems: Array<MetricsNotWritable>, write: (...parts: Parts) => void) => {
  let hasFailed = false
  return (...parts: Parts): void => {
    if (hasFailed) return
    try {
      write(...parts)
    } catch (error) {
      if (!(error instanceof MetricsNotWritable)) throw error
      hasFailed = true
      problems.push(error)
      Effect.runSync(remark(`warning: ${error.message}; the run continues without them`))
    }
  }
}

const writing = (file: string, act: () => void): Effect.Effect<void, MetricsNotWritable> =>
  Effect.try({ try: act, catch: (error) => notWritable(file, error) })

const notWritable = (file: string, error: unknown): MetricsNotWritable =>
  new MetricsNotWritable({ path: file, message: `metrics cannot be written to ${file}: ${(error as Error).message}` })
