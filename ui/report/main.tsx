/** Starts the page of a report, which holds its data. */

import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import type { ReportData } from "../../serve/report/data.ts"
import { visibleText } from "../text/visible.ts"
import { applyTheme, readTheme } from "../theme/theme.ts"
import { Report } from "./report.tsx"

applyTheme(readTheme())
// Paper is white.
addEventListener("beforeprint", () => applyTheme("light"))
addEventListener("afterprint", () => applyTheme(readTheme()))

const root = document.getElementById("root")
const text = document.getElementById("report")?.textContent
if (root !== null && text != null) {
  const data = JSON.parse(text) as ReportData
  document.title = visibleText(data.title)
  createRoot(root).render(
    <StrictMode>
      <Report data={data} />
    </StrictMode>,
  )
}
