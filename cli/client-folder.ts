import * as fs from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { Effect } from "effect"
import { Settings } from "../runtime/index.ts"
import { keptBundle } from "./kept-bundle.mjs"

/**
 * The folder of the built pages: a package brings it, a clone builds it when its sources have
 * changed.
 */
export const clientFolder = Effect.gen(function* () {
  const { assayRoot } = yield* Settings
  const built = path.join(assayRoot, "dist/ui")
  const builder = path.join(assayRoot, "ui/bundle.mjs")
  if (!fs.existsSync(builder)) return built
  return yield* Effect.promise(() =>
    keptBundle({
      root: assayRoot,
      kind: "client",
      make: async () => {
        const { bundleClient } = await import(pathToFileURL(builder).href)
        const { outputs, inputs } = await bundleClient(assayRoot)
        return { outputs, files: ["ui/bundle.mjs", "package-lock.json", ...inputs] }
      },
    }),
  )
})
