/** Two worlds of the study with other seeds, from nothing: do they agree with it? */

import { pipeline } from "assay"
import { fullDesign } from "../gap/design.ts"
import { study } from "../gap/study.ts"

export default pipeline("gap-again", () => study({ ...fullDesign, worlds: [11, 12], fewerWorlds: [11, 12] }))
