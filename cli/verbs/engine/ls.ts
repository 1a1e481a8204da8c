import { Effect } from "effect"
import { Settings } from "../../../runtime/index.ts"
import { describeEngines } from "../../engine/describe.ts"
import type { Options } from "../../options.ts"
import { engineLine } from "../../print/engine.ts"
import { print, printJson } from "../../print/screen.ts"
import { withSettings } from "./with-settings.ts"

/** Lists engines without trying them, which `assay doctor` does. */
export const engine = Effect.fn("assay engine")(function* ({ json }: Options<"engine">) {
  const engines = describeEngines(yield* Settings)
  if (json) return yield* printJson(engines)
  for (const described of engines) {
    yield* print(engineLine(described))
    if (described.remedy !== null) yield* print(`                ${described.remedy}`)
  }
}, withSettings)
