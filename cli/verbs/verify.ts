import { Effect, Option } from "effect"
import { loadPipeline, type Verified, verify as verifyAll, Workspace } from "../../runtime/index.ts"
import { StagesFailed, UsageError } from "../error.ts"
import { counted } from "../print/number.ts"
import { print, printJson } from "../print/screen.ts"
import { chosenFile } from "./choice.ts"
import { withRuntime } from "./provision.ts"

interface Options {
  readonly pipeline: Option.Option<string>
  readonly sample: Option.Option<number>
  readonly seed: number
  readonly json: boolean
}

export const verify = Effect.fn("assay verify")(function* ({ pipeline, sample, seed, json }: Options) {
  const wanted = Option.getOrNull(sample)
  if (wanted !== null && wanted < 1) return yield* new UsageError({ message: `--sample is ${wanted}: give a whole number from 1` })
  yield* (yield* Workspace).prepare
  const loaded = yield* loadPipeline(yield* chosenFile(pipeline))
  const each = (verified: Verified) => (json ? Effect.void : print(verifiedText(verified)))
  const verified = yield* verifyAll(loaded, { sample: wanted, seed, each })
  if (json) yield* printJson(verified.map(({ id, stage, verdict, details }) => ({ id, stage, verdict, details })))
  const unlike = verified.filter(({ verdict }) => verdict !== "same")
  if (!json) yield* print(`\n${counted(verified.length - unlike.length, "stage")} of ${verified.length} the same, bit for bit`)
  if (unlike.length > 0) return yield* new StagesFailed({ message: counted(unlike.length, "stage") })
}, withRuntime)

const verifiedText = ({ id, verdict, details }: Verified): string =>
  [`${verdict.padEnd("different  ".length)}${id}`, ...details.map((detail) => `           ${detail}`)].join("\n")
