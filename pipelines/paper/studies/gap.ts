/**
 * The registered study: what makes online better than offline, by how much, and when it does not
 * matter.
 */

import { pipeline } from "assay"
import { fullDesign } from "../gap/design.ts"
import { study } from "../gap/study.ts"

export default pipeline("gap", () => study(fullDesign))
