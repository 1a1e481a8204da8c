import { Effect } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import { type ComponentPath, printPath } from "../fingerprint/component-path.ts"
import { type Difference, difference } from "../fingerprint/difference.ts"
import { changedFiles } from "../fingerprint/pin.ts"
import { CodeFiles, type NamedFile } from "../store/code/files.ts"
import type { Manifest } from "../store/results/manifest.ts"
import { Results } from "../store/results/results.ts"
import type { RunRecord } from "../store/runs/record.ts"
import { isIn } from "./cause/cause.ts"
import { withoutConsequences } from "./cause/package.ts"

/**
 * A component of a fingerprint, `parameters.beta`, with the value that each run had; null where one
 * had none.
 */
export interface OwnDifference {
  readonly component: string
  readonly before: Json
  readonly after: Json
  /** Of `code` and of plugins, the files that changed. */
  readonly files?: ReadonlyArray<string>
}

/** A stage that both runs have, with other fingerprints. */
export interface DifferentStage {
  readonly id: string
  readonly stage: string
  /**
   * What was given to it otherwise: parameters, code (with the files that changed), packages,
   * another artifact wired in. Empty if it only passes a difference on.
   */
  readonly own: ReadonlyArray<OwnDifference>
  /**
   * Inputs that are different because the stage that made them is, with the ids of those stages.
   */
  readonly through: ReadonlyArray<{ readonly component: string; readonly from: ReadonlyArray<string> }>
}

/**
 * How two runs differ. A key is the digest of a whole fingerprint, so stages under `same` differ in
 * nothing that counts; what `different` does not name is equal as well. `unproven` are stages for
 * which nothing can be said, because a result is not there.
 */
export interface RunDifference {
  readonly before: RunRecord
  readonly after: RunRecord
  readonly same: ReadonlyArray<string>
  readonly different: ReadonlyArray<DifferentStage>
  readonly onlyBefore: ReadonlyArray<string>
  readonly onlyAfter: ReadonlyArray<string>
  readonly unproven: ReadonlyArray<{ readonly id: string; readonly reason: string }>
}

/** Compares two runs stage by stage, by id, from the fingerprints that their results carry. */
export const diff: (before: RunRecord, after: RunRecord) => Effect.Effect<RunDifference, never, Results | CodeFiles> = Effect.fn("diff")(
  function* (before, after) {
    const results = yield* Results
    const codeFiles = yield* CodeFiles
    const manifestsBefore = yield* results.of(before)
    const manifestsAfter = yield* results.of(after)
    const makersBefore = makersOf(manifestsBefore)
    const makersAfter = makersOf(manifestsAfter)
    const old = new Map(before.stages.map((stage) => [stage.id, stage]))
    const current = new Map(after.stages.map((stage) => [stage.id, stage]))
    const same: Array<string> = []
    const different: Array<DifferentStage> = []
    const unproven: Array<{ id: string; reason: string }> = []
    for (const { id, stage, key } of after.stages) {
      const was = old.get(id)
      if (was === undefined) continue
      if (key !== null && key === was.key) {
        same.push(id)
        continue
      }
      const [left, right] = [manifestsBefore.get(id), manifestsAfter.get(id)]
      if (left === undefined || right === undefined) {
        const run = left === undefined ? before : after
        const outcome = (left === undefined ? was : { outcome: current.get(id)?.outcome }).outcome
        unproven.push({ id, reason: `${outcome} in run ${run.run}; its result is not in the store` })
        continue
      }
      const own: Array<DifferentStage["own"][number]> = []
      const through = new Map<string, Set<string>>()
      const filesOf = ({ source }: Manifest) => (source === undefined ? null : codeFiles.list(source.files))
      const changed = withoutConsequences(difference(left.vector, right.vector))
      for (const each of changed) {
        const makers = commonMakers(each, makersBefore, makersAfter)
        const { path, before: old, after: current } = each
        const printed = { component: printPath(path), before: old, after: current }
        const files = filesBehind(path, changed, filesOf(left), filesOf(right))
        if (makers.length === 0) own.push(files === null ? printed : { ...printed, files })
        const port = printPath(inputOf(path))
        for (const maker of makers) through.set(port, (through.get(port) ?? new Set()).add(maker))
      }
      different.push({ id, stage, own, through: [...through].map(([component, from]) => ({ component, from: [...from] })) })
    }
    return {
      before,
      after,
      same,
      different,
      onlyBefore: before.stages.map(({ id }) => id).filter((id) => !current.has(id)),
      onlyAfter: after.stages.map(({ id }) => id).filter((id) => !old.has(id)),
      unproven,
    }
  },
)

/**
 * The files that a changed component was made from and that are not alike; null of one that is not
 * made from files, none where a list is not there any more. A result keeps one list for its code
 * and its plugins: where both changed, which file is whose is not known, and plugins name none.
 */
const filesBehind = (
  path: ComponentPath,
  changed: ReadonlyArray<Difference>,
  before: ReadonlyArray<NamedFile> | null,
  after: ReadonlyArray<NamedFile> | null,
): ReadonlyArray<string> | null => {
  const isPlugin = isIn(path, "plugins")
  if (!isPlugin && !isIn(path, "code")) return null
  if (before === null || after === null) return []
  if (!isPlugin) return changedFiles(before, after)
  if (changed.some((other) => isIn(other.path, "code"))) return []
  // Of another plugin in its place, no file was edited.
  const [old, current] = [before, after].map((list) => new Set(list.map(({ name }) => name)))
  return changedFiles(before, after).filter((name) => old?.has(name) && current?.has(name))
}

/** By the digest of an output, the stages of the run that made it. */
const makersOf = (manifests: ReadonlyMap<string, Manifest>): ReadonlyMap<string, ReadonlySet<string>> => {
  const makers = new Map<string, Set<string>>()
  for (const [id, { outputs }] of manifests)
    for (const { digest } of Object.values(outputs)) makers.set(digest, (makers.get(digest) ?? new Set()).add(id))
  return makers
}

/** The port that a part of an input belongs to. */
const inputOf = ([component, port = ""]: ComponentPath): ComponentPath => [component, port]

/**
 * The stages that made an input in both runs: where there is one, the difference came through it,
 * and not by wiring.
 */
const commonMakers = (
  { path, before, after }: Difference,
  makersBefore: ReadonlyMap<string, ReadonlySet<string>>,
  makersAfter: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyArray<string> => {
  if (!isIn(path, "inputs")) return []
  const makers = (value: Json, known: ReadonlyMap<string, ReadonlySet<string>>) =>
    typeof value === "string" ? known.get(value) : undefined
  const left = makers(before, makersBefore)
  const right = makers(after, makersAfter)
  return left === undefined || right === undefined ? [] : [...left].filter((id) => right.has(id))
}
