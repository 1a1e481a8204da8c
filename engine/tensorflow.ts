import * as tf from "@tensorflow/tfjs"
import type { EngineSetting } from "../dsl/engine-setting.ts"
import { EngineError } from "./error.ts"

/** TensorFlow's bindings for Node, which a user may have installed beside Assay. */

export type Packages = ReadonlyArray<readonly [name: string, load: () => Promise<unknown>]>

const packages: Packages = [
  ["@tensorflow/tfjs-node-gpu", () => import("@tensorflow/tfjs-node-gpu" as string)],
  ["@tensorflow/tfjs-node", () => import("@tensorflow/tfjs-node" as string)],
]

/**
 * Loads the first installed package, which registers the backend `tensorflow`, unless the process
 * has registered the one of `assay engine install tensorflow`. Throws an EngineError if none is
 * installed, if it does not load on this version of Node, or if it needs another version of
 * TensorFlow.js.
 */
export const loadTensorflow = async (candidates = packages): Promise<void> => {
  if (candidates === packages && tf.findBackendFactory("tensorflow") !== null) return
  for (const [name, load] of candidates) {
    const binding = await loadIfPresent(name, load)
    if (binding !== undefined) return checkVersion(name, binding)
  }
  throw new EngineError(
    'ASSAY_ENGINE=tensorflow expects TensorFlow, found none: run "assay engine install tensorflow", or leave ASSAY_ENGINE unset',
  )
}

/** What the backend that is set says of itself. */
export const tensorflowFacts = (): { readonly version: string; readonly usesGpu: boolean } => {
  const { binding } = tf.backend() as unknown as {
    readonly binding: { readonly TF_Version: string; readonly isUsingGpuDevice: () => boolean }
  }
  return { version: binding.TF_Version, usesGpu: binding.isUsingGpuDevice() }
}

/**
 * The device is part of the key of every result: TensorFlow must not fall back to the CPU. Throws
 * an EngineError.
 */
export const checkDevice = (device: EngineSetting["device"]): void => {
  if (device === "cpu" || tensorflowFacts().usesGpu) return
  throw new EngineError(
    `ASSAY_DEVICE=cuda: TensorFlow ${tensorflowFacts().version} finds no GPU that it can use. "assay doctor" says what is missing; or leave ASSAY_DEVICE unset`,
  )
}

const loadIfPresent = async (name: string, load: () => Promise<unknown>): Promise<unknown> => {
  try {
    return await load()
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    // Only if the package itself is missing, not one of its dependencies.
    if ((code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") && message.includes(name)) return undefined
    throw new EngineError(
      `${name} does not load on this version of Node: ${message}. Use a Node version that it supports, or leave ASSAY_ENGINE unset`,
      { cause },
    )
  }
}

const checkVersion = (name: string, binding: unknown): void => {
  const { default: module = binding } = binding as { readonly default?: unknown }
  const { version } = module as { readonly version?: Readonly<Record<string, string>> }
  const theirs = version?.["tfjs-core"] ?? version?.tfjs
  if (theirs === tf.version_core) return
  throw new EngineError(
    `${name} is for TensorFlow.js ${theirs ?? "of another version"}, and this is ${tf.version_core}: install ${name}@${tf.version_core}`,
  )
}
