import type { Connection } from "assay"
import type { LabelSets } from "../labels.ts"
import type { JudgeType } from "../scorer.ts"

/** How a judge is declared that asks a server or a program. */
export interface AskingJudgeOptions<J extends JudgeType, C extends Connection> {
  /** What the judge is called: the name of the stage that makes it. */
  readonly name: string
  /** What it asks. */
  readonly connect: C
  /** `GoldJudge`, the default, or `ProxyJudge`, which online learners take. */
  readonly judge?: J
  /** Of a proxy, the labels that it was fitted to, as of `scorer`. */
  readonly labels?: LabelSets
}
