/**
 * Projects of toy stages for tests that start real processes, stop them, and look at what is left.
 */

import { type ChildProcess, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll } from "vitest"

/** The `assay` command of this clone. */
export const launcher = path.resolve(import.meta.dirname, "../../cli/assay.mjs")

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Toy {
  readonly root: string
  /** Starts the command in the project, as a process group of its own. */
  readonly start: (arguments_: ReadonlyArray<string>, environment?: Readonly<Record<string, string>>) => Started
  readonly write: (file: string, text: string) => void
}

export interface Started {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
}

const stages = `
import { files, many, stage, table } from "assay"
import { Schema } from "effect"
export const Numbers = table("numbers", { n: "int32", value: "float64", text: "utf8" })
export const Model = files("model")
export const draw = stage({ name: "draw", inputs: {}, parameters: { seed: Schema.Int, rows: Schema.Int }, outputs: { numbers: Numbers }, run: () => import("./draw.ts") })
export const train = stage({ name: "train", inputs: { numbers: Numbers }, parameters: { steps: Schema.Int }, outputs: { model: Model, numbers: Numbers }, run: () => import("./train.ts") })
export const join = stage({ name: "join", inputs: { parts: many(Numbers) }, parameters: {}, outputs: { numbers: Numbers }, run: () => import("./join.ts") })
`

const draw = `
export const run = async ({ parameters, outputs }) => {
  let state = parameters.seed
  for (let from = 0; from < parameters.rows; from += 500) {
    const rows = []
    for (let n = from; n < Math.min(from + 500, parameters.rows); n++) {
      state = (state * 48271) % 2147483647
      rows.push({ n, value: state / 2147483647, text: "row " + state })
    }
    await outputs.numbers.append(rows)
  }
}
`

/**
 * Learns slowly, as a policy does: weights and moments in vectors, rows and checkpoints written as
 * it goes, and all of it saved every few steps.
 */
const train = `
const size = 20000
export const run = async ({ inputs, parameters, outputs, progress, resume }) => {
  const rows = await inputs.numbers.read()
  const saved = await resume.load()
  const state = saved === undefined ? new Float32Array(1 + 2 * size) : new Float32Array(saved.buffer)
  const weights = state.subarray(1, 1 + size)
  const moments = state.subarray(1 + size)
  while (state[0] < parameters.steps) {
    const step = state[0]
    for (let index = 0; index < size; index++) {
      moments[index] = 0.9 * moments[index] + rows[(index + step) % rows.length].value - weights[index]
      weights[index] += 0.01 * moments[index]
    }
    await outputs.numbers.append(rows.filter((_, n) => n % parameters.steps === step).map((row) => ({ ...row, value: row.value * weights[0] })))
    if (step % 4 === 1) await outputs.model.write("step" + step + ".bin", new Uint8Array(weights.slice().buffer))
    state[0] = step + 1
    progress(step + 1, parameters.steps, { weight: weights[0] })
    if (step % 3 === 0) await resume.save(new Uint8Array(state.buffer))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await outputs.model.write("weights.bin", new Uint8Array(weights.slice().buffer))
}
`

const join = `
export const run = async ({ inputs, outputs }) => {
  for (const { input } of inputs.parts) for await (const rows of input.batches()) await outputs.numbers.append(rows)
}
`

/** Two arms of a draw and two trainings each, and all of it joined: 7 stages. */
export const pipeline = (rows = 2000, steps = 8): string => `
import { pipeline, sweep } from "assay"
import { draw, join, train } from "./stages.ts"
export default pipeline("toy", () => {
  const arms = sweep({ seed: [1, 2] }, ({ seed }) => {
    const drawn = draw({ seed, rows: ${rows} })
    const first = train({ numbers: drawn, steps: ${steps} })
    const second = train({ numbers: first.numbers, steps: ${steps} })
    return { first, second }
  })
  return { arms, all: join({ parts: arms }) }
})
`

const made: Array<string> = []
afterAll(() => {
  for (const root of made) fs.rmSync(root, { recursive: true, force: true })
})

export const openToy = (text = pipeline()): Toy => {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-slow-")))
  made.push(root)
  const write = (file: string, content: string): void => fs.writeFileSync(path.join(root, file), content)
  write("package.json", "{}")
  for (const [file, content] of Object.entries({
    "stages.ts": stages,
    "draw.ts": draw,
    "train.ts": train,
    "join.ts": join,
    "pipeline.ts": text,
  }))
    write(file, content)
  return {
    root,
    write,
    start: (arguments_, environment = {}) => startProcess(process.execPath, [launcher, ...arguments_], root, environment),
  }
}

export const command = (arguments_: ReadonlyArray<string>): string =>
  [process.execPath, launcher, ...arguments_].map((part) => `'${part}'`).join(" ")

export const startProcess = (
  program: string,
  arguments_: ReadonlyArray<string>,
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Started => {
  const { ASSAY_STORE: _, NODE_OPTIONS: __, ...inherited } = process.env
  const child = spawn(program, arguments_, {
    cwd,
    env: { ...inherited, ASSAY_THREADS: "2", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  })
  let stdout = ""
  let stderr = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { process: child, ended }
}

/** `kill -9` of a command and of all its children, as a power cut would have it. */
export const killAll = ({ process: child }: Started): void => signalAll(child, "SIGKILL")

export const signalAll = (child: ChildProcess, signal: NodeJS.Signals): void => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}

/**
 * Every result of a store by its key: the bytes of each of its files. Fails on an object whose
 * bytes are not what its name says.
 */
export const contents = (store: string): ReadonlyMap<string, string> => {
  const results = new Map<string, string>()
  for (const file of filesUnder(path.join(store, "results"))) {
    if (!file.endsWith(".json")) continue
    const { manifest } = JSON.parse(fs.readFileSync(file, "utf8"))
    const outputs = Object.entries(
      manifest.outputs as Record<string, { digest: string; files: ReadonlyArray<{ name: string; object: string }> }>,
    )
    const parts = outputs.flatMap(([name, { digest, files }]) =>
      files.map((each) => {
        const object = path.join(store, "objects", each.object.slice(0, 2), each.object.slice(2))
        const found = createHash("sha256").update(fs.readFileSync(object)).digest("hex")
        if (found !== each.object) throw new Error(`${object} is damaged`)
        return [name, digest, each.name, found]
      }),
    )
    results.set(manifest.key, JSON.stringify(parts))
  }
  return results
}

export const filesUnder = (folder: string): ReadonlyArray<string> =>
  fs.existsSync(folder)
    ? fs
        .readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
    : []
