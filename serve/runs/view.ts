/** A run with the results that are left of it, as the pages look at it. */

import { Effect } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import { type Manifest, Results, type RunRecord, Runs, type StoredOutput, type WiredStage } from "../../runtime/index.ts"
import type { StageInput, StageOutput } from "../api.ts"

export interface RunView {
  readonly record: RunRecord
  /** Results that are in the store, by the ids of the stages. */
  readonly manifests: ReadonlyMap<string, Manifest>
  /** By the digest of an artifact, the stage and output that it is. */
  readonly makers: ReadonlyMap<string, { readonly id: string; readonly output: string }>
  /** By the digest of a file from outside, what the pipeline calls it. */
  readonly outside: ReadonlyMap<string, string>
  /** How the stages are wired, by their ids; empty of a run of a version that did not say. */
  readonly wired: ReadonlyMap<string, WiredStage>
}

export const viewOf = Effect.fnUntraced(function* (record: RunRecord) {
  const results = yield* Results
  const manifests = yield* results.of(record)
  const makers = new Map<string, { id: string; output: string }>()
  for (const [id, { outputs }] of manifests)
    for (const [output, { digest }] of Object.entries(outputs)) if (!makers.has(digest)) makers.set(digest, { id, output })
  const outside = new Map([...manifests.values()].flatMap((manifest) => (manifest.outside ?? []).map(({ digest, file }) => [digest, file])))
  const { wiring } = yield* Runs
  const wired = record.wiring === undefined ? null : yield* wiring(record.wiring)
  const view: RunView = { record, manifests, makers, outside, wired: new Map(wired?.stages.map((stage) => [stage.id, stage])) }
  return view
})

/** What a finished stage was given, port by port, as its fingerprint says. */
export const inputsOf = ({ makers, outside }: RunView, manifest: Manifest): ReadonlyArray<StageInput & { readonly digest: string }> =>
  manifest.vector.flatMap(({ component, value }) =>
    component.startsWith("inputs.")
      ? digestsOf(value).map((digest) => {
          const from = makers.get(digest) ?? { file: outside.get(digest) ?? digest }
          return { port: component.slice("inputs.".length), from, digest }
        })
      : [],
  )

/** Of an input, or of all members of a collection. */
const digestsOf = (value: Json): ReadonlyArray<string> => {
  const values = Array.isArray(value) ? value : value === null ? [] : [value]
  return values.map((each) => (typeof each === "string" ? each : (each as { readonly digest: string }).digest))
}

/** The point of sweeps that a stage is at, with its values as they are shown. */
export const pointOf = ({ at = {} }: { readonly at?: WiredStage["at"] | undefined }): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(at).map(([axis, value]) => [axis, String(value)]))

export const outputsOf = ({ outputs }: Manifest): ReadonlyArray<StageOutput> =>
  Object.entries(outputs).map(([name, stored]) => outputOf(name, stored))

export const outputOf = (name: string, { artifact, kind, digest, rows, bytes, files }: StoredOutput): StageOutput => ({
  name,
  artifact,
  kind,
  digest,
  rows: rows ?? null,
  bytes,
  files: files.map((file) => ({ name: file.name, bytes: file.bytes })),
})
