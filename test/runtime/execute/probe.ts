/** Tasks of a user's stage that tells what it sees, in the processes of a pool. */

import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Effect, Layer } from "effect"
import { beforeEach, expect, onTestFinished } from "vitest"
import { files, table } from "../../../dsl/index.ts"
import { Executor, type TaskFailed } from "../../../runtime/execute/executor/executor.ts"
import { processPool } from "../../../runtime/execute/executor/pool.ts"
import { serveNothing } from "../../../runtime/execute/task/services.ts"
import type { Report, Task } from "../../../runtime/execute/task/task.ts"
import { Settings } from "../../../runtime/index.ts"
import { assayRoot } from "../project.ts"

/** A user's stage that does what its parameter says, and writes what comes of it as JSON. */
const probe = `
import * as fs from "node:fs"
const attempt = (work) => { try { return work() } catch (error) { return error.code } }
const Code = (async () => {}).constructor
export const run = async (context) => {
  const seen = await new Code("fs", "attempt", "context", context.parameters.code)(fs, attempt, context)
  await context.outputs.out.write("out.json", JSON.stringify(seen ?? null))
}
`

/** A stage learns by this whether its process was started before it was known. */
export const isSpare = "process.execArgv.some((flag) => flag.endsWith('/inputs/*'))"

/** A folder for the files of a test. */
export let root: string
let count = 0
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-spare-")))
  onTestFinished(() => fs.rmSync(root, { recursive: true }))
  fs.mkdirSync(path.join(root, "tmp"))
  fs.writeFileSync(path.join(root, "probe.mjs"), probe)
})

export interface Options extends Partial<Pick<Task, "checkpoint" | "gpus">> {
  /** The text of its input. */
  readonly text?: string
  readonly rights?: Partial<Task["rights"]>
}

export const taskOf = (code: string, { text = "given", checkpoint = null, gpus = [], rights = {} }: Options = {}): Task => {
  count += 1
  const input = path.join(root, `input${count}`)
  fs.writeFileSync(input, text, { mode: 0o444 })
  const folder = path.join(root, "tmp", `task${count}`)
  fs.mkdirSync(folder)
  return {
    key: "0".repeat(64),
    bundle: path.join(root, "probe.mjs"),
    plugins: {},
    rights: { trusted: false, read: [], addons: false, engine: false, declared: [], real: [], ...rights },
    stage: "probe",
    inputs: { given: { kind: "one", artifact: { kind: "files", digest: "", files: [{ name: "given.txt", path: input }] } } },
    parameters: { code },
    outputs: { out: files("out") },
    folder,
    checkpoint,
    engine: { engine: "onnx", device: "cpu", threads: 1 },
    gpus,
  }
}

export const numbers = table("numbers", { n: "int32" })

export const inputsAt = (file: string): Task["inputs"] => ({
  given: { kind: "one", artifact: { kind: "table", digest: "", rows: 1, columns: numbers.columns, path: file } },
})

export const withTable = (task: Task, code: string): Task => ({ ...task, inputs: inputsAt(inputOf(task)), parameters: { code } })

export const inputOf = ({ inputs }: Task): string =>
  inputs.given?.kind === "one" && inputs.given.artifact.kind === "files" ? (inputs.given.artifact.files[0]?.path ?? "") : ""

export const settings = Layer.suspend(() =>
  Settings.layer({
    assayRoot,
    workingDirectory: root,
    environment: { ASSAY_CACHE: path.join(assayRoot, "node_modules", ".cache", "assay-tests") },
  }),
)

/** With the processes of one pool. */
export const inPool = <A, E>(effect: Effect.Effect<A, E, Executor>): Promise<A> =>
  Effect.runPromise(Effect.provide(effect, Layer.provide(processPool, settings)))

/** What a task's stage saw. */
export const seeing = (task: Task, report: (report: Report) => void = () => {}) =>
  Effect.gen(function* () {
    const { out } = yield* (yield* Executor).execute(task, report, serveNothing)
    const [written] = out?.files ?? []
    expect(path.dirname(written?.path ?? "")).toBe(task.folder)
    return JSON.parse(fs.readFileSync(written?.path ?? "", "utf8")) as unknown
  })

/** What the stages saw, one after the other in one pool. */
export const inTurn = (tasks: ReadonlyArray<Task>) => inPool(Effect.forEach(tasks, (task) => seeing(task)))

export const failing = (task: Task): Effect.Effect<TaskFailed, never, Executor> => Effect.orDie(Effect.flip(seeing(task)))

/** Two tasks, after which a process waits for a third of their kind. */
export const twoOf = (options?: Options) => [taskOf("return 0", options), taskOf("return 0", options)] as const
