import type { Run } from "assay"
import type { bradleyTerryProxy } from "./bradley-terry.stage.ts"
import { fitBradleyTerry } from "./fit-bradley-terry.ts"

export const run: Run<typeof bradleyTerryProxy> = (context) => fitBradleyTerry(context, "proxy")
