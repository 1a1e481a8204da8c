import { createHash } from "node:crypto"
import * as ort from "onnxruntime-node"
import type { EngineSetting } from "../../dsl/engine-setting.ts"
import { EngineError } from "../error.ts"
import { mostThreads } from "./threads.ts"

/** A program in ONNX format. */
export interface Onnx {
  readonly bytes: Uint8Array
  /** The most bytes that its values take at one time, computed from their shapes. */
  readonly peakBytes: number
}

/** A session in the cache. */
interface CachedSession {
  readonly session: Promise<ort.InferenceSession>
  readonly bytes: number
  /** Calls in progress. */
  calls: number
}

/** The size of ONNX Runtime's own structures, as a multiple of the program's size. */
const overhead = 4

/**
 * A cache of sessions, keyed by the digest of the program and its settings, so that equal programs
 * share one. Above the capacity, the least recently used idle sessions are released.
 */
export class Sessions {
  readonly #cache = new Map<string, CachedSession>()
  readonly #capacity: number

  /** `capacity` in bytes, as estimated from the programs. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get count(): number {
    return this.#cache.size
  }

  /** The key for `use`. Compute it once per program: the digest takes a while. */
  key({ bytes }: Onnx, { device, threads, memory }: EngineSetting): string {
    return `${createHash("sha256").update(bytes).digest("hex")} ${device} ${threads} ${memory}`
  }

  /** Calls back with the session of a program, which is created if it is not in the cache. */
  async use<T>(key: string, onnx: Onnx, setting: EngineSetting, call: (session: ort.InferenceSession) => Promise<T>): Promise<T> {
    const cached = this.#cache.get(key) ?? { session: create(onnx.bytes, setting), bytes: bytesOf(onnx, setting), calls: 0 }
    this.#cache.delete(key)
    this.#cache.set(key, cached)
    cached.calls += 1
    try {
      return await call(await cached.session)
    } catch (error) {
      // A session that could not be created does not stay in the cache.
      await cached.session.catch(() => this.#cache.delete(key))
      throw error
    } finally {
      cached.calls -= 1
      await this.#shrink()
    }
  }

  async #shrink(): Promise<void> {
    let total = [...this.#cache.values()].reduce((sum, { bytes }) => sum + bytes, 0)
    for (const [key, { session, bytes, calls }] of [...this.#cache].slice(0, -1)) {
      if (total <= this.#capacity) return
      if (calls > 0) continue
      total -= bytes
      this.#cache.delete(key)
      await (await session).release()
    }
  }
}

/** Only a program with memory of its own holds memory between calls. */
const bytesOf = ({ bytes, peakBytes }: Onnx, { memory }: EngineSetting): number =>
  overhead * bytes.length + (memory === "shared" ? 0 : peakBytes)

/**
 * The sessions of this process. ONNX Runtime holds them, because several stages, each with its own
 * copy of the engine, may share a process.
 */
const registryKey = Symbol.for("assay/engine/sessions")
const registry = ort.env as { [registryKey]?: Sessions }
registry[registryKey] ??= new Sessions(2 ** 31)
export const sessions: Sessions = registry[registryKey]

const create = (bytes: Uint8Array, { device, threads, memory }: EngineSetting): Promise<ort.InferenceSession> => {
  // Errors are thrown; ONNX Runtime need not print them too.
  ort.env.logLevel = "fatal"
  return ort.InferenceSession.create(bytes, {
    executionProviders: device === "cuda" ? ["cuda", "cpu"] : ["cpu"],
    intraOpNumThreads: Math.min(threads, mostThreads),
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    // An arena keeps the peak memory of its program for as long as the session lives.
    enableCpuMemArena: memory !== "shared",
    enableMemPattern: memory !== "shared",
    logSeverityLevel: 4,
    extra: {
      session: {
        // Adam's second moments become denormals, on which a processor is many times slower. ONNX
        // Runtime sets this for the calling thread too, permanently: from then on JavaScript
        // flushes denormals to 0 there.
        set_denormal_as_zero: "1",
        // Every session has its own threads, and those of a session that has just run would keep
        // spinning while the next one runs: a few sessions in turn took three times as long on two
        // threads as on one.
        force_spinning_stop: "1",
      },
      // Products are traced in the form in which they run fastest, with transpositions where they
      // are meant.
      optimization: { disable_specified_optimizers: "GemmTransposeFusion;MatmulTransposeFusion;TransposeOptimizer" },
    },
  }).catch((error: Error) => {
    if (device !== "cuda") throw error
    throw new EngineError(
      `ASSAY_DEVICE=cuda: ONNX Runtime's CUDA provider does not load (${error.message}). Run "assay engine install cuda", then "assay doctor", or leave ASSAY_DEVICE unset`,
      { cause: error },
    )
  })
}
