import * as path from "node:path"
import { Effect, type Option } from "effect"
import type { RunRecord } from "../../runtime/index.ts"
import { copyOutput, folderOf } from "../copy/artifact.ts"
import { copyReport } from "../copy/report.ts"
import { copyAsTrl, describeTrl } from "../copy/trl.ts"
import { UsageError } from "../error.ts"
import type { Made } from "../made.ts"
import { bytes } from "../print/number.ts"
import { print, printJson } from "../print/screen.ts"
import { chosenOutputs, chosenRun, madeBy, type Output, shortest } from "./choice.ts"
import { withRuntime } from "./provision.ts"

interface Options {
  readonly stage: string
  readonly directory: string
  readonly output: Option.Option<string>
  readonly format: "files" | "trl"
  readonly pipeline: Option.Option<string>
  readonly json: boolean
}

export const exportArtifacts = Effect.fn("assay export")(function* (options: Options) {
  const { stage, directory, output, format, pipeline, json } = options
  const record = yield* chosenRun(pipeline)
  const made = yield* madeBy(record, stage)
  const root = path.resolve(directory)
  const outputs = yield* chosenOutputs(made, output)
  const { copied, ...trl } = yield* format === "trl" ? asTrl(record, made, outputs, root) : asFiles(record, made, outputs, root)
  if (json) {
    const files = copied.map((file) => ({ name: path.relative(root, file.path), bytes: file.bytes }))
    return yield* printJson({ id: made.id, directory: root, files, ...(format === "trl" ? trl : {}) })
  }
  for (const file of copied) yield* print(`${shortest(file.path)}  ${bytes(file.bytes)}`)
  for (const sentence of describeTrl(trl.ties, trl.responses)) yield* print(sentence)
}, withRuntime)

const asFiles = Effect.fnUntraced(function* (record: RunRecord, made: Made, outputs: ReadonlyArray<Output>, root: string) {
  const { manifest } = made
  const copied = yield* Effect.forEach(outputs, ({ name, stored }) => {
    const folder = path.join(root, folderOf(manifest, name))
    if (stored.artifact === "report") return copyReport(record, made, name, folder)
    return copyOutput({ manifest, output: name }, folder, { existing: "refuse" })
  })
  return { copied: copied.flat(), ties: 0, responses: null }
})

/** Those of the outputs that are preferences. */
const asTrl = Effect.fnUntraced(function* (record: RunRecord, { id, manifest }: Made, outputs: ReadonlyArray<Output>, root: string) {
  const preferences = outputs.filter(({ stored }) => stored.artifact === "preferences")
  if (preferences.length === 0) {
    const all = outputs.map(({ name, stored }) => `${name} (${stored.artifact})`).join(", ")
    return yield* new UsageError({ message: `stage ${id}: only preferences can be written for TRL, and it made ${all}` })
  }
  const written = yield* Effect.forEach(preferences, ({ name }) => copyAsTrl(record, manifest, name, root))
  const compared = written.flatMap(({ responses }) => (responses === null ? [] : [responses]))
  const sum = (of: "compared" | "differing" | "cut") => compared.reduce((total, counts) => total + counts[of], 0)
  return {
    copied: written.flatMap(({ copied }) => copied),
    ties: written.reduce((total, { ties }) => total + ties, 0),
    responses: compared.length === 0 ? null : { compared: sum("compared"), differing: sum("differing"), cut: sum("cut") },
  }
})
