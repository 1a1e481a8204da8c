import { DateTime, Effect } from "effect"
import { type CheckedPlan, checkedOutWith, formatRegistrations, type Registration, type RunRecord, Runs } from "../../runtime/index.ts"
import { writeText } from "../copy/artifact.ts"
import { answersOf } from "./verdicts.ts"

interface About {
  readonly pipelineFile: string
  /** Where the registrations are. */
  readonly file: string
  readonly planned: CheckedPlan
  /** The registrations that there are, the oldest first. */
  readonly earlier: ReadonlyArray<Registration>
}

/**
 * Writes one more registration, of the pipeline as it is planned, and with earlier ones the
 * verdicts that they had given, as far as the store has them. Returns all of them. Fails with
 * CopyFailed if the disk refuses.
 */
export const appendRegistration = Effect.fnUntraced(function* ({ pipelineFile, file, planned, earlier }: About) {
  const runs = (yield* (yield* Runs).all).filter((record) => record.path === pipelineFile || record.pipeline === planned.pipeline)
  const missing = missingFrom(earlier, runs)
  const registration: Registration = {
    registered: DateTime.formatIso(yield* DateTime.now),
    commit: yield* Effect.promise(() => checkedOutWith(pipelineFile, file)),
    before: { runs: runs.length, ...storedIn(planned) },
    ...(missing.length === 0 ? {} : { missing }),
    ...(earlier.length === 0 ? {} : { changes: planned.registered?.differences ?? [] }),
    ...planned.design(),
  }
  const answered = yield* Effect.forEach(earlier, (each) => withAnswers(each, runs))
  const registrations = [...answered, registration]
  yield* writeText(file, formatRegistrations({ format: 1, pipeline: planned.pipeline, registrations }))
  return registrations
})

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
