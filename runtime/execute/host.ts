import * as fs from "node:fs"
import * as os from "node:os"
import type { Manifest } from "../store/results/manifest.ts"

let facts: Manifest["host"] | null = null

/**
 * The machine that computes: no part of any key, but what `verify` names where a result does not
 * come out the same.
 */
export const hostFacts = (): Manifest["host"] => {
  facts ??= {
    name: os.hostname(),
    platform: `${os.platform()}-${os.arch()}`,
    node: process.version,
    cpu: os.cpus()[0]?.model ?? "",
    instructions: instructionSets(),
  }
  return facts
}

/** Vector and matrix instructions, as Linux lists them; none elsewhere. */
const instructionSets = (): string => {
  const file = "/proc/cpuinfo"
  if (!fs.existsSync(file)) return ""
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(fs.readFileSync(file, "utf8"))?.[1]?.trim().split(/\s+/) ?? []
  return flags
    .filter((flag) => /^(sse4|avx|fma|amx|f16c|asimd|sve|neon)/.test(flag))
    .sort()
    .join(" ")
}

/**
 * In what a result's machine differs from this one, where a difference could show in the last bits:
 * `Node v24.1.0, here v20.20.2`.
 */
export const hostDifference = (then: Manifest["host"]): string | null => {
  const now = hostFacts()
  const [before, here] = [then.instructions?.split(" ") ?? [], (now.instructions ?? "").split(" ")]
  const gone = before.filter((each) => !here.includes(each))
  const added = before.length === 0 ? [] : here.filter((each) => !before.includes(each))
  const parts = [
    ...(then.platform === now.platform ? [] : [`${then.platform}, here ${now.platform}`]),
    ...(then.node === now.node ? [] : [`Node ${then.node}, here ${now.node}`]),
    ...(gone.length === 0 ? [] : [`a processor with ${gone.join(", ")}, which this one lacks`]),
    ...(added.length === 0 ? [] : [`a processor without ${added.join(", ")}`]),
  ]
  return parts.length === 0 ? null : `it was made by ${parts.join("; ")}`
}
