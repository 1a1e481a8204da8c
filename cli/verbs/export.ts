import * as path from "node:path"
import { Effect, type Option } from "effect"
import { copyOutput, folderOf } from "../copy/artifact.ts"
import { bytes } from "../print/number.ts"
import { print, printJson } from "../print/screen.ts"
import { chosenOutputs, chosenRun, madeBy, shortest } from "./choice.ts"
import { withRuntime } from "./provision.ts"

interface Options {
  readonly stage: string
  readonly directory: string
  readonly output: Option.Option<string>
  readonly pipeline: Option.Option<string>
  readonly json: boolean
}

export const exportArtifacts = Effect.fn("assay export")(function* ({ stage, directory, output, pipeline, json }: Options) {
  const made = yield* madeBy(yield* chosenRun(pipeline), stage)
  const { manifest } = made
  const root = path.resolve(directory)
  const outputs = yield* chosenOutputs(made, output)
  const copied = yield* Effect.forEach(outputs, ({ name }) =>
    copyOutput({ manifest, output: name }, path.join(root, folderOf(manifest, name)), { existing: "refuse" }),
  )
  const files = copied.flat()
  if (json) {
    const named = files.map((file) => ({ name: path.relative(root, file.path), bytes: file.bytes }))
    return yield* printJson({ id: made.id, directory: root, files: named })
  }
  for (const file of files) yield* print(`${shortest(file.path)}  ${bytes(file.bytes)}`)
}, withRuntime)
