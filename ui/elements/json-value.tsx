/** A value of a parameter or a cell: short ones on a line, large ones folded. */

import type { Value } from "../../serve/api.ts"
import { ForeignText } from "./foreign-text.tsx"

const isList = (value: Value): value is ReadonlyArray<Value> => Array.isArray(value)

/** The value as one line: what a text of JSON would be, without quotes around keys. */
export const lineOf = (value: Value): string => {
  if (isList(value)) return `[${value.map(lineOf).join(", ")}]`
  if (typeof value === "object" && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, entry]) => `${name}: ${lineOf(entry)}`)
      .join(", ")} }`
  return typeof value === "string" ? JSON.stringify(value) : String(value)
}

/** What fits on a line stays on it. */
const longestLine = 72

export const JsonValue = ({ value, open = false }: { readonly value: Value; readonly open?: boolean }) => {
  if (typeof value !== "object" || value === null) return <Scalar value={value} />
  const line = lineOf(value)
  if (line.length <= longestLine)
    return (
      <code className="json">
        <ForeignText text={line} />
      </code>
    )
  const entries = isList(value) ? value.map((entry, index) => [String(index), entry] as const) : Object.entries(value)
  return (
    <details className="json-folded" open={open}>
      <summary>
        <code className="json">
          <ForeignText text={`${line.slice(0, longestLine - 12)}…`} />
        </code>{" "}
        <span className="faint">{entries.length} entries</span>
      </summary>
      <dl className="json-entries">
        {entries.map(([name, entry]) => (
          <div key={name}>
            <dt>
              <ForeignText text={name} />
            </dt>
            <dd>
              <JsonValue value={entry} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

const Scalar = ({ value }: { readonly value: string | number | boolean | null }) => (
  <code className={`json json-${value === null ? "null" : typeof value}`}>
    {typeof value === "string" ? <ForeignText text={value} /> : String(value)}
  </code>
)
