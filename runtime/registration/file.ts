import * as path from "node:path"
import { Effect, Exit, Schema } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import { textOf } from "../disk/text.ts"
import { BadRegistration } from "../error.ts"
import { Commit } from "../store/runs/record.ts"
import { designFields, hashOf, partsOf } from "./design.ts"

const Cell = Schema.Unknown as Schema.Codec<Json, Json>

/** What a stage of verdicts had answered when another registration was made. */
export const KeptVerdicts = Schema.Struct({
  /** The id of the stage. */
  stage: Schema.String,
  /** The run that it is from. */
  run: Schema.String,
  /** The rows of its table. */
  rows: Schema.Array(Schema.Record(Schema.String, Cell)),
})
export type KeptVerdicts = typeof KeptVerdicts.Type

/** What was fixed at one time. */
export const Registration = Schema.Struct({
  /** When it was written: ISO 8601, UTC. */
  registered: Schema.String,
  /**
   * What the pipeline's folder had checked out, and whether anything in it was not committed; null
   * outside of a repository.
   */
  commit: Schema.NullOr(Commit),
  /** What there was already in the store, of this pipeline. */
  before: Schema.Struct({
    /** Runs of the pipeline, whatever came of them. */
    runs: Schema.Int,
    /** Stages that had a result. */
    results: Schema.Int,
    /** Of these, the ones that claims read. */
    evidence: Schema.Int,
  }),
  /** Hashes that runs of this pipeline were registered under, and that the file does not hold. */
  missing: Schema.optionalKey(Schema.Array(Schema.String)),
  /** What is different from the registration before. */
  changes: Schema.optionalKey(Schema.Array(Schema.String)),
  ...designFields,
  /** What it had answered when it was replaced. */
  verdicts: Schema.optionalKey(Schema.Array(KeptVerdicts)),
})
export type Registration = typeof Registration.Type

/** The registrations of a pipeline, the oldest first. */
export const Registrations = Schema.Struct({
  format: Schema.Literal(1),
  pipeline: Schema.String,
  registrations: Schema.Array(Registration).check(Schema.isMinLength(1)),
})
export type Registrations = typeof Registrations.Type

/** The file that registrations of a pipeline are in: beside it, under its name. */
export const registrationFile = (pipelineFile: string): string => {
  const { dir, name } = path.parse(pipelineFile)
  return path.join(dir, `${name}.registration.json`)
}

const decode = Schema.decodeUnknownExit(Schema.fromJsonString(Registrations))

/**
 * The registrations of a pipeline; null if there is no file. Fails with a BadRegistration if it
 * cannot be read, or if what it lists does not have the hashes that it gives.
 */
export const readRegistrations = (file: string): Effect.Effect<Registrations | null, BadRegistration> =>
  Effect.gen(function* () {
    const text = yield* Effect.try({ try: () => textOf(file), catch: (error) => bad(file, `cannot be read: ${String(error)}`) })
    if (text === null) return null
    const decoded = decode(text)
    if (Exit.isFailure(decoded)) return yield* bad(file, "is not a file that assay register writes")
    const edited = decoded.value.registrations.findIndex((each) => !hasItsHashes(each))
    if (edited >= 0)
      return yield* bad(file, `was edited: what registration ${edited + 1} of it lists does not have the hashes that it gives`)
    return decoded.value
  })

const hasItsHashes = (registration: Registration): boolean => {
  const parts = partsOf(registration)
  const { claims, study, code } = registration.parts
  return parts.claims === claims && parts.study === study && parts.code === code && hashOf(parts) === registration.hash
}

const bad = (file: string, problem: string): BadRegistration =>
  new BadRegistration({ path: file, message: `${file} ${problem}; restore it from the repository, as in "git checkout -- <file>"` })

/** The text of the file: an object or a list that fits on a line is on one. */
export const formatRegistrations = (file: Registrations): string => `${spread(JSON.parse(JSON.stringify(file)) as Json, "")}\n`

const lineWidth = 100

const spread = (value: Json, indent: string): string => {
  const short = JSON.stringify(value)
  if (typeof value !== "object" || value === null || indent.length + short.length <= lineWidth) return short
  const inner = `${indent}  `
  const entries = Array.isArray(value)
    ? value.map((each) => spread(each, inner))
    : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${spread(each, inner)}`)
  const [open, close] = Array.isArray(value) ? "[]" : "{}"
  return `${open}\n${entries.map((entry) => inner + entry).join(",\n")}\n${indent}${close}`
}
