import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { onTestFinished } from "vitest"
import { engineFolder } from "../../../runtime/engines/installed.ts"
import { enginePins, type InstallableEngine } from "../../../runtime/engines/pins.ts"

/** A cache, for one test, that says it holds these engines. Nothing of them can be loaded. */
export const installedIn = (...engines: ReadonlyArray<InstallableEngine>): string => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-engines-")))
  onTestFinished(() => fs.rmSync(folder, { recursive: true }))
  for (const engine of engines) {
    fs.mkdirSync(engineFolder(folder, engine))
    const { version, wheels } = enginePins[engine]
    const packages = Object.fromEntries(wheels.map((wheel) => [wheel.name, wheel.version]))
    fs.writeFileSync(
      path.join(engineFolder(folder, engine), "engine.json"),
      JSON.stringify({ format: 1, engine, version, packages, bytes: 1 }),
    )
  }
  return folder
}
