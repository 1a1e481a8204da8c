import * as path from "node:path"
import { DateTime, Effect } from "effect"
import {
  type CheckedPlan,
  checkedOutWith,
  formatRegistrations,
  loadPipeline,
  plan,
  type Registration,
  type RunRecord,
  Runs,
  readRegistrations,
  registrationFile,
} from "../../runtime/index.ts"
import { minuteOf, shownDigits } from "../../runtime/observe/registration-lines.ts"
import { wrap } from "../../runtime/observe/wrap.ts"
import { writeText } from "../copy/artifact.ts"
import type { Options } from "../options.ts"
import { pluralize } from "../print/number.ts"
import { print, printJson, remark } from "../print/screen.ts"
import { answersOf } from "../registration/verdicts.ts"
import { findPipelineFile, relativePath } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

export const register = Effect.fn("assay register")(function* ({ pipeline, json }: Options<"register">) {
  const loaded = yield* loadPipeline(yield* findPipelineFile(pipeline))
  const file = registrationFile(loaded.path)
  const planned = yield* plan(loaded)
  const earlier = (yield* readRegistrations(file))?.registrations ?? []
  const last = earlier.at(-1)
  const changes = planned.registered?.differences ?? []
  if (last !== undefined && changes.length === 0) {
    if (json) return yield* printJson(registerJson(file, last, { written: false, registrations: earlier.length }))
    return yield* print(`registered ${nameOf(last)}: nothing has changed since, and nothing was written`)
  }
  const runs = (yield* (yield* Runs).all).filter((record) => record.path === loaded.path || record.pipeline === planned.pipeline)
  const missing = missingFrom(earlier, runs)
  const registration: Registration = {
    registered: DateTime.formatIso(yield* DateTime.now),
    commit: yield* Effect.promise(() => checkedOutWith(loaded.path, file)),
    before: { runs: runs.length, ...storedIn(planned) },
    ...(missing.length === 0 ? {} : { missing }),
    ...(last === undefined ? {} : { changes }),
    ...planned.design,
  }
  const answered = yield* Effect.forEach(earlier, (each) => withAnswers(each, runs))
  const registrations = [...answered, registration]
  yield* writeText(file, formatRegistrations({ format: 1, pipeline: planned.pipeline, registrations }))
  if (json) return yield* printJson(registerJson(file, registration, { written: true, registrations: registrations.length }))
  yield* printRegistration(file, registration, answered)
}, withRuntime)

/** `written` is false where nothing had changed; then it is the last registration that is shown. */
const registerJson = (
  file: string,
  { hash, registered, commit, stages, claims, before, missing = [], changes = [] }: Registration,
  rest: { readonly written: boolean; readonly registrations: number },
) => ({ file, hash, registered, commit, stages, claims: claims.length, before, missing, changes, ...rest })

/** What has results already, and of that what claims read. */
const storedIn = ({ stages, evidence }: CheckedPlan) => {
  const stored = stages.flatMap(({ id, verdict }) => (verdict === "cached" ? [id] : []))
  return { results: stored.length, evidence: stored.filter((id) => evidence.includes(id)).length }
}

/** Hashes that runs were registered under, and that the file does not hold any more. */
const missingFrom = (earlier: ReadonlyArray<Registration>, runs: ReadonlyArray<RunRecord>): ReadonlyArray<string> => {
  const known = new Set(earlier.map(({ hash }) => hash))
  return [...new Set(runs.flatMap(({ registration }) => (registration === undefined ? [] : [registration.hash])))]
    .filter((hash) => !known.has(hash))
    .sort()
}

/** What was kept of an earlier registration stays as it is. */
const withAnswers = Effect.fnUntraced(function* (registration: Registration, runs: ReadonlyArray<RunRecord>) {
  if (registration.verdicts !== undefined) return registration
  const verdicts = yield* answersOf(registration.hash, runs)
  return verdicts.length === 0 ? registration : { ...registration, verdicts }
})

const nameOf = ({ hash, registered }: Pick<Registration, "hash" | "registered">): string =>
  `${hash.slice(0, shownDigits)} at ${minuteOf(registered)}`

const printRegistration = Effect.fnUntraced(function* (file: string, registration: Registration, earlier: ReadonlyArray<Registration>) {
  const { claims, stages, commit, changes = [], before, missing = [] } = registration
  const say = (text: string) => print(wrap(text, "  ").join("\n"))
  const warn = (text: string) => remark(wrap(`warning: ${text}`, "  ").join("\n"))
  yield* say(`registered ${nameOf(registration)}: ${pluralize(claims.length, "claim")}, ${pluralize(stages, "stage")}`)
  const last = earlier.at(-1)
  if (last !== undefined) yield* say(`since ${nameOf(last)}:`)
  for (const change of changes) yield* say(`- ${change}`)
  for (const { verdicts = [], ...each } of earlier)
    if (verdicts.length > 0)
      yield* say(
        `kept of ${nameOf(each)}: ${pluralize(
          verdicts.reduce((sum, { rows }) => sum + rows.length, 0),
          "verdict",
        )}`,
      )
  yield* say(`wrote ${relativePath(file)}; commit and push it before the first run: only that shows when it was`)
  if (claims.length === 0) yield* warn("no stage of this pipeline states claims; study and code alone are registered")
  if (commit === null) yield* warn(`${path.dirname(file)} is not in a repository with a commit, so nothing shows which code was registered`)
  if (commit?.changed) yield* warn("the folder has changes that are not committed: commit them too")
  if (before.results > 0)
    yield* warn(
      `${before.results} of ${pluralize(stages, "result")} were in the store already, ${before.evidence} of them of stages that claims read`,
    )
  if (missing.length > 0)
    yield* warn(
      `runs of this pipeline were registered as ${missing.map((hash) => hash.slice(0, shownDigits)).join(", ")}, which ${path.basename(file)} does not hold: was it deleted? Restore it from the repository, and register again`,
    )
})
