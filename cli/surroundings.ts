import { Context, Layer } from "effect"
import type * as Runtime from "../runtime/index.ts"

/** What the command knows when it starts: where Assay lies, where it was called, and its environment. */
export class Surroundings extends Context.Service<Surroundings, Runtime.Surroundings>()("assay/cli/Surroundings") {
  static readonly layer = (assayRoot: string): Layer.Layer<Surroundings> =>
    Layer.succeed(Surroundings, { assayRoot, workingDirectory: process.cwd(), environment: process.env })
}
