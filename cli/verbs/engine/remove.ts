import * as fs from "node:fs"
import { Effect } from "effect"
import { installedEngines } from "../../../runtime/engines/installed.ts"
import { Settings } from "../../../runtime/index.ts"
import { UsageError } from "../../error.ts"
import type { Options } from "../../options.ts"
import { formatBytes } from "../../print/number.ts"
import { print, printJson } from "../../print/screen.ts"
import { withSettings } from "./with-settings.ts"

/** Also what another version of Assay has installed. */
export const engineRemove = Effect.fn("assay engine remove")(function* ({ engine, gpu, json }: Options<"engineRemove">) {
  const { engines } = yield* Settings
  const name = engine === "tensorflow" && gpu ? "tensorflow-gpu" : engine
  const found = installedEngines(engines).filter((each) => each.engine === name)
  if (found.length === 0) return yield* new UsageError({ message: `${name} is not installed in ${engines}; "assay engine" lists what is` })
  for (const { folder } of found) fs.rmSync(folder, { recursive: true, force: true })
  if (json) return yield* printJson({ removed: found.map(({ folder }) => folder), bytes: found.reduce((sum, { bytes }) => sum + bytes, 0) })
  for (const { folder, bytes } of found) yield* print(`removed ${folder}, ${formatBytes(bytes)}`)
}, withSettings)
