/** Finds the tables that a command or its SQL names. */

import { Effect, Option } from "effect"
import { type ExtendedFile, openRunTable, queryViews, type RunTable, type Wanted } from "../../runtime/index.ts"
import { UsageError } from "../error.ts"
import { escapeRegExp, stagePattern } from "../stage-pattern.ts"

/** A table by the names that SQL may use for it. */
interface Named {
  readonly names: ReadonlyArray<string>
  readonly table: RunTable
}

/** The tables of a stage, of one at all points of its sweeps, or of all that match. */
export const tablesNamed = (tables: ReadonlyArray<RunTable>, wanted: string): ReadonlyArray<RunTable> => {
  const pattern = wanted.includes("*") ? stagePattern(wanted) : null
  return tables.flatMap((table) => {
    if (table.name === wanted) return [table]
    const parts = table.parts.filter(({ id }) => (pattern === null ? id === wanted : pattern.test(id)))
    return parts.length === 0 ? [] : [{ ...table, parts }]
  })
}

/** One table of them: several of one type, such as the arms of a sweep, are one. */
export const oneTable = (
  tables: ReadonlyArray<RunTable>,
  wanted: string,
  output: Option.Option<string>,
): Effect.Effect<RunTable, UsageError> => {
  const chosen = tables.filter((table) => Option.getOrElse(output, () => table.output) === table.output)
  const [first] = chosen
  const outputs = [...new Set((chosen.length === 0 ? tables : chosen).map((table) => table.output))].join(", ")
  if (first === undefined) {
    const reason =
      Option.isSome(output) && tables.length > 0 ? `has no table "${output.value}"; its tables: ${outputs}` : "has no table to query"
    return Effect.fail(new UsageError({ message: `stage ${wanted} ${reason}` }))
  }
  if (chosen.some((table) => table.output !== first.output || table.artifact !== first.artifact))
    return Effect.fail(new UsageError({ message: `stage ${wanted} has several tables; name one with --output: ${outputs}` }))
  return Effect.succeed({ ...first, name: wanted, parts: chosen.flatMap(({ parts }) => parts) })
}

/**
 * Answers a SELECT over the tables of a run that it names, and over `artifact`, if one was chosen.
 * A table is called by the id of its stage in double quotes, where it stands in a sweep without the
 * axes, or by the last part of that, if no other table has it.
 */
export const queryRun = Effect.fnUntraced(function* (
  tables: ReadonlyArray<RunTable>,
  artifact: RunTable | null,
  sql: string,
  wanted: Wanted,
) {
  const named = namesOf(tables)
  const views: Record<string, ReadonlyArray<ExtendedFile>> = {}
  if (artifact !== null) views.artifact = yield* openRunTable(artifact)
  for (const { names, table } of named) {
    const used = names.filter((name) => isIn(sql, name) && !Object.hasOwn(views, name))
    if (used.length === 0) continue
    const files = yield* openRunTable(table)
    for (const name of used) views[name] = files
  }
  return yield* Effect.mapError(queryViews(views, sql, wanted), (error) => withNames(error, named))
})

const isIn = (sql: string, name: string): boolean => new RegExp(`(?<![\\w.])${escapeRegExp(name)}(?!\\w)`, "i").test(sql)

/** Of stages of one last part none has it; a name means one table, whatever its case. */
const namesOf = (tables: ReadonlyArray<RunTable>): ReadonlyArray<Named> => {
  const whole = (table: RunTable) => {
    const isOnly = tables.every((other) => other === table || other.name !== table.name)
    return [...(isOnly ? [table.name] : []), `${table.name}.${table.output}`]
  }
  const short = (table: RunTable) => {
    const last = table.name.split(/\.(?!\d)/).at(-1) as string
    return [last, `${last}_${table.output}`]
  }
  const single = tables.flatMap((table) =>
    table.parts.length > 1 ? table.parts.map((part) => ({ ...table, name: part.id, parts: [part] })) : [],
  )
  const candidates = [
    ...tables.map((table) => ({ table, candidates: [...whole(table), ...short(table)] })),
    ...single.map((table) => ({ table, candidates: [table.name] })),
  ]
  const count = new Map<string, number>([["artifact", 2]])
  for (const { candidates: each } of candidates)
    for (const name of new Set(each.map((one) => one.toLowerCase()))) count.set(name, (count.get(name) ?? 0) + 1)
  return candidates.map(({ table, candidates: each }) => ({
    table,
    names: [...new Set(each)].filter((name) => count.get(name.toLowerCase()) === 1),
  }))
}

const withNames = <E extends { readonly _tag: string; readonly message: string }>(
  error: E,
  named: ReadonlyArray<Named>,
): E | UsageError => {
  if (error._tag !== "QueryError" || !/Table with name .* does not exist/.test(error.message)) return error
  const names = named.flatMap(({ names }) => names.find((name) => isPlain.test(name)) ?? names[0] ?? [])
  const shown = names.slice(0, mostNamed).map((name) => (isPlain.test(name) ? name : `"${name}"`))
  const rest = names.length > mostNamed ? ` and ${names.length - mostNamed} more, as "assay ls" lists stages` : ""
  return new UsageError({ message: `${error.message.split("\n")[0]} The tables of this run: ${shown.join(", ")}${rest}` })
}

/** Names that need no quotes. */
const isPlain = /^[A-Za-z_]\w*$/

/** Tables that an error names. */
const mostNamed = 12
