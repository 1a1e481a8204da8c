/** Links to the rows as they are filtered and sorted, in three formats. */

import type { RowsWanted, TableRef } from "../../../serve/api.ts"
import { downloadAddress } from "../../api/client.ts"
import { Icon } from "../../elements/icon.tsx"

const formats = [
  { format: "parquet", label: "Parquet" },
  { format: "csv", label: "CSV" },
  { format: "jsonl", label: "JSONL" },
] as const

export const Downloads = ({ table, wanted }: { readonly table: TableRef; readonly wanted: RowsWanted }) => (
  <div className="downloads" role="group" aria-label="Download these rows">
    <Icon name="download" />
    {formats.map(({ format, label }) => (
      <a key={format} href={downloadAddress(table, format, wanted)} download>
        {label}
      </a>
    ))}
  </div>
)
