import { Effect } from "effect"
import { nearest } from "../../data/nearest.ts"
import type { JsonObject } from "../../dsl/canonical.ts"
import type { GraphStage } from "../../dsl/graph.ts"
import { type PluginDeclaration, pluginOf } from "../../dsl/plugin.ts"
import { BadParameter } from "../error.ts"
import type { LoadedPipeline } from "../load/pipeline.ts"

/**
 * A pipeline as it would be with one parameter changed: `arms.seed=1.online.steps=900` for one
 * stage, or the name of a declaration, `optimizeOnline.steps=900`, for all stages of it. The value
 * is JSON, or text. What hangs on other values of the file stays as it is.
 */
export const withParameter = (loaded: LoadedPipeline, assignment: string): Effect.Effect<LoadedPipeline, BadParameter> =>
  Effect.gen(function* () {
    const { stages } = loaded.graph
    const { meant, name, text } = yield* read(assignment, stages)
    const value = parsed(text)
    const changed = new Map<string, GraphStage>()
    for (const stage of meant) {
      const { values } = yield* Effect.try({
        try: () => stage.declaration.readParameters(withPlugins({ ...stage.parameters, [name]: value }, stage)),
        catch: (error) => refused(assignment, error instanceof Error ? error.message : String(error)),
      })
      changed.set(stage.id, { ...stage, parameters: values })
    }
    return { ...loaded, graph: { ...loaded.graph, stages: stages.map((stage) => changed.get(stage.id) ?? stage) } }
  })

/**
 * Parameters in which plugins are no longer data. Another value of a plugin's parameters may be
 * given as data; another plugin may not, since its code is named in the pipeline file alone.
 */
const withPlugins = (parameters: Readonly<Record<string, unknown>>, { plugins }: GraphStage): unknown =>
  plugins.reduce<unknown>((values, { place, declaration }) => replaceAt(values, place, declaration), parameters)

const replaceAt = (value: unknown, [key, ...rest]: ReadonlyArray<string>, declaration: PluginDeclaration): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (key !== undefined) {
    // What leads elsewhere is a port, or is no longer there.
    if (!Object.hasOwn(value, key)) return value
    const entry = replaceAt((value as Readonly<Record<string, unknown>>)[key], rest, declaration)
    return Array.isArray(value) ? value.with(Number(key), entry) : { ...value, [key]: entry }
  }
  const { _tag: tag = declaration.name, ...given } = value as JsonObject
  if (tag !== declaration.name)
    throw new Error(`the ${declaration.kind} is ${declaration.name}; another one is code, and can only be named in the pipeline file`)
  return pluginOf(declaration.kind, declaration, declaration.readParameters(given))
}

/**
 * Ids hold dots and equals signs themselves: the longest id that fits is meant, else a declaration.
 */
const read = (assignment: string, stages: ReadonlyArray<GraphStage>) => {
  const rest = (prefix: string) =>
    assignment.startsWith(`${prefix}.`) ? /^([^.=]+)=(.*)$/s.exec(assignment.slice(prefix.length + 1)) : null
  const prefixes = [...new Set(stages.flatMap(({ id, declaration }) => [id, declaration.name]))].sort((a, b) => b.length - a.length)
  for (const prefix of prefixes) {
    const found = rest(prefix)
    if (found === null) continue
    const byId = stages.filter(({ id }) => id === prefix)
    const meant = byId.length > 0 ? byId : stages.filter(({ declaration }) => declaration.name === prefix)
    return Effect.succeed({ meant, name: found[1] ?? "", text: found[2] ?? "" })
  }
  const wanted = assignment.replace(/\.[^.=]+=[^=]*$/, "")
  const likely = nearest(prefixes, wanted)
  const hint = likely.length > 0 ? `did you mean ${likely.join(", ")}?` : "`assay plan` lists the stages"
  return Effect.fail(refused(assignment, `expects <stage>.<parameter>=<value>, and no stage has such a name: ${hint}`))
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const refused = (assignment: string, reason: string): BadParameter =>
  new BadParameter({ assignment, message: `--set ${assignment}: ${reason}` })
