/** The field for a filter, and below it how many rows there are or what is wrong with it. */

import type { GridColumn } from "../../../serve/api.ts"
import type { Draft } from "../../address/use-draft.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Icon } from "../../elements/icon.tsx"
import { formatCount, plural } from "../../text/format.ts"
import { excerptOf } from "./excerpt.ts"
import { filterExample } from "./filter-example.ts"

const statusId = "filter-status"

interface Props {
  readonly draft: Draft
  readonly hasError: boolean
  readonly columns: ReadonlyArray<GridColumn>
}

export const FilterField = ({ draft, hasError, columns }: Props) => (
  <label className="field filter-field">
    <span className="unseen">Filter</span>
    <input
      className="input mono"
      type="search"
      value={draft.text}
      placeholder={filterExample(columns)}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      aria-invalid={hasError}
      aria-describedby={statusId}
      onChange={(event) => draft.type(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter" && !event.nativeEvent.isComposing) draft.flush()
      }}
    />
  </label>
)

interface StatusProps {
  readonly filter: string
  readonly error: Error | null
  readonly isChecking: boolean
  readonly total: number
  /** Rows of the whole table. */
  readonly all: number | null
}

/** Has the height of a line, whatever it says. */
export const FilterStatus = ({ filter, error, isChecking, total, all }: StatusProps) => {
  const excerpt = error === null ? null : excerptOf(filter, error.message)
  return (
    <div id={statusId} className="filter-status faint" role="status">
      {error !== null ? (
        <p className="wrong">
          <Icon name="cross" /> <ForeignText text={error.message} />
          {excerpt === null ? null : (
            <code className="filter-excerpt">
              <ForeignText text={excerpt.before} />
              <mark>{excerpt.at === "" ? "…" : <ForeignText text={excerpt.at} />}</mark>
              <ForeignText text={excerpt.after} />
            </code>
          )}
        </p>
      ) : isChecking ? (
        "Looking for rows"
      ) : all === null || total === all ? (
        plural(total, "row")
      ) : (
        `${formatCount(total)} of ${plural(all, "row")}`
      )}
    </div>
  )
}
