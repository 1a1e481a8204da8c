/** Whether a run is what was registered. */

import type { RunSummary } from "../../serve/api.ts"
import { plural, shorten, unknown } from "../text/format.ts"
import { Icon } from "./icon.tsx"

export const Registration = ({ registration }: { readonly registration: RunSummary["registration"] }) => {
  if (registration === null) return <span className="faint">{unknown}</span>
  const { hash, differences } = registration
  const isAsRegistered = differences.length === 0
  return (
    <span className={isAsRegistered ? "status status-done" : "status status-interrupted"} title={`${hash}\n${differences.join("\n")}`}>
      <Icon name={isAsRegistered ? "check" : "dash"} />
      {isAsRegistered ? <code>{shorten(hash, 8)}</code> : plural(differences.length, "difference")}
    </span>
  )
}
