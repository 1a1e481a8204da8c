import { enginesFolder, installedTensorflow, tensorflowPlace } from "../../runtime/engines/installed.ts"
import { loadTensorflow } from "../../runtime/engines/load-tensorflow.ts"

const places = { assayRoot: process.cwd(), engines: enginesFolder(process.env.XDG_CACHE_HOME) }

/** The TensorFlow that `npm run tensorflow` has installed; undefined if it has not. */
export const tensorflow = installedTensorflow(places, "cpu")

/** What a reader is told where it is not. */
export const sayNotTested = (what: string): void => {
  if (tensorflow === undefined) console.log(`not tested: ${what}, because TensorFlow is not installed; "npm run tensorflow" installs it`)
}

/** Registers its backend in this process, on one thread and without its greetings. */
export const registerTensorflow = (): void => {
  if (tensorflow === undefined) throw new Error("TensorFlow is not installed")
  Object.assign(process.env, { TF_CPP_MIN_LOG_LEVEL: "2", TF_NUM_INTRAOP_THREADS: "1", TF_NUM_INTEROP_THREADS: "1" })
  loadTensorflow(tensorflowPlace(places, tensorflow))
}
