/** An artifact by its stage, its output and its type, with links to both. */

import { Link } from "wouter"
import type { Ancestor } from "../../../serve/api.ts"
import { artifactPage, stagePage } from "../../address/pages.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { shorten } from "../../text/format.ts"
import { visibleText } from "../../text/visible.ts"

export const AncestorName = ({ run, ancestor }: { readonly run: string; readonly ancestor: Ancestor }) => {
  const { id, file, stage, key, output, artifact, digest } = ancestor
  return (
    <span className="lineage-name">
      <span className="tag">
        <ForeignText text={artifact} />
      </span>
      {id === null ? (
        <span>
          {file === null ? "a file from outside" : <ForeignText text={file} />} <code title={digest}>{shorten(digest)}</code>
        </span>
      ) : (
        <Link href={stagePage(run, id)} title={stage === null ? undefined : visibleText(stage)}>
          <ForeignText text={id} />
        </Link>
      )}
      {key === null || output === null ? null : (
        <Link href={artifactPage(run, key, output)}>
          <ForeignText text={output} />
        </Link>
      )}
    </span>
  )
}
