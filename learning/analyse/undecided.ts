import type { Run } from "assay"
import { readClaims } from "./read-claims.ts"
import type { undecided } from "./undecided.stage.ts"
import { undecidedTable } from "./undecided-table.ts"

export const run: Run<typeof undecided> = async ({ inputs, parameters, outputs }) => {
  await outputs.table.write("undecided.md", undecidedTable(await readClaims(inputs.verdicts), parameters.target))
}
