/** Which artifact, and which row of it: shown and chosen in one place. */

import { useState } from "react"
import type { RunDetails, RunStage, StageOutput, TableRef } from "../../../serve/api.ts"
import { lineagePage } from "../../address/pages.ts"
import { type Choice, Chooser } from "../../elements/chooser/chooser.tsx"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Icon } from "../../elements/icon.tsx"
import { formatCount, plural } from "../../text/format.ts"

/** An output of a stage whose result is in the store. */
export interface StoredOutput {
  readonly stage: RunStage
  readonly key: string
  readonly output: StageOutput
}

export const storedOutputs = ({ stages }: RunDetails): ReadonlyArray<StoredOutput> =>
  stages.flatMap((stage) => {
    const { key } = stage
    return key === null ? [] : stage.outputs.map((output) => ({ stage, key, output }))
  })

interface Props {
  readonly run: string
  /** Undefined until they are known. */
  readonly outputs: ReadonlyArray<StoredOutput> | undefined
  readonly table: TableRef
  readonly chosen: StoredOutput | undefined
  readonly row: number | null
  readonly onGo: (page: string) => void
}

interface OutputChoice extends Choice {
  readonly page: string
}

export const Chosen = ({ run, outputs, table, chosen, row, onGo }: Props) => {
  const [isOpen, setOpen] = useState(false)
  const choices = (outputs ?? []).map(
    ({ stage, key, output: { name, artifact, rows } }): OutputChoice => ({
      key: `${stage.id} ${name}`,
      text: `${stage.id} ${name} ${artifact}`,
      label: <ForeignText text={`${stage.id} · ${name}`} />,
      hint: (
        <>
          <ForeignText text={artifact} /> {rows === null ? "" : plural(rows, "row")}
        </>
      ),
      page: lineagePage(run, { key, output: name }),
    }),
  )
  // With a row in the address there are rows, and the field keeps its place until they are counted.
  const hasRows = chosen === undefined ? row !== null && table.key !== "" : chosen.output.rows !== null
  return (
    <div className="lineage-chosen">
      <button type="button" className="button lineage-choose" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <span className="clip">
          {chosen === undefined ? "Choose an artifact" : <ForeignText text={`${chosen.stage.id} · ${chosen.output.name}`} />}
        </span>
        <Icon name="down" />
      </button>
      {hasRows ? (
        <RowChoice
          key={`${table.key} ${table.output} ${row}`}
          rows={chosen?.output.rows ?? null}
          row={row}
          onRow={(next) => onGo(lineagePage(run, { ...table, ...(next === null ? {} : { row: next }) }))}
        />
      ) : null}
      {isOpen ? (
        <Chooser
          label="Choose an artifact"
          placeholder="A stage, an output or a type"
          choices={choices}
          onChoose={({ page }) => onGo(page)}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </div>
  )
}

interface RowChoiceProps {
  /** Null where they were not counted. */
  readonly rows: number | null
  readonly row: number | null
  readonly onRow: (row: number | null) => void
}

const RowChoice = ({ rows, row, onRow }: RowChoiceProps) => {
  const [typed, setTyped] = useState(row === null ? "" : String(row))
  const wanted = /^\d{1,15}$/.test(typed.trim()) ? Number(typed) : null
  const last = rows === null ? Number.POSITIVE_INFINITY : rows - 1
  const isValid = typed.trim() === "" || (wanted !== null && wanted <= last)
  return (
    <form
      className="row-of"
      onSubmit={(event) => {
        event.preventDefault()
        if (isValid) onRow(typed.trim() === "" ? null : wanted)
      }}
    >
      <label className="field">
        <span className="field-label">Row, from 0</span>
        <input
          className="input lineage-row-number"
          inputMode="numeric"
          autoComplete="off"
          value={typed}
          placeholder={rows === null ? "" : `0 to ${last}`}
          aria-invalid={!isValid}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      <button type="submit" className="button" disabled={!isValid}>
        Trace
      </button>
      <button type="button" className="button" disabled={row === null || row === 0} onClick={() => onRow((row ?? 1) - 1)}>
        Previous row
      </button>
      <button type="button" className="button" disabled={row === null || row >= last} onClick={() => onRow((row ?? -1) + 1)}>
        Next row
      </button>
      {isValid ? null : (
        <span className="lineage-invalid" role="alert">
          Expected a row {rows === null ? "from 0" : `from 0 to ${formatCount(last)}`}.
        </span>
      )}
    </form>
  )
}
