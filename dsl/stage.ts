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

/** What a call yields: the artifact itself if the stage has one output, else a record of them. */
export type Yield<O extends OutputTypes> =
  IsUnion<keyof O> extends true ? { readonly [K in keyof O]: Artifact<O[K]> } : Artifact<O[keyof O]>

/** What a stage may read from outside, if it says so. A file or folder is taken from the project root. */
export type Read = "network" | "clock" | "random" | "machine" | "processes" | `env:${string}` | `file:${string}`

type IsUnion<T, U = T> = [T] extends [never] ? false : T extends unknown ? ([U] extends [T] ? false : true) : never

export type StageParameters<P extends Fields> = Schema.Struct<P>["Type"]

/** A stage one can call. Calling it computes nothing: it returns references to what the stage will yield. */
export interface Stage<I extends Ports, P extends Fields, O extends OutputTypes, R extends Renames = NoRenames> {
  (options: Wiring<I> & Schema.Struct<P>["Encoded"] & Refused<R>): Yield<O>
  readonly declaration: Declaration
  /** For the types of the implementation alone. */
  readonly "~types"?: { readonly inputs: I; readonly parameters: P; readonly outputs: O }
}

/** A stage that fails so often will not go well the next time. */
const mostRetries = 1000

/** Names are labels in components, columns and file names, and part of `--set`: no dots, slashes or equals signs. */
const isName = /^[\p{L}\p{N}_$-]+$/u

/**
 * Declares a stage. `inputs` are ports, `parameters` are Schemas of JSON values, `outputs` are artifact types, and
 * `run` names the module that implements it: `() => import("./train.ts")`, a module exporting `run: Run<typeof train>`.
 * Calls throw a DeclarationError where a wire or a parameter is wrong.
 */
export const stage = <
  const I extends Ports,
  const P extends Fields,
  const O extends OutputTypes,
  const R extends Renames<(keyof I | keyof P) & string> = NoRenames,
>(options: {
  readonly name: string
  readonly version?: string
  readonly inputs: I
  readonly parameters: P
  readonly outputs: O
  /** Old names of inputs and parameters: a call or a `--set` that uses one is refused with a message that gives the new name. */
  readonly renamed?: R
  /** How many threads it can make use of. It is given as many where nothing else wants to start, and fewer where something does; its result must not depend on it. */
  readonly threads?: number
  /** How many bytes of memory it needs, so that stages that run at once do not need more than there is. */
  readonly memory?: number
  /** How many times to try again after a failure: for what may go better next time, such as a network. */
  readonly retries?: number
  readonly engine?: boolean
  /**
   * What it reads from outside, of which no fingerprint knows: without this it cannot. No result of it is kept for a later run, unless
   * `readsAs` names what stands for the outside in its key: `reads: ["network", "env:API_KEY"], readsAs: "gpt-4o-2024-08-06"`.
   */
  readonly reads?: ReadonlyArray<Read>
  readonly readsAs?: string
  /** Not typed any further: its type would depend on the implementation, whose type depends on the stage. */
  readonly run: () => Promise<object>
}): Stage<I, P, O, R> => {
  const { name, run, version, threads = 1, memory = 0, retries = 0, engine = false, reads = [], readsAs } = options
  checkNames(options)
  const inputs = Object.fromEntries(Object.entries(options.inputs).map(([port, like]) => [port, toPort(like)]))
  const fields = options.parameters
  const clash = Object.keys(inputs).find((port) => Object.hasOwn(fields, port))
  if (clash !== undefined) throw new DeclarationError({ message: `stage ${name}: "${clash}" is both an input and a parameter` })
  const renames: Renames = options.renamed ?? {}
  checkRenames(name, renames, [...Object.keys(inputs), ...Object.keys(fields)])
  if (!(Number.isInteger(threads) && threads >= 1))
    throw new DeclarationError({ message: `stage ${name}: threads is ${threads}: give a whole number from 1` })
  if (!(Number.isInteger(retries) && retries >= 0 && retries <= mostRetries))
    throw new DeclarationError({ message: `stage ${name}: retries is ${retries}: give a whole number from 0 to ${mostRetries}` })
  if (typeof run !== "function")
    throw new DeclarationError({ message: `stage ${name}: has no implementation: write \`run: () => import("./file.ts")\`` })
  if (!(Number.isFinite(memory) && memory >= 0))
    throw new DeclarationError({ message: `stage ${name}: memory is ${memory}: give a number of bytes` })
  const unknown = reads.find((read) => !/^(network|clock|random|machine|processes|(env|file):.+)$/.test(read))
  if (unknown !== undefined)
    throw new DeclarationError({
      message: `stage ${name}: reads holds "${unknown}": give network, clock, random, machine, processes, env:NAME or file:PATH`,
    })
  if (readsAs !== undefined && reads.length === 0)
    throw new DeclarationError({ message: `stage ${name}: readsAs is "${readsAs}", but reads names nothing that it stands for` })
  const declaration: Declaration = {
    name,
    inputs,
    outputs: options.outputs,
    threads,
    memory,
    retries,
    engine,
    reads,
    readParameters: parameterReader(name, renames, Schema.Struct(fields)),
    run,
    ...(version === undefined ? {} : { version }),
    ...(readsAs === undefined ? {} : { readsAs }),
  }
  const outputs = Object.keys(options.outputs)
  if (outputs.length === 0) throw new DeclarationError({ message: `stage ${name}: declares no output` })

  const call = (given: Readonly<Record<string, unknown>>): unknown => {
    refuseOldNames(name, renames, given)
    const wires: Record<string, Wire> = {}
    const rest: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(given)) {
      const port = Object.hasOwn(inputs, key) ? inputs[key] : undefined
      if (value === undefined) continue
      if (port === undefined) rest[key] = value
      else wires[key] = wire(name, key, port, value)
    }
    for (const [port, { arity }] of Object.entries(inputs)) {
      if (arity === "any") wires[port] ??= { kind: "many", members: [] }
      if (arity !== "optional" && wires[port] === undefined)
        throw new DeclarationError({ message: `stage ${name}: nothing is wired to "${port}"` })
    }
    const node: StageNode = { declaration, parameters: declaration.readParameters(rest), wires }
    const reference = (output: string) => artifact(options.outputs[output] as ArtifactType, { kind: "output", stage: node, output })
    return outputs.length === 1 ? reference(outputs[0] as string) : Object.fromEntries(outputs.map((output) => [output, reference(output)]))
  }
  // What the caller may hand over is the type's business; here ports and parameters are data, checked as they come.
  return Object.assign(call, { declaration }) as unknown as Stage<I, P, O, R>
}

