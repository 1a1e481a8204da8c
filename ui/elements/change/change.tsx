/** Something that is not what it was: which part, and from what to what, or in which files. */

import { Link } from "wouter"
import type { Change, Value } from "../../../serve/api.ts"
import { stagePage } from "../../address/pages.ts"
import { ForeignText } from "../foreign-text.tsx"
import { JsonValue } from "../json-value.tsx"
import { excerptPair, isDigest } from "./excerpt.ts"

export const ChangeLine = ({ run, change }: { readonly run: string; readonly change: Change }) => {
  const { component, before, after, files, from } = change
  return (
    <div className="change">
      <code className="change-part">
        <ForeignText text={component} />
      </code>
      <div className="change-what">
        {files.length > 0 ? (
          <span>
            <Files files={files} /> changed
          </span>
        ) : from.length > 0 ? (
          <span>
            made otherwise by <Stages run={run} ids={from} />
          </span>
        ) : (
          <BeforeAfter before={before} after={after} />
        )}
        {files.length > 0 && !isDigest(before) ? <BeforeAfter before={before} after={after} /> : null}
      </div>
    </div>
  )
}

const Files = ({ files }: { readonly files: ReadonlyArray<string> }) => (
  <>
    {files.map((file, index) => (
      <span key={file}>
        {index > 0 ? ", " : ""}
        <code className="change-file">
          <ForeignText text={file} />
        </code>
      </span>
    ))}
  </>
)

/** Links to stages: the first few, and how many more. */
const mostStages = 6

export const Stages = ({ run, ids }: { readonly run: string; readonly ids: ReadonlyArray<string> }) => (
  <>
    {ids.slice(0, mostStages).map((id, index) => (
      <span key={id}>
        {index > 0 ? ", " : ""}
        <Link href={stagePage(run, id)}>
          <ForeignText text={id} />
        </Link>
      </span>
    ))}
    {ids.length > mostStages ? ` and ${ids.length - mostStages} more` : ""}
  </>
)

const BeforeAfter = ({ before, after }: { readonly before: Value; readonly after: Value }) => {
  if (before === null && after === null) return null
  const pair = excerptPair(before, after)
  return (
    <span className="change-values">
      <span className="change-before">
        <span className="unseen">before: </span>
        <Side value={before} short={pair?.before} />
      </span>
      <span aria-hidden="true">→</span>
      <span className="change-after">
        <span className="unseen">after: </span>
        <Side value={after} short={pair?.after} />
      </span>
    </span>
  )
}

const Side = ({ value, short }: { readonly value: Value; readonly short: string | undefined }) => {
  if (value === null) return <span className="faint">none</span>
  if (short === undefined) return <JsonValue value={value} />
  return (
    <code title={typeof value === "string" ? value : undefined}>
      <ForeignText text={short} />
    </code>
  )
}
