import { reductionCases } from "./cases/reduction.ts"
import { agreesWithEager } from "./laws.ts"

agreesWithEager("reductions, running sums and normalisation", reductionCases)
