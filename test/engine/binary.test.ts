import { binaryCases } from "./cases/binary.ts"
import { agreesWithEager } from "./laws.ts"

agreesWithEager("arithmetic, comparisons and selection", binaryCases)
