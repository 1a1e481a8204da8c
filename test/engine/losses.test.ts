import { lossCases } from "./cases/losses.ts"
import { agreesWithEager } from "./laws.ts"

agreesWithEager("losses", lossCases, 20)
