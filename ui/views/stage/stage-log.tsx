/** What a stage printed, as far as it was kept; while it is computed, line by line. */

import { useMemo, useState } from "react"
import type { StageDetails } from "../../../serve/api.ts"
import { useRunChanges } from "../../api/live-run.ts"
import { CopyButton } from "../../elements/copy-button.tsx"
import { LogView } from "../../elements/log-view.tsx"
import { Panel } from "../../elements/panel.tsx"
import { plural } from "../../text/format.ts"
import { addLine, type HeardLine, joinLog } from "./join-log.ts"

interface Props {
  readonly run: string
  readonly stage: Pick<StageDetails, "id" | "log" | "seq">
  readonly alive: boolean
}

export const StageLog = ({ run, stage, alive }: Props) => {
  const [heard, setHeard] = useState<ReadonlyArray<HeardLine>>([])
  useRunChanges(run, alive, (change) => {
    if (change.type === "line" && change.id === stage.id) setHeard((lines) => addLine(lines, change))
  })
  const lines = useMemo(() => joinLog(stage, heard), [stage, heard])
  return (
    <Panel
      flush
      title={`Log, ${plural(lines.length, "line")}`}
      actions={<CopyButton text={lines.map(({ text }) => text).join("\n")} label="Copy the log" />}
    >
      {lines.length === 0 ? (
        <p className="log faint">{alive ? "Nothing printed yet." : "It printed nothing, or nothing of it was kept."}</p>
      ) : (
        <LogView label={`Log of ${stage.id}`} lines={lines} />
      )}
    </Panel>
  )
}
