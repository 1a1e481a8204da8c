import * as path from "node:path"
import { Effect } from "effect"
import { loadPipeline, plan, type Registration, readRegistrations, registrationFile } from "../../runtime/index.ts"
import { minuteOf, shownDigits } from "../../runtime/observe/registration-lines.ts"
import { wrap } from "../../runtime/observe/wrap.ts"
import type { Options } from "../options.ts"
import { pluralize } from "../print/number.ts"
import { print, printJson, remark } from "../print/screen.ts"
import { appendRegistration } from "../registration/append.ts"
import { findPipelineFile, relativePath } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

export const register = Effect.fn("assay register")(function* ({ pipeline, json }: Options<"register">) {
  const loaded = yield* loadPipeline(yield* findPipelineFile(pipeline))
  const file = registrationFile(loaded.path)
  const planned = yield* plan(loaded)
  const earlier = (yield* readRegistrations(file))?.registrations ?? []
  const written = planned.registered === null || planned.registered.differences.length > 0
  const registrations = written ? yield* appendRegistration({ pipelineFile: loaded.path, file, planned, earlier }) : earlier
  const last = registrations.at(-1) as Registration
  // `written` is false where nothing had changed: then it is the last registration that is shown.
  if (json) return yield* printJson(registrationJson(file, last, { written, registrations: registrations.length }))
  if (!written) return yield* print(`registered ${nameOf(last)}: nothing has changed since, and nothing was written`)
  for (const text of registrationText(registrations)) yield* print(wrap(text, indent).join("\n"))
  const advice = `wrote ${relativePath(file)}; commit and push it before the first run: only that shows when it was`
  yield* print(wrap(advice, indent).join("\n"))
  for (const text of warnings(file, last)) yield* remark(wrap(`warning: ${text}`, indent).join("\n"))
}, withRuntime)

const registrationJson = (
  file: string,
  { hash, registered, commit, stages, claims, before, missing = [], changes = [] }: Registration,
  rest: { readonly written: boolean; readonly registrations: number },
) => ({ file, hash, registered, commit, stages, claims: claims.length, before, missing, changes, ...rest })

const indent = "  "

const nameOf = ({ hash, registered }: Registration): string => `${hash.slice(0, shownDigits)} at ${minuteOf(registered)}`

/** The last registration, what it changes in the one before, and the verdicts that are kept. */
const registrationText = (registrations: ReadonlyArray<Registration>): ReadonlyArray<string> => {
  const last = registrations.at(-1) as Registration
  const before = registrations.at(-2)
  const kept = registrations.flatMap((each) => (each.verdicts === undefined ? [] : [{ each, count: countRows(each.verdicts) }]))
  return [
    `registered ${nameOf(last)}: ${pluralize(last.claims.length, "claim")}, ${pluralize(last.stages, "stage")}`,
    ...(before === undefined ? [] : [`since ${nameOf(before)}:`]),
    ...(last.changes ?? []).map((change) => `- ${change}`),
    ...kept.map(({ each, count }) => `kept of ${nameOf(each)}: ${pluralize(count, "verdict")}`),
  ]
}

const countRows = (verdicts: NonNullable<Registration["verdicts"]>): number => verdicts.reduce((sum, { rows }) => sum + rows.length, 0)

const warnings = (file: string, { claims, commit, before, stages, missing = [] }: Registration): ReadonlyArray<string> => [
  ...(claims.length === 0 ? ["no stage of this pipeline states claims: study and code alone are registered"] : []),
  ...(commit === null ? [`${path.dirname(file)} is not in a repository with a commit, so nothing shows which code was registered`] : []),
  ...(commit?.changed ? ["the folder has changes that are not committed: commit them too"] : []),
  ...(before.results > 0
    ? [
        `${before.results} of ${pluralize(stages, "result")} were in the store already, ${before.evidence} of them of stages that claims read`,
      ]
    : []),
  ...(missing.length > 0
    ? [
        `runs of this pipeline were registered as ${missing.map((hash) => hash.slice(0, shownDigits)).join(", ")}, which ${path.basename(file)} does not hold: was it deleted? Restore it from the repository, and register again`,
      ]
    : []),
]
