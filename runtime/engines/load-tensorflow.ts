import * as module from "node:module"
import * as path from "node:path"
import util from "node:util"

/** An installed TensorFlow, and what it is loaded into. All paths are absolute, without links. */
export interface TensorflowPlace {
  /** The folder of its package: `@tensorflow/tfjs-node` or `tfjs-node-gpu`. */
  readonly binding: string
  /** The main module of the TensorFlow.js that runs. */
  readonly tfjs: string
}

/** TensorFlow is installed, and does not load. */
export class EngineError extends Error {
  override readonly name = "EngineError"
}

/** The part of TensorFlow.js that this needs. */
interface Tfjs {
  readonly findBackendFactory: (name: string) => unknown
  readonly registerBackend: (name: string, factory: () => unknown, priority: number) => boolean
}

/**
 * Registers the backend `tensorflow` in the TensorFlow.js that runs, once in a process. What the
 * package does besides, it does for programs that train by `Model.fit`. Throws an EngineError.
 */
export const loadTensorflow = ({ binding, tfjs }: TensorflowPlace): void => {
  restoreUtil()
  const load = module.createRequire(path.join(binding, "package.json"))
  const tf = load(tfjs) as Tfjs
  if (tf.findBackendFactory("tensorflow") !== null) return
  try {
    const backend = withTfjs(binding, tf, () => {
      load("./dist/register_all_kernels.js")
      const { NodeJSKernelBackend } = load("./dist/nodejs_kernel_backend.js")
      return new NodeJSKernelBackend(load("./lib/napi-v8/tfjs_binding.node"), load("./package.json").name)
    })
    tf.registerBackend("tensorflow", () => backend, 1)
  } catch (cause) {
    throw new EngineError(
      `the TensorFlow in ${binding} does not load: ${(cause as Error).message}. Run "assay doctor", or leave ASSAY_ENGINE unset`,
      { cause },
    )
  }
}

/**
 * Functions of Node's that the package calls: from version 22 on they warn of their end, and from
 * 23 on the first one is gone.
 */
export const restoreUtil = (): void => {
  const functions = util as { isNullOrUndefined?: (value: unknown) => boolean; isArray?: (value: unknown) => boolean }
  functions.isNullOrUndefined = (value) => value === null || value === undefined
  functions.isArray = Array.isArray
}

/** CommonJS's loader, for which Node has no public name. */
interface Loader {
  _load: (request: string, parent: { readonly filename?: string | null } | null | undefined, isMain: boolean) => unknown
}

/**
 * TensorFlow.js is not installed with the binding: its modules get the copy that runs, so that they
 * meet the engine's tensors. All of tfjs-core is in it.
 */
const withTfjs = <A>(binding: string, tf: Tfjs, load: () => A): A => {
  const loader = module.Module as unknown as Loader
  const original = loader._load
  loader._load = (request, parent, isMain) =>
    /^@tensorflow\/tfjs(-core)?$/.test(request) && parent?.filename?.startsWith(binding + path.sep) === true
      ? tf
      : original.call(loader, request, parent, isMain)
  try {
    return load()
  } finally {
    loader._load = original
  }
}
