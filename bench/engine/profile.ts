import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type * as ort from "onnxruntime-node"

/** Where the time of a program goes, from ONNX Runtime's profile of its operators. */

/**
 * An event of the profile: a call (`Session`, `model_run`) or an operator in it (`Node`, with its
 * name), in microseconds.
 */
interface Event {
  readonly cat: string
  readonly name: string
  readonly ts: number
  readonly dur: number
  readonly args?: { readonly op_name?: string }
}

/** Operators that are matrix products, fused ones included. */
const isProduct = (operator: string): boolean => /Gemm|MatMul/.test(operator)

export interface Profile {
  /**
   * Each operator's share of the calls' time, the largest first; time between operators belongs to
   * none.
   */
  readonly operators: Readonly<Record<string, number>>
  /** The share of all matrix products: what would remain if everything else were free. */
  readonly products: number
}

/** Makes a folder for profiles, and the session options that write one there. */
export const profiling = async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-profile-"))
  return { folder, options: { enableProfiling: true, profileFilePrefix: join(folder, "calls") } }
}

/**
 * Ends the profile of the only session that writes to a folder, and reads it without the first
 * `warmup` calls.
 */
export const readProfile = async (session: ort.InferenceSession, folder: string, warmup: number): Promise<Profile> => {
  session.endProfiling()
  const files = await readdir(folder)
  const events = JSON.parse(await readFile(join(folder, files[0] as string), "utf8")) as ReadonlyArray<Event>
  await rm(folder, { recursive: true })
  const calls = events.filter(({ name }) => name === "model_run").sort((a, b) => a.ts - b.ts)
  const counted = calls.slice(warmup)
  const from = counted[0]?.ts ?? Number.POSITIVE_INFINITY
  const total = counted.reduce((sum, { dur }) => sum + dur, 0)
  const shares: Record<string, number> = {}
  for (const { cat, ts, dur, args } of events) {
    if (cat !== "Node" || ts < from || args?.op_name === undefined) continue
    shares[args.op_name] = (shares[args.op_name] ?? 0) + dur / total
  }
  const operators = Object.fromEntries(Object.entries(shares).sort(([, a], [, b]) => b - a))
  const products = Object.entries(operators).reduce((sum, [operator, share]) => sum + (isProduct(operator) ? share : 0), 0)
  return { operators, products }
}
