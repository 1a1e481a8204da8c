import { Effect, Option } from "effect"
import { loadPipeline, type Verified, verify as verifyAll, Workspace } from "../../runtime/index.ts"
import { StagesFailed, UsageError } from "../error.ts"
import type { Options } from "../options.ts"
import { pluralize } from "../print/number.ts"
import { printCsv, rowFormat } from "../print/rows.ts"
import { print, printJson } from "../print/screen.ts"
import { findPipelineFile } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

export const verify = Effect.fn("assay verify")(function* ({ pipeline, sample, seed, ...flags }: Options<"verify">) {
  const format = yield* rowFormat(flags)
  const isForPeople = format === "table"
  const sampleSize = Option.getOrNull(sample)
  if (sampleSize !== null && sampleSize < 1)
    return yield* new UsageError({ message: `--sample is ${sampleSize}: expected an integer of at least 1` })
  yield* (yield* Workspace).prepare
  const loaded = yield* loadPipeline(yield* findPipelineFile(pipeline))
  const each = (verified: Verified) => (isForPeople ? print(formatVerified(verified)) : Effect.void)
  const verified = yield* verifyAll(loaded, { sample: sampleSize, seed, each })
  if (format === "csv") {
    const rows = verified.map(({ id, stage, verdict, seconds, details }) => [id, stage, verdict, seconds, details.join("; ")])
    yield* printCsv(["id", "stage", "verdict", "seconds", "details"], rows)
  }
  if (format === "json") yield* printJson(verified.map(({ id, stage, verdict, details }) => ({ id, stage, verdict, details })))
  const count = (wanted: Verified["verdict"]) => verified.filter(({ verdict }) => verdict === wanted).length
  const recorded = count("recorded")
  const checked = verified.length - recorded
  if (isForPeople) {
    const left = recorded === 0 ? "" : `; ${recorded} recorded, whose answers from outside cannot be had again`
    yield* print(`\n${pluralize(count("same"), "stage")} of ${checked} the same, bit for bit${left}`)
  }
  const different = verified.filter(({ verdict }) => verdict !== "same" && verdict !== "recorded")
  if (different.length > 0) return yield* new StagesFailed({ message: pluralize(different.length, "stage") })
}, withRuntime)

const formatVerified = ({ id, verdict, details }: Verified): string =>
  [`${verdict.padEnd("different  ".length)}${id}`, ...details.map((detail) => `           ${detail}`)].join("\n")
