import { Schema } from "effect"
import { type Artifact, type ArtifactType, artifact, isArtifact, typeDifference } from "./artifact.ts"
import { canonicalValue, type Json, type JsonObject } from "./canonical.ts"
import { collect } from "./collection.ts"
import type { Declaration, StageNode, Wire } from "./declaration.ts"
import { DeclarationError } from "./error.ts"
import { type Port, type PortLike, toPort, type Wiring } from "./port.ts"
import { checkRenames, type Refused, type Renames, refuseOldNames } from "./renamed.ts"

type Ports = Readonly<Record<string, PortLike>>
type Fields = Readonly<Record<string, Schema.Codec<Json, unknown>>>
type OutputTypes = Readonly<Record<string, ArtifactType>>
type NoRenames = Readonly<Record<never, never>>

/** What a call returns: the artifact if the stage has one output, else a record of its outputs. */
export type Yield<O extends OutputTypes> =
  IsUnion<keyof O> extends true ? { readonly [K in keyof O]: Artifact<O[K]> } : Artifact<O[keyof O]>

/**
 * Something that a stage reads besides its inputs. The path of a file or folder starts at the
 * project root.
 */
export type Read = "network" | "clock" | "random" | "machine" | "processes" | `env:${string}` | `file:${string}`

type IsUnion<T, U = T> = [T] extends [never] ? false : T extends unknown ? ([U] extends [T] ? false : true) : never

export type StageParameters<P extends Fields> = Schema.Struct<P>["Type"]

/** A declared stage. Calling it computes nothing: it returns references to its outputs. */
export interface Stage<I extends Ports, P extends Fields, O extends OutputTypes, R extends Renames = NoRenames> {
  (options: Wiring<I> & Schema.Struct<P>["Encoded"] & Refused<R>): Yield<O>
  readonly declaration: Declaration
  /** Only for the type checker: `Run` derives the type of the implementation from it. */
  readonly "~types"?: { readonly inputs: I; readonly parameters: P; readonly outputs: O }
}

/** More retries than this are a mistake. */
const mostRetries = 1000

/**
 * Names appear in fingerprints, file names and `--set <stage>.<parameter>=<value>`: no dots,
 * slashes or equals signs.
 */
const validName = /^[\p{L}\p{N}_$-]+$/u

/**
 * Declares a stage: `inputs` are artifact types or ports (`many`, `optional`, `oneOf`,
 * `anyNumber`), `parameters` are Effect Schemas of JSON values, `outputs` are artifact types, and
 * `run` imports the module that implements it by exporting `run: Run<typeof train>`.
 *
 *   export const train = stage({
 *     name: "train",
 *     inputs: { pairs: Preferences, holdout: optional(Preferences) },
 *     parameters: { steps: Schema.Int, seed: Schema.Int },
 *     outputs: { policy: files("policy"), metrics: Metrics },
 *     run: () => import("./train.ts"),
 *   })
 *   const { policy } = train({ pairs, steps: 100, seed: 1 })
 *
 * Throws a DeclarationError if the declaration is wrong. A call throws one if an input is missing
 * or of another type, or a parameter is unknown or not accepted by its Schema.
 */
export const stage = <
  const I extends Ports,
  const P extends Fields,
  const O extends OutputTypes,
  const R extends Renames<(keyof I | keyof P) & string> = NoRenames,
