import { shapeCases } from "./cases/shape.ts"
import { agreesWithEager } from "./laws.ts"

agreesWithEager("shapes", shapeCases)
