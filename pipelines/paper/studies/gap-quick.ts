/**
 * The study with a fraction of its steps, prompts and worlds, in minutes: that it runs is the
 * point.
 */

import { pipeline } from "assay"
import { quickDesign } from "../gap/design.ts"
import { study } from "../gap/study.ts"

export default pipeline("gap-quick", () => study(quickDesign))
