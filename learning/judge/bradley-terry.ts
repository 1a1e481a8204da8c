import type { Run } from "assay"
import type { bradleyTerry } from "./bradley-terry.stage.ts"
import { fitBradleyTerry } from "./fit-bradley-terry.ts"

export const run: Run<typeof bradleyTerry> = (context) => fitBradleyTerry(context, "gold")