>(options: {
  /** The kind of the stage, such as `sft`. It is part of the fingerprint. */
  readonly name: string
  /**
   * Replaces the stage's code in its fingerprint: a change of code then reruns the stage only
   * together with a new version.
   */
  readonly version?: string
  readonly inputs: I
  readonly parameters: P
  readonly outputs: O
  /**
   * Old names of inputs and parameters, each with its new one: a call or a `--set` that uses an old
   * name is refused with a message that gives the new one.
   */
  readonly renamed?: R
  /**
   * What is wrong with parameters that are each accepted by their Schema, but do not go together,
   * in words that complete "stage train: …"; undefined if nothing is.
   */
  readonly refuses?: (parameters: StageParameters<P>) => string | undefined
  /**
   * The most threads that it can use; 1 if absent. It gets that many while other stages leave cores
   * idle, else fewer: its result must not depend on the number.
   */
  readonly threads?: number
  /**
   * The bytes of memory that it needs; stages run at the same time only if their sum fits into
   * memory.
   */
  readonly memory?: number
  /**
   * How many times to run it again after a failure, for failures that may pass, such as a
   * network's; 0 if absent.
   */
  readonly retries?: number
  /**
   * Whether it runs tensor programs on `context.engine`; the engine is then part of its
   * fingerprint.
   */
  readonly engine?: boolean
  /**
   * What it reads besides its inputs; anything undeclared is out of its reach. Its results are not
   * cached, because a fingerprint cannot see a change there, unless `readsAs` represents what is
   * read: `reads: ["network", "env:API_KEY"], readsAs: "gpt-4o-2024-08-06"`.
   */
  readonly reads?: ReadonlyArray<Read>
  /** Represents what it reads in its fingerprint. Change it to run the stage again. */
  readonly readsAs?: string
  /**
   * Untyped here, because its type would depend on the implementation, whose type depends on the
   * stage.
   */
  readonly run: () => Promise<object>
  /**
   * Names a module that exports `check: Check`: `() => import("./train.check.ts")`. `plan` calls
   * it, and `run` at its start, for a stage that would run and that a file of the project leads to.
   * Its warnings change no key, and where it fails or takes long, nothing else does.
   */
  readonly check?: () => Promise<object>
}): Stage<I, P, O, R> => {
  const { name, run, check, version, threads = 1, memory = 0, retries = 0, engine = false, reads = [], readsAs } = options
  checkNames(options)
  const inputs = Object.fromEntries(Object.entries(options.inputs).map(([port, like]) => [port, toPort(like)]))
  const fields = options.parameters
  const clash = Object.keys(inputs).find((port) => Object.hasOwn(fields, port))
  if (clash !== undefined) throw new DeclarationError({ message: `stage ${name}: "${clash}" is both an input and a parameter: rename one` })
  const renames: Renames = options.renamed ?? {}
  checkRenames(name, renames, [...Object.keys(inputs), ...Object.keys(fields)])
  if (!(Number.isInteger(threads) && threads >= 1))
    throw new DeclarationError({ message: `stage ${name}: threads is ${threads}: expected an integer of at least 1` })
  if (!(Number.isInteger(retries) && retries >= 0 && retries <= mostRetries))
    throw new DeclarationError({ message: `stage ${name}: retries is ${retries}: expected an integer from 0 to ${mostRetries}` })
  if (typeof run !== "function")
    throw new DeclarationError({ message: `stage ${name} has no implementation: write \`run: () => import("./file.ts")\`` })
  if (check !== undefined && typeof check !== "function")
    throw new DeclarationError({ message: `stage ${name}: check is ${typeof check}: write \`check: () => import("./file.ts")\`` })
  if (!(Number.isFinite(memory) && memory >= 0))
    throw new DeclarationError({ message: `stage ${name}: memory is ${memory}: expected a number of bytes, 0 or more` })
  const unknown = reads.find((read) => !/^(network|clock|random|machine|processes|(env|file):.+)$/.test(read))
  if (unknown !== undefined)
    throw new DeclarationError({
      message: `stage ${name}: reads contains "${unknown}": expected network, clock, random, machine, processes, env:NAME or file:PATH`,
    })
  if (readsAs !== undefined && reads.length === 0)
    throw new DeclarationError({
      message: `stage ${name}: readsAs is "${readsAs}", but reads is empty: declare what it represents, or remove readsAs`,
    })
  const declaration: Declaration = {
    name,
    inputs,
    parameters: fields,
    outputs: options.outputs,
    threads,
    memory,
    retries,
    engine,
    reads,
    readParameters: parameterReader(name, renames, Schema.Struct(fields), options.refuses),
    run,
    ...(check === undefined ? {} : { check }),
    ...(version === undefined ? {} : { version }),
    ...(readsAs === undefined ? {} : { readsAs }),
  }
  const outputs = Object.keys(options.outputs)
  if (outputs.length === 0)
    throw new DeclarationError({ message: `stage ${name} has no outputs: declare at least one, such as { out: files("out") }` })

  const call = (callOptions: Readonly<Record<string, unknown>>): unknown => {
    refuseOldNames(name, renames, callOptions)
    const wires: Record<string, Wire> = {}
    const parameters: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(callOptions)) {
      const port = Object.hasOwn(inputs, key) ? inputs[key] : undefined
      if (value === undefined) continue
      if (port === undefined) parameters[key] = value
      else wires[key] = wire(name, key, port, value)
    }
    for (const [port, { arity }] of Object.entries(inputs)) {
      if (arity === "any") wires[port] ??= { kind: "many", members: [] }
      if (arity !== "optional" && wires[port] === undefined)
        throw new DeclarationError({ message: `stage ${name}: input "${port}" is missing: pass an artifact` })
    }
    const node: StageNode = { declaration, parameters: declaration.readParameters(parameters), wires }
    const reference = (output: string) => artifact(options.outputs[output] as ArtifactType, { kind: "output", stage: node, output })
    return outputs.length === 1 ? reference(outputs[0] as string) : Object.fromEntries(outputs.map((output) => [output, reference(output)]))
  }
  // The type says what a caller may pass; here ports and parameters are data, which the call
  // checks.
  return Object.assign(call, { declaration }) as unknown as Stage<I, P, O, R>
}

