/** A row, and under it the rows that it was made of, down to the corpus. */

import { Link } from "wouter"
import type { RowOrigin, Value } from "../../../serve/api.ts"
import { artifactPage, lineagePage, stagePage } from "../../address/pages.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { JsonValue } from "../../elements/json-value.tsx"
import { formatCount, formatNumber, plural } from "../../text/format.ts"
import { visibleText } from "../../text/visible.ts"
import { AncestorName } from "./ancestor-name.tsx"
import { headlinesOf, scalarsOf } from "./cells.ts"

export const RowLineage = ({ run, origin }: { readonly run: string; readonly origin: RowOrigin }) => (
  <ul className="lineage-tree">
    <Origin run={run} origin={origin} above={nothing} isFirst />
  </ul>
)

interface OriginProps {
  readonly run: string
  readonly origin: RowOrigin
  /** Texts of the rows that it was traced from: a prompt is the same all the way down. */
  readonly above: ReadonlySet<string>
  readonly isFirst?: boolean
}

const nothing: ReadonlySet<string> = new Set()

const Origin = ({ run, origin, above, isFirst = false }: OriginProps) => (
  <li className="lineage-node">
    <article className="lineage-row" aria-label={nameOf(origin, isFirst)}>
      <Heading run={run} origin={origin} isFirst={isFirst} />
      <Texts cells={origin.cells} above={above} />
      <Made run={run} origin={origin} />
      <AllCells cells={origin.cells} />
    </article>
    {origin.sources.length === 0 ? (
      <p className="lineage-end faint">
        {origin.id === null ? "A row of a file from outside: here the lineage ends." : "Made of no other rows."}
      </p>
    ) : (
      <ul className="lineage-sources" aria-label={`Rows that ${nameOf(origin, isFirst)} was made of`}>
        {origin.sources.map((source, index) => (
          <Origin key={`${index}`} run={run} origin={source} above={textsDownTo(origin, above)} />
        ))}
      </ul>
    )}
  </li>
)

const textsDownTo = ({ cells }: RowOrigin, above: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...above, ...headlinesOf(cells).map(({ text }) => text)])

const nameOf = ({ as, artifact, row }: RowOrigin, isFirst: boolean): string =>
  visibleText(`${isFirst ? "the row" : as}, row ${formatCount(row)} of ${artifact}`)

const Heading = ({ run, origin, isFirst }: { readonly run: string; readonly origin: RowOrigin; readonly isFirst: boolean }) => {
  const { as, artifact, id, file, key, output, row } = origin
  return (
    <header className="lineage-head">
      {isFirst ? null : (
        <strong>
          <ForeignText text={as} />
        </strong>
      )}
      <span className="tag">
        <ForeignText text={artifact} />
      </span>
      {id === null ? (
        <span>{file === null ? "a file from outside" : <ForeignText text={file} />}</span>
      ) : (
        <Link href={stagePage(run, id)}>
          <ForeignText text={id} />
        </Link>
      )}
      {key === null || output === null ? (
        <span className="number">row {formatCount(row)}</span>
      ) : (
        <>
          <Link className="number" href={artifactPage(run, key, output, { row: String(row) })}>
            <ForeignText text={output} />, row {formatCount(row)}
          </Link>
          {isFirst ? null : (
            <Link
              className="lineage-onward"
              href={lineagePage(run, { key, output, row })}
              aria-label={`from here: ${nameOf(origin, false)}`}
            >
              from here
            </Link>
          )}
        </>
      )}
    </header>
  )
}

const Texts = ({ cells, above }: { readonly cells: RowOrigin["cells"]; readonly above: ReadonlySet<string> }) => {
  const headlines = headlinesOf(cells)
  if (headlines.length === 0) return null
  return (
    <dl className="lineage-texts">
      {headlines.map(({ name, text }) => (
        <div key={name}>
          <dt>
            <ForeignText text={name} />
          </dt>
          <dd className="lineage-text">
            {above.has(text) ? <span className="faint">the same as above</span> : <ForeignText text={text} />}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Numbers of a row that are shown beside its texts. */
const mostScalars = 6

/** By whom and with what the row was made. */
const Made = ({ run, origin: { policy, judge, seed, cells } }: { readonly run: string; readonly origin: RowOrigin }) => {
  const scalars = scalarsOf(cells).slice(0, mostScalars)
  return (
    <>
      {policy === null && judge === null && seed === null ? null : (
        <dl className="lineage-made">
          {policy === null ? null : (
            <div>
              <dt>policy</dt>
              <dd>
                <AncestorName run={run} ancestor={policy} />
              </dd>
            </div>
          )}
          {judge === null ? null : (
            <div>
              <dt>judge</dt>
              <dd>
                <AncestorName run={run} ancestor={judge} />
              </dd>
            </div>
          )}
          {seed === null ? null : (
            <div>
              <dt>seed</dt>
              <dd className="number">{seed}</dd>
            </div>
          )}
        </dl>
      )}
      {scalars.length === 0 ? null : (
        <p className="lineage-scalars faint">
          {scalars.map(([name, value]) => (
            <span key={name} className="number">
              <ForeignText text={name} /> {typeof value === "number" ? formatNumber(value) : String(value)}
            </span>
          ))}
        </p>
      )}
    </>
  )
}

const AllCells = ({ cells }: { readonly cells: RowOrigin["cells"] }) => {
  const entries = Object.entries(cells)
  return (
    <details className="lineage-cells">
      <summary>{plural(entries.length, "cell")} in full</summary>
      <dl className="json-entries">
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt>
              <ForeignText text={name} />
            </dt>
            <dd>
              <FullCell value={value} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

/** Texts keep their line breaks. */
const FullCell = ({ value }: { readonly value: Value }) =>
  typeof value === "string" ? (
    <span className="lineage-full">
      <ForeignText text={value} />
    </span>
  ) : (
    <JsonValue value={value} />
  )
