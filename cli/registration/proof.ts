import * as path from "node:path"
import { Effect, Result } from "effect"
import {
  type Introduced,
  introducedIn,
  type KeptVerdicts,
  type Registration,
  type RunRecord,
  readRegistrations,
  registrationFile,
} from "../../runtime/index.ts"
import type { StageResult } from "../stage-result.ts"
import { verdictsOf } from "./verdicts.ts"

/** What can be said of a run's registration, for a reader who doubts it. */
export interface Proof {
  /** The name of the file that the registration is in. */
  readonly file: string
  /** Whether the run decided claims. */
  readonly hasClaims: boolean
  /** What the run found in the file when it began; null if there was no file. */
  readonly recorded: NonNullable<RunRecord["registration"]> | null
  /** The registration that the run found, as the file has it now; null if it does not. */
  readonly registration: Registration | null
  /** Why the file cannot be read; null if it can, or is not there. */
  readonly problem: string | null
  /**
   * Registrations of the file that are later than the run's, or all if it had none: when they were
   * made.
   */
  readonly later: ReadonlyArray<string>
  /** The commit that brought the registration; null if none did. */
  readonly introduced: Introduced | null
  readonly results: ReturnType<typeof agesOf>
  readonly earlier: ReadonlyArray<EarlierRegistration>
}

/** A registration that was replaced, and where its verdicts are not those of the run. */
export interface EarlierRegistration {
  readonly registration: Registration
  readonly different: ReadonlyArray<DifferentVerdict>
}

/**
 * A claim to which a run of an earlier registration gave another verdict; `after` is null if it is
 * no longer asked.
 */
export interface DifferentVerdict {
  readonly claim: string
  readonly before: string
  readonly after: string | null
}

/** Gathers what the store, the file and the repository know of the registration of a run. */
export const proofOf = Effect.fnUntraced(function* (record: RunRecord, results: ReadonlyArray<StageResult>) {
  const file = registrationFile(record.path)
  const read = yield* Effect.result(readRegistrations(file))
  const registrations = Result.isSuccess(read) ? (read.success?.registrations ?? []) : []
  const recorded = record.registration ?? null
  const place = recorded === null ? -1 : registrations.findLastIndex(({ hash }) => hash === recorded.hash)
  const registration = registrations[place] ?? null
  const now = yield* verdictsOf(record)
  return {
    file: path.basename(file),
    hasClaims: now.length > 0,
    recorded,
    registration,
    problem: Result.isFailure(read) ? read.failure.message : null,
    later: registrations.slice(place + 1).map(({ registered }) => registered),
    introduced: recorded === null ? null : yield* Effect.promise(() => introducedIn(file, recorded.hash)),
    results: agesOf(results, recorded?.registered ?? null),
    earlier: registrations
      .slice(0, Math.max(place, 0))
      .map((each) => ({ registration: each, different: differentVerdicts(each.verdicts ?? [], now) })),
  } satisfies Proof
})

/**
 * How many results are older than an instant, by when they began to be computed, and when the first
 * of the others began; times are in milliseconds since 1970.
 */
const agesOf = (results: ReadonlyArray<StageResult>, instant: string | null) => {
  const began = results.map(({ manifest: { created, seconds } }) => Date.parse(created) - seconds * 1000)
  const since = instant === null ? null : Date.parse(instant)
  const later = since === null ? [] : began.filter((time) => time >= since)
  return {
    count: results.length,
    older: since === null ? null : began.length - later.length,
    first: later.length === 0 ? null : Math.min(...later),
  }
}

/**
 * Claims are the same where stage and words are. Without a column of verdicts there is nothing to
 * compare.
 */
export const differentVerdicts = (then: ReadonlyArray<KeptVerdicts>, now: ReadonlyArray<KeptVerdicts>): ReadonlyArray<DifferentVerdict> => {
  const current = new Map(now.flatMap(answers))
  return then.flatMap(answers).flatMap(([key, { claim, verdict }]) => {
    const found = current.get(key)
    return found?.verdict === verdict ? [] : [{ claim, before: verdict, after: found?.verdict ?? null }]
  })
}

const answers = ({ stage, rows }: KeptVerdicts) => {
  const seen = new Map<string, number>()
  return rows.flatMap(({ claim, verdict }) => {
    if (typeof claim !== "string" || typeof verdict !== "string") return []
    const number = (seen.get(claim) ?? 0) + 1
    seen.set(claim, number)
    return [[JSON.stringify([stage, claim, number]), { claim, verdict }] as const]
  })
}
