/** Which texts of a run are shown before somebody chooses. */

import type { GenerationSource, RunStage, StageInput } from "../../../serve/api.ts"
import type { ResponseSetChoice } from "../../address/response-sets.ts"

export type PresetName = "arms" | "pairs" | "stream" | "judgements"

export interface Preset {
  readonly name: PresetName
  readonly responseSets: ReadonlyArray<ResponseSetChoice>
}

type Stage = Pick<RunStage, "id" | "stage" | "inputs">

/** Choices that the run has texts for; the first is the default. */
export const presetsOf = (sources: ReadonlyArray<GenerationSource>, stages: ReadonlyArray<Stage>): ReadonlyArray<Preset> => {
  const stageOf = new Map(stages.map((stage) => [stage.id, stage]))
  const preferences = sources.filter(({ artifact }) => artifact === "preferences")
  const pairs =
    preferences.find(({ id }) => stageOf.get(id)?.stage === "label") ?? preferences.find(({ output }) => output !== streamOutput)
  const arms = armsOf(sources, stageOf)
  const streams = preferences.filter(({ output }) => output === streamOutput)
  const ofArm = streams.find(({ id }) => arms.some((arm) => isFrom(inputOf(stageOf.get(arm.id), "run"), id)))
  const presets: ReadonlyArray<readonly [PresetName, ReadonlyArray<GenerationSource | undefined>]> = [
    ["arms", arms],
    ["pairs", [pairs]],
    ["stream", [ofArm ?? streams[0]]],
    ["judgements", [sources.find(({ artifact }) => artifact === "judgements")]],
  ]
  return presets.flatMap(([name, found]) => {
    const responseSets = found.flatMap((source) => (source === undefined ? [] : [responseSetOf(source)]))
    return responseSets.length === 0 ? [] : [{ name, responseSets }]
  })
}

/** The output in which a learner leaves the pairs that it saw. */
const streamOutput = "stream"

/** The last checkpoint, against the opponent that the page chooses. */
export const responseSetOf = ({ id, output }: GenerationSource): ResponseSetChoice => ({ id, output, step: null, against: null })

/** The evaluations of the first two arms, and what their reference answered to the same prompts. */
const armsOf = (sources: ReadonlyArray<GenerationSource>, stageOf: ReadonlyMap<string, Stage>): ReadonlyArray<GenerationSource> => {
  const evaluations = sources.filter(({ artifact }) => artifact === "evaluation")
  const [first] = evaluations
  if (first === undefined) {
    const responses = sources.find(({ artifact }) => artifact === "responses")
    return responses === undefined ? [] : [responses]
  }
  const second = besideOf(first, evaluations, stageOf)
  const arms = second === undefined ? [first] : [first, second]
  const reference = referenceOf(arms, sources, stageOf)
  return reference === undefined ? arms : [...arms, reference]
}

/** The arm to compare with: of the same point of the sweeps, with the same prompts. */
const besideOf = (
  first: GenerationSource,
  evaluations: ReadonlyArray<GenerationSource>,
  stageOf: ReadonlyMap<string, Stage>,
): GenerationSource | undefined => {
  const prompts = JSON.stringify(inputOf(stageOf.get(first.id), "prompts"))
  const likeness = (other: GenerationSource) => sharedAxes(first, other) * 100 + sharedParts(first.id, other.id)
  return evaluations
    .filter((other) => armOf(other) !== armOf(first) && JSON.stringify(inputOf(stageOf.get(other.id), "prompts")) === prompts)
    .reduce<GenerationSource | undefined>(
      (best, other) => (best === undefined || likeness(other) > likeness(best) ? other : best),
      undefined,
    )
}

/** Points separate the parts of an id, but not the digits of a number: `learningRate=0.001`. */
const partsOf = (id: string): ReadonlyArray<string> => id.split(/\.(?!\d)/)

/** The id without the axes of sweeps: what the seeds of an arm have in common. */
export const armOf = ({ id, at }: Pick<GenerationSource, "id" | "at">): string =>
  partsOf(id)
    .filter((part) => !part.split(",").every((axis) => Object.hasOwn(at, axis.split("=")[0] ?? "") && axis.includes("=")))
    .join(".")

const sharedAxes = ({ at }: GenerationSource, other: GenerationSource): number =>
  Object.entries(at).filter(([axis, value]) => other.at[axis] === value).length

const sharedParts = (a: string, b: string): number => {
  const parts = partsOf(b)
  const different = partsOf(a).findIndex((part, index) => part !== parts[index])
  return different === -1 ? parts.length : different
}

const isFrom = (from: StageInput["from"] | null, id: string): boolean => from !== null && "id" in from && from.id === id

const inputsOf = (stage: Stage | undefined): ReadonlyArray<StageInput> => stage?.inputs ?? []

const inputOf = (stage: Stage | undefined, port: string): StageInput["from"] | null =>
  inputsOf(stage).find((input) => input.port === port)?.from ?? null

/**
 * Responses that all arms were compared with; of several, those of the policy that they began with.
 */
const referenceOf = (
  arms: ReadonlyArray<GenerationSource>,
  sources: ReadonlyArray<GenerationSource>,
  stageOf: ReadonlyMap<string, Stage>,
): GenerationSource | undefined => {
  const given = sources.filter(
    (source) =>
      source.artifact === "responses" &&
      arms.every(({ id }) =>
        inputsOf(stageOf.get(id)).some(({ from }) => "id" in from && from.id === source.id && from.output === source.output),
      ),
  )
  const reference = JSON.stringify(inputOf(stageOf.get(arms[0]?.id ?? ""), "reference"))
  return given.find(({ id }) => JSON.stringify(inputOf(stageOf.get(id), "policy")) === reference) ?? given[0]
}
