import type { InputMember } from "assay"
import type { VerdictRow } from "../../data/schema/index.ts"
import type { Verdicts } from "../artifacts.ts"
import { armName } from "./runs.ts"

/** A claim of one of several tables: `of` names the table, such as its task. */
export type ClaimOf = VerdictRow & { readonly of?: string }

/** Reads tables of verdicts; where there are several, each claim says which it is of. */
export const readClaims = async (members: ReadonlyArray<InputMember<typeof Verdicts>>): Promise<ReadonlyArray<ClaimOf>> => {
  const tables = await Promise.all(
    members.map(async ({ path, at, input }) => {
      const of = members.length > 1 ? { of: armName(path, at) } : {}
      return (await input.read()).map((row) => ({ ...row, ...of }))
    }),
  )
  return tables.flat()
}
