import type { LossFunction } from "../loss.ts"
import type { slic } from "../losses.ts"
import { hinge, scaledMargin } from "../margin.ts"

export const run: LossFunction<typeof slic> = (pairs, { beta }) => hinge(scaledMargin(pairs, beta))
