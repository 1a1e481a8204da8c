import * as fs from "node:fs"
import { Effect } from "effect"
import manifest from "../../package.json" with { type: "json" }
import { lookAround } from "../bundle/gated.ts"
import { engineIdentity } from "../fingerprint/engine.ts"
import { installed } from "../packages/installed.ts"
import { readPackageJson } from "../packages/package-json.ts"
import { Settings } from "../settings.ts"
import { fileAt } from "./place.ts"
import type { Capability, CarriedPackage } from "./requirement.ts"

/**
 * What this machine has for stages. A package is looked for at its place, and where it is not there
 * or another one, wherever Node would find it.
 */
export const capabilityOf = (labels: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const settings = yield* Settings
    const { assayRoot, projectRoot, threads, memory, gpus } = settings
    const look = lookAround(settings)
    const at = (folder: string | undefined) => {
      const version = folder === undefined || !fs.existsSync(folder) ? undefined : readPackageJson(folder)?.version
      return version === undefined || folder === undefined ? [] : [{ version, digest: look.packages(fs.realpathSync(folder)).digest }]
    }
    const capability: Capability = {
      assay: manifest.version,
      engine: engineIdentity(settings, look),
      threads,
      memory,
      gpus,
      labels,
      installed: ({ place, name, digest }: CarriedPackage) => {
        const there = at(fileAt(place, settings))[0]
        if (there?.digest === digest) return there
        const found = [there ?? [], ...at(installed(projectRoot, name)), ...at(installed(assayRoot, name))].flat()
        return found.find((each) => each.digest === digest) ?? found[0] ?? null
      },
    }
    return capability
  })
