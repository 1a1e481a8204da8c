import { Schema } from "effect"
import { canonicalJson, type Json } from "../../dsl/canonical.ts"
import { sha256 } from "../disk/sha256.ts"

/** A package as the code of a submission needs it. */
export const CarriedPackage = Schema.Struct({
  /** Its folder, from the project's (`project:…`) or from Assay's (`assay:…`). */
  place: Schema.String,
  name: Schema.String,
  version: Schema.String,
  /** Of the names and bytes of all of its files. */
  digest: Schema.String,
})
export type CarriedPackage = typeof CarriedPackage.Type

/** What a worker must have to compute stages. Stages that ask for the same wait in one queue. */
export const Requirement = Schema.Struct({
  format: Schema.Literal(1),
  /** The version of Assay, whose runtime the stages meet. */
  assay: Schema.String,
  /** The identity of the engine; null for stages that compute no tensors. */
  engine: Schema.Unknown as Schema.Codec<Json, Json>,
  packages: Schema.Array(CarriedPackage),
  /** The most threads that such a stage can use. */
  threads: Schema.Int,
  /** Bytes. */
  memory: Schema.Finite,
  gpus: Schema.Int,
  labels: Schema.Array(Schema.String),
})
export type Requirement = typeof Requirement.Type

export const requirementDigest = (requirement: Requirement): string => sha256("requirement", canonicalJson(requirement as unknown as Json))

/** What a machine has. */
export interface Capability {
  readonly assay: string
  readonly engine: Json
  readonly threads: number
  readonly memory: number
  readonly gpus: number
  readonly labels: ReadonlyArray<string>
  /** What is installed at a package's place; null if nothing is. */
  readonly installed: (wanted: CarriedPackage) => { readonly version: string; readonly digest: string } | null
}

/** Packages that a refusal names. */
const mostNamed = 3

/** Why a machine cannot compute such stages; null if it can. Short enough for a line. */
export const refusalOf = (wanted: Requirement, has: Capability): string | null => {
  if (wanted.assay !== has.assay) return `it has Assay ${has.assay}, and ${wanted.assay} is wanted`
  const missing = wanted.labels.filter((label) => !has.labels.includes(label))
  if (missing.length > 0) return `it is not labelled ${missing.join(", ")}`
  if (wanted.gpus > has.gpus) return `it has ${has.gpus} GPUs, and ${wanted.gpus} are wanted`
  if (wanted.memory > has.memory) return `it has ${gigabytes(has.memory)} of memory, and ${gigabytes(wanted.memory)} are wanted`
  if (wanted.engine !== null && canonicalJson(wanted.engine) !== canonicalJson(has.engine))
    return `its engine is ${canonicalJson(has.engine)}, and ${canonicalJson(wanted.engine)} is wanted`
  const different = wanted.packages.flatMap((each) => differenceOf(each, has.installed(each)) ?? [])
  if (different.length === 0) return null
  const rest = different.length > mostNamed ? `, and ${different.length - mostNamed} packages more` : ""
  return `${different.slice(0, mostNamed).join("; ")}${rest}`
}

const differenceOf = (
  { name, version, digest }: CarriedPackage,
  has: { readonly version: string; readonly digest: string } | null,
): string | null => {
  if (has === null) return `it has no ${name}, and ${version} is wanted`
  if (has.version !== version) return `it has ${name} ${has.version}, and ${version} is wanted`
  return has.digest === digest ? null : `its ${name} ${version} holds other files than the one that is wanted`
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toPrecision(3)} GB`
