import { createHash } from "node:crypto"
import * as ort from "onnxruntime-node"
import { EngineError } from "../error.ts"
import type { EngineSetting } from "../setting.ts"
import { mostThreads } from "./threads.ts"

/** A program as ONNX Runtime takes it. */
export interface Onnx {
  readonly bytes: Uint8Array
  /** Most bytes that its values take at one time, by their shapes. */
  readonly peakBytes: number
}

/** A session while it is kept. */
interface Kept {
  readonly session: Promise<ort.InferenceSession>
  readonly bytes: number
  /** Calls that have not ended. */
  calls: number
}

/** What a session takes beside its values: ONNX Runtime's own structures are some times the size of the program. */
const overhead = 4

/** Sessions by the digest of their program and how it runs; equal programs are one session. Idle ones over the capacity go, those longest unused first. */
export class Sessions {
  readonly #kept = new Map<string, Kept>()
  readonly #capacity: number

  /** `capacity` in bytes, by the programs' own account. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get count(): number {
    return this.#kept.size
  }

  /** What to call `use` with: the digest takes a while, and is the same for every call. */
  key({ bytes }: Onnx, { device, threads, memory }: EngineSetting): string {
    return `${createHash("sha256").update(bytes).digest("hex")} ${device} ${threads} ${memory}`
  }

  /** Uses the session of a program, which is made if it is not there. */
  async use<T>(key: string, onnx: Onnx, setting: EngineSetting, call: (session: ort.InferenceSession) => Promise<T>): Promise<T> {
    const kept = this.#kept.get(key) ?? { session: create(onnx.bytes, setting), bytes: bytesOf(onnx, setting), calls: 0 }
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    kept.calls += 1
    try {
      return await call(await kept.session)
    } catch (error) {
      // One that could not be made is not kept.
      await kept.session.catch(() => this.#kept.delete(key))
      throw error
    } finally {
      kept.calls -= 1
      await this.#shrink()
    }
  }

  async #shrink(): Promise<void> {
    let total = [...this.#kept.values()].reduce((sum, { bytes }) => sum + bytes, 0)
    for (const [key, { session, bytes, calls }] of [...this.#kept].slice(0, -1)) {
      if (total <= this.#capacity) return
      if (calls > 0) continue
      total -= bytes
      this.#kept.delete(key)
      await (await session).release()
    }
  }
}

/** Only a program with memory of its own holds it while nobody calls. */
const bytesOf = ({ bytes, peakBytes }: Onnx, { memory }: EngineSetting): number =>
  overhead * bytes.length + (memory === "shared" ? 0 : peakBytes)

/** This process's sessions, kept beside the module, because several stages, each with a copy of the engine, may share a process. */
const registryKey = Symbol.for("assay/engine/sessions")
const registry = globalThis as { [registryKey]?: Sessions }
registry[registryKey] ??= new Sessions(2 ** 31)
export const sessions: Sessions = registry[registryKey]

const create = (bytes: Uint8Array, { device, threads, memory }: EngineSetting): Promise<ort.InferenceSession> => {
  // What goes wrong is thrown; it need not be printed as well.
  ort.env.logLevel = "fatal"
  return ort.InferenceSession.create(bytes, {
    executionProviders: device === "cuda" ? ["cuda", "cpu"] : ["cpu"],
    intraOpNumThreads: Math.min(threads, mostThreads),
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    // An arena is as large as its program's busiest moment, for as long as the session lives.
    enableCpuMemArena: memory !== "shared",
    enableMemPattern: memory !== "shared",
    logSeverityLevel: 4,
    extra: {
      session: {
        // Adam's second moments sink into denormals, on which a processor is many times slower. ONNX Runtime sets this for the calling
        // thread too, and for good: from then on JavaScript takes denormals for 0 there.
        set_denormal_as_zero: "1",
        // Every session has threads of its own, and those of one that has just run would spin on while the next one wants the processor:
        // a few sessions in turn took three times as long on two threads as on one.
        force_spinning_stop: "1",
      },
      // Products are traced in the form in which they run fastest, with transpositions where they are meant.
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
