/** The cells of one row below each other, whole. */

import type { Cell } from "../../../serve/api.ts"
import { CopyButton } from "../copy-button.tsx"
import { ForeignText } from "../foreign-text.tsx"
import { JsonValue } from "../json-value.tsx"

export interface NamedCell {
  readonly name: string
  readonly type: string
  readonly value: Cell
  /** The server left some of it out. */
  readonly isCut?: boolean
}

export const FullCells = ({ cells }: { readonly cells: ReadonlyArray<NamedCell> }) => (
  <dl className="full-cells">
    {cells.map(({ name, type, value, isCut = false }, index) => (
      <div key={`${index}`}>
        <dt>
          <ForeignText text={name} /> <span className="full-cell-type">{type.toLowerCase()}</span>
          {typeof value === "string" ? <CopyButton text={value} label={`Copy ${name}`} /> : null}
        </dt>
        <dd>
          {typeof value === "string" ? (
            <div className="full-text">
              <ForeignText text={value} />
            </div>
          ) : (
            <JsonValue value={value} />
          )}
          {isCut ? <p className="faint">The rest is not shown: it is too long. Download the rows to read it.</p> : null}
        </dd>
      </div>
    ))}
  </dl>
)
