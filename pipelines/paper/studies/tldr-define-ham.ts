/**
 * What the whole study has of the three tasks whose text answers its prompts: everything on `tldr`,
 * and figures 1, 4 and 9 on `define` and `ham`.
 */

import { pipeline } from "assay"
import { setUp } from "../shared/set-up.ts"
import { small } from "../shared/study.ts"
import { core, full, reportTasks } from "./results.ts"

export default pipeline("paper-tldr-define-ham", () => {
  const [tldr, define, ham] = [small("tldr"), small("define"), small("ham")]
  return {
    report: reportTasks("The gap between online and offline alignment, on tldr, define and ham", [tldr, define, ham], {
      tldr: full(setUp(tldr)),
      define: core(setUp(define)),
      ham: core(setUp(ham)),
    }),
  }
})
