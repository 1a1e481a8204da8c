import { Context, Layer } from "effect"
import type { Surroundings } from "../runtime/index.ts"

/**
 * How the command was called: the folder of the running Assay, the working directory and the
 * environment.
 */
export class Invocation extends Context.Service<Invocation, Surroundings>()("assay/cli/Invocation") {
  static readonly layer = (assayRoot: string): Layer.Layer<Invocation> =>
    Layer.succeed(Invocation, { assayRoot, workingDirectory: process.cwd(), environment: process.env })
}
