/** A page of prompts, each with the answers of all response sets. */

import { memo, useMemo } from "react"
import type { Answer, GenerationSource, GenerationsPage, TableRef } from "../../../serve/api.ts"
import { formatCount } from "../../text/format.ts"
import { Answers } from "./answers.tsx"
import { columnStyle } from "./column-style.ts"
import { FoldedText } from "./folded-text.tsx"
import { responseSetLabel, type ShownResponseSet } from "./response-sets.ts"

/** A column of answers. */
export interface Column {
  readonly label: string
  readonly table: TableRef
  readonly artifact: GenerationSource["artifact"]
}

interface Props {
  readonly run: string
  readonly shown: ReadonlyArray<ShownResponseSet>
  readonly page: GenerationsPage
  readonly offset: number
  /** The current prompt. */
  readonly at: number
  /** Another page is being loaded. */
  readonly isOld: boolean
}

export const Prompts = ({ run, shown, page, offset, at, isOld }: Props) => {
  const columns = useColumns(shown)
  return (
    <ol className={isOld ? "prompts old" : "prompts"}>
      {page.prompts.map(({ prompt, answers }, index) => (
        <Row
          key={`${offset + index} ${prompt}`}
          run={run}
          columns={columns}
          prompt={prompt}
          answers={answers}
          at={offset + index}
          total={page.total}
          isCurrent={offset + index === at}
        />
      ))}
    </ol>
  )
}

/** The same array as long as the columns are the same, so that rows are not drawn again. */
const useColumns = (shown: ReadonlyArray<ShownResponseSet>): ReadonlyArray<Column> => {
  const text = JSON.stringify(
    shown.map((responseSet): Column => {
      const { key, output, artifact } = responseSet.source
      return { label: responseSetLabel(responseSet), table: { key, output }, artifact }
    }),
  )
  return useMemo(() => JSON.parse(text) as ReadonlyArray<Column>, [text])
}

export interface RowProps {
  readonly run: string | null
  readonly columns: ReadonlyArray<Column>
  readonly prompt: string
  readonly answers: ReadonlyArray<ReadonlyArray<Answer>>
  readonly at: number
  readonly total: number
  readonly isCurrent: boolean
}

export const Row = memo(({ run, columns, prompt, answers, at, total, isCurrent }: RowProps) => (
  <li
    className={isCurrent ? "generations-line prompt-line current" : "generations-line prompt-line"}
    style={columnStyle(columns.length)}
    data-at={at}
    tabIndex={-1}
    aria-current={isCurrent}
    aria-label={`Prompt ${formatCount(at + 1)} of ${formatCount(total)}`}
  >
    <div className="prompt">
      <span className="faint number">{formatCount(at + 1)}</span>
      <FoldedText text={prompt} />
    </div>
    {columns.map((column, index) => (
      <Answers key={`${index} ${column.label}`} run={run} column={column} answers={answers[index] ?? []} />
    ))}
  </li>
))
