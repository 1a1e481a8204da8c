/** The whole study: everything on `sentiment`, what needs one size of policy on `tldr`, and figures 1, 4 and 9 on `define` and `ham`. */

import { pipeline } from "assay"
import { report } from "assay/stages"
import { beyond, core, full, picked } from "./results.ts"
import { setUp } from "./set-up.ts"
import { small } from "./study.ts"

export default pipeline("paper", () => {
  const sentiment = setUp(small("sentiment"))
  const tasks = {
    sentiment: { ...full(sentiment), ...beyond(sentiment) },
    tldr: full(setUp(small("tldr"))),
    define: core(setUp(small("define"))),
    ham: core(setUp(small("ham"))),
  }
  const each = (what: string) => Object.fromEntries(Object.entries(tasks).map(([task, parts]) => [task, picked(parts, what)])) as never
  return {
    report: report({
      title: "The performance gap between online and offline alignment, at a size that two cores carry",
      introduction: "",
      figures: each("figures"),
      verdicts: each("verdicts"),
      measures: each("measures"),
    }),
  }
})
