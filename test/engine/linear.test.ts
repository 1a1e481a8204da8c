import { linearCases } from "./cases/linear.ts"
import { agreesWithEager } from "./laws.ts"

agreesWithEager("matrix products", linearCases)
