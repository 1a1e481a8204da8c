/** The tables of the newest run, a click from the first page: those that no sweep has many of. */

import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"
import { artifactPage, artifactsPage } from "../../address/pages.ts"
import { runQuery } from "../../api/queries.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { Icon } from "../../elements/icon.tsx"
import { formatCount } from "../../text/format.ts"
import { tablesOf } from "./tables-of.ts"

export const LatestTables = ({ run }: { readonly run: string }) => {
  const { data } = useQuery(runQuery(run))
  return (
    // One line whatever is in it, also before anything is: what is below does not move.
    <nav className="latest-tables" aria-label="Tables of the latest run">
      <span className="faint">Tables of the latest run</span>
      {(data === undefined ? [] : tablesOf(data.stages)).map(({ key, output, label, rows }) => (
        <Link key={`${key} ${output}`} className="chip" href={artifactPage(run, key, output)}>
          <Icon name="table" /> <ForeignText text={label} /> {rows === null ? null : <span className="faint">{formatCount(rows)}</span>}
        </Link>
      ))}
      <Link href={artifactsPage(run)}>all artifacts</Link>
    </nav>
  )
}
