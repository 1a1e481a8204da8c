import { Effect } from "effect"
import { Settings } from "../../../runtime/index.ts"
import { describeEngines } from "../../engine/describe.ts"
import type { Options } from "../../options.ts"
import { formatBytes } from "../../print/number.ts"
import { print, printJson } from "../../print/screen.ts"
import { withSettings } from "./with-settings.ts"

/** Lists engines; what is said of each does not depend on whether it works. */
export const engine = Effect.fn("assay engine")(function* ({ json }: Options<"engine">) {
  const engines = describeEngines(yield* Settings)
  if (json) return yield* printJson(engines)
  for (const { engine: name, version, folder, bytes, remedy } of engines) {
    yield* print(
      `${name.padEnd(15)} ${(version ?? "-").padEnd(8)} ${folder ?? "not installed"}${bytes === null ? "" : `, ${formatBytes(bytes)}`}`,
    )
    if (remedy !== null) yield* print(`${"".padEnd(24)} ${remedy}`)
  }
}, withSettings)
