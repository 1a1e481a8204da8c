import { Effect, type Option } from "effect"
import { loadPipeline, why as whyOf } from "../../runtime/index.ts"
import { causeTexts } from "../print/cause.ts"
import { print, printJson, remark } from "../print/screen.ts"
import { chosenFile } from "./choice.ts"
import { withRuntime } from "./provision.ts"

interface Options {
  readonly stage: string
  readonly pipeline: Option.Option<string>
  readonly json: boolean
}

export const why = Effect.fn("assay why")(function* ({ stage, pipeline, json }: Options) {
  const { id, verdict, because, uncacheable, remarks, same, harmless } = yield* whyOf(
    yield* loadPipeline(yield* chosenFile(pipeline)),
    stage,
  )
  if (json) return yield* printJson({ id, verdict, because, same, harmless })
  yield* print(`${id}: ${meaning[verdict]}`)
  for (const cause of causeTexts(id, because)) yield* print(`  ${cause}`)
  for (const file of harmless) yield* print(`  not a cause: ${file} was edited, but in nothing that this stage reaches`)
  if (because.length > 0 && same.length > 0) yield* print(`  not a cause: ${same.join(", ")}: the same as before`)
  for (const said of [...uncacheable.map((reason) => `not cacheable: ${reason}`), ...remarks]) yield* remark(`${id}: ${said}`)
}, withRuntime)

const meaning = {
  cached: "cached; nothing that it depends on has changed",
  run: "would run",
  unknown: "depends on what has still to run",
}
