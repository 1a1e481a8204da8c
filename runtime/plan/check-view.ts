import type { JsonObject } from "../../dsl/canonical.ts"
import type { DeclaredSource, DeclaredStage } from "../../dsl/check.ts"

/** A source as it crosses into a thread: a stage by its id, a file by its absolute path. */
export type SourceRecord = { readonly id: string; readonly output: string } | { readonly file: string }

/** A stage as it crosses into a thread, flat: chains may be ten thousand long. */
export interface StageRecord {
  readonly name: string
  readonly parameters: JsonObject
  readonly inputs: ReadonlyArray<readonly [port: string, sources: ReadonlyArray<SourceRecord>]>
}

/** Stages by their ids, as checks see them: each is made when a check looks at it. */
export const viewOf = (stages: ReadonlyMap<string, StageRecord>): ((id: string) => DeclaredStage) => {
  const made = new Map<string, DeclaredStage>()
  const view = (id: string): DeclaredStage => {
    const known = made.get(id)
    if (known !== undefined) return known
    const { name, parameters, inputs } = stages.get(id) as StageRecord
    const sourceOf = (source: SourceRecord): DeclaredSource =>
      "file" in source
        ? source
        : {
            output: source.output,
            get stage() {
              return view(source.id)
            },
          }
    const stage: DeclaredStage = {
      name,
      parameters,
      inputs: Object.fromEntries(inputs.map(([port, sources]) => [port, sources.map(sourceOf)])),
    }
    made.set(id, stage)
    return stage
  }
  return view
}
