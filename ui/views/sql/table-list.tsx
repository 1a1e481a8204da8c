/** The tables of a statement: their names can be changed, and their columns put into it. */

import { useState } from "react"
import { Chooser } from "../../elements/chooser/chooser.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Icon } from "../../elements/icon.tsx"
import { formatCount, plural } from "../../text/format.ts"
import { visibleText } from "../../text/visible.ts"
import type { RunOutput } from "../artifacts/outputs.ts"
import type { ExampleTable } from "./examples.ts"
import type { NamedTable, TableSource } from "./tables.ts"

export interface ShownTable extends NamedTable, ExampleTable {
  /** Null where the run has no such output. */
  readonly key: string | null
  readonly rows: number | null
  /** What is wrong with it. */
  readonly problem: string | null
}

interface Props {
  readonly tables: ReadonlyArray<ShownTable>
  /** Tables that can be added. */
  readonly outputs: ReadonlyArray<RunOutput>
  readonly onAdd: (source: TableSource) => void
  readonly onRename: (index: number, name: string) => void
  readonly onRemove: (index: number) => void
  /** Puts a text into the statement. */
  readonly onInsert: (text: string) => void
}

export const TableList = ({ tables, outputs, onAdd, onRename, onRemove, onInsert }: Props) => {
  const [isChoosing, setChoosing] = useState(false)
  const choices = outputs.map((output) => ({
    key: `${output.id} ${output.name}`,
    text: `${output.id} ${output.name} ${output.artifact}`,
    label: <ForeignText text={`${output.id} · ${output.name}`} />,
    hint: `${output.artifact} · ${formatCount(output.rows)}`,
    source: { id: output.id, output: output.name },
  }))
  return (
    <section aria-label="Tables" className="sql-tables">
      <ul>
        {tables.map((table, index) => (
          <li key={`${table.id} ${table.output} ${index}`} className="sql-table">
            <div className="row-of">
              <input
                className="input mono sql-name"
                aria-label={`Name of ${visibleText(table.id)} ${table.output}`}
                aria-invalid={table.problem !== null}
                value={table.name}
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => onRename(index, event.target.value)}
              />
              <span className="clip sql-source" title={visibleText(`${table.id} · ${table.output}`)}>
                <ForeignText text={table.id} /> <span className="faint">{table.output}</span>
              </span>
              <span className="faint number">{table.rows === null ? "" : plural(table.rows, "row")}</span>
              <button type="button" className="button quiet" aria-label={`Remove ${table.name}`} onClick={() => onRemove(index)}>
                <Icon name="cross" />
              </button>
            </div>
            {table.problem === null ? null : <p className="wrong">{table.problem}</p>}
            {table.columns === null ? null : (
              <p className="sql-columns">
                {table.columns.map((column) => (
                  <button key={column} type="button" className="text-button mono" onClick={() => onInsert(quoteColumn(column))}>
                    <ForeignText text={column} />
                  </button>
                ))}
              </p>
            )}
          </li>
        ))}
      </ul>
      <button type="button" className="button" aria-haspopup="dialog" onClick={() => setChoosing(true)}>
        <Icon name="plus" /> Add a table
      </button>
      {isChoosing ? (
        <Chooser
          label="Add a table"
          placeholder="Stage, output or type"
          choices={choices}
          onChoose={({ source }) => onAdd(source)}
          onClose={() => setChoosing(false)}
        />
      ) : null}
    </section>
  )
}

const quoteColumn = (name: string): string => (/^[a-z_][a-z0-9_]*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`)
