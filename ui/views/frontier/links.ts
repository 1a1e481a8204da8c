/** Where a mark leads: the texts, the table and the rows that it was computed from. */

import type { Mark } from "../../../serve/api.ts"
import { artifactPage, generationsPage, lineagePage, stagePage } from "../../address/pages.ts"
import { responseSetsParam } from "../../address/response-sets.ts"

export type Evaluation = Mark["evaluations"][number]

/** More columns of texts do not fit beside each other. */
const mostResponseSets = 4

/** The texts of evaluations at the step of a mark, against its opponent; they are of one run. */
export const generationsOf = (run: string, { step, against }: Mark, evaluations: ReadonlyArray<Evaluation>): string =>
  generationsPage(evaluations[0]?.run ?? run, {
    responses: responseSetsParam.write(evaluations.slice(0, mostResponseSets).map(({ id, output }) => ({ id, output, step, against }))),
  })

/** The rows of an evaluation that a mark is the mean of, as a filter of a table. */
export const filterOf = ({ step, against }: Mark): string => `step = ${step} and against = '${against.replaceAll("'", "''")}'`

export const tableOf = (run: string, mark: Mark, evaluation: Evaluation): string =>
  artifactPage(evaluation.run ?? run, evaluation.key, evaluation.output, { filter: filterOf(mark) })

export const stageOf = (run: string, evaluation: Evaluation): string => stagePage(evaluation.run ?? run, evaluation.id)

/** The lineage of a row of an evaluation, down to the corpus. */
export const lineageOf = (run: string, { key, output, run: of }: Evaluation, row: number): string =>
  lineagePage(of ?? run, { key, output, row })
