import { Effect, Option } from "effect"
import type { Json } from "../../dsl/canonical.ts"
import { type DifferentStage, diff as diffOf, type RunDifference } from "../../runtime/index.ts"
import type { Options } from "../options.ts"
import { formatDifference } from "../print/cause.ts"
import { pluralize } from "../print/number.ts"
import { printCsv, rowFormat } from "../print/rows.ts"
import { print, printJson } from "../print/screen.ts"
import { findRunByName } from "./resolve.ts"
import { withRuntime } from "./with-runtime.ts"

export const diff = Effect.fn("assay diff")(function* ({ before, after, ...flags }: Options<"diff">) {
  const format = yield* rowFormat(flags)
  const difference = yield* diffOf(yield* findRunByName(before), yield* findRunByName(Option.getOrElse(after, () => "~0")))
  if (format === "json") return yield* printJson(diffJson(difference))
  if (format === "csv") return yield* printCsv(csvColumns, csvRows(difference))
  yield* print(formatDiff(difference))
}, withRuntime)

const csvColumns = ["id", "stage", "component", "before", "after", "through"]

/** One row for each thing in which a stage differs; a stage that one run lacks has no component. */
const csvRows = ({ different, onlyBefore, onlyAfter, unproven }: RunDifference): ReadonlyArray<ReadonlyArray<Json>> => [
  ...different.flatMap(({ id, stage, own, through }) => [
    ...own.map(({ component, before, after }) => [id, stage, component, before, after, null]),
    ...through.map(({ component, from }) => [id, stage, component, null, null, from.join(" ")]),
  ]),
  ...onlyBefore.map((id) => [id, null, "only in the first", null, null, null]),
  ...onlyAfter.map((id) => [id, null, "only in the second", null, null, null]),
  ...unproven.map(({ id, reason }) => [id, null, `cannot be compared: ${reason}`, null, null, null]),
]

/**
 *     {"before", "after", "same": [id], "different": [{"id", "stage",
 *      "own": [{"component", "before", "after"}], "through": [{"component", "from": [id]}]}],
 *      "onlyBefore", "onlyAfter", "unproven"}
 */
const diffJson = ({ before, after, ...rest }: RunDifference) => ({ before: before.run, after: after.run, ...rest })

const formatDiff = (difference: RunDifference): string => {
  const { before, after, different, onlyBefore, onlyAfter, unproven } = difference
  const changed = different.filter((stage) => stage.own.length > 0)
  const affected = different.filter((stage) => stage.own.length === 0)
  return [
    `${before.run}  (${before.pipeline})`,
    `${after.run}  (${after.pipeline})`,
    "",
    ...changed.flatMap(formatStage),
    ...affected.flatMap(formatStage),
    ...onlyBefore.map((id) => `${id}: only in the first`),
    ...onlyAfter.map((id) => `${id}: only in the second`),
    ...unproven.map(({ id, reason }) => `${id}: cannot be compared: ${reason}`),
    conclusion(difference),
  ].join("\n")
}

const formatStage = ({ id, own, through }: DifferentStage): ReadonlyArray<string> => [
  id,
  ...own.map((change) => `  ${formatDifference(change)}`),
  ...through.map(({ component, from }) => `  ${component}: through ${from.join(", ")}`),
]

const conclusion = ({ same, different, onlyBefore, onlyAfter, unproven }: RunDifference): string => {
  const equal = pluralize(same.length, "stage")
  const complete = unproven.length === 0 && onlyBefore.length === 0 && onlyAfter.length === 0
  if (different.length === 0 && complete) return `no difference: ${equal} with equal fingerprints`
  const nothingElse = complete ? "the runs differ in nothing else" : "stages with results in both runs differ in nothing else"
  return `${nothingElse}: ${equal} with equal fingerprints`
}
