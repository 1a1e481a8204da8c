import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

const launcher = path.resolve(import.meta.dirname, "../../cli/assay.mjs")

/**
 * Stages that only write one small file, in chains of a hundred, so that a wide graph is also deep.
 */
const stages = `
import { files, optional, stage } from "assay"
import { Schema } from "effect"
const Out = files("out")
export const noop = stage({ name: "noop", inputs: { before: optional(Out) }, parameters: { n: Schema.Int }, outputs: { out: Out }, run: () => import("./noop.ts") })
`

const noop = 'export const run = async ({ parameters, outputs }) => outputs.out.write("n.txt", String(parameters.n))\n'

const pipeline = (count: number): string => `
import { pipeline } from "assay"
import { noop } from "./stages.ts"
export default pipeline("noop-${count}", () => {
  const ends = {}
  for (let chain = 0; chain < ${count / 100}; chain++) {
    let before
    for (let n = 0; n < 100; n++) before = noop({ ...(before ? { before } : {}), n: chain * 100 + n })
    ends["chain" + chain] = before
  }
  return ends
})
`

/**
 * A hundred declarations whose implementations reach two hundred modules: two each, and one that
 * all share.
 */
const wide = (): Readonly<Record<string, string>> => {
  const numbers = Array.from({ length: 100 }, (_, index) => index)
  const declare = (n: number) =>
    `export const s${n} = stage({ name: "s${n}", inputs: {}, parameters: {}, outputs: { out: files("out") }, run: () => import("./wide/s${n}.ts") })`
  return {
    "wide-stages.ts": ['import { files, stage } from "assay"', ...numbers.map(declare)].join("\n"),
    "wide.ts": [
      'import { pipeline } from "assay"',
      'import * as stages from "./wide-stages.ts"',
      `export default pipeline("wide", () => ({ ${numbers.map((n) => `s${n}: stages.s${n}({})`).join(", ")} }))`,
    ].join("\n"),
    ...Object.fromEntries(
      numbers.flatMap((n) => [
        [
          `wide/s${n}.ts`,
          `import { value } from "./m${n}.ts"\nexport const run = async ({ outputs }) => outputs.out.write("v.txt", String(value))\n`,
        ],
        [`wide/m${n}.ts`, `import { shared } from "./shared.ts"\nexport const value = shared + ${n}\n`],
      ]),
    ),
    "wide/shared.ts": "export const shared = 1\n",
  }
}

/**
 * The cost of a command: seconds from start to end, and the peak memory of its own process in
 * bytes.
 */
export interface Cost {
  readonly seconds: number
  readonly peak: number
}

export interface Project {
  readonly root: string
  /** Rejects if the command fails. */
  readonly assay: (...arguments_: ReadonlyArray<string>) => Promise<Cost>
  readonly close: () => void
}

export const openProject = (counts: ReadonlyArray<number>): Project => {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-bench-")))
  const files = {
    "package.json": "{}",
    "stages.ts": stages,
    "noop.ts": noop,
    ...Object.fromEntries(counts.map((count) => [`noop-${count}.ts`, pipeline(count)])),
    ...wide(),
  }
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    fs.writeFileSync(path.join(root, name), text)
  }
  // The process reports its own memory when it ends; its children do not count.
  const witness = path.join(root, "witness.cjs")
  fs.writeFileSync(
    witness,
    'const fs = require("node:fs"); if (process.send === undefined) process.on("exit", () => fs.writeFileSync(process.env.ASSAY_BENCH_PEAK, String(process.resourceUsage().maxRSS * 1024)))\n',
  )
  const peakFile = path.join(root, "peak.txt")
  return {
    root,
    assay: (...arguments_) =>
      new Promise((resolve, reject) => {
        const { ASSAY_STORE: _, ...environment } = process.env
        const start = performance.now()
        const child = spawn(process.execPath, ["--require", witness, launcher, ...arguments_], {
          cwd: root,
          env: { ...environment, ASSAY_BENCH_PEAK: peakFile },
          stdio: ["ignore", "ignore", "pipe"],
        })
        let said = ""
        child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-2000)))
        child.on("error", reject)
        child.on("close", (code) => {
          const seconds = (performance.now() - start) / 1000
          if (code === 0) resolve({ seconds, peak: Number(fs.readFileSync(peakFile, "utf8")) })
          else reject(new Error(`assay ${arguments_.join(" ")} ended with ${code}: ${said}`))
        })
      }),
    close: () => fs.rmSync(root, { recursive: true, force: true }),
  }
}
