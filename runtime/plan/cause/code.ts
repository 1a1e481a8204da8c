import type { Json } from "../../../dsl/canonical.ts"
import { changedFiles } from "../../fingerprint/pin.ts"
import { type Cause, type Comparison, isIn, ownCause } from "./cause.ts"

/**
 * The code that the stage reaches was edited: one cause, with the files. A stage that cannot be
 * cached has a code component that no two runs share, so there the digests recorded beside the
 * fingerprints are compared.
 */
export const codeChanged = (
  comparison: Pick<Comparison, "stage" | "last" | "changed" | "uncacheable" | "code" | "filesThen">,
): ReadonlyArray<Cause> => {
  const { stage, last, changed, uncacheable, code, filesThen } = comparison
  const first = changed.find(({ path }) => isIn(path, "code"))
  if (first === undefined) return []
  const { source } = last
  const isHidden = uncacheable.length > 0 || isUncacheable(first.before)
  if (isHidden && source?.code === code.digest) return []
  const then = source === undefined ? null : filesThen(source.files)
  const files = then === null ? [] : changedFiles(then, code.files).filter((name) => !isOfPluginAlone(name, code))
  const difference = isHidden ? { path: ["code"] as const, before: source?.code ?? null, after: code.digest } : first
  return [{ ...ownCause(stage, difference), files }]
}

/**
 * The code of a plugin was edited, or another plugin stands in its place: one cause for each place,
 * with the files.
 */
export const pluginChanged = ({
  stage,
  last,
  changed,
  code,
  filesThen,
}: Pick<Comparison, "stage" | "last" | "changed" | "code" | "filesThen">): ReadonlyArray<Cause> =>
  changed.flatMap((each) => {
    if (!isIn(each.path, "plugins")) return []
    const then = last.source === undefined ? null : filesThen(last.source.files)
    const own = code.pluginFiles.get(each.path[1] ?? "")
    // Of another plugin in its place, no file was edited.
    const names = new Set(then?.map(({ name }) => name))
    const files = then === null ? [] : changedFiles(then, code.files).filter((name) => own?.has(name) && names.has(name))
    return [{ ...ownCause(stage, each), files }]
  })

const isOfPluginAlone = (name: string, { ownFiles, pluginFiles }: Comparison["code"]): boolean =>
  !ownFiles.has(name) && [...pluginFiles.values()].some((files) => files.has(name))

/** Whether this is the code component that a run gave to a stage that cannot be cached. */
const isUncacheable = (value: Json): boolean => typeof value === "object" && value !== null && "uncacheable" in value
