/** One stage of a run: parameters and inputs, what changed since before, what it left. */

import * as path from "node:path"
import { Effect } from "effect"
import { type Manifest, Results, Runs, Settings } from "../../runtime/index.ts"
import { NotThere } from "../answer.ts"
import type { FingerprintPart, StageDetails, Value } from "../api.ts"
import { changesOf, compare, earlierRun } from "./changes.ts"
import { stageOf } from "./details.ts"
import { toldOf } from "./told.ts"
import { inputsOf, type RunView } from "./view.ts"

export const detailsOf = Effect.fnUntraced(function* (view: RunView, id: string) {
  const { record, manifests } = view
  const outcome = record.stages.find((stage) => stage.id === id)
  if (outcome === undefined) return yield* new NotThere({ message: `run ${record.run} has no stage "${id}"` })
  const manifest = manifests.get(id)
  const before = yield* earlierRun(record, ({ stages }) =>
    stages.some((stage) => stage.id === id && stage.key !== null && stage.key !== outcome.key),
  )
  const latest = before === null ? null : yield* compare(before, record)
  const different = latest?.differences.get(id)
  const failure = outcome.outcome === "failed" ? yield* failureOf(record.run, id) : null
  const inputs = manifest === undefined ? [] : inputsOf(view, manifest)
  const { stages, seq } = yield* toldOf(record.run)
  const told = stages.get(id)
  const results = yield* Results
  const stage = stageOf(view, outcome, { compared: latest, told })
  const details: StageDetails = {
    ...stage,
    message: stage.message ?? failure?.error.message ?? null,
    parameters: (manifest?.vector.find(({ component }) => component === "parameters")?.value ??
      view.wired.get(id)?.parameters ??
      null) as Value,
    fingerprint: manifest === undefined ? [] : partsOf(manifest, different === undefined ? [] : changesOf(different)),
    comparedWith: before === null ? null : { run: before.run, created: before.created },
    changes: different === undefined ? [] : changesOf(different),
    makers: inputs.map(({ port, from, digest }) => ({
      port,
      id: "id" in from ? from.id : null,
      artifact: "id" in from ? (manifests.get(from.id)?.outputs[from.output]?.artifact ?? "file") : "file",
      digest,
    })),
    users: usersOf(view, id),
    damage: manifest === undefined && outcome.key !== null ? yield* results.problem(outcome.key) : null,
    log: manifest?.printed ?? failure?.output.split("\n") ?? told?.lines ?? [],
    seq,
    checkpoints: checkpointsOf(manifest),
    computed: manifest === undefined ? null : computedOf(manifest),
    failure: failure === null ? null : { ...failure.error },
    reproduce: yield* commandsFor(view, id, outcome.outcome === "failed"),
  }
  return details
})

const partsOf = (manifest: Manifest, changes: StageDetails["changes"]): ReadonlyArray<FingerprintPart> => {
  const changed = (component: string) =>
    changes.find((change) => change.component === component || change.component.startsWith(`${component}.`))
  return manifest.vector.map(({ component, value }) => {
    const change = changed(component)
    return {
      component,
      value: value as Value,
      before: change?.component === component ? change.before : null,
      changed: change !== undefined,
    }
  })
}

const usersOf = (view: RunView, id: string): ReadonlyArray<string> =>
  [...view.manifests].flatMap(([user, manifest]) =>
    inputsOf(view, manifest).some(({ from }) => "id" in from && from.id === id) ? [user] : [],
  )

const checkpointsOf = (manifest: Manifest | undefined): ReadonlyArray<number> => {
  const files = Object.values(manifest?.outputs ?? {}).flatMap((output) => output.files)
  const steps = files.flatMap(({ name }) => /^checkpoint-(\d+)\//.exec(name)?.[1] ?? [])
  return [...new Set(steps.map(Number))].sort((a, b) => a - b)
}

const computedOf = ({ created, host, threads }: Manifest): NonNullable<StageDetails["computed"]> => ({
  created,
  host: host.name,
  node: host.node,
  cpu: host.cpu,
  threads: threads ?? null,
})

/** What the stage threw in this run. */
const failureOf = Effect.fnUntraced(function* (run: string, id: string) {
  const { failures } = yield* Runs
  const number = Number(/\.r(\d+)$/.exec(run)?.[1] ?? Number.NaN)
  const ofStage = (yield* failures).filter((failure) => failure.id === id)
  return ofStage.find((failure) => failure.number === number) ?? ofStage[0] ?? null
})

const commandsFor = Effect.fnUntraced(function* ({ record }: RunView, id: string, failed: boolean) {
  const { projectRoot } = yield* Settings
  const file = path.relative(projectRoot, record.path) || record.path
  const pipeline = file.startsWith("..") ? record.path : file
  const checkout = record.commit == null ? [] : [`git checkout ${record.commit.id}`]
  return [...checkout, failed ? `npx assay replay ${quoted(id)}` : `npx assay run ${quoted(pipeline)}`]
})

/** As a word of a POSIX shell. */
const quoted = (text: string): string => (/^[\w./=,:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
