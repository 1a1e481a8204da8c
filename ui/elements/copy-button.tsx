/** Puts a text on the clipboard, and says that it did. */

import { useEffect, useState } from "react"
import { Icon } from "./icon.tsx"

export const CopyButton = ({ text, label = "Copy" }: { readonly text: string; readonly label?: string }) => {
  const [state, setState] = useState<"ready" | "copied" | "refused">("ready")
  useEffect(() => {
    if (state === "ready") return
    const timer = window.setTimeout(() => setState("ready"), 2_000)
    return () => window.clearTimeout(timer)
  }, [state])
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState("copied"),
      () => setState("refused"),
    )
  return (
    <button type="button" className="button quiet copy" aria-label={label} title={label} onClick={copy}>
      <Icon name={state === "copied" ? "check" : state === "refused" ? "cross" : "copy"} />
      <span className="unseen" aria-live="polite">
        {state === "copied" ? "Copied" : state === "refused" ? "The browser did not allow copying" : ""}
      </span>
    </button>
  )
}
