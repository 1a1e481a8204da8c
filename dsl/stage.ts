import type { Schema } from "effect"
import { type Artifact, type ArtifactType, artifact, isArtifact, typeDifference } from "./artifact.ts"
import { collect } from "./collection.ts"
import type { Declaration, OutputPlugin, StageNode, Wire } from "./declaration.ts"
import { DeclarationError } from "./error.ts"
import { checkLabels } from "./labels.ts"
import { type Fields, parameterReader } from "./parameters.ts"
import { type Port, toPort, type Wiring } from "./port.ts"
import { checkReads, isRecorded } from "./reads.ts"
import { checkRenames, type Refused, type Renames, refuseOldNames } from "./renamed.ts"
import { readStageCommand } from "./stage-command.ts"
import type { OutputTypes, Ports, StageOptions } from "./stage-options.ts"

type NoRenames = Readonly<Record<never, never>>

/** What a call returns: the artifact if the stage has one output, else a record of its outputs. */
export type Yield<O extends OutputTypes> =
  IsUnion<keyof O> extends true ? { readonly [K in keyof O]: Artifact<O[K]> } : Artifact<O[keyof O]>

type IsUnion<T, U = T> = [T] extends [never] ? false : T extends unknown ? ([U] extends [T] ? false : true) : never

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
>(
  options: StageOptions<I, P, O, R>,
): Stage<I, P, O, R> => {
  const { name, run, check, version, threads = 1, memory = 0, gpus = 0, labels = [], retries = 0 } = options
  const { engine = false, reads = [], readsAs, connect, command, timeLimitMinutes } = options
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
  if (!(Number.isInteger(gpus) && gpus >= 0))
    throw new DeclarationError({ message: `stage ${name}: gpus is ${gpus}: expected an integer of at least 0` })
  if (timeLimitMinutes !== undefined && !(Number.isFinite(timeLimitMinutes) && timeLimitMinutes > 0))
    throw new DeclarationError({ message: `stage ${name}: timeLimitMinutes is ${timeLimitMinutes}: expected a number of minutes above 0` })
  checkLabels(`stage ${name}`, labels)
  checkReads(`stage ${name}`, options)
  checkPlugins(options)
  const readParameters = parameterReader(`stage ${name}`, options.parameters, options.refuses)
  const declaration: Declaration = {
    name,
    inputs,
    parameters: fields,
    outputs: options.outputs,
    threads,
    memory,
    gpus,
    labels: [...new Set(labels)].sort(),
    retries,
    engine,
    reads,
    readParameters: (parameters) => {
      if (typeof parameters === "object" && parameters !== null) refuseOldNames(name, renames, parameters)
      return readParameters(parameters)
    },
    run,
    plugins: (options.plugins ?? {}) as Declaration["plugins"],
    ...(check === undefined ? {} : { check }),
    ...(version === undefined ? {} : { version }),
    ...(readsAs === undefined ? {} : { readsAs }),
    ...(isRecorded(options) ? { recorded: true } : {}),
    ...(connect === undefined ? {} : { connect }),
    ...(command === undefined ? {} : { command: readStageCommand(`stage ${name}`, command) }),
    ...(timeLimitMinutes === undefined ? {} : { timeLimitMinutes }),
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
    const { values, plugins } = declaration.readParameters(parameters)
    const node: StageNode = { declaration, parameters: values, plugins, wires }
    const reference = (output: string) => artifact(options.outputs[output] as ArtifactType, { kind: "output", stage: node, output })
    return outputs.length === 1 ? reference(outputs[0] as string) : Object.fromEntries(outputs.map((output) => [output, reference(output)]))
  }
  // The type says what a caller may pass; here ports and parameters are data, which the call
  // checks.
  return Object.assign(call, { declaration }) as unknown as Stage<I, P, O, R>
}

/** Throws a DeclarationError where a plugin is declared for what is neither output nor input. */
const checkPlugins = ({
  name,
  inputs,
  parameters,
  outputs,
  plugins = {},
}: {
  readonly name: string
  readonly inputs: object
  readonly parameters: object
  readonly outputs: OutputTypes
  readonly plugins?: Readonly<Record<string, OutputPlugin | undefined>>
}): void => {
  for (const [output, entry] of Object.entries(plugins)) {
    if (!Object.hasOwn(outputs, output) || outputs[output]?.kind !== "files")
      throw new DeclarationError({ message: `stage ${name}: plugins has "${output}", which is not an output that is files` })
    const missing = portsOf(entry).find((port) => !Object.hasOwn(inputs, port))
    if (missing !== undefined)
      throw new DeclarationError({
        message: `stage ${name}: the plugin of "${output}" names the input "${missing}", which is not declared`,
      })
    if (entry !== undefined && "parameter" in entry && !Object.hasOwn(parameters, entry.parameter))
      throw new DeclarationError({
        message: `stage ${name}: the plugin of "${output}" names the parameter "${entry.parameter}", which is not declared`,
      })
  }
}

/** The ports that the declaration of an output's plugin names. */
const portsOf = (entry: OutputPlugin | undefined): ReadonlyArray<string> => {
  if (entry === undefined || "parameter" in entry) return []
  return "like" in entry ? [entry.like] : [...(entry.inputs ?? []), ...(entry.carries ?? [])]
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
