import type { ReportData } from "./data.ts"

/** Where the built page has room for its data. */
const marker = "{{report}}"

/**
 * A report as one file: the built page with its data. What is in it are texts of others: nothing in
 * them ends the element that holds them, and the page makes no markup of them.
 */
export const fillReport = (page: string, data: ReportData): string => {
  const json = JSON.stringify(data).replaceAll("<", "\\u003c").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")
  const [before, after] = page.split(marker)
  if (before === undefined || after === undefined) throw new Error(`the page of reports has no ${marker}: build it again`)
  return `${before}${json}${after}`
}
