import type { Manifest } from "../../runtime/index.ts"
import type { RunView } from "../runs/view.ts"
import type { Provenance } from "./data.ts"

/** How the results of a run were computed, in this run and in earlier ones. */
export const provenanceOf = ({ record, manifests }: RunView): Provenance => {
  const results = record.stages.flatMap(({ id }) => {
    const manifest = manifests.get(id)
    return manifest === undefined ? [] : [{ id, manifest }]
  })
  const names = [...new Set(results.map(({ manifest }) => manifest.stage))]
  const kinds = names.map((stage) => {
    const seconds = results.flatMap(({ manifest }) => (manifest.stage === stage ? [manifest.seconds] : []))
    return { stage, results: seconds.length, seconds: sum(seconds), longest: Math.max(...seconds) }
  })
  return {
    machines: [...new Set(results.map(({ manifest }) => machineOf(manifest)))].sort(),
    seconds: sum(results.map(({ manifest }) => manifest.seconds)),
    kinds: kinds.sort((a, b) => b.seconds - a.seconds),
    results: results.map(({ id, manifest: { stage, key, seconds, created } }) => ({ id, stage, key, seconds, created })),
  }
}

const machineOf = ({ host: { cpu, platform, node } }: Manifest): string => `${cpu}, ${platform}, Node ${node}`

const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)
