import { Effect } from "effect"
import { Settings } from "../../../runtime/index.ts"
import { selectedBy } from "../../engine/describe.ts"
import { installEngine } from "../../engine/install.ts"
import { UsageError } from "../../error.ts"
import { interruption } from "../../interruption.ts"
import { Invocation } from "../../invocation.ts"
import type { Options } from "../../options.ts"
import { formatBytes } from "../../print/number.ts"
import { print, printJson, remark } from "../../print/screen.ts"
import { withSettings } from "./with-settings.ts"

export const engineInstall = Effect.fn("assay engine install")(function* ({ engine, gpu, json }: Options<"engineInstall">) {
  if (gpu && engine !== "tensorflow") return yield* new UsageError({ message: `--gpu goes with tensorflow; ${engine} is for GPUs anyway` })
  interruption.message = "interrupted; nothing was installed"
  const settings = yield* Settings
  const { workingDirectory: project } = yield* Invocation
  const name = engine === "tensorflow" && gpu ? "tensorflow-gpu" : engine
  const { built, problem, folder, version, bytes, packages } = yield* installEngine(name, { settings, project })
  if (json) return yield* printJson({ engine: name, version, folder, bytes, packages, built, problem: problem?.text ?? null })
  yield* print(`${name} ${version} ${built ? "is installed" : "was installed already"}: ${folder}, ${formatBytes(bytes)}`)
  if (problem !== null) yield* remark(`it cannot be used yet: ${problem.text}`)
  else yield* print(`select it with ${selectedBy(name)}`)
}, withSettings)