/**
 * Checks what the caller gave and fills in the defaults. What the stage is handed is what the canonical form says, and nothing beside it:
 * the form is what stands for the parameters in the key.
 */
const parameterReader = (name: string, renames: Renames, schema: Schema.Codec<unknown, unknown>) => {
  const decode = Schema.decodeUnknownSync(schema, { onExcessProperty: "error", errors: "all" })
  return (given: unknown): JsonObject => {
    if (typeof given === "object" && given !== null) refuseOldNames(name, renames, given)
    try {
      return canonicalValue(decode(given)) as JsonObject
    } catch (error) {
      throw new DeclarationError({ message: `stage ${name}: ${error instanceof TypeError ? "parameter " : ""}${(error as Error).message}` })
    }
  }
}

const checkNames = (options: {
  readonly name: string
  readonly inputs: object
  readonly parameters: object
  readonly outputs: object
}): void => {
  const refuse = (what: string) => new DeclarationError({ message: `stage ${options.name}: ${what}` })
  const given = { "an input": options.inputs, "a parameter": options.parameters, "an output": options.outputs }
  for (const [kind, types] of Object.entries(given))
    for (const [name, type] of Object.entries(types)) {
      if (!isName.test(name) || name === "__proto__") throw refuse(`"${name}" is not a name for ${kind}: use letters, digits, "_" and "-"`)
      if (type === undefined || type === null)
        throw refuse(`"${name}" is ${type}: give the type of ${kind}; if it is imported, perhaps two modules import each other`)
    }
}

const wire = (stageName: string, name: string, port: Port, value: unknown): Wire => {
  const accepts = port.types.map((type) => type.name).join(" or ")
  if (port.arity === "many" || port.arity === "any") {
    const members = membersOf(stageName, name, port, value)
    if (members.length === 0 && port.arity === "many")
      throw new DeclarationError({ message: `stage ${stageName}: "${name}" wants ${accepts}, and there is none in what it was given` })
    return { kind: "many", members }
  }
  if (!isArtifact(value)) throw new DeclarationError({ message: `stage ${stageName}: "${name}" wants an artifact (${accepts})` })
  if (port.types.some((type) => typeDifference(type, value.type) === null)) return { kind: "one", artifact: value }
  const namesake = port.types.find((type) => type.name === value.type.name)
  const given = namesake === undefined ? value.type.name : typeDifference(namesake, value.type)
  throw new DeclarationError({ message: `stage ${stageName}: "${name}" wants ${accepts} and was given ${given}` })
}

const membersOf = (stageName: string, name: string, port: Port, value: unknown): ReturnType<typeof collect> => {
  try {
    return collect(value, port.types)
  } catch (error) {
    if (!(error instanceof DeclarationError)) throw error
    throw new DeclarationError({ message: `stage ${stageName}: "${name}": ${error.message}` })
  }
}
