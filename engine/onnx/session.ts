import { createHash } from "node:crypto"
import * as ort from "onnxruntime-node"
import { EngineError } from "../error.ts"
import type { EngineSetting } from "../setting.ts"
import { mostThreads } from "./threads.ts"

/**
 * Sessions of this process, by the digest of their program and how it runs; the least recently used goes first. They are kept beside
 * the module, because several stages, each with a copy of the engine, may share a process.
 */
const kept = Symbol.for("assay/engine/sessions")
const registry = globalThis as { [kept]?: Map<string, Promise<ort.InferenceSession>> }
registry[kept] ??= new Map()
const sessions = registry[kept]
const capacity = 48

export const sessionFor = (onnx: Uint8Array, setting: EngineSetting): Promise<ort.InferenceSession> => {
  const key = `${createHash("sha256").update(onnx).digest("hex")} ${setting.device} ${setting.threads} ${setting.memory}`
  const session = sessions.get(key) ?? create(onnx, setting)
  sessions.delete(key)
  sessions.set(key, session)
  if (sessions.size > capacity) {
    const [oldest] = sessions.keys()
    sessions.delete(oldest as string)
  }
  return session
}

const create = (onnx: Uint8Array, { device, threads, memory }: EngineSetting): Promise<ort.InferenceSession> => {
  // What goes wrong is thrown; it need not be printed as well.
  ort.env.logLevel = "fatal"
  return ort.InferenceSession.create(onnx, {
    executionProviders: device === "cuda" ? ["cuda", "cpu"] : ["cpu"],
    intraOpNumThreads: Math.min(threads, mostThreads),
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    // An arena is as large as its program's busiest moment, for as long as the session lives.
    enableCpuMemArena: memory !== "shared",
    enableMemPattern: memory !== "shared",
    logSeverityLevel: 4,
    // Adam's second moments sink into denormals, on which a processor is many times slower. ONNX Runtime sets this for the calling
    // thread too, and for good: from then on JavaScript takes denormals for 0 there.
    // Products are traced in the form in which they are to run, with transpositions where they are meant.
    extra: {
      session: { set_denormal_as_zero: "1" },
      optimization: { disable_specified_optimizers: "GemmTransposeFusion;MatmulTransposeFusion;TransposeOptimizer" },
    },
  }).catch((error: Error) => {
    if (device !== "cuda") throw error
    throw new EngineError(
      `ASSAY_DEVICE=cuda: ONNX Runtime's CUDA provider does not load (${error.message}). Install it as README says, or leave ASSAY_DEVICE unset`,
      { cause: error },
    )
  })
}
