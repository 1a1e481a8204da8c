import { unaryCases } from "./cases/unary.ts"
import { agreesWithEager } from "./laws.ts"

agreesWithEager("functions of one tensor", unaryCases)
