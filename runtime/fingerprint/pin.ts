import type { GraphStage } from "../../dsl/graph.ts"
import type { Pin } from "../store/manifest.ts"
import type { Prepared } from "./prepare.ts"

/** What a declared version stood for when the stage was computed; undefined for a stage that pins nothing. */
export const pinOf = (stage: GraphStage, prepared: Prepared): Pin | undefined =>
  stage.declaration.version === undefined ? undefined : { code: prepared.code(stage).digest, files: prepared.files(stage) }

/** A pin is never silent: the files that are not what they were when the pinned result was made; empty if the code is the same. */
export const changedUnderneath = (stage: GraphStage, before: Pin | undefined, prepared: Prepared): ReadonlyArray<string> => {
  const now = pinOf(stage, prepared)
  if (before === undefined || now === undefined || before.code === now.code) return []
  const old = new Map(before.files.map(({ name, sha256 }) => [name, sha256]))
  const current = new Map(now.files.map(({ name, sha256 }) => [name, sha256]))
  const names = [...new Set([...old.keys(), ...current.keys()])].sort()
  return names.filter((name) => old.get(name) !== current.get(name))
}

/** The same, for a reader; null if there is nothing to say. */
export const pinRemark = (stage: GraphStage, before: Pin | undefined, prepared: Prepared): string | null => {
  const files = changedUnderneath(stage, before, prepared)
  return files.length === 0 ? null : `its code is pinned to version ${stage.declaration.version}; changed underneath: ${files.join(", ")}`
}
