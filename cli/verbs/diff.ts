import { Effect, Option } from "effect"
import { type DifferentStage, diff as diffOf, type RunDifference } from "../../runtime/index.ts"
import { differenceText } from "../print/cause.ts"
import { counted } from "../print/number.ts"
import { print, printJson } from "../print/screen.ts"
import { namedRun } from "./choice.ts"
import { withRuntime } from "./provision.ts"

interface Options {
  readonly before: string
  readonly after: Option.Option<string>
  readonly json: boolean
}

export const diff = Effect.fn("assay diff")(function* ({ before, after, json }: Options) {
  const found = yield* diffOf(yield* namedRun(before), yield* namedRun(Option.getOrElse(after, () => "~0")))
  if (json) return yield* printJson(diffJson(found))
  yield* print(diffText(found))
}, withRuntime)

/** `{"before","after","same":[id],"different":[{"id","stage","own":[{"component","before","after"}],"through":[{"component","from":[id]}]}],"onlyBefore","onlyAfter","unproven"}` */
const diffJson = ({ before, after, ...rest }: RunDifference) => ({ before: before.run, after: after.run, ...rest })

const diffText = (found: RunDifference): string => {
  const { before, after, different, onlyBefore, onlyAfter, unproven } = found
  const own = different.filter((stage) => stage.own.length > 0)
  const passed = different.filter((stage) => stage.own.length === 0)
  return [
    `${before.run}  (${before.pipeline})`,
    `${after.run}  (${after.pipeline})`,
    "",
    ...own.flatMap(stageText),
    ...passed.flatMap(stageText),
    ...onlyBefore.map((id) => `${id}: only in the first`),
    ...onlyAfter.map((id) => `${id}: only in the second`),
    ...unproven.map(({ id, reason }) => `${id}: nothing can be said: ${reason}`),
    conclusion(found),
  ].join("\n")
}

const stageText = ({ id, own, through }: DifferentStage): ReadonlyArray<string> => [
  id,
  ...own.map((each) => `  ${differenceText(each)}`),
  ...through.map(({ component, from }) => `  ${component}: through ${from.join(", ")}`),
]

const conclusion = ({ same, different, onlyBefore, onlyAfter, unproven }: RunDifference): string => {
  const equal = counted(same.length, "stage")
  const complete = unproven.length === 0 && onlyBefore.length === 0 && onlyAfter.length === 0
  if (different.length === 0 && complete) return `no difference: ${equal} with equal fingerprints`
  const nothingElse = complete ? "the runs differ in nothing else" : "of the stages that both have results for, nothing else differs"
  return `${nothingElse}: ${equal} with equal fingerprints`
}