/**
 * Checks the caller's parameters and fills in defaults. The stage gets exactly what their canonical
 * form holds, because that form represents them in the key.
 */
const parameterReader = <Parameters>(
  name: string,
  renames: Renames,
  schema: Schema.Codec<Parameters, unknown>,
  refuses: (parameters: Parameters) => string | undefined = () => undefined,
) => {
  const decode = Schema.decodeUnknownSync(schema, { onExcessProperty: "error", errors: "all" })
  return (parameters: unknown): JsonObject => {
    if (typeof parameters === "object" && parameters !== null) refuseOldNames(name, renames, parameters)
    const decoded = declared(name, () => decode(parameters))
    const problem = refuses(decoded)
    if (problem !== undefined) throw new DeclarationError({ message: `stage ${name}: ${problem}` })
    return declared(name, () => canonicalValue(decoded)) as JsonObject
  }
}

/** What a parameter becomes. Throws a DeclarationError if it is not accepted. */
const declared = <A>(name: string, read: () => A): A => {
  try {
    return read()
  } catch (error) {
    throw new DeclarationError({ message: `stage ${name}: ${error instanceof TypeError ? "parameter " : ""}${(error as Error).message}` })
  }
}

const checkNames = (options: {
  readonly name: string
  readonly inputs: object
  readonly parameters: object
  readonly outputs: object
}): void => {
  const error = (problem: string) => new DeclarationError({ message: `stage ${options.name}: ${problem}` })
  const typesByKind = { "an input": options.inputs, "a parameter": options.parameters, "an output": options.outputs }
  for (const [kind, types] of Object.entries(typesByKind))
    for (const [name, type] of Object.entries(types)) {
      if (!validName.test(name) || name === "__proto__") throw error(`${kind} cannot be named "${name}": use letters, digits, "_" and "-"`)
      if (type === undefined || type === null)
        throw error(`"${name}" is ${type}: expected the type of ${kind}; if it is imported, two modules may import each other`)
    }
}

const wire = (stageName: string, name: string, port: Port, value: unknown): Wire => {
  const expected = port.types.map((type) => type.name).join(" or ")
  if (port.arity === "many" || port.arity === "any") {
    const members = membersOf(stageName, name, port, value)
    if (members.length === 0 && port.arity === "many")
      throw new DeclarationError({ message: `stage ${stageName}: "${name}" expects at least one artifact of type ${expected}, got none` })
    return { kind: "many", members }
  }
  if (!isArtifact(value))
    throw new DeclarationError({
      message: `stage ${stageName}: "${name}" expects one artifact (${expected}): pass an output of a stage, or file(…)`,
    })
  if (port.types.some((type) => typeDifference(type, value.type) === null)) return { kind: "one", artifact: value }
  const namesake = port.types.find((type) => type.name === value.type.name)
  const found = namesake === undefined ? value.type.name : typeDifference(namesake, value.type)
  throw new DeclarationError({ message: `stage ${stageName}: "${name}" expects ${expected}, got ${found}` })
}

const membersOf = (stageName: string, name: string, port: Port, value: unknown): ReturnType<typeof collect> => {
  try {
    return collect(value, port.types)
  } catch (error) {
    if (!(error instanceof DeclarationError)) throw error
    throw new DeclarationError({ message: `stage ${stageName}: "${name}": ${error.message}` })
  }
}
