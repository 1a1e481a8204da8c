/**
 * What a pipeline will cost before it is run: seconds of one core for every stage, by its kind, its steps and the size of its policy.
 */

import type { Pipeline } from "assay"

type Graph = Pipeline["graph"]
type Stage = Graph["stages"][number]

/** How much longer than the smallest a step of a policy of this size takes. */
const times: Readonly<Record<string, number>> = { small: 1, medium: 4.5, large: 25 }

/** How much longer a step takes on a task than on `sentiment`: its texts have more tokens, 39 in `tldr` against 15, and twice the vocabulary there. */
const lengths: Readonly<Record<string, number>> = { sentiment: 1, tldr: 1.5, define: 1.3, ham: 1.1 }

/** Seconds of a core, of sentences of 15 tokens and policies of 64×2, as stages of the study took them, two at a time. */
const seconds = {
  /** Starting a process, compiling programs, reading and writing. */
  start: 1,
  sftStep: 0.04,
  pairStep: 0.037,
  drawnResponse: 0.0002,
  proxyStep: 0.023,
  proxyPair: 0.0005,
  goldScore: 0.00005,
  evaluatedResponse: 0.0025,
  drawing: 1,
}

/** Cores that a run has, and how much of them it keeps busy. */
const cores = 2
const busy = 0.9

const number = (stage: Stage, name: string): number => Number(stage.parameters[name] ?? 0)

/** Of the text that an SFT stage reads. */
const taskOf = ({ inputs }: Stage): string => {
  const from = inputs.find(({ port }) => port === "corpus")?.sources[0]?.from
  return from?.kind === "file" ? (/corpora\/(\w+)\//.exec(from.file)?.[1] ?? "") : ""
}

/** Seconds of one core that the stages of a graph take, by id. */
export const expected = ({ stages }: Graph): ReadonlyMap<string, number> => {
  const byId = new Map(stages.map((stage) => [stage.id, stage]))
  const input = (stage: Stage, port: string): Stage | undefined => {
    const from = stage.inputs.find((each) => each.port === port)?.sources[0]?.from
    return from?.kind === "output" ? byId.get(from.id) : undefined
  }
  /** Of the policy behind a stage, however far. */
  const sizeOf = (stage: Stage | undefined): number => {
    if (stage === undefined) return 1
    if (stage.declaration.name === "sft") return (times[String(stage.parameters.size)] ?? 1) * (lengths[taskOf(stage)] ?? 1)
    return sizeOf(input(stage, "reference") ?? input(stage, "policy") ?? input(stage, "base") ?? input(stage, "run"))
  }
  /** Responses of a table, at most. */
  const responsesOf = (stage: Stage | undefined): number =>
    stage?.declaration.name === "sample" ? number(stage, "perPrompt") * Math.min(number(stage, "limit"), 20_000) : 0
  const cost = (stage: Stage): number => {
    const size = sizeOf(stage)
    const steps = number(stage, "steps")
    const batch = number(stage, "batch")
    const drawn = batch * number(stage, "perPrompt") * seconds.drawnResponse
    switch (stage.declaration.name) {
      case "sft":
        return steps * seconds.sftStep * size
      case "sample":
        return responsesOf(stage) * seconds.drawnResponse * size
      case "label":
        return responsesOf(input(stage, "responses")) * 2 * seconds.goldScore
      case "preference-model":
        return steps * seconds.proxyStep * 2
      case "golden-preference-model":
        return steps * seconds.proxyStep * 2 * (times[String(stage.parameters.size)] ?? 1)
      case "optimize":
        return steps * seconds.pairStep * size
      case "optimize-online":
        return steps * (size * (seconds.pairStep + drawn) + batch * seconds.proxyPair)
      case "golden-policy":
        return steps * (size * (seconds.pairStep + drawn) + batch * number(stage, "perPrompt") * seconds.goldScore)
      case "evaluate":
        return number(input(stage, "run") as Stage, "checkpoints") * number(stage, "count") * seconds.evaluatedResponse * size ** 0.75
      case "frontier":
      case "along-axis":
      case "verdicts":
      case "over-training":
      case "accuracy-against-win-rate":
        return seconds.drawing
      default:
        return 0
    }
  }
  return new Map(stages.map((stage) => [stage.id, seconds.start + cost(stage)]))
}

/** Minutes that two cores take for the whole graph, from nothing. */
export const minutes = (graph: Graph): number => [...expected(graph).values()].reduce((sum, each) => sum + each, 0) / cores / busy / 60

/** Minutes of two cores by kind of stage, the longest first. */
export const minutesByKind = (graph: Graph): ReadonlyMap<string, { readonly stages: number; readonly minutes: number }> => {
  const costs = expected(graph)
  const byKind = new Map<string, { stages: number; minutes: number }>()
  for (const { id, declaration } of graph.stages) {
    const entry = byKind.get(declaration.name) ?? { stages: 0, minutes: 0 }
    byKind.set(declaration.name, {
      stages: entry.stages + 1,
      minutes: entry.minutes + (costs.get(id) as number) / cores / busy / 60,
    })
  }
  return new Map([...byKind].sort(([, a], [, b]) => b.minutes - a.minutes))
}
