import type { DeclaredSource, DeclaredStage } from "assay"
import type { FormatOrMapping } from "../../data/interchange/index.ts"

/** A file from which imported pairs come. */
export interface ImportedFile {
  /** Absolute. */
  readonly path: string
  readonly format: FormatOrMapping
  /**
   * The stages between the import and its reader that leave pairs out, the nearest to the import
   * first.
   */
  readonly leftOutBy: ReadonlyArray<string>
}

/** Stages that hand pairs on with their texts, and whether they leave some out. */
const handOn = new Map([
  ["shuffle", false],
  ["mislabel", false],
  ["relabel", true],
  ["best-of-n", true],
  ["subset-at-random", true],
  ["subset-by-quality", true],
  ["subset-by-coverage", true],
])

/**
 * The file behind a source of preferences; undefined where they were not imported, or a stage in
 * between is not known to keep their texts.
 */
export const importedFile = (source: DeclaredSource | undefined): ImportedFile | undefined => {
  const leftOutBy: Array<string> = []
  for (let stage = stageOf(source); stage !== undefined; stage = stageOf(stage.inputs.preferences?.[0])) {
    if (stage.name === "import-preferences") {
      const from = stage.inputs.file?.[0]
      const { format, mapping } = stage.parameters
      return from === undefined || !("file" in from)
        ? undefined
        : { path: from.file, format: (format ?? mapping) as FormatOrMapping, leftOutBy: leftOutBy.reverse() }
    }
    if (handOn.get(stage.name) === undefined) return undefined
    if (handOn.get(stage.name) === true) leftOutBy.push(stage.name)
  }
  return undefined
}

const stageOf = (source: DeclaredSource | undefined): DeclaredStage | undefined =>
  source !== undefined && "stage" in source ? source.stage : undefined
