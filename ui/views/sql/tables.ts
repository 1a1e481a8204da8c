/** Tables of a statement: which outputs of the run they are, and what they are called in it. */

import type { Codec } from "../../address/query.ts"
import { readRecords, writeRecords } from "../../address/records.ts"

/** An output of a stage. */
export interface TableSource {
  readonly id: string
  readonly output: string
}

export interface NamedTable extends TableSource {
  /** What the statement calls it. */
  readonly name: string
}

export const writeTables = (tables: ReadonlyArray<NamedTable>): string | null =>
  tables.length === 0 ? null : writeRecords(tables.map(({ name, id, output }) => [name, id, output]))

export const tablesParam: Codec<ReadonlyArray<NamedTable>> = {
  read: (text) =>
    text === null
      ? []
      : readRecords(text).flatMap(([name = "", id = "", output = ""]) => (id === "" || output === "" ? [] : [{ name, id, output }])),
  write: writeTables,
}

/** Words of SQL that cannot be a table's name without quotes, of those that ids may end in. */
const reserved = new Set([
  ..."all analyse analyze and any array as asc between both by case cast check collate column constraint create cross".split(" "),
  ..."default desc describe distinct do else end except false fetch for foreign from full grant group having in".split(" "),
  ..."initially inner intersect into is join lateral leading left like limit natural not null offset on only or order".split(" "),
  ..."outer pivot placing primary qualify references returning right select semi anti show similar some summarize".split(" "),
  ..."symmetric table then to trailing true union unique unpivot using values variadic when where window with".split(" "),
])

/** Why a name cannot be used; null if it can. */
export const wrongName = (name: string, others: ReadonlyArray<string>): string | null => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return "expected letters, digits and _, and a letter first"
  if (reserved.has(name.toLowerCase())) return `"${name}" is a word of SQL`
  return others.some((other) => other.toLowerCase() === name.toLowerCase()) ? `another table is called "${name}"` : null
}

/** The last part of a stage's id as an identifier: `tldr.world 90.pairs` is called `pairs`. */
export const tableName = ({ id, output }: TableSource, taken: ReadonlyArray<string>): string => {
  const last = identifierOf(lastPart(id))
  const candidates = [last, `${last}_${identifierOf(output)}`]
  const free = candidates.find((name) => wrongName(name, taken) === null)
  if (free !== undefined) return free
  const [, stem = last] = candidates
  for (let number = 2; ; number += 1) if (wrongName(`${stem}_${number}`, taken) === null) return `${stem}_${number}`
}

/** Points separate the parts of an id, but not the digits of a number: `learningRate=0.001`. */
const lastPart = (id: string): string => id.split(/\.(?!\d)/).findLast((part) => part !== "") ?? ""

const identifierOf = (text: string): string => {
  const name = text
    .replaceAll(/[^A-Za-z0-9_]+/g, "_")
    .replaceAll(/^_+|_+$/g, "")
    .toLowerCase()
  if (name === "") return "t"
  return /^\d/.test(name) ? `t_${name}` : name
}

/** Another table, with a name of its own. */
export const addTable = (tables: ReadonlyArray<NamedTable>, { id, output }: TableSource): ReadonlyArray<NamedTable> => {
  const taken = tables.map(({ name }) => name)
  return [...tables, { id, output, name: tableName({ id, output }, taken) }]
}
