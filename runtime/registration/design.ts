import { Schema } from "effect"
import { canonicalJson, type Json, type JsonObject } from "../../dsl/canonical.ts"
import type { Graph, GraphInput, GraphSource, GraphStage } from "../../dsl/graph.ts"
import { sha256 } from "../disk/sha256.ts"
import type { GraphCode } from "../fingerprint/graph-code.ts"
import { vectorOf } from "../fingerprint/vector.ts"
import { summarizeValues } from "./values.ts"

const Hash = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))
const AnyJson = Schema.Unknown as Schema.Codec<Json, Json>

/** A claim as it was registered. */
export const RegisteredClaim = Schema.Struct({
  claim: Schema.String,
  family: Schema.optionalKey(Schema.String),
  /** The id of the stage that decides it. */
  stage: Schema.String,
  /** All else that the pipeline says of the claim: what is estimated, and the rule. */
  rule: AnyJson,
})
export type RegisteredClaim = typeof RegisteredClaim.Type

/** What the stages of one declaration are given. */
const StudyOfKind = Schema.Struct({
  stages: Schema.Int,
  /** By parameter, the values that occur. Long ones are named by their digest. */
  parameters: Schema.Record(Schema.String, Schema.Array(AnyJson)),
  /** The digest of each stage's id with its parameters. */
  assignment: Hash,
  /** The digest of each stage's id with what is wired to its ports. */
  wiring: Hash,
})

const CodeOfKind = Schema.Struct({
  /**
   * The digest of the reachable code, of plugins, of schemas, and of what is declared to be read.
   */
  code: Hash,
  /** The digest of the packages that the code imports, as they are installed. */
  packages: Hash,
})

/**
 * What a registration fixes, as far as it is known before anything runs: claims, study (parameters,
 * wiring, files from outside) and code. By kind of stage, so that a person can read it and a change
 * can be named. The engine is left out: another machine may run what was registered.
 */
export const designFields = {
  /** Of the hashes of the parts. */
  hash: Hash,
  parts: Schema.Struct({ claims: Hash, study: Hash, code: Hash }),
  /** The number of stages. */
  stages: Schema.Int,
  claims: Schema.Array(RegisteredClaim),
  study: Schema.Record(Schema.String, StudyOfKind),
  /** Files from outside, by the names that the pipeline has for them: digests of their contents. */
  files: Schema.Record(Schema.String, Schema.String),
  code: Schema.Record(Schema.String, CodeOfKind),
}
const Design = Schema.Struct(designFields)
export type Design = typeof Design.Type

type Content = Pick<Design, "claims" | "study" | "files" | "code">

/** The stages of this declaration state claims, in a parameter of that name. */
const claimsStage = "verdicts"

const isClaimsStage = ({ declaration, parameters }: Pick<GraphStage, "declaration" | "parameters">): boolean =>
  declaration.name === claimsStage && Array.isArray(parameters.claims)

/** The ids of the stages whose outputs claims are decided from, in order. */
export const evidenceOf = ({ stages }: Graph): ReadonlyArray<string> => [
  ...new Set(
    stages
      .filter(isClaimsStage)
      .flatMap(({ inputs }) => inputs.flatMap(({ sources }) => sources.flatMap(({ from }) => (from.kind === "output" ? [from.id] : [])))),
  ),
]

/** The design of a graph. Stages count by their ids, not by their order. */
export const designOf = (graph: Graph, graphCode: Pick<GraphCode, "parts" | "outside">): Design => {
  const stages = [...graph.stages].sort((a, b) => (a.id < b.id ? -1 : 1))
  const kinds = [...new Set(stages.map(({ declaration }) => declaration.name))].sort()
  const byKind = <A>(describe: (stages: ReadonlyArray<GraphStage>) => A): Record<string, A> =>
    Object.fromEntries(kinds.map((kind) => [kind, describe(stages.filter(({ declaration }) => declaration.name === kind))]))
  const sources = stages.flatMap(({ inputs }) => inputs.flatMap((input) => input.sources))
  const files = [...new Set(sources.flatMap(({ from }) => (from.kind === "file" ? [from.file] : [])))].sort()
  const content = {
    claims: stages.flatMap(claimsOf),
    study: byKind(studyOf),
    files: Object.fromEntries(files.map((file) => [file, graphCode.outside(file).digest])),
    code: byKind((ofKind) => codeOf(ofKind, graphCode)),
  }
  const parts = partsOf(content)
  return { hash: hashOf(parts), parts, stages: stages.length, ...content }
}

/** The hashes of the parts of what was registered, as a reader of the file can compute them too. */
export const partsOf = ({ claims, study, files, code }: Content): Design["parts"] => ({
  claims: digest(claims),
  study: digest({ study, files }),
  code: digest(code),
})

export const hashOf = (parts: Design["parts"]): string => digest(parts)

const digest = (value: unknown): string => sha256("registration", canonicalJson(value))

const claimsOf = (stage: GraphStage): ReadonlyArray<RegisteredClaim> => {
  if (!isClaimsStage(stage)) return []
  return (stage.parameters.claims as ReadonlyArray<JsonObject>).map(({ claim, family, ...rule }) => ({
    claim: String(claim),
    ...(typeof family === "string" ? { family } : {}),
    stage: stage.id,
    rule,
  }))
}

/** Claims are a part of their own. */
const parametersOf = (stage: GraphStage): JsonObject => {
  if (!isClaimsStage(stage)) return stage.parameters
  const { claims: _, ...others } = stage.parameters
  return others
}

const studyOf = (stages: ReadonlyArray<GraphStage>): Design["study"][string] => {
  const parameters = stages.map(parametersOf)
  const names = [...new Set(parameters.flatMap((values) => Object.keys(values)))].sort()
  return {
    stages: stages.length,
    parameters: Object.fromEntries(
      names.map((name) => [
        name,
        summarizeValues(parameters.flatMap((values) => (Object.hasOwn(values, name) ? [values[name] as Json] : []))),
      ]),
    ),
    assignment: digest(stages.map(({ id }, index) => [id, parameters[index]])),
    wiring: digest(stages.map(({ id, inputs }) => [id, inputs.map(wiresOf)])),
  }
}

const wiresOf = ({ port, many, sources }: GraphInput): Json => ({ port, many, sources: sources.map(wireOf) })

const wireOf = ({ from, path, at }: GraphSource): Json => ({
  from: from.kind === "file" ? { file: from.file } : { stage: from.id, output: from.output },
  path,
  at: Object.entries(at),
})

/** Components of a fingerprint that are not code: of another part, or of the machine. */
const notCode = /^(format|parameters|packages|engine|inputs\..*)$/

const codeOf = (stages: ReadonlyArray<GraphStage>, graphCode: Pick<GraphCode, "parts">): Design["code"][string] => {
  // Stages of one declaration that are given the same plugins share their parts: hundreds, often.
  const unique = [...new Map(stages.map((stage) => [graphCode.parts(stage), stage]))]
  return {
    code: digest(distinct(unique.map(([parts, stage]) => vectorOf(stage, parts, {}).filter(({ component }) => !notCode.test(component))))),
    packages: digest(distinct(unique.map(([{ packages }]) => packages))),
  }
}

/** In an order that does not depend on that of the stages. */
const distinct = (values: ReadonlyArray<unknown>): ReadonlyArray<string> => [...new Set(values.map(canonicalJson))].sort()
