import { indexingCases } from "./cases/indexing.ts"
import { agreesWithEager } from "./laws.ts"

agreesWithEager("indices", indexingCases)
