import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"

/** Stages of a user, for runs on clusters. */

/** A stage told that it began or that it has computed. */
export interface Sign {
  readonly n: number
  readonly type: "began" | "computed"
  /** Milliseconds, of `performance.now()`. */
  readonly at: number
}

/** Hears from every computation of the stages below, on whichever worker. */
export interface Ear {
  readonly socket: string
  readonly signs: Array<Sign>
  readonly close: () => void
}

/** A socket of this machine, which network namespaces share. */
export const openEar = async (): Promise<Ear> => {
  const socket = path.join(os.tmpdir(), `assay-ear-${process.pid}-${Math.trunc(performance.now() * 1000)}.sock`)
  const signs: Array<Sign> = []
  const server = net.createServer((connection) => {
    let rest = ""
    connection.setEncoding("utf8").on("data", (text) => {
      const lines = (rest + text).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) {
        const [type, n] = line.split(" ")
        signs.push({ type: type as Sign["type"], n: Number(n), at: performance.now() })
      }
    })
    connection.on("error", () => {})
  })
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  return { socket, signs, close: () => server.close() }
}

/** How often each stage was computed. */
export const computations = ({ signs }: Ear): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>()
  for (const { type, n } of signs) if (type === "computed") counts.set(n, (counts.get(n) ?? 0) + 1)
  return counts
}

/**
 * `nap` waits and passes on what it reads; `fail` fails. What they tell the ear does not change
 * their results.
 */
export const stageFiles = (ear: Ear): Readonly<Record<string, string>> => ({
  "stages.ts": `
import { anyNumber, File, files, optional, Schema, stage } from "assay"
export const Out = files("out")
const shared = { inputs: { before: anyNumber(Out), note: optional(File) }, parameters: { n: Schema.Int, ms: Schema.Int }, outputs: { out: Out } }
const reads = { reads: ["clock", "network"], readsAs: "they only make it wait" }
export const nap = stage({ name: "nap", ...shared, ...reads, run: () => import("./nap.ts") })
export const onGpu = stage({ name: "onGpu", ...shared, ...reads, gpus: 1, run: () => import("./nap.ts") })
export const onLabel = stage({ name: "onLabel", ...shared, ...reads, labels: ["fast-disk"], run: () => import("./nap.ts") })
export const fail = stage({ name: "fail", ...shared, run: () => import("./fail.ts") })
`,
  "nap.ts": `
import { connect } from "node:net"
const open = () => new Promise((resolve) => {
  const socket = connect(${JSON.stringify(ear.socket)}, () => resolve(socket)).on("error", () => resolve(null))
})
export const run = async ({ inputs, parameters, outputs }) => {
  const { n, ms } = parameters
  const socket = await open()
  const say = (text) => new Promise((resolve) => (socket === null ? resolve() : socket.write(text + " " + n + "\\n", resolve)))
  await say("began")
  console.log("nap " + n + " sleeps")
  const parts = []
  for (const { input } of inputs.before) parts.push(Buffer.from(await input.read("out.txt")).toString("utf8"))
  const note = inputs.note === undefined ? "" : Buffer.from(await inputs.note.read("note.txt")).toString("utf8")
  await new Promise((resolve) => setTimeout(resolve, ms))
  await outputs.out.write("out.txt", JSON.stringify([n, note, parts.map((part) => part.length)]))
  await say("computed")
  socket?.destroy()
}
`,
  "fail.ts": `
export const run = async ({ parameters }) => {
  throw new Error("the sum of " + parameters.n + " does not converge")
}
`,
})

/** Layers of naps: each reads two of the layer before. */
export const layersOf = (width: number, depth: number, ms: string): string => `
import { pipeline } from "assay"
import { nap } from "./stages.ts"
export default pipeline("layers", () => {
  let layer = []
  const all = {}
  for (let d = 0; d < ${depth}; d++) {
    const next = []
    for (let w = 0; w < ${width}; w++) {
      const n = d * ${width} + w
      const before = d === 0 ? {} : { a: layer[w], b: layer[(w + 1) % ${width}] }
      next.push(nap({ n, ms: ${ms}, before }))
      all["n" + n] = next[w]
    }
    layer = next
  }
  return all
})
`
