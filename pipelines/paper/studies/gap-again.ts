/** Two worlds of the study with other seeds, from nothing: do they agree with it? */

import { pipeline } from "assay"
import { againDesign } from "../gap/design.ts"
import { study } from "../gap/study.ts"

export default pipeline("gap-again", () => study(againDesign))
